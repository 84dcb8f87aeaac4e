"""Starts an empty desk for a city of one's own: areas, services, an administrator; all of it or nothing."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries.loading import SetDeclaration, load_version
from boundaries.models import BoundarySet, BoundarySetRole
from boundaries.reading import Wanted, read_areas
from geo311.accounts.models import User, UserRole
from geo311.catalog.loading import load_catalogue
from geo311.catalog.models import Service
from geo311.core.problems import Conflict, Invalid, Problem
from geo311.importers.city_file import UNNAMED, read_city, write_city
from geo311.importers.city_plan import BoundaryFile, CityPlan
from geo311.importers.demo.people import new_password
from geo311.importers.demo.removal import remove_demo
from geo311.service_requests.models import ServiceRequest

Say = Callable[[str], None]


@dataclass(frozen=True)
class StartedCity:
    """What was made: the administrator's password where we made it up, and what is worth knowing."""

    admin: str
    made_up_password: str
    notices: tuple[str, ...]


def city_there() -> str:
    """The name of the city that this desk has already; empty where it has none."""
    kept = read_city(settings.CITY_FILE).get("GEO311_CITY_NAME", settings.CITY_NAME)
    if kept != UNNAMED:
        return kept
    return _("a city without a name") if Service.objects.exists() or BoundarySet.objects.exists() else ""


def is_demo_there() -> bool:
    return ServiceRequest.objects.filter(is_simulated=True).exists()


def start_city(*, plan: CityPlan, force: bool = False, say: Say) -> StartedCity:
    """Store the city of `plan` and name it in the city file.

    Where there is a city already, Conflict; with `force` the demo is removed first, and a city of one's own is kept
    and added to. Raises Problem that names what is wrong; nothing is stored then.
    """
    if (there := city_there()) and not force:
        detail = _("This desk is that of {name} already. Add --force to go on: it removes the demo, and keeps a city.")
        raise Conflict(detail.format(name=there))
    notices: list[str] = []
    with timezone.override(ZoneInfo(plan.time_zone)), transaction.atomic():
        was_demo = is_demo_there()
        if was_demo:
            say(_("Removing the demo city …"))
            remove_demo()
        for file in plan.boundaries:
            say(_load_boundaries(file))
        if plan.catalogue is not None:
            notices += _load_services(plan)
        password = "" if plan.admin_password else new_password()
        _make_admin(plan, plan.admin_password or password)
        # Last, and before the commit: what cannot be written is not stored either.
        write_city(settings.CITY_FILE, _city_values(plan), keep=not was_demo)
    return StartedCity(plan.admin, password, tuple(notices))


def _load_boundaries(file: BoundaryFile) -> str:
    """Load a map file; what was loaded, in a line."""
    try:
        fields = Wanted(code_field=file.code_field, name_field=file.name_field, name_format=file.name_format)
        read = read_areas(file.path, fields)
        declared = SetDeclaration(slug=file.slug, name=file.name, role=file.role)
        load_version(boundary_set=declared, rows=read.rows, label=file.path.stem[:80])
    except Problem as problem:
        raise Invalid.field("boundaries", f"{file.path.name}: {problem.detail or problem.title}") from problem
    return _("{name}: {n} areas.").format(name=file.name, n=len(read.rows))


def _load_services(plan: CityPlan) -> list[str]:
    """Load the catalogue; what is worth knowing about it."""
    if plan.catalogue is None:
        return []
    try:
        data = json.loads(plan.catalogue.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        detail = _("{file} cannot be read as a catalogue: {why}.").format(file=plan.catalogue.name, why=error)
        raise Invalid.field("catalogue", detail) from error
    notices = _fit_territories(data)
    try:
        return [*notices, *load_catalogue(data).warnings]
    except Invalid as problem:
        raise Invalid.field("catalogue", f"{plan.catalogue.name}: {problem.detail}") from problem


def _fit_territories(data: Any) -> list[str]:
    """Let the departments divide the city by the one territory set there is, where they name one that is not there."""
    rows = data.get("departments") if isinstance(data, dict) else None
    there = list(BoundarySet.objects.filter(role=BoundarySetRole.TERRITORY).values_list("slug", flat=True))
    changed = []
    for row in rows if isinstance(rows, list) else []:
        if isinstance(row, dict) and row.get("territory_set") and row["territory_set"] not in there:
            row["territory_set"] = there[0] if len(there) == 1 else None
            changed.append(str(row.get("name", "")))
    if not changed:
        return []
    names = ", ".join(changed)
    if len(there) == 1:
        return [_("{names}: work in the territories of {slug}.").format(names=names, slug=there[0])]
    return [_("{names}: choose the territories by which they divide the city, in /admin/.").format(names=names)]


def _make_admin(plan: CityPlan, password: str) -> None:
    if User.objects.filter(username=plan.admin).exists():
        raise Invalid.field("admin", _("There is somebody called {name} already.").format(name=plan.admin))
    User.objects.create_superuser(
        username=plan.admin, email=plan.admin_email, password=password, role=UserRole.ADMINISTRATOR
    )


def _city_values(plan: CityPlan) -> dict[str, str]:
    values = {
        "GEO311_CITY_NAME": plan.name,
        "GEO311_TIME_ZONE": plan.time_zone,
        "GEO311_LANGUAGES": ",".join(plan.languages),
        "GEO311_DEMO": "false",
        "GEO311_EMERGENCY_NUMBER": plan.emergency_number,
        "GEO311_SOCIAL_NUMBER": plan.social_number,
        "GEO311_PHONE_NUMBER": plan.phone_number,
    }
    return values | ({"GEO311_EMAIL_URL": plan.mail} if plan.mail else {})
