"""Features built by the database, the same on both."""

import json

import pytest
from django.db.models import BooleanField, ExpressionWrapper, JSONField, Q, Value

from geo311.catalog.models import Service
from geo311.service_requests.models import ServiceRequest
from tests.conftest import report
from tiles.geojson_sql import FeatureText

pytestmark = pytest.mark.django_db


def test_truth_and_json_leave_as_such(pothole: Service) -> None:
    report(pothole, 0.05, 0.05)
    rows = ServiceRequest.objects.annotate(
        yes=ExpressionWrapper(Q(status="received"), output_field=BooleanField()),
        data=Value({"a": [1, None]}, output_field=JSONField()),
    )
    properties = {"yes": "yes", "hidden": "is_hidden", "data": "data", "answers": "attribute_values"}
    text = rows.annotate(f=FeatureText("service_request_id", "location", properties)).values_list("f", flat=True).get()
    assert json.loads(text)["properties"] == {"yes": True, "hidden": False, "data": {"a": [1, None]}, "answers": {}}
