"""Loads the demo city into an empty desk, in one transaction: a start cut short leaves nothing behind."""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries.loading import load_version
from geo311.catalog.loading import load_catalogue
from geo311.catalog.models import Department, Service
from geo311.core.deadlines import WorkingCalendar
from geo311.core.problems import Conflict
from geo311.crews.models import Crew
from geo311.importers.city_file import write_city
from geo311.importers.demo.areas import AreaSet, new_york
from geo311.importers.demo.city import ZONE, city_values, holidays, languages, why_not
from geo311.importers.demo.crews import make_crews
from geo311.importers.demo.filing import CrewsByWork, Desk
from geo311.importers.demo.occurrences import Lots
from geo311.importers.demo.people import Account, keep_accounts, make_people, staff_crews
from geo311.importers.demo.places import Town
from geo311.importers.demo.reports import make_reports, offered_areas

CATALOGUE = "fixtures/catalogue.json"
ACCOUNTS_FILE = "demo-users.txt"
SHARE_OF_LANGUAGE = {"en": 85, "es": 15}

Say = Callable[[str], None]


@dataclass(frozen=True)
class Demo:
    """What was loaded: the people who can sign in, where their passwords are kept, and how many reports."""

    accounts: tuple[Account, ...]
    accounts_file: Path
    reports: int


class _Clock:
    """Says what is being done, with the seconds since the start."""

    def __init__(self, say: Say) -> None:
        self._say, self._start = say, time.monotonic()

    def __call__(self, what: str) -> None:
        self._say(f"{time.monotonic() - self._start:5.1f} s  {what}")


def load_demo(*, reports: int, seed: int, now: datetime, say: Say, areas: tuple[AreaSet, ...] | None = None) -> Demo:
    """Fill an empty desk with New York and `reports` simulated reports up to `now`. Raises Conflict where it is not.

    The settings of this process are those of before: the city's time zone and holidays are given to whatever needs
    them here, and stand in the city file for the next start.
    """
    tell = _Clock(say)
    with timezone.override(ZONE), transaction.atomic():
        if reason := why_not():
            raise Conflict(reason)
        tell(_("reading the areas of New York"))
        sets = areas or new_york()
        tell(_("storing the areas"))
        for each in sets:
            load_version(boundary_set=each.declaration, rows=each.rows, label=each.label, source_url=each.source_url)
        tell(_("storing the services, crews and people"))
        load_catalogue(json.loads((Path(settings.BASE_DIR) / CATALOGUE).read_text(encoding="utf-8")))
        crews, accounts = make_crews(), make_people()
        desk = _desk(crews, accounts, Random(seed), now)  # noqa: S311  # lots, not secrets
        tell(_("indexing the areas and placing the reports"))
        stored = make_reports(reports, _lots(seed, sets), desk, accounts["rosa"].user, tell)
        file = settings.DATA_DIR / ACCOUNTS_FILE
        keep_accounts(file, accounts.values())
        # Before the commit: a desk with rows but without a name would be taken for somebody's own.
        write_city(settings.CITY_FILE, city_values(now.year))
    tell(_("done"))
    return Demo(tuple(accounts.values()), file, stored)


def _lots(seed: int, sets: Sequence[AreaSet]) -> Lots:
    rows = {each.declaration.slug: each.rows for each in sets}
    types = {row.code: row.properties["nta_type"] for row in rows["neighborhood"]}
    services = list(
        Service.objects.filter(redirect_kind="", is_active=True)
        .select_related("department__territory_set")
        .prefetch_related("attributes")
    )
    return Lots(seed, Town(rows["census-tract"], types), services, offered_areas(services))


def _desk(crews: Sequence[Crew], accounts: dict[str, Account], dice: Random, now: datetime) -> Desk:
    departments = dict(Department.objects.values_list("slug", "pk"))
    year = now.year
    spoken = {code: SHARE_OF_LANGUAGE[code] for code in languages()}
    prefetched = Crew.objects.filter(pk__in=[crew.pk for crew in crews]).prefetch_related("services", "territories")
    return Desk(
        operator=accounts["olga"].user,
        operators={departments["social-services"]: accounts["sam"].user},
        members=staff_crews(crews, accounts["carl"].user),
        crews=CrewsByWork(prefetched),
        calendar=WorkingCalendar(zone=ZONE, holidays=frozenset(holidays(range(year - 1, year + 2)))),
        zone=ZONE,
        languages=spoken,
        dice=dice,
        now=now,
    )
