"""The form for what a caller says: one page, typed fast; the questions of the service once it is chosen."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from geo311.catalog.models import Service, ServiceAttribute
from geo311.core.coordinates import LonLat
from geo311.core.problems import Invalid
from geo311.service_requests.forms import CleanCharField, question_field, question_name
from geo311.service_requests.submission import LIMITS, Contact

SEVERAL = forms.CheckboxSelectMultiple


class ServiceSelect(forms.Select):
    """Options that also carry the words people say, for the page's search."""

    def __init__(self, *, keywords: Mapping[str, str]) -> None:
        super().__init__()
        self.keywords = keywords

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if self.keywords.get(str(value)):
            option["attrs"]["data-keywords"] = self.keywords[str(value)]
        return option


class CallerReportForm(forms.Form):
    """Built for the service chosen so far, or for none; its questions are named `attributes.<code>`."""

    use_required_attribute = False

    client_request_id = forms.UUIDField(widget=forms.HiddenInput)
    service_code = forms.ChoiceField()
    address = CleanCharField(
        label=_("Address or crossing"),
        help_text=_("Without a pin, the report waits for one in the unassigned list."),
        max_length=LIMITS["address"],
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    lon = forms.CharField(label=_("Longitude"), required=False, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    lat = forms.CharField(label=_("Latitude"), required=False, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    description = CleanCharField(
        label=_("What does the caller see?"),
        help_text=_("What helps to find and judge it. No names or phone numbers here."),
        max_length=LIMITS["description"],
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    name = CleanCharField(
        label=_("Name"),
        max_length=LIMITS["name"],
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    phone = CleanCharField(
        label=_("Phone"),
        max_length=LIMITS["phone"],
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off", "inputmode": "tel"}),
    )
    email = CleanCharField(
        label=_("E-mail"),
        help_text=_("We write there at each step."),
        max_length=LIMITS["email"],
        required=False,
        widget=forms.TextInput(attrs={"type": "email", "autocomplete": "off", "inputmode": "email"}),
    )
    preferred_language = forms.ChoiceField(
        label=_("Language of the caller"), choices=lambda: settings.LANGUAGES, required=False
    )

    def __init__(self, *args: Any, services: list[Service], service: Service | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.service = service
        self.attributes: list[ServiceAttribute] = list(service.attributes.all()) if service else []
        for attribute in self.attributes:
            self.fields[question_name(attribute.code)] = question_field(attribute)
        self._offer(services)
        if len(settings.LANGUAGES) < 2:
            del self.fields["preferred_language"]

    def _offer(self, services: list[Service]) -> None:
        groups: dict[str, list[tuple[str, str]]] = {}
        for service in services:
            groups.setdefault(str(service.group), []).append((service.service_code, service.service_name))
        keywords = {service.service_code: service.text("keywords") for service in services}
        self.fields["service_code"] = forms.ChoiceField(
            label=_("What is it about?"),
            choices=[("", _("Choose a service")), *groups.items()],
            widget=ServiceSelect(keywords=keywords),
            error_messages={"required": _("Choose what it is about.")},
        )

    @property
    def questions(self) -> list[forms.BoundField]:
        """The questions to ask now: those that depend on an answer not given are left out."""
        return [self[question_name(a.code)] for a in self.attributes if self._is_asked(a)]

    def _is_asked(self, attribute: ServiceAttribute) -> bool:
        return not attribute.depends_on_code or attribute.depends_on_key in self._given(attribute.depends_on_code)

    def _given(self, code: str) -> list[str]:
        value = self[question_name(code)].value()
        return [str(each) for each in (value if isinstance(value, list) else [value]) if each]

    @property
    def sounds_like_emergency(self) -> bool:
        """Whether an answer given so far belongs to the emergency number."""
        return any(
            value.get("emergency") and value["key"] in self._given(attribute.code)
            for attribute in self.attributes
            for value in attribute.values
        )

    @property
    def answers(self) -> dict[str, Any]:
        """The answers given to what was asked, by attribute code."""
        given = {a.code: self.cleaned_data.get(question_name(a.code)) for a in self.attributes if self._is_asked(a)}
        return {code: value for code, value in given.items() if value not in (None, "", [])}

    @property
    def contact(self) -> Contact:
        return Contact(**{name: self.cleaned_data[name] for name in ("name", "phone", "email")})


def typed(data: QueryDict, services: list[Service], service: Service | None) -> CallerReportForm:
    """The form as typed so far, judged by nobody yet."""
    blank = CallerReportForm(services=services, service=service)
    several = {name for name, field in blank.fields.items() if isinstance(field.widget, SEVERAL)}
    initial: dict[str, Any] = {name: data.getlist(name) if name in several else data[name] for name in data}
    initial.setdefault("client_request_id", uuid4())
    initial.setdefault("preferred_language", settings.LANGUAGE_CODE)
    return CallerReportForm(initial=initial, services=services, service=service)


def point_of(lon: str, lat: str) -> LonLat | None:
    """The pin, or None where there is none. Raises Invalid."""
    return LonLat.parse(lon, lat) if lon.strip() or lat.strip() else None


def point_so_far(data: QueryDict) -> LonLat | None:
    """The pin while it is being typed: what cannot be a place is none yet."""
    try:
        return point_of(data.get("lon", ""), data.get("lat", ""))
    except Invalid:
        return None
