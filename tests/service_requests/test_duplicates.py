"""Has it been reported? By distance, age, status, service and address; never by more than is public."""

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaries.models import BoundarySet
from geo311.accounts.models import User
from geo311.catalog.models import Service
from geo311.core.addresses import place_at_precision
from geo311.core.coordinates import EARTH, LonLat
from geo311.core.workflow import Status
from geo311.service_requests import actions
from geo311.service_requests.duplicates import candidates, same_address
from tests.conftest import NOON, report

pytestmark = pytest.mark.django_db
HERE = LonLat(-0.05, 0.05)


def away(bearing: float, metres: float) -> LonLat:
    lon, lat, _back = EARTH.fwd(*HERE, bearing, metres)
    return LonLat(round(lon, 7), round(lat, 7))


def numbers(service: Service, **asked: str) -> list[str]:
    return [found.service_request_id for found in candidates(service=service, point=HERE, now=NOON, **asked)]


def test_those_within_the_radius_are_found_nearest_first(pothole: Service) -> None:
    far = report(pothole, *away(90, 24.5), now=NOON)
    near = report(pothole, *away(200, 3), now=NOON)
    report(pothole, *away(10, 25.5), now=NOON)
    assert numbers(pothole) == [near.service_request_id, far.service_request_id]
    assert candidates(service=pothole, point=HERE, now=NOON)[0].distance_m == pytest.approx(3, abs=0.1)


def test_every_direction_and_distance_is_decided_exactly(pothole: Service) -> None:
    dice = np.random.default_rng(311)
    inside = set()
    for bearing, metres in zip(dice.uniform(0, 360, 60), dice.uniform(0, 50, 60), strict=True):
        place = away(bearing, metres)
        row = report(pothole, *place, now=NOON)
        if HERE.distance_m(place) <= 25:
            inside.add(row.service_request_id)
    found: set[str] = set()
    while page := [n for n in numbers(pothole) if n not in found]:
        found |= set(page)
        pothole.service_requests.filter(service_request_id__in=page).update(status=Status.CLOSED)
    assert found == inside
    assert 10 < len(inside) < 50


def test_old_ended_hidden_and_other_reports_are_none(
    pothole: Service, olga: User, city: dict[str, BoundarySet]
) -> None:
    report(pothole, *HERE, now=NOON - timedelta(days=61))
    ended, hidden = report(pothole, *HERE, now=NOON), report(pothole, *HERE, now=NOON)
    actions.change_status(
        service_request=ended, target=Status.CLOSED, by=olga, now=NOON, note="Gone.", resolution="fixed"
    )
    actions.set_hidden(service_request=hidden, hidden=True, by=olga, now=NOON)
    assert numbers(pothole) == []


def test_radius_zero_turns_it_off_and_confidential_services_have_none(pothole: Service, shelter: Service) -> None:
    report(pothole, *HERE, now=NOON)
    report(shelter, *HERE, now=NOON)
    shelter.duplicate_radius_m, shelter.address_precision = 100, "exact"
    pothole.duplicate_radius_m = 0
    assert numbers(shelter) == numbers(pothole) == []


def test_household_services_match_at_the_same_address_alone(pothole: Service) -> None:
    pothole.duplicates_share_address = True
    same = report(pothole, *away(0, 10), address="214 Main St., Apt 5", now=NOON)
    report(pothole, *away(0, 5), address="216 Main St", now=NOON)
    assert numbers(pothole, address="214 MAIN ST Apt 5") == [same.service_request_id]
    assert numbers(pothole) == []


def test_a_block_service_is_judged_by_public_places_alone(pothole: Service) -> None:
    Service.objects.filter(pk=pothole.pk).update(address_precision="block")
    pothole.refresh_from_db()
    public = place_at_precision(HERE, "block")
    assert public is not None
    report(pothole, *HERE, now=NOON)
    seen = [
        [(found.location, found.distance_m) for found in candidates(service=pothole, point=point, now=NOON)]
        for point in (HERE, *(away(bearing, 60) for bearing in range(0, 360, 15)))
    ]
    assert seen[0] == [(public, 0.0)]
    assert all(answer in ([], [(public, 0.0)]) for answer in seen)


@given(st.text(max_size=30))
def test_an_address_is_the_same_whatever_its_case_and_commas(text: str) -> None:
    if same_address(text, text):
        assert same_address(text, f" {text},  ")


def test_a_household_of_a_block_service_is_not_told_from_its_neighbours(pothole: Service) -> None:
    Service.objects.filter(pk=pothole.pk).update(address_precision="block", duplicates_share_address=True)
    pothole.refresh_from_db()
    row = report(pothole, *HERE, address="214 Main St Apt 4B", now=NOON)
    assert numbers(pothole, address="214 Main St Apt 4B") == numbers(pothole, address="299 Main St")
    assert numbers(pothole, address="299 Main St") == [row.service_request_id]
    assert numbers(pothole, address="314 Main St") == []
