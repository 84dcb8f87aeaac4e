"""Every address, as every role: a confidential or hidden report comes out for those alone who may see it.

The table below names each address of the project once; a new address that is not in it fails the first test.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from geo311.accounts.models import User
from geo311.catalog.models import Service
from geo311.core.workflow import Status
from geo311.crews.models import Crew
from geo311.service_requests import actions
from geo311.service_requests.models import Photo, ServiceRequest
from geo311.service_requests.submission import Contact
from tests.conftest import NOON, report

pytestmark = pytest.mark.django_db

PLACE = (0.0123456, 0.0654321)
MARKERS = ("zebra crossing the corridor", "42 Hidden Lane", "0.0123456", "0.0654321", "Quentin Quiet", "5550199")
NEAR = f"lon={PLACE[0]}&lat={PLACE[1]}"
# Django's own: they show no report, and sign-in guards them.
NOT_OURS = ("admin/", "static/", "__debug__/")


def addresses(patterns: Any = None, prefix: str = "") -> Iterator[str]:
    """Every route of the project, as written in the URL configuration."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(pattern.pattern).removeprefix("^").removesuffix(r"\Z").removesuffix("$")
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route


DETAIL = "desk/requests/<str:service_request_id>/"
ONE = "api/requests/(?P<service_request_id>[^/]+)/"
EXPORTS = [
    "/export/requests.geojson" + query for query in ("", "?status=open", "?service_code=shelter", "?simulated=no")
]

# route: (method, paths to try); {id} is the report's number, {photo} its photo, {near} its place, {crew} a crew.
TABLE: dict[str, tuple[str, list[str]]] = {
    "": ("GET", ["/", "/?q={id}", "/?number={id}"]),
    "api/": ("GET", ["/api/"]),
    "api/boundaries/": ("GET", ["/api/boundaries/"]),
    "api/boundary-sets/": ("GET", ["/api/boundary-sets/"]),
    "api/docs/": ("GET", ["/api/docs/", "/api/docs/?script="]),
    "api/duplicates/": (
        "GET",
        ["/api/duplicates/?{near}&service_code=shelter", "/api/duplicates/?{near}&service_code=pothole"],
    ),
    "api/locate/": ("GET", ["/api/locate/?{near}"]),
    "api/requests/": ("GET", ["/api/requests/", "/api/requests/?service_code=shelter", "/api/requests/?status=open"]),
    ONE: ("GET", ["/api/requests/{id}/"]),
    f"{ONE}assign/": ("POST", ["/api/requests/{id}/assign/"]),
    f"{ONE}hide/": ("POST", ["/api/requests/{id}/hide/"]),
    f"{ONE}status/": ("POST", ["/api/requests/{id}/status/"]),
    f"{ONE}support/": ("POST", ["/api/requests/{id}/support/"]),
    "api/schema/": ("GET", ["/api/schema/"]),
    "api/services/": ("GET", ["/api/services/"]),
    "api/services/(?P<service_code>[-a-zA-Z0-9_]+)/": ("GET", ["/api/services/shelter/"]),
    "crews/": ("GET", ["/crews/"]),
    "crews/<slug:slug>/": ("GET", ["/crews/{crew}/"]),
    "crews/<slug:slug>/map.json": ("GET", ["/crews/{crew}/map.json"]),
    "desk/": ("GET", ["/desk/", "/desk/?q={id}", "/desk/?q=Hidden", "/desk/?q=5550199"]),
    "desk/report/": ("GET", ["/desk/report/", "/desk/report/?{near}&service_code=shelter"]),
    "desk/unassigned/": ("GET", ["/desk/unassigned/"]),
    DETAIL: ("GET", ["/desk/requests/{id}/"]),
    f"{DETAIL}contact/": ("POST", ["/desk/requests/{id}/contact/"]),
    f"{DETAIL}crew/": ("POST", ["/desk/requests/{id}/crew/"]),
    f"{DETAIL}note/": ("POST", ["/desk/requests/{id}/note/"]),
    f"{DETAIL}place/": ("POST", ["/desk/requests/{id}/place/"]),
    f"{DETAIL}step/<slug:target>/": ("POST", ["/desk/requests/{id}/step/in_progress/"]),
    f"{DETAIL}undo/crew/<str:crew>/": ("POST", ["/desk/requests/{id}/undo/crew/{crew}/"]),
    f"{DETAIL}undo/step/<slug:target>/": ("POST", ["/desk/requests/{id}/undo/step/received/"]),
    f"{DETAIL}undo/support/<str:supporter_key>/": ("POST", ["/desk/requests/{id}/undo/support/abc/"]),
    f"{DETAIL}visibility/": ("POST", ["/desk/requests/{id}/visibility/"]),
    "export/<slug:layer>.<slug:extension>": ("GET", [*EXPORTS, "/export/district.geojson"]),
    "healthz": ("GET", ["/healthz"]),
    "i18n/setlang/": ("POST", ["/i18n/setlang/"]),
    "map/": ("GET", ["/map/", "/map/?service_code=shelter"]),
    "photos/<uuid:public_id>.jpg": ("GET", ["/photos/{photo}.jpg"]),
    "plan/": ("GET", ["/plan/", "/plan/?service_code=shelter", "/plan/?status=open"]),
    "readyz": ("GET", ["/readyz"]),
    "report/": ("GET", ["/report/", "/report/?{near}"]),
    "report/details/": ("GET", ["/report/details/?{near}&service_code=shelter"]),
    "report/nearby/": (
        "GET",
        ["/report/nearby/?{near}&service_code=shelter", "/report/nearby/?{near}&service_code=pothole"],
    ),
    "report/what/": ("GET", ["/report/what/?{near}"]),
    "requests/<str:service_request_id>/": ("GET", ["/requests/{id}/"]),
    "requests/<str:service_request_id>/support/": ("POST", ["/requests/{id}/support/"]),
    "requests/<str:service_request_id>/support/withdraw/": ("POST", ["/requests/{id}/support/withdraw/"]),
    "sign-in/": ("GET", ["/sign-in/", "/sign-in/?next=/desk/requests/{id}/"]),
    "sign-out/": ("POST", ["/sign-out/"]),
    "signed-in/": ("GET", ["/signed-in/"]),
}


def enter(user: User | None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


@pytest.fixture
def secret(shelter: Service) -> ServiceRequest:
    """A confidential report with text, place, address, contact and a photo that nobody else may meet."""
    row = report(
        shelter,
        *PLACE,
        description=MARKERS[0],
        address=MARKERS[1],
        contact=Contact(name=MARKERS[4], phone=MARKERS[5], email="quentin@example.org"),
    )
    Photo.objects.create(service_request=row, image="photos/secret.jpg", width=1, height=1, added_at=NOON)
    return row


@pytest.fixture
def people(rosa: User, olga: User, carl: User, paul: User, ada: User, sam: User) -> dict[str, User | None]:
    everybody = (rosa, olga, carl, paul, ada, sam)
    return {"nobody": None} | {user.username: user for user in everybody}


def fill(path: str, secret: ServiceRequest, crew: Crew) -> str:
    photo = secret.photos.get().public_id
    return path.format(id=secret.service_request_id, photo=photo, crew=crew.slug, near=NEAR)


def body_of(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return str(content, "utf-8", "replace") + str(response.headers)


def ask(client: Client, method: str, path: str) -> Any:
    return client.generic(method, path, data=b"{}" if method != "GET" else b"", content_type="application/json")


def test_the_table_names_every_address() -> None:
    ours = {route for route in addresses() if not route.startswith(NOT_OURS)}
    assert ours == set(TABLE), "an address came or went: say in TABLE how to try it"


@pytest.mark.parametrize("name", ["nobody", "rosa", "olga", "carl", "paul", "ada"])
def test_a_confidential_report_never_comes_out_elsewhere(
    name: str, people: dict[str, User | None], secret: ServiceRequest, west_crew: Crew
) -> None:
    number = secret.service_request_id
    for route, (method, paths) in TABLE.items():
        for path in paths:
            client = enter(people[name])
            filled = fill(path, secret, west_crew)
            text = body_of(ask(client, method, filled))
            # An address may repeat what was typed into it (its own path or query), and nothing else.
            shown = [marker for marker in (*MARKERS, number) if marker in text and marker not in filled]
            assert not shown, f"{method} {filled} ({route}) shows {shown} to {name}"
            if number in filled.partition("?")[0]:
                assert ask(client, method, filled).status_code in {302, 403, 404, 405, 400}, (
                    f"{method} {filled} for {name}"
                )
    secret.refresh_from_db()
    assert (secret.status, secret.is_hidden, secret.supporters_count) == ("received", False, 0)


def test_its_own_department_sees_it(people: dict[str, User | None], secret: ServiceRequest) -> None:
    client = enter(people["sam"])
    assert MARKERS[0] in body_of(client.get(f"/desk/requests/{secret.service_request_id}/"))
    assert secret.service_request_id in body_of(client.get("/api/requests/"))
    assert secret.service_request_id in body_of(client.get("/export/requests.geojson"))


@pytest.mark.parametrize("name", ["nobody", "rosa"])
def test_a_hidden_report_comes_out_for_staff_alone(
    name: str, people: dict[str, User | None], pothole: Service, olga: User, west_crew: Crew, secret: ServiceRequest
) -> None:
    row = report(pothole, *PLACE, description=MARKERS[0], address=MARKERS[1])
    Photo.objects.create(service_request=row, image="photos/hidden.jpg", width=1, height=1, added_at=NOON)
    actions.set_hidden(service_request=row, hidden=True, by=olga, now=NOON)
    for method, paths in TABLE.values():
        for path in paths:
            client = enter(people[name])
            filled = fill(path, row, west_crew)
            text = body_of(ask(client, method, filled))
            number = row.service_request_id
            shown = [marker for marker in (*MARKERS, number) if marker in text and marker not in filled]
            assert not shown, f"{method} {filled} shows {shown} to {name}"
    client = enter(olga)
    assert row.service_request_id in body_of(client.get(f"/desk/requests/{row.service_request_id}/"))


def test_nobody_changes_a_report_without_the_role(
    people: dict[str, User | None], pothole: Service, west_crew: Crew
) -> None:
    row = report(pothole, -0.05, 0.05)
    for name in ("nobody", "rosa", "paul"):
        client = enter(people[name])
        for path, body in (
            (f"/api/requests/{row.service_request_id}/status/", {"status": Status.IN_PROGRESS}),
            (f"/api/requests/{row.service_request_id}/assign/", {"crew": "west", "reason": "because"}),
            (f"/api/requests/{row.service_request_id}/hide/", {}),
        ):
            assert client.post(path, body, content_type="application/json").status_code == 403, (name, path)
    row.refresh_from_db()
    assert (row.status, row.is_hidden, row.crew) == ("assigned", False, west_crew)
