"""Backup and restore of a desk that serves: one moment, all of it, and a desk that works afterwards.

Each desk is a database of its own, used by processes of their own, as in life.
"""

import json
import os
import sqlite3
import stat
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from geo311.core.problems import Conflict
from geo311.db import postgres_copy

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
# Somebody at the desk: one process with one connection, kept open, that does what it is told and says what came of it.
CLERK = """
import io, json, sys, threading
import django
django.setup()
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from geo311.catalog.models import Department, Service, ServiceGroup
from geo311.core.coordinates import BBox, LonLat
from geo311.service_requests.actions import submit
from geo311.service_requests.models import ServiceRequest
from geo311.service_requests.submission import Submission

def add(many):
    department, _ = Department.objects.get_or_create(slug="streets", defaults={"name": "Streets"})
    group, _ = ServiceGroup.objects.get_or_create(code="streets")
    fields = {"department": department, "group": group, "geometry_kinds": ["point"]}
    service, _ = Service.objects.get_or_create(service_code="pothole", defaults=fields)
    for _ in range(many):
        submit(submission=Submission(service=service, point=LonLat(0.05, 0.05)), now=timezone.now())
    return look()

def look():
    within = ServiceRequest.objects.within(BBox(0, 0, 0.1, 0.1)).count()
    elsewhere = ServiceRequest.objects.within(BBox(1, 1, 2, 2)).count()
    with_event = ServiceRequest.objects.filter(events__kind="submitted").count()
    return [ServiceRequest.objects.count(), within, elsewhere, with_event]

def write_on():
    threading.Thread(target=lambda: [add(1) for _ in iter(int, 1)], daemon=True).start()
    return look()

def command(*arguments, **options):
    said = io.StringIO()
    try:
        call_command(*arguments, stdout=said, **options)
    except CommandError as error:
        return ["failed", str(error)]
    return ["done", said.getvalue()]

print("ready", flush=True)
for line in sys.stdin:
    name, *arguments = json.loads(line)
    own = {"add": add, "look": look, "write_on": write_on}
    came_of_it = own[name](*arguments) if name in own else command(name, *arguments)
    print(json.dumps(came_of_it), flush=True)
"""


@dataclass(frozen=True)
class Desk:
    """A desk: its folder and the environment that its processes run in."""

    data: Path
    environment: dict[str, str]

    @contextmanager
    def clerk(self) -> Iterator["Clerk"]:
        """A process of the desk; ends with the block."""
        process = subprocess.Popen(
            [sys.executable, "-c", CLERK],
            cwd=ROOT,
            env=self.environment | {"DJANGO_SETTINGS_MODULE": "geo311.settings"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        clerk = Clerk(process)
        try:
            assert clerk.hear() == "ready"
            yield clerk
        finally:
            process.kill()
            process.communicate()


@dataclass(frozen=True)
class Clerk:
    process: "subprocess.Popen[str]"

    def hear(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def tell(self, *words: object) -> Any:
        """What came of it; of `look`, `add` and `write_on`: rows, those found by place, elsewhere, with their event."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(words, default=str) + "\n")
        self.process.stdin.flush()
        return json.loads(self.hear())

    def do(self, *words: object) -> str:
        """A command that is to succeed; what it printed."""
        how, said = self.tell(*words)
        assert how == "done", said
        return str(said)

    def fail(self, *words: object) -> str:
        """A command that is to fail; its sentence."""
        how, said = self.tell(*words)
        assert how == "failed", said
        return str(said)


@contextmanager
def database(name: str, folder: Path) -> Iterator[str]:
    """The URL of a new database of the kind that the tests run on."""
    if connection.vendor == "sqlite":
        yield f"spatialite:///{folder / 'desk.sqlite3'}"
        return
    import psycopg

    own = connection.settings_dict
    where = {"host": own["HOST"], "port": own["PORT"] or 5432, "user": own["USER"], "password": own["PASSWORD"]}
    with psycopg.connect(dbname="postgres", autocommit=True, **where) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        server.execute(f'CREATE DATABASE "{name}"')
        try:
            host = str(own["HOST"]).replace("/", "%2F")
            yield f"postgis://{own['USER']}:{own['PASSWORD']}@{host}:{where['port']}/{name}"
        finally:
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def new_desk(name: str, folder: Path) -> Iterator[Desk]:
    folder.mkdir()
    with database(f"test_backup_{name}_{os.getpid()}", folder) as url:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("GEO311_", "DATABASE_"))}
        yield Desk(folder, kept | {"DATABASE_URL": url, "GEO311_DATA_DIR": str(folder)})


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, Clerk]]:
    """A desk with twenty reports, a photo and a name, and its clerk."""
    with new_desk("old", tmp_path_factory.mktemp("old") / "data") as made, made.clerk() as clerk:
        clerk.do("migrate", "-v0")
        clerk.do("backup", made.data.parent / "empty.tar.gz")
        (made.data / "media" / "photos").mkdir(parents=True)
        (made.data / "media" / "photos" / "a.jpg").write_bytes(b"a photo")
        (made.data / "city.env").write_text("GEO311_CITY_NAME=Springfield\n")
        assert clerk.tell("add", 20) == [20, 20, 0, 20]
        yield made, clerk


@pytest.fixture(scope="module")
def empty(desk: tuple[Desk, Clerk]) -> Path:
    """A backup of that desk before its first report: restoring it is quicker than migrating."""
    return desk[0].data.parent / "empty.tar.gz"


@pytest.fixture(scope="module")
def kept(desk: tuple[Desk, Clerk]) -> Path:
    """A backup of that desk."""
    path = desk[0].data.parent / "kept.tar.gz"
    assert "20  service_requests_servicerequest" in desk[1].do("backup", path)
    return path


def test_a_backup_is_one_file_that_only_its_owner_reads(kept: Path) -> None:
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    with tarfile.open(kept) as archive:
        assert archive.getnames() == [
            "manifest.json",
            "database",
            "settings/city.env",
            "settings/secret_key",
            "media/photos/a.jpg",
        ]
        assert {(entry.uname, entry.uid) for entry in archive} == {("", 0)}
    assert [path.name for path in kept.parent.iterdir() if path.name.startswith((".geo311", "kept.tar.gz."))] == []


def test_a_backup_never_overwrites_a_file(desk: tuple[Desk, Clerk], kept: Path) -> None:
    before = kept.read_bytes()
    assert desk[1].fail("backup", kept) == "kept.tar.gz exists already; a backup is never overwritten."
    assert kept.read_bytes() == before


def test_a_damaged_backup_changes_nothing(desk: tuple[Desk, Clerk], kept: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.tar.gz"
    cut.write_bytes(kept.read_bytes()[: kept.stat().st_size * 2 // 3])
    assert desk[1].fail("restore", cut, "--replace") == "cut.tar.gz is no backup of geo311, or it is damaged."
    assert desk[1].tell("look") == [20, 20, 0, 20]


def test_a_new_machine_gets_the_same_desk(desk: tuple[Desk, Clerk], kept: Path, tmp_path: Path) -> None:
    with new_desk("new", tmp_path / "data") as new, new.clerk() as clerk:
        said = clerk.do("restore", kept)
        assert "20  service_requests_servicerequest" in said
        assert "city.env and secret_key changed" in said
        assert clerk.tell("look") == [20, 20, 0, 20]
        assert clerk.tell("add", 1) == [21, 21, 0, 21]
        assert (new.data / "media" / "photos" / "a.jpg").read_bytes() == b"a photo"
        assert (new.data / "city.env").read_text() == "GEO311_CITY_NAME=Springfield\n"
        assert (new.data / "secret_key").read_text() == (desk[0].data / "secret_key").read_text()
        assert stat.S_IMODE((new.data / "secret_key").stat().st_mode) == 0o600


def test_a_desk_that_serves_goes_on_with_what_was_restored(kept: Path, empty: Path, tmp_path: Path) -> None:
    with new_desk("serving", tmp_path / "data") as desk, desk.clerk() as server, desk.clerk() as administrator:
        administrator.do("restore", empty)
        assert server.tell("add", 3) == [3, 3, 0, 3]
        assert "This desk is not empty" in administrator.fail("restore", kept)
        assert server.tell("look") == [3, 3, 0, 3]
        said = administrator.do("restore", kept, "--replace")
        assert server.tell("look") == [20, 20, 0, 20]
        assert server.tell("add", 2) == [22, 22, 0, 22]
        (before,) = (desk.data / "backups").glob("before-restore-*.tar.gz")
        assert str(before) in said
        administrator.do("restore", before, "--replace")
        assert server.tell("look") == [3, 3, 0, 3]


def test_a_backup_taken_while_others_write_is_one_moment(empty: Path, tmp_path: Path) -> None:
    path = tmp_path / "busy.tar.gz"
    with new_desk("busy", tmp_path / "data") as desk, desk.clerk() as writer, desk.clerk() as administrator:
        administrator.do("restore", empty)
        before = writer.tell("write_on")[0]
        while administrator.tell("look")[0] < before + 3:
            pass
        administrator.do("backup", path)
        after = administrator.tell("look")[0]
        writer.process.kill()
        writer.process.wait()
        administrator.do("restore", path, "--replace")
        rows, found, _elsewhere, with_event = administrator.tell("look")
    assert before < rows < after
    assert rows == found == with_event


@pytest.mark.skipif("postgis" in settings.DATABASES["default"]["ENGINE"], reason="SQLite's files only")
def test_a_damaged_index_is_not_backed_up_as_if_it_were_whole(kept: Path, tmp_path: Path) -> None:
    with new_desk("damaged", tmp_path / "data") as desk, desk.clerk() as clerk:
        clerk.do("restore", kept)
        with closing(sqlite3.connect(desk.data / "desk.sqlite3", isolation_level=None)) as raw:
            raw.execute("DELETE FROM idx_service_requests_servicerequest_location WHERE pkid = 7")
        said = clerk.fail("backup", tmp_path / "x.tar.gz")
    assert said == ("The spatial index of service_requests_servicerequest is not right: 20 rows, 19 in the index.")
    assert not (tmp_path / "x.tar.gz").exists()


@pytest.mark.skipif("postgis" not in settings.DATABASES["default"]["ENGINE"], reason="PostgreSQL's programs only")
@pytest.mark.django_db
def test_missing_programs_are_named_with_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(postgres_copy, "DEBIAN_PROGRAMS", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Conflict, match=r"pg_dump is not installed.*postgresql-client"):
        postgres_copy.program("pg_dump", connection)
