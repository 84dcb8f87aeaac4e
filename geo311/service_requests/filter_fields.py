"""Form fields of the filters: a box, codes, a day or moment, yes or no; each says what would be right."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from geo311.core.coordinates import BBox
from geo311.core.problems import Invalid

MOST_CODES = 200
YEARS = range(1900, 2200)
WORDS = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}
Choices = Iterable[tuple[str, Any]]


@dataclass(frozen=True)
class DayOrMoment:
    """A day of the city from `start` to `end`, or a moment, where both are the same; aware, UTC."""

    start: datetime
    end: datetime


class BBoxField(forms.CharField):
    def clean(self, value: Any) -> BBox | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return BBox.parse(text)
        except Invalid as problem:
            raise ValidationError(problem.detail) from problem


class CodesWidget(forms.Select):
    """A choice of one or several: takes repeated parameters and commas, shows a list of several where they are."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        values = data.getlist(name) if hasattr(data, "getlist") else [data.get(name) or ""]
        return [code for value in values for code in (part.strip() for part in str(value).split(",")) if code]

    def format_value(self, value: Any) -> list[str]:
        return [str(code) for code in value or [""]]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        self.allow_multiple_selected = bool(value and len(value) > 1)
        context = super().get_context(name, value, attrs)
        if self.allow_multiple_selected:
            context["widget"]["attrs"]["multiple"] = True
        return context


class CodesField(forms.Field):
    """Codes in a list; what they may be is checked where they are used. A page sets `choices` for its form."""

    widget = CodesWidget

    def clean(self, value: Any) -> list[str]:
        codes: list[str] = list(dict.fromkeys(value or []))
        if len(codes) > MOST_CODES:
            raise ValidationError(_("Give at most {n} values.").format(n=MOST_CODES))
        for code in codes:
            ProhibitNullCharactersValidator()(code)
        return codes

    def offer(self, choices: Choices, *, blank: str | None = None) -> None:
        """The choices of a page's form, the empty one first."""
        self.widget.choices = [("", blank if blank is not None else _("All")), *choices]


class MomentField(forms.CharField):
    widget = forms.DateInput(attrs={"type": "date"})

    def clean(self, value: Any) -> DayOrMoment | None:
        text = super().clean(value)
        if not text:
            return None
        found = _read(parse_date, text) or _read(parse_datetime, _with_plus(text))
        if found is None or found.year not in YEARS:
            wanted = _("Write a day such as 2026-11-23 or a moment such as 2026-11-23T08:30:00Z, of {first} to {last}.")
            raise ValidationError(wanted.format(first=YEARS[0], last=YEARS[-1]))
        if isinstance(found, datetime):
            moment = _aware(found)
            return DayOrMoment(moment, moment)
        return DayOrMoment(_midnight(found), _midnight(found + timedelta(days=1)))


def _read(parse: Callable[[str], Any], text: str) -> Any:
    try:
        return parse(text)
    except ValueError:
        return None


def _with_plus(text: str) -> str:
    """A "+" of a time zone that an address turned into a space."""
    return re.sub(r"(:\d\d(?:\.\d+)?) (\d\d:?\d\d)$", r"\1+\2", text)


def _aware(moment: datetime) -> datetime:
    aware = moment if timezone.is_aware(moment) else timezone.make_aware(moment)
    return aware.astimezone(UTC)


def _midnight(day: date) -> datetime:
    return _aware(datetime.combine(day, time.min))


class YesNoField(forms.CharField):
    widget = forms.Select(choices=[("", "–"), ("true", "✓"), ("false", "✗")])

    def clean(self, value: Any) -> bool | None:
        text = super().clean(value)
        if not text:
            return None
        if text.lower() not in WORDS:
            raise ValidationError(_("Write true or false."))
        return WORDS[text.lower()]
