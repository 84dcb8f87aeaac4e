"""Answers to a service's questions, such as the desk accepts: every one that is required, some of the others."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from geo311.catalog.models import Datatype, ServiceAttribute
from geo311.importers.demo.words import words

IF_NOT_REQUIRED = 0.4


def answers_to(
    attributes: Iterable[ServiceAttribute], service_code: str, requested: datetime, zone: ZoneInfo, dice: Random
) -> dict[str, Any]:
    """Answers by code; never one that means an emergency. Times lie before the report, as the city's clocks say."""
    found: dict[str, Any] = {}
    for attribute in attributes:
        if attribute.depends_on_code and not _is_asked(attribute, found):
            continue
        if not attribute.required and dice.random() > IF_NOT_REQUIRED:
            continue
        answer = _answer(attribute, service_code, requested.astimezone(zone), dice)
        if answer is not None:
            found[attribute.code] = answer
    return found


def _is_asked(attribute: ServiceAttribute, found: dict[str, Any]) -> bool:
    other = found.get(attribute.depends_on_code)
    return attribute.depends_on_key in (other if isinstance(other, list) else [other])


def _answer(attribute: ServiceAttribute, service_code: str, requested: datetime, dice: Random) -> Any:
    keys = [value["key"] for value in attribute.values if not value.get("emergency")]
    if attribute.datatype == Datatype.SINGLEVALUELIST:
        return dice.choice(keys)
    if attribute.datatype == Datatype.MULTIVALUELIST:
        chosen = dice.sample(keys, k=min(len(keys), dice.choice((1, 1, 1, 2))))
        return [key for key in keys if key in chosen]
    if attribute.datatype == Datatype.NUMBER:
        least, most = words().numbers.get(attribute.code, (1, 6))
        return float(dice.randint(least, most))
    if attribute.datatype == Datatype.DATETIME:
        earlier = requested - timedelta(hours=dice.randint(1, 60))
        return earlier.replace(tzinfo=None, minute=0, second=0, microsecond=0).isoformat()
    return _text(attribute, service_code, dice)


def _text(attribute: ServiceAttribute, service_code: str, dice: Random) -> str | None:
    """A text that we know for this question; what names a person, a car or a home stays open."""
    known = words().answers.get(service_code, {}).get(attribute.code)
    if known:
        return dice.choice(known)
    return "A simulated answer." if attribute.required else None
