"""An empty desk for a city of one's own: asked for or given as options, and all of it or nothing."""

import json
import stat
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command

from boundaries.models import Boundary, BoundarySet
from geo311.accounts.models import User
from geo311.catalog.models import Department, Service
from geo311.core.problems import Invalid
from geo311.environment import environment
from geo311.importers.city_file import read_city, write_city
from geo311.importers.city_plan import boundary_file
from geo311.service_requests.models import Event, Photo, ServiceRequest
from tests.conftest import report

pytestmark = pytest.mark.django_db
FIXTURE = Path(__file__).resolve().parents[2] / "fixtures/catalogue.json"
CITY = ["--no-input", "--name=Springfield", "--time-zone=America/Chicago"]


@pytest.fixture(autouse=True)
def data_dir(settings: Any, tmp_path: Path) -> Path:
    settings.DATA_DIR, settings.CITY_FILE = tmp_path / "data", tmp_path / "data" / "city.env"
    settings.CITY_NAME = "Your city"
    settings.DATA_DIR.mkdir()
    return tmp_path / "data"


@pytest.fixture
def wards(tmp_path: Path) -> Path:
    """A map of two square wards."""
    file = tmp_path / "wards.geojson"
    features = [
        {
            "type": "Feature",
            "properties": {"number": str(n), "title": f"The {word} ward"},
            "geometry": {"type": "Polygon", "coordinates": [[[n, 0], [n + 1, 0], [n + 1, 1], [n, 1], [n, 0]]]},
        }
        for n, word in enumerate(("first", "second"))
    ]
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return file


def start(*options: str) -> str:
    out = StringIO()
    call_command("start_city", *CITY, *options, stdout=out, stderr=out)
    return out.getvalue()


def nothing_is_stored(data_dir: Path) -> bool:
    rows = (BoundarySet, Boundary, Service, Department, User)
    return not any(model._meta.default_manager.exists() for model in rows) and not (data_dir / "city.env").exists()


def test_a_city_gets_its_areas_services_administrator_and_no_demo_rows(data_dir: Path, wards: Path) -> None:
    said = start(
        f"--boundaries=ward={wards}:number:title",
        f"--catalogue={FIXTURE}",
        "--languages=en,es",
        "--emergency-number=112",
        "--admin=ada",
        "--admin-email=ada@example.org",
        "--admin-password=correct horse battery",
    )
    assert [boundary.name for boundary in Boundary.objects.all()] == ["The first ward", "The second ward"]
    assert BoundarySet.objects.get().slug == "ward"
    assert Service.objects.filter(service_code="pothole").exists()
    assert not ServiceRequest.objects.exists()
    ada = authenticate(username="ada", password="correct horse battery")
    assert isinstance(ada, User)
    assert (ada.role, ada.is_superuser, ada.email) == ("administrator", True, "ada@example.org")
    kept = read_city(data_dir / "city.env")
    assert kept["GEO311_CITY_NAME"] == "Springfield"
    assert kept["GEO311_TIME_ZONE"] == "America/Chicago"
    assert kept["GEO311_LANGUAGES"] == "en,es"
    assert kept["GEO311_EMERGENCY_NUMBER"] == "112"
    assert kept["GEO311_PHONE_NUMBER"] == "311"
    assert kept["GEO311_DEMO"] == "false"
    assert "correct horse" not in said
    assert "missed-compost" in said, "what was left out of the catalogue is told"


def test_a_password_that_nobody_gave_is_made_up_and_told() -> None:
    said = start()
    password = said.split("The password is ")[1].split(" ")[0]
    assert authenticate(username="admin", password=password) is not None
    assert not Service.objects.exists()
    assert User.objects.count() == 1


def test_areas_without_a_name_field_are_named_by_their_code(wards: Path) -> None:
    start(f"--boundaries=ward={wards}:number")
    assert [boundary.name for boundary in Boundary.objects.all()] == ["Ward 0", "Ward 1"]


def test_departments_work_in_the_only_territories_there_are(wards: Path) -> None:
    start(f"--boundaries=territory={wards}:number", f"--catalogue={FIXTURE}")
    streets = Department.objects.get(slug="streets").territory_set
    assert streets is not None
    assert streets.slug == "wards"
    assert Department.objects.get(slug="buildings").territory_set is None


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        ("--name= ", "--name: Give the city's name"),
        ("--time-zone=Mars/Base", "--time-zone: 'Mars/Base' is no time zone"),
        ("--languages=en,xx", "--languages: Write the codes"),
        ("--languages=en,en", "--languages: Write the codes"),
        ("--boundaries=wards.geojson", "--boundaries: 'wards.geojson': write role=FILE"),
        ("--boundaries=ward=missing.geojson:number", "--boundaries: There is no file missing.geojson"),
        ("--emergency-number=call us", "--emergency-number: Write a number"),
        ("--social-number=", "--social-number: Write a number"),
        ("--phone-number=<b>", "--phone-number: Write a number"),
        ("--mail=ftp://example.org", "--mail: must be console"),
        ("--admin=a b", "--admin: Enter a valid username"),
        ("--admin-email=nobody", "--admin-email: Write an e-mail address"),
        ("--admin-password=12345", "--admin-password: This password is too short"),
        ("--catalogue=missing.json", "--catalogue: There is no file missing.json"),
    ],
)
def test_a_wrong_value_is_told_by_its_option_and_nothing_is_stored(data_dir: Path, option: str, sentence: str) -> None:
    with pytest.raises(CommandError) as error:
        start(option)
    assert sentence in str(error.value)
    assert nothing_is_stored(data_dir)


def test_all_wrong_values_are_told_at_once() -> None:
    with pytest.raises(CommandError) as error:
        call_command("start_city", "--no-input", "--time-zone=Mars", "--mail=x")
    told = [line.split(":")[0] for line in str(error.value).splitlines()]
    assert told == ["--name", "--time-zone", "--mail"]


def test_a_file_that_fails_late_leaves_nothing(data_dir: Path, wards: Path, tmp_path: Path) -> None:
    broken = tmp_path / "catalogue.json"
    broken.write_text("{}")
    with pytest.raises(CommandError, match=r"--boundaries: wards\.geojson: The file has no field code"):
        start(f"--boundaries=territory={wards}:number", f"--boundaries=ward={wards}:code")
    with pytest.raises(CommandError, match=r"--catalogue: catalogue\.json: the file: lacks departments"):
        start(f"--boundaries=ward={wards}:number", f"--catalogue={broken}")
    assert nothing_is_stored(data_dir)


def test_two_files_of_a_role_that_has_one_set_are_refused(wards: Path) -> None:
    with pytest.raises(CommandError, match="would make the set ward"):
        start(f"--boundaries=ward={wards}:number", f"--boundaries=ward={wards}:title")


def test_a_file_name_may_hold_colons(tmp_path: Path) -> None:
    file = tmp_path / "a:b.geojson"
    file.touch()
    assert boundary_file(f"reference={file}:code:name").path == file
    with pytest.raises(Invalid):
        boundary_file(f"reference={file}")


def test_a_desk_that_has_a_city_is_left_alone(data_dir: Path) -> None:
    start()
    with pytest.raises(CommandError, match="that of Springfield already"):
        call_command("start_city", "--no-input", "--name=Shelbyville", "--time-zone=UTC")
    assert read_city(data_dir / "city.env")["GEO311_CITY_NAME"] == "Springfield"


def test_a_desk_with_services_is_left_alone(pothole: Service, data_dir: Path) -> None:
    with pytest.raises(CommandError, match="a city without a name already"):
        start()
    assert not (data_dir / "city.env").exists()


def test_force_keeps_a_city_of_ones_own(pothole: Service, data_dir: Path) -> None:
    row = report(pothole, 0.05, 0.05)
    write_city(data_dir / "city.env", {"GEO311_CITY_NAME": "Shelbyville", "GEO311_HOLIDAYS": "2026-12-25"})
    start("--force")
    assert ServiceRequest.objects.get() == row
    kept = read_city(data_dir / "city.env")
    assert (kept["GEO311_CITY_NAME"], kept["GEO311_HOLIDAYS"]) == ("Springfield", "2026-12-25")


def test_force_removes_the_demo(
    pothole: Service, carl: User, data_dir: Path, django_capture_on_commit_callbacks: Any
) -> None:
    first, second = report(pothole, -0.05, 0.05), report(pothole, -0.05, 0.05, description="It is still there.")
    ServiceRequest.objects.filter(pk=second.pk).update(duplicate_of=first, is_simulated=True)
    write_city(data_dir / "city.env", {"GEO311_CITY_NAME": "New York", "GEO311_BASEMAP_URL": "https://x/{z}/{x}/{y}"})
    (data_dir / "demo-users.txt").touch()
    with django_capture_on_commit_callbacks(execute=True):
        said = start("--force")
    assert "Removing the demo city" in said
    left = (ServiceRequest, Event, Photo, Service, Department, Boundary, BoundarySet)
    assert not any(model._meta.default_manager.exists() for model in left)
    assert [user.username for user in User.objects.all()] == ["admin"]
    assert "GEO311_BASEMAP_URL" not in read_city(data_dir / "city.env")
    assert not (data_dir / "demo-users.txt").exists()


@pytest.fixture
def clerk(monkeypatch: pytest.MonkeyPatch, wards: Path) -> Iterator[list[str]]:
    """Somebody at a terminal: what they will type, line by line."""
    lines: list[str] = []
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda _prompt="": lines.pop(0))
    monkeypatch.setattr("getpass.getpass", lambda _prompt="": lines.pop(0))
    yield lines
    assert lines == [], "every line was asked for"


def test_it_asks_for_what_it_was_not_told_until_the_answer_is_right(
    clerk: list[str], wards: Path, data_dir: Path
) -> None:
    clerk += ["", "Springfield", "Central", "America/Chicago", f"ward={wards}:number:title", ""]
    clerk += ["911", "", "", "", "ada", "", "short", "correct horse battery", "none"]
    out, wrong = StringIO(), StringIO()
    call_command("start_city", "--languages=en", stdout=out, stderr=wrong)
    assert read_city(data_dir / "city.env")["GEO311_CITY_NAME"] == "Springfield"
    assert Boundary.objects.count() == 2
    assert not Service.objects.exists()
    assert authenticate(username="ada", password="correct horse battery") is not None
    assert [line.split(" ")[0] for line in wrong.getvalue().splitlines() if line] == ["Give", "'Central'", "This"]


@pytest.mark.parametrize("value", ["Doña Ana", "O'Fallon", 'say "hi"', "back\\slash", "a # b", "tab\tbed", "x=$HOME"])
def test_the_city_file_gives_back_what_was_put_in(data_dir: Path, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    file = data_dir / "city.env"
    write_city(file, {"GEO311_CITY_NAME": value})
    write_city(file, {"GEO311_DEMO": "true"})
    assert read_city(file) == {"GEO311_CITY_NAME": value, "GEO311_DEMO": "true"}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    # Reading it puts it into the environment: taken out before, and again after the test.
    for name in ("GEO311_CITY_NAME", "GEO311_DEMO"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    assert environment(file).str("GEO311_CITY_NAME") == value


@pytest.mark.parametrize("value", ["two\nlines", "${HOME}"])
def test_a_value_that_the_city_file_cannot_hold_is_refused(data_dir: Path, value: str) -> None:
    with pytest.raises(Invalid):
        write_city(data_dir / "city.env", {"GEO311_CITY_NAME": value})
    assert not (data_dir / "city.env").exists()
