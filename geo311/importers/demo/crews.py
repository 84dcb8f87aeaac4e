"""The demo's crews: who does which services in which yards, with a few gaps on purpose."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.text import slugify

from boundaries.models import Boundary
from geo311.catalog.models import Department, Service
from geo311.crews.models import Crew
from geo311.importers.demo.territories import BOROUGHS, borough_of

TERRITORY, BOROUGH, CITY = "territory", "borough", "city"


@dataclass(frozen=True)
class CrewKind:
    """One crew per territory of its department, per borough or for the city; no services named: all that are left."""

    department: str
    slug: str
    name: str
    per: str
    services: tuple[str, ...] = ()


KINDS = (
    CrewKind("streets", "streets-{area}", "{area} street crew", TERRITORY),
    CrewKind("parks", "parks-{area}", "{area} parks and trees", BOROUGH),
    CrewKind("water", "water-{area}", "{area} water and sewers", BOROUGH),
    CrewKind("sanitation", "sanitation-{area}", "{area} sanitation", TERRITORY),
    CrewKind("buildings", "building-inspectors", "Building inspectors", CITY),
    CrewKind("public-safety", "nuisance-response", "Nuisance response", CITY),
    CrewKind("health", "health-inspectors", "Health inspectors", CITY, ("rats", "health-code")),
    CrewKind("health", "animal-care", "Animal care", CITY),
    CrewKind("social-services", "outreach", "Outreach team", CITY, ("homeless-outreach", "child-protection")),
)
# Nobody does these there: such reports wait in the list of unassigned ones, as the ideas of customer care do.
GAPS = frozenset({
    ("streets-north-shore", "bike-lane"),
    ("streets-south-shore", "bike-lane"),
    ("sanitation-tottenville", "graffiti"),
    ("sanitation-mid-island", "graffiti"),
})  # fmt: skip


def make_crews() -> list[Crew]:
    """Store the crews with their services and territories."""
    services: dict[str, dict[str, Service]] = {}
    for service in Service.objects.filter(redirect_kind="").select_related("department"):
        services.setdefault(service.department.slug, {})[service.service_code] = service
    departments = {each.slug: each for each in Department.objects.select_related("territory_set")}
    kinds = [kind for kind in KINDS if kind.department in departments]
    return [crew for kind in kinds for crew in _crews_of(kind, departments[kind.department], services)]


def _crews_of(kind: CrewKind, department: Department, services: dict[str, dict[str, Service]]) -> Iterator[Crew]:
    """The crews of a kind; the services they take are gone from `services` afterwards."""
    left = services.get(department.slug, {})
    taken = {code: left.pop(code) for code in kind.services or tuple(left) if code in left}
    territories = department.territory_set.boundaries.all() if department.territory_set else ()
    for area, covered in _areas(kind.per, territories):
        slug = kind.slug.format(area=slugify(area))
        crew: Crew = Crew.objects.create(slug=slug, name=kind.name.format(area=area), department=department)
        crew.services.set(service for code, service in taken.items() if (slug, code) not in GAPS)
        crew.territories.set(covered)
        yield crew


def _areas(per: str, territories: Iterable[Boundary]) -> Iterator[tuple[str, list[Boundary]]]:
    """Each area that gets a crew: its name, and the territories that the crew covers (none: the whole city)."""
    by_name = {boundary.name.rsplit(" ", maxsplit=1)[0]: boundary for boundary in territories}
    if per == CITY:
        yield "", []
    elif per == TERRITORY:
        yield from ((name, [boundary]) for name, boundary in by_name.items())
    else:
        for borough in BOROUGHS.values():
            yield borough, [boundary for name, boundary in by_name.items() if borough_of(name) == borough]
