"""The first page: has it been reported, and how do I tell them?"""

import json
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from geo311.accounts.models import User
from geo311.catalog.models import Service
from geo311.core.workflow import Status
from geo311.service_requests.actions import change_status
from geo311.service_requests.models import ServiceRequest
from tests.conftest import report


def home(client: Client, **query: str) -> str:
    response = client.get("/", query)
    assert response.status_code == 200
    return response.content.decode()


def map_config(page: str) -> dict[str, Any]:
    [text] = re.findall(r'<script id="map-config" type="application/json">(.*?)</script>', page, re.DOTALL)
    config: dict[str, Any] = json.loads(text)
    return config


def test_it_names_the_city_and_leads_to_the_report(client: Client, pothole: Service, settings: Any) -> None:
    settings.CITY_NAME = "Springfield"
    page = home(client)
    assert "Something wrong in Springfield?" in page
    assert 'href="/report/"' in page
    assert 'href="tel:911"' in page


def test_it_lists_open_public_reports_and_counts(
    client: Client, pothole: Service, shelter: Service, olga: User
) -> None:
    shown = report(pothole, -0.05, 0.05, address="12 Main St")
    ended, hidden = report(pothole, -0.02, 0.05), report(pothole, 0.05, 0.05)
    private = report(shelter, -0.05, -0.05)
    change_status(
        service_request=ended, target=Status.CLOSED, by=olga, now=timezone.now(), note="Seen.", resolution="fixed"
    )
    ServiceRequest.objects.filter(pk=hidden.pk).update(is_hidden=True)
    page = home(client)
    assert f"/requests/{shown.service_request_id}/" in page
    assert "12 Main St" in page
    for other in (ended, hidden, private):
        assert other.service_request_id not in page
    assert re.findall(r'class="figure__value">(\d+)<', page) == ["1", "1"]


def test_an_empty_city_says_what_to_do(client: Client, db: None) -> None:
    page = home(client)
    assert "No open reports" in page
    assert map_config(page)["layers"] == []


@pytest.mark.parametrize("change", [str, str.lower, lambda number: number.replace("-", " ")])
def test_a_tracking_number_leads_to_its_report(client: Client, pothole: Service, change: Any) -> None:
    number = report(pothole, -0.05, 0.05).service_request_id
    assert client.get("/", {"number": change(number)}).headers["Location"] == f"/requests/{number}/"


@pytest.mark.parametrize("number", ["hello", "4GT7-K2QM", "<script>alert(1)</script>"])
def test_an_unknown_number_is_explained_and_kept(client: Client, pothole: Service, number: str) -> None:
    page = home(client, number=number)
    assert "We do not know this number" in page
    assert "<script>alert(1)" not in page


def test_the_number_of_a_confidential_report_looks_unknown(client: Client, shelter: Service, sam: User) -> None:
    number = report(shelter, -0.05, 0.05).service_request_id
    assert "We do not know this number" in home(client, number=number)
    client.force_login(sam)
    assert client.get("/", {"number": number}).status_code == 302


def test_the_map_is_oriented_by_what_is_loaded(client: Client, pothole: Service) -> None:
    config = map_config(home(client))
    assert config["bounds"] == [-0.1, -0.1, 0.1, 0.1]
    assert [(layer["slug"], layer["kind"]) for layer in config["layers"]] == [
        ("city", "land"),
        ("ward", "names"),
        ("district", "outline"),
    ]


def test_what_residents_typed_stays_text(client: Client, pothole: Service) -> None:
    report(pothole, -0.05, 0.05, address="<script>alert(1)</script>", description="<script>alert(2)</script>")
    page = home(client)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_no_page_needs_inline_code_or_foreign_hosts(client: Client, pothole: Service) -> None:
    row = report(pothole, -0.05, 0.05)
    query = "?lon=-0.05&lat=0.05"
    for address in ("/", "/report/", f"/report/what/{query}", f"/requests/{row.service_request_id}/"):
        page = client.get(address).content.decode()
        inline = [
            tag for tag in re.findall(r"<script[^>]*>", page) if "src=" not in tag and "application/json" not in tag
        ]
        assert inline == []
        assert not re.search(r"\sstyle=|\son[a-z]+=|<style", page)
        assert not re.search(r'(?:src|href)="(?:https?:)?//', page)


@pytest.mark.parametrize("reports", [1, 12])
def test_the_number_of_queries_does_not_grow(
    client: Client, pothole: Service, reports: int, django_assert_max_num_queries: Any
) -> None:
    for n in range(reports):
        report(pothole, -0.05 + n * 1e-3, 0.05)
    home(client)
    with django_assert_max_num_queries(4):
        home(client)
