"""Submission: everything a report brings, checked as far as it can be without the database."""

import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from geo311.catalog.models import Service
from geo311.core.coordinates import LonLat
from geo311.core.problems import FieldError, Invalid
from geo311.service_requests.models import Channel
from geo311.service_requests.photos import EncodedPhoto

LIMITS = {"description": 4_000, "address": 250, "name": 120, "phone": 40, "email": 254}
MAX_PHOTOS = 5
# Characters that break rows, logs and right-to-left pages: controls but tab and newline, bidirectional overrides, and
# halves of pairs, which no encoding can write.
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


@dataclass(frozen=True)
class Contact:
    """Who reports; kept apart from the report."""

    name: str = ""
    phone: str = ""
    email: str = ""

    def __bool__(self) -> bool:
        return bool(self.name or self.phone or self.email)


@dataclass(frozen=True)
class Submission:
    """What somebody wants to report. `client` says whose `client_request_id` it is ("" for anybody)."""

    service: Service
    point: LonLat | None = None
    address: str = ""
    description: str = ""
    attribute_values: dict[str, Any] = field(default_factory=dict)
    contact: Contact = Contact()
    photos: tuple[EncodedPhoto, ...] = ()
    position_accuracy_m: float | None = None
    channel: Channel = Channel.WEB
    preferred_language: str = "en"
    client: str = ""
    client_request_id: UUID | None = None

    def body_hash(self) -> str:
        """SHA-256 of what was asked for, hex: the same `client_request_id` with another body is a conflict."""
        body = [
            self.service.service_code,
            self.point,
            self.address,
            self.description,
            self.attribute_values,
            [self.contact.name, self.contact.phone, self.contact.email],
            [hashlib.sha256(photo.jpeg).hexdigest() for photo in self.photos],
        ]
        return hashlib.sha256(json.dumps(body, sort_keys=True, default=str).encode()).hexdigest()


def clean_text(text: str) -> str:
    """Text as typed, without characters that only do harm."""
    return _UNWANTED.sub("", text.replace("\r\n", "\n")).strip()


def check_texts(submission: Submission) -> None:
    """Raises Invalid that names every text too long and an e-mail address that cannot be one."""
    texts = {
        "description": submission.description,
        "address": submission.address,
        "name": submission.contact.name,
        "phone": submission.contact.phone,
        "email": submission.contact.email,
    }
    errors = [
        FieldError(name, _("Use at most {limit} characters; this has {n}.").format(limit=LIMITS[name], n=len(text)))
        for name, text in texts.items()
        if len(text) > LIMITS[name]
    ]
    if submission.contact.email:
        try:
            validate_email(submission.contact.email)
        except ValidationError:
            errors.append(FieldError("email", _("Write an e-mail address, such as name@example.org.")))
    if len(submission.photos) > MAX_PHOTOS:
        errors.append(FieldError("photo", _("Send at most {n} photos.").format(n=MAX_PHOTOS)))
    if errors:
        raise Invalid(" ".join(str(error.detail) for error in errors), errors=tuple(errors))
