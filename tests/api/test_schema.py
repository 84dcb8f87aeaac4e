"""The OpenAPI schema: whole, without warnings, and honest about problems."""

from io import StringIO
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from django.test import Client

from geo311.http import PROBLEM_JSON


@pytest.fixture(scope="module")
def schema() -> Any:
    out = StringIO()
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=out)
    return yaml.safe_load(out.getvalue())


def test_every_resource_is_described(schema: Any) -> None:
    assert set(schema["paths"]) >= {
        f"/api/{path}/"
        for path in ("requests", "requests/{service_request_id}", "requests/{service_request_id}/status", "services",
                     "boundary-sets", "boundaries", "locate", "duplicates")
    }  # fmt: skip


def test_every_operation_says_how_its_problems_look(schema: Any) -> None:
    for path, operations in schema["paths"].items():
        for name, operation in operations.items():
            refused = [code for code in operation["responses"] if code.startswith("4")]
            assert refused or "schema" in path, f"{name} {path}"
            for code in refused:
                assert list(operation["responses"][code]["content"]) == [PROBLEM_JSON]


def test_the_list_of_reports_describes_its_filters(schema: Any) -> None:
    parameters = {each["name"]: each for each in schema["paths"]["/api/requests/"]["get"]["parameters"]}
    assert set(parameters) >= {"bbox", "status", "district", "overdue", "limit", "offset", "lang"}
    assert all(each.get("description") for each in parameters.values())


def test_a_new_report_tells_whom_to_call(schema: Any) -> None:
    reply = schema["components"]["schemas"]["ServiceRequestReply"]["properties"]
    assert "emergency" in reply["emergency_notice"]["description"]


def test_the_schema_and_its_page_are_served(client: Client, db: None) -> None:
    assert client.get("/api/schema/").status_code == 200
    page = client.get("/api/docs/")
    assert page.status_code == 200
    assert b"http://" not in page.content.replace(b"http://www.w3.org", b"")
    assert b"https://" not in page.content
