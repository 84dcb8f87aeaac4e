"""What the tests of the REST interface share."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from geo311.accounts.models import User


def signed_in(user: User) -> Client:
    """A browser in which `user` has signed in."""
    client = Client()
    client.force_login(user)
    return client


def fields_of(response: Any) -> list[str]:
    """The fields that a problem names."""
    assert response["Content-Type"] == "application/problem+json"
    return [error["field"] for error in response.json().get("errors", [])]


def queries_of(call: Callable[[], Any]) -> int:
    """How many queries a call makes, a streamed body included."""
    with CaptureQueriesContext(connection) as captured:
        response = call()
        if getattr(response, "streaming", False):
            b"".join(response.streaming_content)
        return len(captured)
