"""The demo command: into an empty desk only, all or nothing."""

from pathlib import Path
from typing import Any

import pytest
import shapely
from django.core.management import CommandError, call_command

from boundaries.areas import AreaRow
from boundaries.loading import SetDeclaration
from boundaries.models import BoundarySet
from geo311.catalog.models import Service
from geo311.core.problems import Conflict
from geo311.importers.city_file import write_city
from geo311.importers.demo import loading
from geo311.importers.demo.areas import AreaSet
from geo311.importers.demo.loading import load_demo
from tests.conftest import NOON

SQUARE = AreaSet(
    SetDeclaration("borough", "Boroughs", "jurisdiction"), (AreaRow("1", "Square", shapely.box(0, 0, 1, 1)),), "none"
)


@pytest.fixture
def own_data(settings: Any, tmp_path: Path) -> Path:
    settings.DATA_DIR, settings.CITY_FILE, settings.CITY_NAME = tmp_path, tmp_path / "city.env", "Your city"
    return tmp_path


@pytest.mark.django_db
def test_a_named_city_is_not_made_the_demo(own_data: Path) -> None:
    write_city(own_data / "city.env", {"GEO311_CITY_NAME": "Springfield"})
    call_command("demo", if_empty=True)
    assert not BoundarySet.objects.exists()
    with pytest.raises(CommandError, match="Springfield"):
        call_command("demo")


@pytest.mark.django_db
def test_a_start_cut_short_leaves_nothing(own_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut(data: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(loading, "load_catalogue", cut)
    with pytest.raises(KeyboardInterrupt):
        load_demo(reports=5, seed=1, now=NOON, say=print, areas=(SQUARE,))
    assert not BoundarySet.objects.exists()
    assert not (own_data / "city.env").exists()


@pytest.mark.django_db
def test_a_desk_with_services_is_left_alone(own_data: Path, pothole: Service) -> None:
    with pytest.raises(Conflict, match="not empty"):
        load_demo(reports=5, seed=1, now=NOON, say=print)


@pytest.mark.parametrize("value", ["0", "-5", "many", "1000000"])
def test_a_wrong_number_of_reports_is_told(value: str) -> None:
    with pytest.raises(CommandError, match="number from 1 to"):
        call_command("demo", f"--reports={value}")
