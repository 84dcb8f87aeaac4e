"""A second start skips preparing only where nothing has changed since the first."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from geo311 import prepared


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data directory that was made ready."""
    data = tmp_path / "data"
    monkeypatch.setenv("GEO311_DATA_DIR", str(data))
    (data / "static").mkdir(parents=True)
    database = data / "geo311.sqlite3"
    run(database, "CREATE TABLE django_migrations (id integer PRIMARY KEY, name text)")
    run(database, "INSERT INTO django_migrations VALUES (1, '0001_initial'), (2, '0002_more')")
    prepared.remember(str(database))
    return data


def run(database: Path, sql: str) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute(sql)
        connection.commit()


def test_a_desk_that_was_made_ready_is_ready(desk: Path) -> None:
    assert prepared.is_ready()


def test_an_empty_directory_is_not_ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEO311_DATA_DIR", str(tmp_path))
    assert not prepared.is_ready()


CHANGES: dict[str, Callable[[Path], object]] = {
    "the database is gone": lambda desk: (desk / "geo311.sqlite3").unlink(),
    "the database is an older backup": lambda desk: run(
        desk / "geo311.sqlite3", "DELETE FROM django_migrations WHERE id = 2"
    ),
    "the database is no database": lambda desk: (desk / "geo311.sqlite3").write_bytes(b"nothing of the kind" * 100),
    "the static files are gone": lambda desk: (desk / "static").rmdir(),
    "the city has new settings": lambda desk: (desk / "city.env").write_text("GEO311_CITY_NAME=Springfield\n"),
    "the stamp is cut short": lambda desk: (desk / "prepared.json").write_text('{"database'),
    "a setting differs": lambda _desk: os.environ.update(GEO311_CITY_NAME="Springfield"),
    "another database is asked for": lambda _desk: os.environ.update(DATABASE_URL="spatialite:////elsewhere.sqlite3"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_desk_is_prepared_again_when(change: str, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", os.environ.copy())
    CHANGES[change](desk)
    assert not prepared.is_ready()


@pytest.mark.parametrize("folder", ["geo311/service_requests/migrations", "geo311/static/geo311"])
def test_a_new_migration_or_static_file_is_noticed(desk: Path, monkeypatch: pytest.MonkeyPatch, folder: str) -> None:
    root = desk / "checkout"
    for name in ("requirements.lock", "package-lock.json", "geo311/settings.py"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    (root / folder).mkdir(parents=True)
    monkeypatch.setattr(prepared, "ROOT", root)
    prepared.remember(str(desk / "geo311.sqlite3"))
    assert prepared.is_ready()
    (root / folder / "0003_new.py").touch()
    assert not prepared.is_ready()
