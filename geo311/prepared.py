"""Knows without Django whether the desk is ready as it is, so that a second start need not wait for `prepare`."""

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def data_dir() -> Path:
    """Where the desk keeps its data, as the settings read it."""
    return Path(os.environ.get("GEO311_DATA_DIR") or ROOT / "var").resolve()


def _sources() -> Iterable[Path]:
    """What decides on tables and static files: our own, and the locks for everybody else's."""
    yield from (ROOT / "requirements.lock", ROOT / "package-lock.json", ROOT / "geo311" / "settings.py")
    for package in ("geo311", "boundaries", "tiles"):
        yield from sorted((ROOT / package).rglob("migrations/*.py"))
    yield from sorted(path for path in (ROOT / "geo311" / "static").rglob("*") if path.is_file())


def _inputs() -> str:
    """A digest of sources (by size and time), of the environment and of the city's own settings."""
    digest = hashlib.sha256()
    for path in _sources():
        stat = path.stat()
        digest.update(f"{path}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode())
    names = sorted(name for name in os.environ if name.startswith("GEO311_") or name == "DATABASE_URL")
    digest.update("\n".join(f"{name}={os.environ[name]}" for name in names).encode())
    city = data_dir() / "city.env"
    digest.update(city.read_bytes() if city.exists() else b"")
    return digest.hexdigest()


def _migrations(database: Path) -> list[int]:
    """How many migrations the file has seen, and the last one's id: a restored backup differs."""
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
        return list(connection.execute("SELECT count(*), max(id) FROM django_migrations").fetchone())


def _state(database: str) -> dict[str, object]:
    return {"database": database, "migrations": _migrations(Path(database)), "inputs": _inputs()}


def _stamp() -> Path:
    return data_dir() / "prepared.json"


def remember(database: str) -> None:
    """Note that the desk is ready with this SpatiaLite file."""
    _stamp().write_text(json.dumps(_state(database)))


def is_ready() -> bool:
    """Whether nothing has changed since `remember`. Never so on PostGIS, which others can change."""
    try:
        kept = json.loads(_stamp().read_text())
        return bool(kept == _state(kept["database"])) and (data_dir() / "static").is_dir()
    except (OSError, ValueError, KeyError, sqlite3.Error):
        return False
