"""Backup and restore of a desk while it serves: the database at one moment, the photos, the city's settings."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import gettext as _

from geo311.core.problems import Conflict, UnusableFile
from geo311.db import archive, postgres_copy, sqlite_copy
from geo311.db.archive import FORMAT, Manifest

SPATIALITE, POSTGIS = "spatialite", "postgis"
# Filled by migrations and by looking around; a database that holds nothing else is empty.
OF_DJANGO = frozenset({"auth_permission", "django_content_type", "django_migrations", "django_session"})


@dataclass(frozen=True)
class Restored:
    """What a restore did: rows by table, photos written, settings that changed, where the old desk was kept."""

    rows: dict[str, int]
    photos: int
    changed_settings: list[str] = field(default_factory=list)
    kept_before: Path | None = None


def engine() -> str:
    return POSTGIS if connection.vendor == "postgresql" else SPATIALITE


def backup(path: Path, now: datetime) -> Manifest:
    """Write a backup to a new file. Raises Conflict where the file exists or a program is missing."""
    if path.exists():
        raise Conflict(_("{file} exists already; a backup is never overwritten.").format(file=path.name))
    with _workshop(path.resolve().parent) as folder:
        copy = folder / "database"
        rows = _copy_postgis(copy) if engine() == POSTGIS else _copy_spatialite(copy)
        manifest = Manifest(
            format=FORMAT,
            made_at=now.isoformat(timespec="seconds"),
            engine=engine(),
            sha256=archive.sha256_of(copy),
            rows=rows,
            migrations=sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations()),
        )
        # Photos after the database: one that a report names is there, one too many does no harm.
        archive.write_archive(path, manifest, copy, Path(settings.MEDIA_ROOT), settings.DATA_DIR)
    return manifest


def _copy_spatialite(copy: Path) -> dict[str, int]:
    sqlite_copy.copy_out(_live_file(), copy)
    sqlite_copy.check(copy)
    return sqlite_copy.rows_in(copy, tables())


def _copy_postgis(copy: Path) -> dict[str, int]:
    """The dump and the counts see one moment: both read the same snapshot."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
        postgres_copy.dump(connection, copy, snapshot)
        return rows_by_table()


def restore(path: Path, now: datetime, *, replace: bool = False) -> Restored:
    """Put a backup in place. A desk that holds anything is replaced only when asked, and kept in a backup first.

    Raises UnusableFile where the backup is damaged, Conflict where it does not fit.
    """
    with archive.opened(path) as (manifest, tar), _workshop(settings.DATA_DIR) as folder:
        _check_fits(manifest)
        full = _rows_to_lose()
        if full and not replace:
            detail = _("This desk is not empty ({n} rows). Add --replace to put the backup in its place.")
            raise Conflict(detail.format(n=full))
        copy = folder / "database"
        archive.extract_database(tar, manifest, copy)
        if manifest.engine == SPATIALITE:
            sqlite_copy.check(copy)
        kept = _keep(now) if full else None
        _load(copy)
        photos, changed = archive.extract_files(tar, Path(settings.MEDIA_ROOT), settings.DATA_DIR)
    rows = rows_by_table()
    call_command("migrate", interactive=False, verbosity=0)
    return Restored(rows, photos, changed, kept)


def _check_fits(manifest: Manifest) -> None:
    if manifest.engine != engine():
        detail = _("This is a backup of a {theirs} database; the desk runs on {ours}.")
        raise Conflict(detail.format(theirs=manifest.engine, ours=engine()))
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    newer = sorted(set(manifest.migrations) - known)
    if newer:
        detail = _("This backup comes from a newer geo311 ({migrations}). Update this one first.")
        raise Conflict(detail.format(migrations=", ".join(newer[:3])))


def _rows_to_lose() -> int:
    """How many rows the desk holds, beside those that Django makes by itself."""
    try:
        return sum(count for table, count in rows_by_table().items() if table not in OF_DJANGO)
    except DatabaseError as error:
        raise Conflict(_cannot_keep(error)) from error


def _keep(now: datetime) -> Path:
    kept: Path = settings.DATA_DIR / "backups" / f"before-restore-{now:%Y%m%d-%H%M%S-%f}.tar.gz"
    kept.parent.mkdir(parents=True, exist_ok=True)
    try:
        backup(kept, now)
    except UnusableFile as error:
        raise Conflict(_cannot_keep(error)) from error
    return kept


def _cannot_keep(error: Exception) -> str:
    detail = _("The desk that is there cannot be kept first ({why}). Move its database away, then restore.")
    return detail.format(why=error)


def _load(copy: Path) -> None:
    # A connection of ours might hold what the others wait for.
    if engine() == POSTGIS:
        connection.prepare_database()  # a new one has no PostGIS yet
        connection.close()
        postgres_copy.load(connection, copy)
    else:
        connection.close()
        sqlite_copy.copy_in(copy, _live_file())
        sqlite_copy.check(_live_file())


def _live_file() -> Path:
    name = str(connection.settings_dict["NAME"])
    if not name or ":memory:" in name or "mode=memory" in name:
        raise Conflict(_("A database in memory cannot be kept."))
    return Path(name)


def tables() -> list[str]:
    """The tables of all models, and of what joins them."""
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]
    return sorted({model._meta.db_table for model in models if not model._meta.proxy} | {"django_migrations"})


def rows_by_table() -> dict[str, int]:
    """Rows of the live database by table, of the tables that are there."""
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        counts = {}
        for table in tables():
            if table in there:
                cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608  the name is Django's own, and quoted
                (counts[table],) = cursor.fetchone()
    return counts


@contextmanager
def _workshop(parent: Path) -> Iterator[Path]:
    """A folder for the while, readable by its owner alone, on the disk where the result will lie."""
    parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".geo311-", dir=parent) as folder:
        yield Path(folder)
