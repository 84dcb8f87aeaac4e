"""The recipes of the documentation work as they stand there."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from geo311.catalog.models import Service
from tests.conftest import report
from tiles import layers

DOCS = Path(__file__).resolve().parents[2] / "docs"


def code_of(page: str, language: str) -> str:
    (code,) = re.findall(rf"```{language}\n(.*?)```", (DOCS / page).read_text(), re.DOTALL)
    return str(code)


@pytest.mark.django_db
def test_the_layer_of_the_recipe_leaves_as_geojson(
    client: Client, pothole: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layers, "_layers", dict(layers._layers))
    old = report(pothole, 0.05, 0.05, now=timezone.now() - timedelta(days=40))
    report(pothole, 0.06, 0.05)
    exec(compile(code_of("layers.md", "python"), "layers.md", "exec"), {})  # noqa: S102  the recipe itself
    answer = client.get("/export/forgotten.geojson")
    features = json.loads(b"".join(answer.streaming_content))["features"]  # type: ignore[attr-defined]
    assert [feature["properties"] for feature in features] == [
        {"service_request_id": old.service_request_id, "ward": "N"}
    ]


@pytest.mark.django_db
def test_a_language_of_the_recipe_is_spoken_and_what_it_lacks_is_the_citys_own(
    client: Client, pothole: Service, settings: Any
) -> None:
    settings.LANGUAGES = [("en", "English"), ("es", "Spanish")]
    texts = json.loads(code_of("languages.md", "json"))["texts"]
    texts["en"]["description"] = "A hole in the road."
    Service.objects.filter(pk=pothole.pk).update(texts=texts)
    answer = client.get("/api/services/pothole/", headers={"Accept-Language": "es"}).json()
    assert answer["service_name"] == "Bache"
    assert answer["description"] == "A hole in the road."
