"""Answers to a service's questions: checked against their datatypes; an emergency answer stops the report."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from geo311.catalog.models import Datatype, Service, ServiceAttribute
from geo311.core.problems import Emergency, FieldError, Invalid

MAX_ANSWER_CHARACTERS = 2_000
Answer = str | float | list[str]


def check_redirect(service: Service) -> None:
    """Raises Emergency where the service takes no report but names whom to call."""
    if service.redirect_kind:
        raise Emergency(
            service.text("redirect_text") or emergency_sentence(service.redirect_number),
            number=service.redirect_number or settings.EMERGENCY_NUMBER,
            link=service.redirect_link,
            kind=service.redirect_kind,
        )


def emergency_sentence(number: str = "") -> str:
    return _("This sounds like an emergency. Call {number} now; do not report it here.").format(
        number=number or settings.EMERGENCY_NUMBER
    )


def check_answers(attributes: Iterable[ServiceAttribute], given: Mapping[str, Any]) -> dict[str, Answer]:
    """The answers by attribute code. Raises Invalid (fields `attributes.<code>`) or Emergency."""
    known = {attribute.code: attribute for attribute in attributes}
    _stop_emergency(known, given)  # first: nobody who reports sparks is asked to complete a form
    errors = [
        FieldError(f"attributes.{code}", _("This service does not ask that; leave it out."))
        for code in given
        if code not in known
    ]
    answers: dict[str, Answer] = {}
    for code, attribute in known.items():
        if attribute.depends_on_code and not _is_asked(attribute, given):
            continue
        value = given.get(code)
        if value in (None, "", []):
            if attribute.required:
                errors.append(FieldError(f"attributes.{code}", _("Answer this question: {q}").format(q=attribute)))
            continue
        answer = _READERS[Datatype(attribute.datatype)](attribute, value)
        if isinstance(answer, FieldError):
            errors.append(answer)
        else:
            answers[code] = answer
    if errors:
        raise Invalid(" ".join(error.detail for error in errors), errors=tuple(errors))
    return answers


def _is_asked(attribute: ServiceAttribute, given: Mapping[str, Any]) -> bool:
    other = given.get(attribute.depends_on_code)
    return attribute.depends_on_key in (other if isinstance(other, list) else [other])


def _stop_emergency(known: Mapping[str, ServiceAttribute], given: Mapping[str, Any]) -> None:
    for code, attribute in known.items():
        answer = given.get(code)
        chosen = answer if isinstance(answer, list) else [answer]
        if any(value.get("emergency") and value["key"] in chosen for value in attribute.values):
            raise Emergency(emergency_sentence(), number=settings.EMERGENCY_NUMBER, link="", kind="emergency")


def _wrong(attribute: ServiceAttribute, detail: str) -> FieldError:
    return FieldError(f"attributes.{attribute.code}", detail)


def _read_text(attribute: ServiceAttribute, value: Any) -> str | FieldError:
    if not isinstance(value, str):
        return _wrong(attribute, _("Answer with text."))
    if len(value) > MAX_ANSWER_CHARACTERS:
        return _wrong(attribute, _("Use at most {n} characters.").format(n=MAX_ANSWER_CHARACTERS))
    return value.strip()


def _read_number(attribute: ServiceAttribute, value: Any) -> float | FieldError:
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return _wrong(attribute, _("Answer with a number, such as 3."))
    if isinstance(value, bool) or not abs(number) < 1e12:
        return _wrong(attribute, _("Answer with a number, such as 3."))
    return number


def _read_datetime(attribute: ServiceAttribute, value: Any) -> str | FieldError:
    try:
        moment: datetime | None = parse_datetime(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None:
        return _wrong(attribute, _("Answer with a date and time, such as 2026-11-23T08:30."))
    return moment.isoformat()


def _read_one(attribute: ServiceAttribute, value: Any) -> str | FieldError:
    keys = [choice["key"] for choice in attribute.values]
    if value not in keys:
        return _wrong(attribute, _("Choose one of: {keys}.").format(keys=", ".join(keys)))
    return str(value)


def _read_several(attribute: ServiceAttribute, value: Any) -> list[str] | FieldError:
    keys = [choice["key"] for choice in attribute.values]
    chosen = value if isinstance(value, list) else [value]
    if not all(isinstance(key, str) and key in keys for key in chosen):
        return _wrong(attribute, _("Choose among: {keys}.").format(keys=", ".join(keys)))
    return [key for key in keys if key in chosen]


_READERS = {
    Datatype.STRING: _read_text,
    Datatype.TEXT: _read_text,
    Datatype.NUMBER: _read_number,
    Datatype.DATETIME: _read_datetime,
    Datatype.SINGLEVALUELIST: _read_one,
    Datatype.MULTIVALUELIST: _read_several,
}
