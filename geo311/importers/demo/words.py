"""What the demo's reports say, from fixtures/demo_words.json: residents' words, answers, notes of crews."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from django.conf import settings

FILE = "fixtures/demo_words.json"
PLAIN_WEIGHT = 1.0


@dataclass(frozen=True)
class Words:
    """`services`: weight, what is said per language and done; `answers` to text questions; `numbers`: least, most."""

    services: dict[str, dict[str, Any]]
    answers: dict[str, dict[str, list[str]]]
    numbers: dict[str, list[int]]
    notes: dict[str, list[str]]
    callers: list[str]

    def weight(self, service_code: str) -> float:
        """How often a service is reported, compared with the others."""
        return float(self.services.get(service_code, {}).get("weight", PLAIN_WEIGHT))

    def said(self, service_code: str, language: str, dice: Random) -> str:
        """What a resident writes about it; nothing at times, and about what is nobody's business never anything."""
        choice = self.services.get(service_code, {}).get("said", {}).get(language) or [""]
        return "" if dice.random() < 0.2 else str(dice.choice(choice))

    def done(self, service_code: str, dice: Random) -> str:
        known: list[str] = self.services.get(service_code, {}).get("done") or self.notes["done"]
        return dice.choice(known)

    def note(self, kind: str, dice: Random) -> str:
        return dice.choice(self.notes[kind])


@cache
def words() -> Words:
    found = json.loads((Path(settings.BASE_DIR) / FILE).read_text(encoding="utf-8"))
    return Words(**found)
