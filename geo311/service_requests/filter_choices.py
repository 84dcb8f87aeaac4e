"""What a page's filter form offers to choose from, in plain words."""

from django import forms
from django.utils.translation import gettext as _

from boundaries.models import Boundary, BoundarySetRole
from geo311.catalog.models import Department, Service
from geo311.crews.models import Crew
from geo311.service_requests.filter_fields import Choices, CodesField
from geo311.service_requests.models import Status

AREAS = (BoundarySetRole.DISTRICT, BoundarySetRole.WARD, BoundarySetRole.TERRITORY)


def offer_choices(form: forms.Form) -> None:
    """Lay the choices into the fields that a form has. Four queries at the most, whatever the tables hold."""
    areas = _areas() if any(role in form.fields for role in AREAS) else {}
    services = [(service.service_code, service.service_name) for service in Service.objects.order_by()]
    choices: dict[str, Choices] = {
        "status": [("open", _("All open")), ("ended", _("All ended")), *Status.choices],
        "service_code": sorted(services, key=lambda service: service[1]),
        **areas,
    }
    if "department" in form.fields:
        choices["department"] = list(Department.objects.values_list("slug", "name"))
    if "crew" in form.fields:
        choices["crew"] = list(Crew.objects.values_list("slug", "name"))
    for name, found in choices.items():
        field = form.fields.get(name)
        if isinstance(field, CodesField):
            field.offer(found)


def _areas() -> dict[str, Choices]:
    """Areas by role; where a role has several sets, each stands under its name and its codes say whose they are."""
    rows = Boundary.objects.filter(boundary_set__role__in=AREAS).order_by("boundary_set__slug", "pk")
    columns = ("boundary_set__role", "boundary_set__slug", "boundary_set__name", "code", "name")
    sets: dict[str, dict[tuple[str, str], list[tuple[str, str]]]] = {}
    for role, slug, set_name, code, name in rows.values_list(*columns):
        sets.setdefault(role, {}).setdefault((slug, set_name), []).append((code, name))
    return {role: _of_role(found) for role, found in sets.items()}


def _of_role(sets: dict[tuple[str, str], list[tuple[str, str]]]) -> Choices:
    if len(sets) == 1:
        return _in_order(next(iter(sets.values())))
    return [
        (set_name, [(f"{slug}:{code}", name) for code, name in _in_order(areas)])
        for (slug, set_name), areas in sets.items()
    ]


def _in_order(areas: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """By code, numbers as numbers: district 2 stands before district 10."""
    return sorted(
        areas, key=lambda area: (not area[0].isdecimal(), area[0].zfill(12) if area[0].isdecimal() else area[0])
    )
