"""ReportDraft: what the steps before the form have gathered, carried in the address so that going back is safe."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from boundaries.lookup import Location, locate
from geo311.catalog.models import Service
from geo311.core.coordinates import LonLat
from geo311.core.problems import FieldError, Invalid, OutsideServiceArea
from geo311.service_requests.submission import LIMITS, clean_text

NAMES = ("lon", "lat", "address", "service_code", "no_place")


@dataclass(frozen=True)
class ReportDraft:
    """As typed: nothing is lost when something is wrong with it."""

    lon: str = ""
    lat: str = ""
    address: str = ""
    service_code: str = ""
    no_place: str = ""

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> "ReportDraft":
        return cls(**{name: clean_text(str(data.get(name, ""))) for name in NAMES})

    def query(self, **changes: str) -> str:
        """The query string of the next address, without what is empty."""
        draft = replace(self, **changes)
        return urlencode({name: value for name in NAMES if (value := getattr(draft, name))})

    @property
    def has_place(self) -> bool:
        return bool(self.lon or self.lat)

    def point(self) -> LonLat | None:
        """The place, or None where none was given. Raises Invalid."""
        return LonLat.parse(self.lon, self.lat) if self.has_place else None

    def check_place(self) -> Location:
        """The place and its areas. Raises Invalid or OutsideServiceArea, saying so where lon and lat look swapped."""
        point = self.point()
        if point is None:
            detail = _("Say where it is: tap the map, use your location, or type longitude and latitude.")
            raise Invalid(detail, errors=(FieldError("lon", detail),))
        try:
            return locate(point)
        except OutsideServiceArea as problem:
            if self.looks_swapped():
                raise Invalid.field("lon", _("Longitude and latitude look swapped: turn them round.")) from None
            raise problem from None

    def check_address(self) -> None:
        """Raises Invalid where the address is too long to be kept."""
        if len(self.address) > LIMITS["address"]:
            detail = _("Use at most {limit} characters; this has {n}.")
            raise Invalid.field("address", detail.format(limit=LIMITS["address"], n=len(self.address)))

    def looks_swapped(self) -> bool:
        """Whether the place would be ours with the two numbers the other way round."""
        try:
            locate(LonLat.parse(self.lat, self.lon))
        except (Invalid, OutsideServiceArea):
            return False
        return True

    def service(self) -> Service | None:
        """The service chosen, None where none was. Raises Invalid for one that we do not have."""
        if not self.service_code:
            return None
        found = Service.objects.select_related("department__territory_set", "group")
        service: Service | None = found.filter(service_code=self.service_code, is_active=True).first()
        if service is None:
            raise Invalid.field("service_code", _("We have no such service. Choose one of these."))
        return service
