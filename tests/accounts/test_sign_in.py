"""Signing in: each role reaches its first screen, strangers the door, and guessing ends."""

import pytest
from django.test import Client
from django.urls import reverse

from geo311.accounts.models import User, UserRole
from geo311.accounts.views import ATTEMPTS_PER_HOUR
from geo311.crews.models import Crew
from tests.conftest import make_user

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse"


def sign_in(client: Client, username: str, password: str = PASSWORD, **more: str) -> str:
    """Sign in by the form; where it leads in the end."""
    answer = client.post("/sign-in/", {"username": username, "password": password, **more})
    assert answer.status_code == 302
    answer = client.get(answer["Location"])
    return str(answer["Location"]) if answer.status_code == 302 else str(answer.request["PATH_INFO"])


@pytest.mark.parametrize(
    ("role", "first_screen"),
    [
        (UserRole.OPERATOR, "/desk/"),
        (UserRole.ADMINISTRATOR, "/desk/"),
        (UserRole.PLANNER, "/plan/"),
        (UserRole.CREW, "/crews/"),
        (UserRole.RESIDENT, "/"),
    ],
)
def test_each_role_lands_on_its_first_screen(client: Client, role: UserRole, first_screen: str) -> None:
    make_user("somebody", role)
    assert sign_in(client, "somebody") == first_screen


def test_somebody_of_one_crew_goes_straight_to_its_page(client: Client, carl: User) -> None:
    client.force_login(carl)
    assert client.get("/crews/")["Location"] == "/crews/west/"


def test_somebody_of_two_crews_chooses(client: Client, carl: User, west_crew: Crew) -> None:
    other = Crew.objects.create(slug="night", name="Night crew", department=west_crew.department)
    other.members.add(carl)
    client.force_login(carl)
    page = client.get("/crews/").content.decode()
    assert "West crew" in page
    assert "Night crew" in page


def test_a_stranger_is_led_to_the_door_and_back(client: Client, olga: User) -> None:
    answer = client.get("/desk/?q=Main+St")
    assert answer["Location"] == "/sign-in/?next=/desk/%3Fq%3DMain%2BSt"
    assert sign_in(client, "olga", next="/desk/?q=Main+St") == "/desk/"


def test_the_door_leads_to_no_foreign_site(client: Client, olga: User) -> None:
    assert sign_in(client, "olga", next="https://elsewhere.example/") == "/desk/"


def test_the_wrong_role_is_told_so(client: Client, paul: User) -> None:
    client.force_login(paul)
    answer = client.get("/desk/")
    assert answer.status_code == 403
    assert "This page is not for your role" in answer.content.decode()


def test_a_resident_is_no_staff(client: Client, rosa: User) -> None:
    client.force_login(rosa)
    assert [client.get(path).status_code for path in ("/desk/", "/plan/", "/crews/", "/desk/unassigned/")] == [403] * 4


def test_a_wrong_password_says_so_and_keeps_the_name(client: Client, olga: User) -> None:
    answer = client.post("/sign-in/", {"username": "olga", "password": "wrong"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "do not go together" in page
    assert 'value="olga"' in page
    assert 'value="wrong"' not in page


def test_a_closed_account_does_not_open(client: Client, olga: User) -> None:
    olga.is_active = False
    olga.save()
    assert client.post("/sign-in/", {"username": "olga", "password": PASSWORD}).status_code == 422


def test_guessing_ends_within_the_hour_even_with_the_right_password(client: Client, olga: User) -> None:
    for _attempt in range(ATTEMPTS_PER_HOUR):
        assert client.post("/sign-in/", {"username": "olga", "password": "guess"}).status_code == 422
    answer = client.post("/sign-in/", {"username": "olga", "password": PASSWORD})
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert "more than 30 in an hour" in answer.content.decode()


def test_signing_out_takes_a_post(client: Client, olga: User) -> None:
    client.force_login(olga)
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/")["Location"] == reverse("home")
    assert client.get("/desk/").status_code == 302


def test_the_door_names_the_city(client: Client, settings: object) -> None:
    settings.CITY_NAME = "Springfield"  # type: ignore[attr-defined]
    assert "Staff sign-in – Springfield 311" in client.get("/sign-in/").content.decode()


def test_what_staff_see_stays_in_no_shared_cache(client: Client, olga: User) -> None:
    client.force_login(olga)
    assert "private" in client.get("/desk/")["Cache-Control"]
