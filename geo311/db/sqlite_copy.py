"""Copies of a SQLite database while it is in use: SQLite's own online backup, out of the live file and into it."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from django.utils.translation import gettext as _

from geo311.core.problems import Conflict, UnusableFile

BUSY_S = 60  # how long to wait for writers to let go of the live file


def copy_out(live: Path, copy: Path) -> None:
    """A consistent copy of the live database: one step copies one moment, and WAL lets writers go on meanwhile."""
    if not live.exists():
        raise Conflict(_("There is no database yet."))
    with closing(sqlite3.connect(live, timeout=BUSY_S)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
        # A copy travels as one file.
        target.execute("PRAGMA journal_mode=DELETE")


def copy_in(copy: Path, live: Path) -> None:
    """Write a copy into the live file, in one transaction: whoever reads sees the old database or the new, whole.

    The file stays the same one, so that a server that has it open goes on with what is in it now.
    """
    with closing(sqlite3.connect(copy)) as source, closing(sqlite3.connect(live, timeout=BUSY_S)) as target:
        give_up = time.monotonic() + BUSY_S

        def watch(status: int, _remaining: int, _total: int) -> None:
            if status in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED} and time.monotonic() > give_up:
                raise Conflict(_("The database is busy; try again when less is written to it."))

        source.backup(target, progress=watch, sleep=0.1)
        target.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def rows_in(path: Path, tables: list[str]) -> dict[str, int]:
    """Rows by table, of the tables that are there."""
    with closing(sqlite3.connect(path)) as database:
        there = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        return {table: _count(database, table) for table in tables if table in there}


def check(path: Path) -> None:
    """Raises UnusableFile where the file is damaged, or where a spatial index does not hold its table's rows."""
    with closing(sqlite3.connect(path)) as database:
        try:
            problems = [text for (text,) in database.execute("PRAGMA integrity_check(5)") if text != "ok"]
        except sqlite3.DatabaseError as error:
            problems = [str(error)]
        if problems:
            detail = _("The database is damaged: {why}.")
            raise UnusableFile(detail.format(why="; ".join(problems)))
        for table, column in _indexed(database):
            _check_index(database, table, column)


def _indexed(database: sqlite3.Connection) -> list[tuple[str, str]]:
    there = database.execute("SELECT 1 FROM sqlite_master WHERE name = 'geometry_columns'").fetchone()
    if there is None:
        return []
    sql = "SELECT f_table_name, f_geometry_column FROM geometry_columns WHERE spatial_index_enabled = 1"
    return list(database.execute(sql))


def _check_index(database: sqlite3.Connection, table: str, column: str) -> None:
    index = _quoted(f"idx_{table}_{column}")
    sql = (
        f"SELECT (SELECT COUNT(*) FROM {_quoted(table)} WHERE {_quoted(column)} IS NOT NULL), "  # noqa: S608  names are quoted
        f"(SELECT COUNT(*) FROM {_quoted(table)} JOIN {index} ON pkid = {_quoted(table)}.rowid), "
        f"(SELECT COUNT(*) FROM {index})"
    )
    rows, found, kept = database.execute(sql).fetchone()
    if not rows == found == kept:
        detail = _("The spatial index of {table} is not right: {rows} rows, {kept} in the index.")
        raise UnusableFile(detail.format(table=table, rows=rows, kept=kept))


def _count(database: sqlite3.Connection, table: str) -> int:
    (count,) = database.execute(f"SELECT COUNT(*) FROM {_quoted(table)}").fetchone()  # noqa: S608  the name is quoted
    return int(count)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
