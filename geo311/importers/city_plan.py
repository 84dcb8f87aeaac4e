"""What a city of one's own needs to be told: each answer checked by itself, with a sentence where it is wrong."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.text import slugify
from django.utils.translation import gettext as _
from environs import ValidationError as WrongSetting

from boundaries.loading import ONE_SET_ROLES
from boundaries.models import BoundarySetRole
from geo311 import environment
from geo311.accounts.models import User
from geo311.core.problems import Invalid
from geo311.importers.city_file import UNNAMED

STARTING_POINT = "fixtures/catalogue.json"
MAX_NAME = 80
NAMES = {"jurisdiction": "City", "district": "Districts", "ward": "Wards"}
NAMED_BY_CODE = {"district": "District {code}", "ward": "Ward {code}"}
_NUMBER = re.compile(r"[0-9*#+][0-9*#+ ()-]{1,19}")


@dataclass(frozen=True)
class BoundaryFile:
    """A map file to load: what its areas are for, and which fields hold code and name ("" for none)."""

    role: str
    path: Path
    code_field: str
    name_field: str

    @property
    def slug(self) -> str:
        """The set's slug: its role where a city has one such set, else made from the file's name."""
        return self.role if self.role in ONE_SET_ROLES else slugify(self.path.stem) or self.role

    @property
    def name(self) -> str:
        return NAMES.get(self.role) or self.slug.replace("-", " ").replace("_", " ").capitalize()

    @property
    def name_format(self) -> str:
        """How areas are named: as the file does, else by their code."""
        return "{name}" if self.name_field else NAMED_BY_CODE.get(self.role, "{code}")


@dataclass(frozen=True)
class CityPlan:
    """A city that is to be started; every value has been checked."""

    name: str
    time_zone: str
    languages: tuple[str, ...]
    boundaries: tuple[BoundaryFile, ...]
    emergency_number: str
    social_number: str
    phone_number: str
    mail: str
    admin: str
    admin_email: str
    admin_password: str
    catalogue: Path | None


def city_name(text: str) -> str:
    name = " ".join(text.split())
    if not name or name == UNNAMED or len(name) > MAX_NAME:
        raise Invalid.field("name", _("Give the city's name, of at most {n} characters.").format(n=MAX_NAME))
    return name


def time_zone(text: str) -> str:
    return _setting("time_zone", environment.time_zone, text.strip())


def languages(text: str) -> tuple[str, ...]:
    codes = tuple(code.strip().lower() for code in text.split(",") if code.strip())
    unknown = [code for code in codes if code not in LANG_INFO and code not in settings.NAMES_OF_LANGUAGES]
    if unknown or not codes or len(set(codes)) != len(codes):
        detail = _(
            "Write the codes of languages, the city's first one first, such as en,es (we know {codes}, and more)."
        )
        raise Invalid.field("languages", detail.format(codes=", ".join(settings.NAMES_OF_LANGUAGES)))
    return codes


def boundary_file(text: str) -> BoundaryFile:
    role, equals, rest = text.partition("=")
    path, *fields = rest.rsplit(":", 2)
    if role not in BoundarySetRole.values or not equals or not path or not fields or not fields[0]:
        detail = _(
            "{text!r}: write role=FILE:code_field:name_field, such as ward=wards.geojson:ward:name; roles are {roles}."
        )
        raise Invalid.field("boundaries", detail.format(text=text, roles=", ".join(BoundarySetRole.values)))
    file = Path(path).expanduser()
    if not file.exists():
        raise Invalid.field("boundaries", _("There is no file {file}.").format(file=file))
    return BoundaryFile(role, file, fields[0], fields[1] if len(fields) > 1 else "")


def boundary_files(texts: list[str]) -> tuple[BoundaryFile, ...]:
    files = tuple(boundary_file(text) for text in texts)
    slugs = [file.slug for file in files]
    if twice := sorted({slug for slug in slugs if slugs.count(slug) > 1}):
        detail = _("Two files would make the set {slug}. A city has one set of each of these roles: {roles}.")
        raise Invalid.field("boundaries", detail.format(slug=twice[0], roles=", ".join(ONE_SET_ROLES)))
    return files


def phone_number(option: str) -> Callable[[str], str]:
    def check(text: str) -> str:
        if not _NUMBER.fullmatch(text.strip()):
            raise Invalid.field(option, _("Write a number that people can call, such as 911 or +1 212 639 9675."))
        return text.strip()

    return check


def mail(text: str) -> str:
    if text.strip():
        _setting("mail", environment.email_server, text.strip())
    return text.strip()


def admin(text: str) -> str:
    name = text.strip()
    try:
        User._meta.get_field("username").clean(name, None)
    except ValidationError as error:
        raise Invalid.field("admin", " ".join(error.messages)) from error
    return name


def admin_email(text: str) -> str:
    if text.strip():
        try:
            validate_email(text.strip())
        except ValidationError as error:
            raise Invalid.field("admin_email", _("Write an e-mail address, such as name@example.org.")) from error
    return text.strip()


def admin_password(text: str) -> str:
    """The password as it is; an empty one is made up later."""
    if text:
        try:
            validate_password(text)
        except ValidationError as error:
            raise Invalid.field("admin_password", " ".join(error.messages)) from error
    return text


def catalogue(text: str) -> Path | None:
    if text.strip() in {"", "none"}:
        return None
    file = Path(text.strip()).expanduser()
    if not file.is_file():
        raise Invalid.field(
            "catalogue", _("There is no file {file}. Write none to start without services.").format(file=file)
        )
    return file


CHECKS: Mapping[str, Callable[[Any], Any]] = {
    "name": city_name,
    "time_zone": time_zone,
    "languages": languages,
    "boundaries": boundary_files,
    "emergency_number": phone_number("emergency_number"),
    "social_number": phone_number("social_number"),
    "phone_number": phone_number("phone_number"),
    "mail": mail,
    "admin": admin,
    "admin_email": admin_email,
    "admin_password": admin_password,
    "catalogue": catalogue,
}


def _setting(option: str, check: Callable[[str], Any], text: str) -> str:
    try:
        check(text)
    except WrongSetting as error:
        raise Invalid.field(option, " ".join(map(str, error.messages))) from error
    return text
