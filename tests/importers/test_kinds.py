"""Which service an imported row gets: the catalogue's, or one of its own that nobody can report."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from boundaries.models import BoundarySet
from geo311.accounts.models import User
from geo311.catalog.models import Service
from geo311.importers.actions import import_requests
from geo311.importers.sources.nyc import SOURCE as NYC
from geo311.service_requests.models import ServiceRequest
from tests.conftest import NOON
from tests.importers.conftest import Run, line

pytestmark = pytest.mark.django_db


def test_a_kind_that_no_service_stands_for_is_not_lost(run: Run, city: dict[str, BoundarySet]) -> None:
    summary = run(line("18-1"), line("18-2", kind="Rodent Baiting / Rat Complaint"))
    assert summary.services_made == ["chicago-pothole-in-street", "chicago-rodent-baiting-rat-complaint"]
    service = ServiceRequest.objects.get(source_id="18-2").service
    assert (service.is_active, service.group.code, service.service_name) == (
        False,
        "imported",
        "Rodent Baiting / Rat Complaint",
    )
    assert run(line("18-3", kind="Rodent Baiting / Rat Complaint")).services_made == []


def test_a_service_that_takes_no_reports_gets_no_rows(run: Run, pothole: Service) -> None:
    Service.objects.filter(pk=pothole.pk).update(redirect_kind="emergency")
    run(line("18-1"))
    assert ServiceRequest.objects.get().service.service_code == "chicago-pothole-in-street"


def test_confidential_kinds_stay_confidential_without_a_catalogue(city: dict[str, BoundarySet], tmp_path: Path) -> None:
    header = "Unique Key,Created Date,Complaint Type,Status,Incident Address,Latitude,Longitude"
    row = "1,03/24/2025 11:33:07 PM,Encampment,Open,1 MAIN ST,0.05,-0.05"
    (tmp_path / "nyc.csv").write_text(f"{header}\n{row}\n")
    import_requests(path=tmp_path / "nyc.csv", source=NYC, now=NOON, folder=tmp_path)
    stored = ServiceRequest.objects.get()
    assert stored.service.confidential
    assert stored.public_address == ""
    assert stored.requested_datetime == datetime(2025, 3, 25, 3, 33, 7, tzinfo=UTC)
    assert not ServiceRequest.objects.public().exists()


def test_a_confidential_service_of_the_catalogue_keeps_rows_from_others(
    shelter: Service, sam: User, olga: User, tmp_path: Path
) -> None:
    Service.objects.filter(pk=shelter.pk).update(service_code="homeless-outreach")
    header = "unique_key,created_date,complaint_type,status,latitude,longitude"
    (tmp_path / "nyc.csv").write_text(f"{header}\n1,2025-03-24T10:00:00,Encampment,Open,0.05,-0.05\n")
    import_requests(path=tmp_path / "nyc.csv", source=NYC, now=NOON, folder=tmp_path)
    assert not ServiceRequest.objects.visible_to(olga).exists()
    assert ServiceRequest.objects.visible_to(sam).exists()
