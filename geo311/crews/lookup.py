"""Which crew a report belongs to."""

from geo311.catalog.models import Service
from geo311.crews.models import Crew


def crew_for(service: Service, territory_id: int | None) -> Crew | None:
    """The crew that does `service` in the territory; the first by slug where several; None where nobody does."""
    if territory_id is None:
        return None
    crew: Crew | None = Crew.objects.doing(service.pk, territory_id).first()
    return crew
