"""What the tests of staff pages share: a signed-in client, the text of a page, its queries."""

import html
import re

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from geo311.accounts.models import User


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text_of(client: Client, path: str, status: int = 200) -> str:
    """A page's words, without markup."""
    answer = client.get(path)
    assert answer.status_code == status, (path, answer.status_code)
    return words(answer.content.decode())


def words(page: str) -> str:
    without_data = re.sub(r"<(script|style)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", without_data)).split())


def queries_of(client: Client, path: str) -> int:
    """How many queries a page takes, once the boundaries' index stands."""
    client.get(path)
    with CaptureQueriesContext(connection) as seen:
        answer = client.get(path)
    assert answer.status_code == 200
    return len(seen)
