"""What tests of the report's forms fill in and send."""

import io
import uuid
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from geo311.catalog.models import Service, ServiceAttribute

PLACE = {"lon": "-0.05", "lat": "0.05"}


def form_data(service: Service, **fields: Any) -> dict[str, Any]:
    return {**PLACE, "service_code": service.service_code, "client_request_id": str(uuid.uuid4()), **fields}


def send(client: Client, service: Service, **fields: Any) -> Any:
    return client.post("/report/details/", form_data(service, **fields))


def jpeg() -> SimpleUploadedFile:
    data = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(data, "JPEG")
    return SimpleUploadedFile("hole.jpg", data.getvalue(), content_type="image/jpeg")


def question(service: Service, code: str, datatype: str, **fields: Any) -> ServiceAttribute:
    texts = {"en": {"question": f"Question {code}"}}
    made: ServiceAttribute = ServiceAttribute.objects.create(
        service=service, code=code, datatype=datatype, texts=texts, **fields
    )
    return made


def choices(*keys: str, emergency: str = "") -> list[dict[str, Any]]:
    return [{"key": key, "texts": {"en": {"name": key.title()}}, "emergency": key == emergency} for key in keys]
