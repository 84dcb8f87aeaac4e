"""Which crew a report belongs to."""

from geo311.catalog.models import Service
from geo311.crews.models import Crew


def crew_for(service: Service, territory_id: int | None) -> Crew | None:
    """The crew that does `service` in the territory, else one that does it city-wide; None where nobody does."""
    crew: Crew | None = None
    if territory_id is not None:
        crew = Crew.objects.doing(service.pk, territory_id).first()
    return crew or Crew.objects.doing_city_wide(service.pk).first()
