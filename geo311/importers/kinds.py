"""Which service a source's kind of report is; a kind that no service stands for gets one of its own, not offered."""

from django.conf import settings
from django.utils.text import slugify
from django.utils.translation import gettext as _

from geo311.catalog.models import AddressPrecision, Department, Service, ServiceGroup
from geo311.importers.source import Source

IMPORTED = "imported"
MAX_CODE = 50  # of a service_code


class Kinds:
    """Services by a source's kinds, kept for one import."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.made: list[str] = []
        offered = Service.objects.filter(redirect_kind="").select_related("department__territory_set")
        self._by_code = {service.service_code: service for service in offered}

    def service(self, kind: str) -> Service:
        """The service that the source names for a kind where the catalogue has it, else one made for the kind."""
        code = self.source.services.get(kind, "")
        found = self._by_code.get(code) or self._by_code.get(self._own_code(kind))
        return found or self._make(kind)

    def _own_code(self, kind: str) -> str:
        return f"{self.source.slug}-{slugify(kind)}"[:MAX_CODE].rstrip("-")

    def _make(self, kind: str) -> Service:
        """An inactive service: nobody can report it, and no row is lost. Confidential where the source says so."""
        language, confidential = settings.LANGUAGE_CODE, kind in self.source.confidential_kinds
        group, _new = ServiceGroup.objects.get_or_create(
            code=IMPORTED, defaults={"texts": {language: {"name": _("Imported")}}, "position": 999}
        )
        department, _new = Department.objects.get_or_create(slug=IMPORTED, defaults={"name": _("Imported records")})
        service: Service = Service.objects.create(
            service_code=self._own_code(kind),
            department=department,
            group=group,
            is_active=False,
            texts={language: {"service_name": kind}},
            geometry_kinds=["point", "none"],
            confidential=confidential,
            address_precision=AddressPrecision.NONE if confidential else AddressPrecision.BLOCK,
        )
        self._by_code[service.service_code] = service
        self.made.append(service.service_code)
        return service
