"""Fixtures shared by all tests: a small square city, a service, a crew, and named people."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
import shapely
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from django.utils import timezone

from boundaries import lookup
from boundaries.models import Boundary, BoundarySet, BoundaryShape, BoundaryVersion
from geo311.accounts.models import User, UserRole
from geo311.catalog.models import Department, Service, ServiceGroup
from geo311.core.coordinates import LonLat
from geo311.crews.models import Crew, DepartmentMembership
from geo311.service_requests.actions import submit
from geo311.service_requests.models import ServiceRequest
from geo311.service_requests.submission import Submission

NOON = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _own_folders(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()  # WhiteNoise warns where there is none
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    lookup.forget()


def make_set(slug: str, role: str, areas: dict[str, shapely.Geometry], **fields: Any) -> BoundarySet:
    """A set with one version in force, its areas by code, named "<Slug> <code>"."""
    boundary_set: BoundarySet = BoundarySet.objects.create(slug=slug, name=slug.title(), role=role, **fields)
    version = BoundaryVersion.objects.create(boundary_set=boundary_set, label="2026", checksum=f"{slug}-2026")
    for code, area in areas.items():
        boundary = Boundary.objects.create(boundary_set=boundary_set, code=code, name=f"{slug.title()} {code}")
        multi = shapely.MultiPolygon([area]) if area.geom_type == "Polygon" else area
        geometry = cast("MultiPolygon", GEOSGeometry(memoryview(shapely.to_wkb(multi)), srid=4326))
        BoundaryShape.objects.create(version=version, boundary=boundary, geometry=geometry)
    return boundary_set


@pytest.fixture
def city(db: None) -> dict[str, BoundarySet]:
    """A square city of 0.2 degrees round lon 0, lat 0: two districts, two wards, two territories."""
    box = shapely.box
    return {
        "jurisdiction": make_set("city", "jurisdiction", {"C": box(-0.1, -0.1, 0.1, 0.1)}),
        "district": make_set("district", "district", {"1": box(-0.1, -0.1, 0, 0.1), "2": box(0, -0.1, 0.1, 0.1)}),
        "ward": make_set("ward", "ward", {"N": box(-0.1, 0, 0.1, 0.1), "S": box(-0.1, -0.1, 0.1, 0)}),
        "territory": make_set("streets", "territory", {"A": box(-0.1, -0.1, 0, 0.1), "B": box(0, -0.1, 0.1, 0.1)}),
    }


@pytest.fixture
def department(city: dict[str, BoundarySet]) -> Department:
    made: Department = Department.objects.create(slug="streets", name="Streets", territory_set=city["territory"])
    return made


@pytest.fixture
def pothole(department: Department) -> Service:
    """A public service with a point, a five-working-day target and a 25 m duplicate radius."""
    group = ServiceGroup.objects.create(code="streets", texts={"en": {"name": "Streets"}})
    made: Service = Service.objects.create(
        service_code="pothole",
        department=department,
        group=group,
        texts={"en": {"service_name": "Pothole", "description": "A hole in the road."}},
        geometry_kinds=["point"],
        target_working_days=5,
        duplicate_radius_m=25,
        duplicate_window_days=60,
    )
    return made


@pytest.fixture
def shelter(department: Department, pothole: Service) -> Service:
    """A confidential service of a department of its own."""
    social = Department.objects.create(slug="social", name="Social services")
    made: Service = Service.objects.create(
        service_code="shelter",
        department=social,
        group=pothole.group,
        texts={"en": {"service_name": "Somebody without shelter"}},
        geometry_kinds=["point", "none"],
        target_hours=4,
        confidential=True,
        address_precision="none",
    )
    return made


def make_user(username: str, role: str, **fields: Any) -> User:
    return User.objects.create_user(username=username, password="correct horse", role=role, **fields)


@pytest.fixture
def olga(db: None) -> User:
    """Olga, an operator at the desk."""
    return make_user("olga", UserRole.OPERATOR)


@pytest.fixture
def paul(db: None) -> User:
    """Paul, a planner."""
    return make_user("paul", UserRole.PLANNER)


@pytest.fixture
def ada(db: None) -> User:
    """Ada, an administrator, with the admin's door open."""
    return make_user("ada", UserRole.ADMINISTRATOR, is_staff=True, is_superuser=True)


@pytest.fixture
def rosa(db: None) -> User:
    """Rosa, a resident with an account."""
    return make_user("rosa", UserRole.RESIDENT)


@pytest.fixture
def west_crew(pothole: Service, city: dict[str, BoundarySet]) -> Crew:
    """The crew that fills potholes in territory A, the western half."""
    crew: Crew = Crew.objects.create(slug="west", name="West crew", department=pothole.department)
    crew.services.add(pothole)
    crew.territories.add(Boundary.objects.get(boundary_set=city["territory"], code="A"))
    return crew


@pytest.fixture
def carl(west_crew: Crew) -> User:
    """Carl, of the west crew."""
    user = make_user("carl", UserRole.CREW)
    west_crew.members.add(user)
    return user


@pytest.fixture
def sam(shelter: Service) -> User:
    """Sam, an operator of the social services department, the only one here who may see its confidential requests."""
    user = make_user("sam", UserRole.OPERATOR)
    DepartmentMembership.objects.create(user=user, department=shelter.department)
    return user


def report(service: Service, lon: float, lat: float, **fields: Any) -> ServiceRequest:
    """A report of `service` at a place, submitted now."""
    now = fields.pop("now", timezone.now())
    row, _new = submit(submission=Submission(service=service, point=LonLat(lon, lat), **fields), now=now)
    return row
