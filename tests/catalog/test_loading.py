"""Loading a catalogue: the same again changes nothing, and a mistake is told with its place, nothing stored."""

import copy
import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Model

from boundaries.models import BoundarySet
from geo311.catalog.loading import load_catalogue
from geo311.catalog.models import Department, Service, ServiceAttribute, ServiceGroup
from geo311.core.problems import Invalid
from tests.conftest import make_set

pytestmark = pytest.mark.django_db
FIXTURE = Path(__file__).resolve().parents[2] / "fixtures/catalogue.json"

SMALL: dict[str, Any] = {
    "departments": [{"slug": "streets", "name": "Streets", "territory_set": "streets"}],
    "groups": [{"code": "roads", "icon": "icon-streets", "position": 10, "texts": {"en": {"name": "Roads"}}}],
    "services": [
        {
            "service_code": "pothole",
            "department": "streets",
            "group": "roads",
            "target": {"working_days": 5},
            "geometry_kinds": ["point"],
            "duplicate_radius_m": 25,
            "duplicate_window_days": 60,
            "texts": {"en": {"service_name": "Pothole"}},
            "attributes": [
                {
                    "code": "size",
                    "datatype": "singlevaluelist",
                    "required": True,
                    "position": 1,
                    "texts": {"en": {"question": "How large is it?"}},
                    "values": [{"key": "plate", "texts": {"en": {"name": "A plate"}}, "emergency": False}],
                },
                {
                    "code": "depth-inches",
                    "datatype": "number",
                    "position": 2,
                    "texts": {"en": {"question": "How deep is it?"}},
                    "depends_on": {"code": "size", "key": "plate"},
                },
            ],
        },
        {
            "service_code": "gas-smell",
            "department": "streets",
            "group": "roads",
            "target": {"hours": 0},
            "geometry_kinds": ["none"],
            "redirect": {"kind": "emergency", "number": "911", "link": ""},
            "texts": {"en": {"service_name": "Gas smell", "redirect_text": "Call 911."}},
        },
    ],
}


@pytest.fixture
def streets_set(db: None, city: dict[str, BoundarySet]) -> BoundarySet:
    return city["territory"]


def changed(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    data = copy.deepcopy(SMALL)
    change(data)
    return data


def rows() -> list[list[dict[str, Any]]]:
    models: tuple[type[Model], ...] = (Department, ServiceGroup, Service, ServiceAttribute)
    return [
        list(model._meta.default_manager.order_by("pk").values()) for model in models if model._meta.default_manager
    ]


def test_a_catalogue_becomes_departments_services_and_questions(streets_set: BoundarySet) -> None:
    loaded = load_catalogue(SMALL)
    assert (loaded.departments, loaded.groups, loaded.services, loaded.attributes) == (1, 1, 2, 2)
    assert loaded.warnings == ()
    pothole = Service.objects.get(service_code="pothole")
    assert pothole.target_working_days == 5
    assert pothole.department.territory_set == streets_set
    size, depth = pothole.attributes.all()
    assert (size.code, size.required, size.value_name("plate")) == ("size", True, "A plate")
    assert (depth.depends_on_code, depth.depends_on_key) == ("size", "plate")
    gas = Service.objects.get(service_code="gas-smell")
    assert (gas.redirect_kind, gas.redirect_number, gas.target) == ("emergency", "911", None)


def test_loading_the_same_again_changes_nothing(streets_set: BoundarySet) -> None:
    load_catalogue(SMALL)
    before = rows()
    load_catalogue(SMALL)
    assert rows() == before


def test_a_changed_file_updates_rows_in_place_and_drops_questions_it_no_longer_has(streets_set: BoundarySet) -> None:
    load_catalogue(SMALL)
    pothole = Service.objects.get(service_code="pothole")

    def change(data: dict[str, Any]) -> None:
        data["services"][0]["target"] = {"hours": 48}
        del data["services"][0]["attributes"][1]
        del data["services"][1]

    load_catalogue(changed(change))
    again = Service.objects.get(service_code="pothole")
    assert (again.pk, again.target_hours, again.target_working_days) == (pothole.pk, 48, 0)
    assert [attribute.code for attribute in again.attributes.all()] == ["size"]
    assert Service.objects.filter(service_code="gas-smell").exists(), "a service that the file does not name stays"


def test_a_service_that_was_switched_off_stays_off(streets_set: BoundarySet) -> None:
    load_catalogue(SMALL)
    Service.objects.filter(service_code="pothole").update(is_active=False)
    load_catalogue(SMALL)
    assert not Service.objects.get(service_code="pothole").is_active


def test_without_the_boundary_set_a_department_has_no_territories_and_we_say_so() -> None:
    loaded = load_catalogue(SMALL)
    assert Department.objects.get().territory_set is None
    assert len(loaded.warnings) == 1
    assert "streets" in loaded.warnings[0]


def test_a_service_offered_in_a_part_waits_for_its_boundary_set() -> None:
    def offer(data: dict[str, Any]) -> None:
        data["services"][0]["offered_in"] = {"boundary_set": "borough", "code": "4"}

    loaded = load_catalogue(changed(offer))
    assert any("pothole" in warning and "borough" in warning for warning in loaded.warnings)
    assert not Service.objects.filter(service_code="pothole").exists(), "it must not be offered everywhere"


def test_a_service_offered_in_a_part_points_to_it(streets_set: BoundarySet) -> None:
    def offer(code: str) -> dict[str, Any]:
        return changed(
            lambda data: data["services"][0].update(offered_in={"boundary_set": streets_set.slug, "code": code})
        )

    load_catalogue(offer("A"))
    offered_in = Service.objects.get(service_code="pothole").offered_in
    assert offered_in is not None
    assert offered_in.code == "A"
    with pytest.raises(Invalid, match=r"services\[0\] \(pothole\)\.offered_in: streets has no area Z"):
        load_catalogue(offer("Z"))


def _attribute(data: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = data["services"][0]["attributes"][0]
    return found


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda data: data.pop("groups"), "the file"),
        (lambda data: data["departments"].append("streets"), "departments[1]"),
        (lambda data: data["departments"].append(data["departments"][0]), "departments"),
        (lambda data: data["groups"][0].update(texts={"en": {}}), "groups[0] (roads).texts.en"),
        (lambda data: data["services"][0].pop("target"), "services[0] (pothole)"),
        (lambda data: data["services"][0].update(tagret=1), "services[0] (pothole)"),
        (lambda data: data["services"][0].update(target={"days": 5}), "services[0] (pothole).target"),
        (lambda data: data["services"][0].update(department="parks"), "services[0] (pothole).department"),
        (lambda data: data["services"][0].update(group="parks"), "services[0] (pothole).group"),
        (lambda data: data["services"][0].update(geometry_kinds=["dot"]), "services[0] (pothole).geometry_kinds"),
        (
            lambda data: data["services"][0].update(address_precision="street"),
            "services[0] (pothole).address_precision",
        ),
        (lambda data: data["services"][0].update(duplicate_radius_m=501), "services[0] (pothole).duplicate_radius_m"),
        (lambda data: data["services"][0].update(target_reason="x" * 301), "services[0] (pothole).target_reason"),
        (lambda data: data["services"][0].update(confidential=True), "services[0] (pothole).duplicate_radius_m"),
        (lambda data: data["services"][1].update(redirect={"number": "911"}), "services[1] (gas-smell).redirect"),
        (
            lambda data: data["services"][1]["redirect"].update(link="javascript:alert(1)"),
            "services[1] (gas-smell).redirect_link",
        ),
        (
            lambda data: _attribute(data).update(datatype="colour"),
            "services[0] (pothole).attributes[0] (size).datatype",
        ),
        (lambda data: _attribute(data).update(values=[]), "services[0] (pothole).attributes[0] (size).values"),
        (
            lambda data: _attribute(data).update(depends_on={"code": "later", "key": "x"}),
            "services[0] (pothole).attributes[0] (size).depends_on",
        ),
    ],
)
def test_a_mistake_is_told_with_its_place_and_nothing_is_stored(
    change: Callable[[dict[str, Any]], object], place: str
) -> None:
    with pytest.raises(Invalid) as problem:
        load_catalogue(changed(change))
    assert place in [error.field for error in problem.value.errors]
    assert place in problem.value.detail
    assert rows() == [[], [], [], []]


@pytest.mark.parametrize("data", [None, [], "catalogue", {"departments": 5, "groups": {}, "services": None}])
def test_a_file_of_another_shape_is_refused(data: object) -> None:
    with pytest.raises(Invalid):
        load_catalogue(data)


def test_the_command_loads_the_demo_catalogue(capsys: pytest.CaptureFixture[str]) -> None:
    areas = make_set("borough", "jurisdiction", {})
    areas.boundaries.create(code="4", name="Queens")
    make_set("streets-territories", "territory", {})
    make_set("sanitation-territories", "territory", {})
    out = StringIO()
    call_command("load_catalogue", str(FIXTURE), stdout=out)
    services = json.loads(FIXTURE.read_text(encoding="utf-8"))["services"]
    assert Service.objects.count() == len(services)
    assert f"{len(services)} services" in out.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"), [("{", "line 1"), ("[]", "must be an object"), (None, "cannot be read")]
)
def test_the_command_says_in_a_sentence_what_is_wrong(tmp_path: Path, content: str | None, sentence: str) -> None:
    file = tmp_path / "catalogue.json"
    if content is not None:
        file.write_text(content)
    with pytest.raises(CommandError, match=sentence):
        call_command("load_catalogue", str(file))
