"""What the demo says about its city: name, time zone, holidays, languages, the map underneath."""

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from boundaries.models import BoundarySet
from geo311.catalog.models import Service
from geo311.importers.city_file import UNNAMED, read_city

NAME = "New York"
ZONE = ZoneInfo("America/New_York")
BASEMAP_URL = "https://tile.openstreetmap.org/{z}/{x}/{y}.png"
BASEMAP_ATTRIBUTION = '© <a href="https://www.openstreetmap.org/copyright">OpenStreetMap</a> contributors'
DEMO_LANGUAGES = ("en", "es")  # those of fixtures/catalogue.json; the words of the pages must be there too


def why_not() -> str:
    """Why the demo city cannot be loaded here, in a sentence; empty where the desk is empty."""
    if Service.objects.exists() or BoundarySet.objects.exists():
        return _("This desk is not empty: it has services or areas already. The demo city only goes into an empty one.")
    kept = read_city(settings.CITY_FILE)
    names = {settings.CITY_NAME, kept.get("GEO311_CITY_NAME", UNNAMED)}
    for name in sorted(names - {NAME, UNNAMED}):
        return _("This is the desk of {name}; the demo city does not go into it.").format(name=name)
    return ""


def languages() -> list[str]:
    """English, and each other language of the demo whose pages are translated here."""
    return [
        code for code in DEMO_LANGUAGES if code == "en" or any(_is_translated(code, f) for f in settings.LOCALE_PATHS)
    ]


def _is_translated(code: str, folder: Path) -> bool:
    return (Path(folder) / code / "LC_MESSAGES" / "django.mo").exists()


def city_values(now_year: int) -> dict[str, str]:
    """The lines of the city file; what the file has already of the lower ones stays."""
    wanted = {
        "GEO311_LANGUAGES": ",".join(languages()),
        "GEO311_HOLIDAYS": ",".join(day.isoformat() for day in holidays(range(now_year - 1, now_year + 4))),
        "GEO311_BASEMAP_URL": BASEMAP_URL,
        "GEO311_BASEMAP_ATTRIBUTION": BASEMAP_ATTRIBUTION,
    }
    named = {"GEO311_CITY_NAME": NAME, "GEO311_TIME_ZONE": ZONE.key, "GEO311_DEMO": "true"}
    return wanted | read_city(settings.CITY_FILE) | named


def holidays(years: Iterable[int]) -> list[date]:
    """The federal holidays (5 U.S.C. 6103), on the day when they are kept."""
    return sorted(_kept(day) for year in years for day in _holidays_of(year))


def _holidays_of(year: int) -> list[date]:
    return [
        date(year, 1, 1),
        _nth(year, 1, 0, 3),  # Martin Luther King Jr.
        _nth(year, 2, 0, 3),  # Washington
        _nth(year, 6, 0, 1) - timedelta(days=7),  # Memorial Day, the last Monday of May
        date(year, 6, 19),
        date(year, 7, 4),
        _nth(year, 9, 0, 1),  # Labor Day
        _nth(year, 10, 0, 2),  # Columbus Day
        date(year, 11, 11),
        _nth(year, 11, 3, 4),  # Thanksgiving, the fourth Thursday
        date(year, 12, 25),
    ]


def _nth(year: int, month: int, weekday: int, nth: int) -> date:
    """The nth such weekday of a month (Monday is 0)."""
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


def _kept(day: date) -> date:
    """Saturday's holiday is kept on Friday, Sunday's on Monday."""
    return day + timedelta(days={5: -1, 6: 1}.get(day.weekday(), 0))
