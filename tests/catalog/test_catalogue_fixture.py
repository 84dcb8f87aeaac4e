"""The demo city's catalogue and its icons hold what the loader, the pages and residents rely on."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from geo311.core.hexgrid import MAX_RADIUS_M

ROOT = Path(__file__).resolve().parents[2]
SVG = "{http://www.w3.org/2000/svg}"
LANGUAGES = ("en", "es")
LISTS = {"singlevaluelist", "multivaluelist"}
DATATYPES = LISTS | {"string", "text", "number", "datetime"}
SERVICE_TEXTS = {"service_name", "description", "keywords", "redirect_text"}
INTERFACE_ICONS = [
    "pin", "locate", "plus", "check", "clock", "warning", "phone", "camera", "search", "list", "map", "filter", "close",
    "chevron", "navigate", "hide", "undo", "download", "user", "sign-out", "sun", "moon", "layers", "menu",
    "info", "alert", "language", "lock",
]  # fmt: skip


def _without_repeated_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    repeated = [key for key, count in Counter(key for key, _ in pairs).items() if count > 1]
    assert not repeated, f"written twice in one object: {repeated}"
    return dict(pairs)


CATALOGUE = json.loads(
    (ROOT / "fixtures/catalogue.json").read_text(encoding="utf-8"), object_pairs_hook=_without_repeated_keys
)
SERVICES: dict[str, dict[str, Any]] = {service["service_code"]: service for service in CATALOGUE["services"]}
REPORTABLE = {code: service for code, service in SERVICES.items() if not service["redirect"]}
REDIRECTS = {code: service for code, service in SERVICES.items() if service["redirect"]}
SOCIAL = {code for code, service in SERVICES.items() if service["group"] == "social"}

each_service = pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES.keys())
each_redirect = pytest.mark.parametrize("service", REDIRECTS.values(), ids=REDIRECTS.keys())


def attributes() -> Iterator[tuple[str, dict[str, Any]]]:
    for code, service in SERVICES.items():
        for attribute in service["attributes"]:
            yield f"{code}.{attribute['code']}", attribute


each_attribute = pytest.mark.parametrize(
    "attribute", [attribute for _, attribute in attributes()], ids=[name for name, _ in attributes()]
)


def all_texts() -> Iterator[dict[str, dict[str, str]]]:
    yield from (group["texts"] for group in CATALOGUE["groups"])
    yield from (service["texts"] for service in SERVICES.values())
    for _, attribute in attributes():
        yield attribute["texts"]
        yield from (value["texts"] for value in attribute["values"])


def emergency_answers(service: dict[str, Any]) -> list[str]:
    return [value["key"] for question in service["attributes"] for value in question["values"] if value["emergency"]]


def symbols() -> dict[str, ET.Element]:
    tree = ET.parse(ROOT / "geo311/static/geo311/icons.svg")  # noqa: S314  # our own file
    found = list(tree.getroot())
    assert all(element.tag == f"{SVG}symbol" for element in found)
    by_id = {element.attrib["id"]: element for element in found}
    assert len(by_id) == len(found), "an icon is drawn twice"
    return by_id


def test_at_least_forty_services_take_reports() -> None:
    assert len(SERVICES) == len(CATALOGUE["services"]), "a service_code is used twice"
    assert len(REPORTABLE) >= 40
    assert {"suggestion", "bulky-waste-pickup"} <= REPORTABLE.keys()


def test_every_kind_of_thing_that_people_bring_has_a_group_with_services() -> None:
    groups = [group["code"] for group in CATALOGUE["groups"]]
    assert {"emergency", "streets", "sanitation", "safety", "buildings", "social", "questions"} <= set(groups)
    assert len(set(groups)) == len(groups)
    assert {service["group"] for service in SERVICES.values()} == set(groups)


def test_every_department_has_services_and_stays_a_demo() -> None:
    departments = CATALOGUE["departments"]
    assert {service["department"] for service in SERVICES.values()} == {row["slug"] for row in departments}
    assert all(row["link"].startswith("https://example.org/") for row in departments)
    assert {row["phone"] for row in departments} <= {"311", "911", "211", "988"}
    assert not re.search(r"\d{3}[-. ]\d{4}", json.dumps(CATALOGUE)), "looks like somebody's real phone number"


@each_service
def test_codes_are_kebab_case(service: dict[str, Any]) -> None:
    codes = [service["service_code"], *(question["code"] for question in service["attributes"])]
    codes += [value["key"] for question in service["attributes"] for value in question["values"]]
    assert not [code for code in codes if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code)]


@each_service
def test_every_service_has_one_target_and_a_reason_that_fits_its_column(service: dict[str, Any]) -> None:
    ((unit, amount),) = service["target"].items()
    assert unit in {"hours", "working_days"}
    assert (amount == 0) == bool(service["redirect"]), "only a redirect promises nothing"
    assert 20 <= len(service["target_reason"]) <= 300
    assert 20 <= len(service["duplicate_reason"]) <= 300


def test_targets_and_their_reasons_differ_between_services() -> None:
    assert len({tuple(service["target"].items()) for service in REPORTABLE.values()}) >= 10
    reasons = Counter(service["target_reason"] for service in SERVICES.values())
    assert reasons.most_common(1)[0][1] == 1


@each_service
def test_duplicates_are_off_altogether_or_have_a_radius_and_a_window(service: dict[str, Any]) -> None:
    radius_m, days = service["duplicate_radius_m"], service["duplicate_window_days"]
    assert (radius_m == 0) == (days == 0)
    assert 0 <= radius_m <= MAX_RADIUS_M
    assert radius_m > 0 or not service["duplicates_share_address"]
    assert radius_m == 0 or "point" in service["geometry_kinds"]


@each_service
def test_geometry_and_address_are_of_the_known_kinds(service: dict[str, Any]) -> None:
    assert service["geometry_kinds"] in (["point"], ["point", "line"], ["point", "area"], ["none"], ["point", "none"])
    assert service["address_precision"] in {"exact", "block", "none"}


def test_every_text_stands_in_each_language_with_the_same_fields() -> None:
    for texts in all_texts():
        assert tuple(texts) == LANGUAGES
        assert texts["en"].keys() == texts["es"].keys()
        for field, english in texts["en"].items():
            assert bool(english) == bool(texts["es"][field]), f"{field} is missing in one language: {texts}"
            assert english or field in {"redirect_text", "description"}, f"{field} is empty: {texts}"


@each_service
def test_a_service_says_what_it_is_in_short_sentences(service: dict[str, Any]) -> None:
    for texts in service["texts"].values():
        assert texts.keys() == SERVICE_TEXTS
        assert texts["description"]
        assert len(texts["service_name"]) <= 50
        assert len(texts["keywords"].split(",")) >= 3
        sentences = re.split(r"[.:;!?] ", texts["description"])
        assert max(len(sentence.split()) for sentence in sentences) <= 25


def test_spanish_is_not_a_copy_of_english() -> None:
    for service in SERVICES.values():
        english, spanish = service["texts"]["en"], service["texts"]["es"]
        assert english["service_name"] != spanish["service_name"]
        assert english["description"] != spanish["description"]


def test_names_within_a_language_are_unique() -> None:
    for language in LANGUAGES:
        names = Counter(service["texts"][language]["service_name"].casefold() for service in SERVICES.values())
        assert names.most_common(1)[0][1] == 1


def test_social_services_are_confidential_and_never_placed_in_public() -> None:
    assert len(SOCIAL) >= 5
    for service in SERVICES.values():
        if service["service_code"] in SOCIAL:
            assert service["confidential"]
        if service["confidential"]:
            assert service["geometry_kinds"] in (["none"], ["point", "none"])
            assert service["address_precision"] == "none"
            assert service["duplicate_radius_m"] == 0, "a hint would tell that somebody asked for help next door"


def test_household_services_compare_addresses_and_do_not_publish_them() -> None:
    households = {code for code, service in SERVICES.items() if service["duplicates_share_address"]}
    assert {"missed-trash", "missed-recycling", "bulky-waste-pickup"} <= households
    assert {SERVICES[code]["address_precision"] for code in households | {"noise"}} == {"block"}


@each_redirect
def test_a_redirect_takes_no_report_and_says_whom_to_call(service: dict[str, Any]) -> None:
    assert service["geometry_kinds"] == ["none"]
    assert not service["attributes"]
    redirect = service["redirect"]
    assert redirect.keys() == {"kind", "number", "link"}
    assert redirect["kind"] in {"emergency", "referral"}
    assert redirect["number"] in {"911", "988", "211"}
    assert all(redirect["number"] in texts["redirect_text"] for texts in service["texts"].values())


def test_emergencies_and_referrals_are_redirected() -> None:
    numbers = {code: service["redirect"]["number"] for code, service in REDIRECTS.items()}
    assert {"911", "988", "211"} == set(numbers.values())
    assert numbers["gas-smell"] == numbers["wire-down"] == "911"
    assert all(not texts["redirect_text"] for service in REPORTABLE.values() for texts in service["texts"].values())


@pytest.mark.parametrize(
    "service_code",
    [
        "street-light-out", "traffic-signal", "water-leak", "sewer-backup", "street-flooding", "tree-down",
        "tree-maintenance", "stray-animal", "wildlife", "noise", "dangerous-condition", "unsafe-building", "no-heat",
        "homeless-outreach", "older-people", "child-protection", "mental-health-help",
    ],
)  # fmt: skip
def test_an_answer_that_sounds_like_an_emergency_stops_the_report(service_code: str) -> None:
    assert emergency_answers(SERVICES[service_code])


def test_an_emergency_is_never_the_only_answer() -> None:
    for _, attribute in attributes():
        stops = [value["emergency"] for value in attribute["values"]]
        assert not stops or not all(stops)


def test_at_least_twenty_five_services_ask_questions_of_all_six_datatypes() -> None:
    assert sum(bool(service["attributes"]) for service in REPORTABLE.values()) >= 25
    assert {attribute["datatype"] for _, attribute in attributes()} == DATATYPES


@each_attribute
def test_lists_offer_choices_and_other_questions_none(attribute: dict[str, Any]) -> None:
    keys = [value["key"] for value in attribute["values"]]
    assert len(set(keys)) == len(keys)
    assert len(keys) >= 2 if attribute["datatype"] in LISTS else not keys
    assert all(text["question"].endswith("?") for text in attribute["texts"].values())


@each_service
def test_questions_stand_in_order_and_depend_on_earlier_answers(service: dict[str, Any]) -> None:
    questions = service["attributes"]
    assert [question["position"] for question in questions] == list(range(1, len(questions) + 1))
    assert len({question["code"] for question in questions}) == len(questions)
    earlier: dict[str, set[str]] = {}
    for question in questions:
        if condition := question["depends_on"]:
            assert condition["key"] in earlier[condition["code"]]
        earlier[question["code"]] = {value["key"] for value in question["values"]}


def test_some_questions_depend_on_another_answer() -> None:
    assert sum(bool(attribute["depends_on"]) for _, attribute in attributes()) >= 5


def test_a_service_offered_in_part_of_the_city_says_so() -> None:
    for service in SERVICES.values():
        if offered := service["offered_in"]:
            assert offered.keys() == {"boundary_set", "code"}
            assert "trial area" in service["texts"]["en"]["description"]


def test_every_service_and_group_has_a_drawing_of_its_own() -> None:
    icons = Counter(row["icon"] for row in [*CATALOGUE["groups"], *CATALOGUE["services"]])
    assert icons.most_common(1)[0][1] == 1
    assert not icons.keys() - symbols().keys()


def test_the_sprite_holds_the_interface_icons_and_those_that_templates_name() -> None:
    named = set(INTERFACE_ICONS)
    for template in (ROOT / "templates").rglob("*.html"):
        text = template.read_text(encoding="utf-8")
        named |= set(re.findall(r'_icon\.html" with name="([a-z-]+)"', text))
        named |= set(re.findall(r' with [^%]*\bicon="([a-z-]+)"', text))
    assert not {f"icon-{name}" for name in named} - symbols().keys()


def test_icons_are_lines_of_one_width_in_the_colour_of_the_text() -> None:
    for name, symbol in symbols().items():
        assert symbol.attrib == {
            "id": name,
            "viewBox": "0 0 24 24",
            "fill": "none",
            "stroke": "currentColor",
            "stroke-width": "2",
            "stroke-linecap": "round",
            "stroke-linejoin": "round",
        }
        shapes = list(symbol)
        assert shapes
        assert {shape.tag.removeprefix(SVG) for shape in shapes} <= {"path", "circle", "ellipse", "rect"}
        assert not {"style", "fill", "stroke", "class", "href"} & {key for shape in shapes for key in shape.attrib}
