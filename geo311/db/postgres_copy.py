"""Copies of a PostGIS database while it is in use, by PostgreSQL's own programs: pg_dump, pg_restore and psql."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from geo311.core.problems import Conflict

DEBIAN_PROGRAMS = Path("/usr/lib/postgresql")
# PostGIS's own table of reference systems comes with the extension.
OF_POSTGIS = frozenset({"spatial_ref_sys"})
LOCK_WAIT = "60s"  # for readers to let go of a table that is replaced


def program(name: str, connection: BaseDatabaseWrapper) -> str:
    """The path of a client program, of the server's own version where it is there. Raises Conflict: what to install."""
    version = getattr(connection, "pg_version", 0) // 10_000
    own = DEBIAN_PROGRAMS / str(version) / "bin" / name
    found = str(own) if own.exists() else shutil.which(name)
    if found is None:
        detail = _(
            "{name} is not installed. Install PostgreSQL's programs: apt-get install postgresql-client-{version}."
        )
        raise Conflict(detail.format(name=name, version=version))
    return found


def tables_of(connection: BaseDatabaseWrapper) -> list[str]:
    """Every table of the installation, those of older migrations too."""
    return sorted(set(connection.introspection.table_names()) - OF_POSTGIS)


def dump(connection: BaseDatabaseWrapper, target: Path, snapshot: str) -> None:
    """Write the installation's tables, as one moment (`snapshot`) shows them, in pg_dump's own format.

    Table by table, so that neither the extension nor the schema is dropped when they are restored.
    """
    tables = [f'--table="{table}"' for table in tables_of(connection)]
    options = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={target}"]
    _run(connection, "pg_dump", *options, *tables)


def load(connection: BaseDatabaseWrapper, source: Path) -> None:
    """Replace the installation's tables by those of a dump, in one transaction: readers see the old or the new."""
    folder = source.parent
    script, before = folder / "restore.sql", folder / "before.sql"
    _run(connection, "pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(source))
    quote = connection.ops.quote_name
    drops = [f"DROP TABLE IF EXISTS {quote(table)} CASCADE;" for table in tables_of(connection)]
    before.write_text("\n".join([f"SET lock_timeout = '{LOCK_WAIT}';", *drops]) + "\n")
    options = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--output=/dev/null"]
    _run(connection, "psql", *options, f"--file={before}", f"--file={script}")


def _run(connection: BaseDatabaseWrapper, name: str, *options: str) -> None:
    command, environment = [program(name, connection), *options], _environment(connection.settings_dict)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603  a list, no shell
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["?"]
        raise Conflict(_("{program} failed: {why}").format(program=name, why=" ".join(lines[:3])))


def _environment(database: dict[str, Any]) -> dict[str, str]:
    """Where the database is, by libpq's variables: a password on the command line could be read by others."""
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    given = {variable: str(database[key]) for variable, key in names.items() if database.get(key)}
    options = {"PGSSLMODE": "sslmode", "PGSSLROOTCERT": "sslrootcert"}
    given |= {
        variable: str(database["OPTIONS"][key]) for variable, key in options.items() if key in database["OPTIONS"]
    }
    return os.environ | given
