"""Layers of areas: one for each role that cities divide themselves by, one for each reference set by its slug."""

from collections.abc import Iterator
from typing import Any

from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Concat
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from boundaries.models import BoundarySet, BoundarySetRole, BoundaryShape
from boundaries.querysets import BoundaryShapeQuerySet
from geo311.core.coordinates import BBox
from geo311.core.problems import Invalid
from geo311.http import check_parameters, values_of
from tiles.layers import Layer, register, register_factory

PARAMETERS = ("bbox", "boundary_set", "code")
PROPERTIES = {
    "boundary_set": "version__boundary_set__slug",
    "role": "version__boundary_set__role",
    "code": "boundary__code",
    "name": "boundary__name",
    "version": "version__label",
}


def shapes(parameters: QueryDict, **of: Any) -> BoundaryShapeQuerySet:
    """Shapes of the versions in force that `parameters` ask for, with `area_id` (`set:code`).

    Raises Invalid where a bounding box is wrong, or a set or code is not known.
    """
    rows = BoundaryShape.objects.in_force().filter(**of)
    for name, path in (("boundary_set", "version__boundary_set__slug"), ("code", "boundary__code")):
        wanted = values_of(parameters, name)
        if wanted:
            rows = rows.filter(**{f"{path}__in": wanted})
            _check_found(name, wanted, set(rows.values_list(path, flat=True)))
    bbox = parameters.get("bbox")
    if bbox:
        rows = rows.within(BBox.parse(str(bbox)))
    area_id = Concat("version__boundary_set__slug", Value(":"), "boundary__code", output_field=CharField())
    found: BoundaryShapeQuerySet = rows.annotate(area_id=area_id)
    return found.order_by("version__boundary_set__slug", "boundary__code", "pk")


def _check_found(name: str, wanted: list[str], found: set[str]) -> None:
    for value in wanted:
        if value not in found:
            raise Invalid.field(name, _("{name}: “{value}” is not known here.").format(name=name, value=value[:60]))


def _layer(name: str, title: Any, description: Any, **of: Any) -> Layer:
    def rows(user: Any, parameters: QueryDict) -> QuerySet[Any]:
        check_parameters(parameters, PARAMETERS)
        return shapes(parameters, **of)

    return Layer(
        name=name,
        title=title,
        description=description,
        geometry="geometry",
        geometry_type="MultiPolygon",
        id="area_id",
        properties=PROPERTIES,
        rows=rows,
    )


def _references() -> Iterator[Layer]:
    for boundary_set in BoundarySet.objects.filter(role=BoundarySetRole.REFERENCE):
        yield _layer(
            boundary_set.slug, boundary_set.name, boundary_set.authority, version__boundary_set_id=boundary_set.pk
        )


TITLES = {
    BoundarySetRole.JURISDICTION: (gettext_lazy("City"), gettext_lazy("The area that the city serves.")),
    BoundarySetRole.DISTRICT: (gettext_lazy("Districts"), gettext_lazy("The districts in force today.")),
    BoundarySetRole.WARD: (gettext_lazy("Wards"), gettext_lazy("The wards in force today.")),
    BoundarySetRole.TERRITORY: (
        gettext_lazy("Crew territories"),
        gettext_lazy("The territories that crews divide the city by, of every department."),
    ),
}
for role, (title, description) in TITLES.items():
    register(_layer(role.value, title, description, version__boundary_set__role=role.value))
register_factory(_references)
