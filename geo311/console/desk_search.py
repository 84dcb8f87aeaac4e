"""Finding a report by what a caller says: its number, an address, or the phone they call from."""

import re
from dataclasses import dataclass

from django.db.models import Q

from geo311.core.service_request_id import ALPHABET, RANDOM_CHARACTERS, parse_service_request_id
from geo311.service_requests.actions import phone_digits
from geo311.service_requests.models import Reporter
from geo311.service_requests.querysets import ServiceRequestQuerySet

# Fewer digits are a house number; they would also lay open strangers' reports.
LEAST_PHONE_DIGITS = 7
# National numbers have at most ten digits where callers leave the country's code out (North America, E.164).
NATIONAL_DIGITS = 10
_LIKE_A_PHONE = re.compile(r"^[+(]?[\d\s().+/-]+$")


@dataclass(frozen=True)
class DeskQuery:
    """What was typed, and what it can be; several things at once where it is not clear."""

    text: str
    number: str | None
    digits: str
    words: tuple[str, ...]

    @classmethod
    def read(cls, text: str) -> "DeskQuery":
        text = text.strip()[:200]
        digits = phone_digits(text) if _LIKE_A_PHONE.match(text) else ""
        return cls(
            text=text,
            number=parse_service_request_id(text),
            digits=digits if len(digits) >= LEAST_PHONE_DIGITS else "",
            words=tuple(text.replace(",", " ").split()),
        )

    def __bool__(self) -> bool:
        return bool(self.text)

    @property
    def is_misheard_number(self) -> bool:
        """Whether it looks like a report's number in which one character is wrong."""
        characters = re.sub(r"[\s-]", "", self.text.upper())
        spelled = len(characters) == RANDOM_CHARACTERS + 1 and all(c in ALPHABET or c in "OILU" for c in characters)
        return self.number is None and spelled and any(c.isdigit() for c in characters)

    def matching(self, rows: ServiceRequestQuerySet) -> ServiceRequestQuerySet:
        """Those rows that it can mean, newest first. Never asks for a phone number that was not given whole."""
        wanted = Q(service_request_id=self.number) if self.number else Q()
        if self.digits:
            callers = Reporter.objects.filter(phone_digits__endswith=self.digits[-NATIONAL_DIGITS:])
            wanted |= Q(pk__in=callers.values("service_request"))
        else:
            wanted |= self._address()
        return rows.filter(wanted).order_by("-requested_datetime", "-pk")

    def _address(self) -> Q:
        """Every word in the address. SQLite folds the case of ASCII letters alone, so others are tried in both."""
        wanted = Q()
        for word in self.words:
            spellings = {word} if word.isascii() else {word, word.lower(), word.upper(), word.capitalize()}
            any_of = Q()
            for spelling in sorted(spellings):
                any_of |= Q(address__icontains=spelling)
            wanted &= any_of
        return wanted
