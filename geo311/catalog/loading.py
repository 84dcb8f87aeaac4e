"""Loads a catalogue: departments, groups, services and questions, added or brought up to date in one transaction."""

from dataclasses import dataclass
from typing import TypeVar

from django.db import models, transaction
from django.utils.translation import gettext as _

from boundaries.models import Boundary, BoundarySet
from geo311.catalog.catalogue_file import Catalogue, ServiceEntry, read_catalogue
from geo311.catalog.models import Department, Service, ServiceAttribute, ServiceGroup
from geo311.core.problems import Invalid

M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True)
class LoadedCatalogue:
    """How many rows now stand as the file has them, and what was left out of it."""

    departments: int
    groups: int
    services: int
    attributes: int
    warnings: tuple[str, ...]


def load_catalogue(data: object) -> LoadedCatalogue:
    """Bring the catalogue to what `data` says (as `json.load` gives it); the same again changes nothing.

    Services that the file does not name stay as they are; a named service has the file's questions and no others.
    Raises Invalid with each mistake and its place; nothing is stored then.
    """
    catalogue = read_catalogue(data)
    warnings: list[str] = []
    with transaction.atomic():
        departments = _store_departments(catalogue, warnings)
        groups = _store(ServiceGroup.objects, catalogue.groups, "code")
        services = _store_services(_placed(catalogue.services, warnings), departments, groups)
        questions = _store_questions(catalogue.services, services)
    return LoadedCatalogue(len(departments), len(groups), len(services), questions, tuple(warnings))


def _columns(model: type[models.Model], *, without: set[str]) -> list[str]:
    return [field.name for field in model._meta.concrete_fields if field.name not in {"id", *without}]


def _store(
    manager: "models.Manager[M]", rows: list[M], key: str, *, keep: frozenset[str] = frozenset()
) -> dict[str, M]:
    """Insert, or update by `key` what is there; the stored rows by key. Columns in `keep` stay as they are."""
    if rows:
        columns = _columns(manager.model, without={key, *keep})
        manager.bulk_create(rows, update_conflicts=True, unique_fields=[key], update_fields=columns)
    stored = manager.filter(**{f"{key}__in": [getattr(row, key) for row in rows]})
    return {str(getattr(row, key)): row for row in stored}


def _store_departments(catalogue: Catalogue, warnings: list[str]) -> dict[str, Department]:
    sets = BoundarySet.objects.in_bulk(list(set(catalogue.territory_sets.values())), field_name="slug")
    before = dict(Department.objects.values_list("slug", "territory_set_id"))
    for department in catalogue.departments:
        slug = catalogue.territory_sets.get(department.slug)
        if slug is None or slug in sets:
            department.territory_set = sets.get(slug or "")
            continue
        department.territory_set_id = before.get(department.slug)
        detail = _("{department}: there is no boundary set {slug} yet, so its territories were not set.")
        warnings.append(detail.format(department=department.slug, slug=slug))
    return _store(Department.objects, catalogue.departments, "slug")


def _placed(entries: list[ServiceEntry], warnings: list[str]) -> list[ServiceEntry]:
    """The services that can be stored, with the boundary where each is offered.

    Where the set is not loaded the service is left out: it must not be offered everywhere instead.
    """
    wanted = {entry.offered_in[0] for entry in entries if entry.offered_in}
    loaded = set(BoundarySet.objects.filter(slug__in=wanted).values_list("slug", flat=True))
    boundaries = Boundary.objects.filter(boundary_set__slug__in=wanted).select_related("boundary_set")
    found = {(each.boundary_set.slug, each.code): each for each in boundaries}
    kept = []
    for position, entry in enumerate(entries):
        if entry.offered_in is not None:
            slug, code = entry.offered_in
            if slug not in loaded:
                detail = _(
                    "{service}: left out. It is offered in a part of {slug}, and there is no such boundary set yet."
                )
                warnings.append(detail.format(service=entry.service.service_code, slug=slug))
                continue
            if entry.offered_in not in found:
                place = f"services[{position}] ({entry.service.service_code}).offered_in"
                raise Invalid.field(
                    place, _("{place}: {slug} has no area {code}.").format(place=place, slug=slug, code=code)
                )
            entry.service.offered_in = found[entry.offered_in]
        kept.append(entry)
    return kept


def _store_services(
    entries: list[ServiceEntry], departments: dict[str, Department], groups: dict[str, ServiceGroup]
) -> dict[str, Service]:
    for entry in entries:
        entry.service.department, entry.service.group = departments[entry.department], groups[entry.group]
    # Whether a service is switched off is the administrator's, not the file's.
    rows = [entry.service for entry in entries]
    return _store(Service.objects, rows, "service_code", keep=frozenset({"is_active"}))


def _store_questions(entries: list[ServiceEntry], services: dict[str, Service]) -> int:
    rows = []
    for entry in entries:
        service = services.get(entry.service.service_code)
        if service is None:
            continue
        codes = [attribute.code for attribute in entry.attributes]
        ServiceAttribute.objects.filter(service=service).exclude(code__in=codes).delete()
        for attribute in entry.attributes:
            attribute.service = service
            rows.append(attribute)
    if rows:
        columns = _columns(ServiceAttribute, without={"service", "code"})
        keys = ["service", "code"]
        ServiceAttribute.objects.bulk_create(rows, update_conflicts=True, unique_fields=keys, update_fields=columns)
    return len(rows)
