"""Reads the environment: every variable typed, every wrong value said in a sentence before anything starts."""

import contextlib
import os
import re
import secrets
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

import dj_database_url
from environs import Env, EnvValidationError, ValidationError

DATABASE_FORMS = "spatialite:////path/to/file.sqlite3 or postgis://user:password@host:5432/name"
SPATIALITE = "geo311.db.spatialite"
POSTGIS = "django.contrib.gis.db.backends.postgis"
# WAL lets readers go on while one writes; FULL keeps an acknowledged report through a power cut; IMMEDIATE makes
# writers queue for the lock instead of failing half way (measured: 200 of 200 posts stored, 20 at a time).
SPATIALITE_OPTIONS = {
    "timeout": 30,
    "transaction_mode": "IMMEDIATE",
    "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA cache_size=-64000;PRAGMA temp_store=MEMORY",
}


def time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError) as error:
        raise ValidationError(f"{name!r} is no time zone; use a name such as America/New_York.") from error
    return name


def tile_template(url: str) -> str:
    if url and not re.fullmatch(r"https?://[^\s'\";]+", url):
        raise ValidationError("must be a web address such as https://tiles.example.org/{z}/{x}/{y}.png.")
    if url and not all(part in url for part in ("{z}", "{x}", "{y}")):
        raise ValidationError("must hold {z}, {x} and {y}, the numbers of a tile.")
    return url


def origin(url: str) -> list[str]:
    """The one host that a base map needs, for the Content-Security-Policy; tile servers may shard by {s}."""
    if not url:
        return []
    parts = urlsplit(url)
    return [f"{parts.scheme}://{parts.netloc.replace('{s}', '*')}"]


def day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise ValidationError(f"{text!r} is no day; write holidays as 2026-12-25,2027-01-01.") from error


def email_server(url: str) -> dict[str, Any]:
    """Where mail goes: `console://` prints it, `smtp://user:password@host:25` or `smtps://` (STARTTLS) sends it."""
    parts = urlsplit(url)
    if parts.scheme not in {"console", "smtp", "smtps"} or (parts.scheme != "console" and not parts.hostname):
        raise ValidationError("must be console:// or smtp://user:password@host:25 (smtps:// for STARTTLS).")
    return {
        "backend": f"django.core.mail.backends.{'console' if parts.scheme == 'console' else 'smtp'}.EmailBackend",
        "host": parts.hostname or "localhost",
        "port": parts.port or (587 if parts.scheme == "smtps" else 25),
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "tls": parts.scheme == "smtps",
    }


def database(url: str) -> dict[str, Any]:
    """The Django database of a URL. Raises ValidationError that says which forms are known."""
    scheme = urlsplit(url).scheme
    if scheme not in {"spatialite", "postgis"}:
        raise ValidationError(f"{scheme or url!r} is no database we know: write {DATABASE_FORMS}.")
    try:
        config: dict[str, Any] = dict(dj_database_url.parse(url))
    except ValueError as error:
        raise ValidationError(f"cannot be read ({error}): write {DATABASE_FORMS}.") from error
    if not config["NAME"]:
        raise ValidationError(f"names no database: write {DATABASE_FORMS}.")
    if scheme == "spatialite":
        # Opening a file loads the extension anew, some milliseconds: keep connections. Tests run in memory, which
        # pytest-xdist knows by itself for Django's own engine only.
        kept = {"CONN_MAX_AGE": 600, "TEST": {"NAME": ":memory:"}}
        return config | kept | {"ENGINE": SPATIALITE, "OPTIONS": dict(SPATIALITE_OPTIONS)}
    return config | {"ENGINE": POSTGIS}


def pooled(database: dict[str, Any], size: int) -> dict[str, Any]:
    """The database with a connection pool of `size` per process, where it is a server (a file needs none)."""
    if database["ENGINE"] != POSTGIS or not size:
        return database
    pool = {"min_size": 1, "max_size": size, "timeout": 10}
    return database | {"OPTIONS": database.get("OPTIONS", {}) | {"pool": pool}}


def environment(city_file: Path) -> Env:
    """The environment with our own kinds of value; `city_file` fills in what it does not set."""
    env = Env(eager=False)
    env.read_env(str(city_file), recurse=False)
    for kind in (time_zone, tile_template, database, secret_key_of, email_server):
        env.add_parser(kind.__name__, _parser(kind))
    return env


def _parser(kind: Callable[[str], Any]) -> Callable[..., Any]:
    def parse(value: str, **_: Any) -> Any:
        return kind(value)

    return parse


def secret_key_of(text: str) -> str:
    if text and len(text) < 40:
        raise ValidationError("is too short to be secret; give at least 40 random characters.")
    return text


def kept_secret_key(data_dir: Path) -> str:
    """The key kept in the data directory, made at the first start."""
    kept = data_dir / "secret_key"
    if not kept.exists():
        draft = data_dir / f"secret_key.{os.getpid()}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
        # Two processes starting at once: the first link stands, and is whole.
        with contextlib.suppress(FileExistsError):
            os.link(draft, kept)
        draft.unlink()
    return kept.read_text().strip()


def seal(env: Env) -> None:
    """Stop with one sentence per wrong variable."""
    try:
        env.seal()
    except EnvValidationError as error:
        messages = cast("dict[str, list[str]]", error.error_messages)
        sentences = [f"{name} {' '.join(map(str, words))}" for name, words in sorted(messages.items())]
        raise SystemExit("geo311 cannot start, because of its settings:\n  " + "\n  ".join(sentences)) from error
