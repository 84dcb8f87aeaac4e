"""Takes the demo city out of the desk again, for a city of one's own."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.fields.files import FieldFile

from boundaries.models import Boundary, BoundarySet, BoundaryShape, BoundaryVersion
from geo311.accounts.models import User
from geo311.catalog.models import Department, Service, ServiceGroup
from geo311.crews.models import Crew
from geo311.importers.demo.loading import ACCOUNTS_FILE
from geo311.service_requests.models import Event, EventText, Photo, Reporter, ServiceRequest, Supporter


def remove_demo() -> None:
    """Delete every report, crew, service, area and person of the desk; photos' files when that is certain."""
    with transaction.atomic():
        photos = [photo.image for photo in Photo.objects.all()]
        ServiceRequest.objects.update(duplicate_of=None)
        for rows in _rows():
            rows.delete()
        transaction.on_commit(lambda: _delete_files(photos))


def _rows() -> tuple[QuerySet[Any], ...]:
    """Whoever points to others goes before them."""
    reports = (Supporter.objects.all(), Reporter.objects.all(), Photo.objects.all(), Event.objects.all())
    work = (EventText.objects.all(), ServiceRequest.objects.all(), Crew.objects.all())
    services = (Service.objects.all(), ServiceGroup.objects.all(), Department.objects.all())
    areas = (BoundaryShape.objects.all(), BoundaryVersion.objects.all(), Boundary.objects.all())
    return (*reports, *work, *services, *areas, BoundarySet.objects.all(), User.objects.all())


def _delete_files(photos: list[FieldFile]) -> None:
    for photo in photos:
        photo.delete(save=False)
    (settings.DATA_DIR / ACCOUNTS_FILE).unlink(missing_ok=True)
