"""The file of a backup: one tar.gz with a manifest, the database, the photos and what `start_city` decided."""

import hashlib
import io
import json
import os
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from django.utils.translation import gettext as _

from geo311.core.problems import Conflict, UnusableFile

FORMAT = 1
MANIFEST, DATABASE, MEDIA, SETTINGS = "manifest.json", "database", "media", "settings"
# Kept beside the data: the city's settings, and the key that signs cookies and pseudonyms.
KEPT_FILES = ("city.env", "secret_key")


@dataclass(frozen=True)
class Manifest:
    """What a backup holds: rows by table, the last migrations (app.name), and the database file's SHA-256."""

    format: int
    made_at: str
    engine: str
    sha256: str
    rows: dict[str, int]
    migrations: list[str]


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_archive(path: Path, manifest: Manifest, database: Path, media: Path, data: Path) -> None:
    """Write the archive beside its name, readable by its owner alone, and give it its name when it is whole."""
    part = path.with_name(f"{path.name}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file, tarfile.open(fileobj=file, mode="w:gz", compresslevel=6) as archive:
            _add_text(archive, MANIFEST, json.dumps(asdict(manifest), indent=1, sort_keys=True))
            archive.add(database, DATABASE, filter=_plain)
            for name in KEPT_FILES:
                if (data / name).is_file():
                    archive.add(data / name, f"{SETTINGS}/{name}", filter=_plain)
            for photo in sorted(media.rglob("*")):
                if photo.is_file() and not photo.is_symlink():
                    archive.add(photo, f"{MEDIA}/{photo.relative_to(media).as_posix()}", filter=_plain)
            archive.close()
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Without the names of this machine's users."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry


def _add_text(archive: tarfile.TarFile, name: str, text: str) -> None:
    entry, body = tarfile.TarInfo(name), text.encode()
    entry.size, entry.mode = len(body), 0o600
    archive.addfile(entry, io.BytesIO(body))


@contextmanager
def opened(path: Path) -> Iterator[tuple[Manifest, tarfile.TarFile]]:
    """A backup's manifest and its archive, read through to its end. Raises UnusableFile where it is none, or broken."""
    try:
        archive = tarfile.open(path, "r:gz")  # noqa: SIM115  closed below
    except FileNotFoundError as error:
        raise UnusableFile(_("There is no file {file}.").format(file=path.name)) from error
    except (tarfile.TarError, EOFError, OSError) as error:
        raise _broken(path) from error
    with archive:
        try:
            # The list of members reads the whole archive: one that breaks off is found before anything is replaced.
            members = {member.name: member for member in archive.getmembers()}
            body = archive.extractfile(members[MANIFEST])
            manifest = _manifest(json.loads(body.read() if body else b""), path)
        except (tarfile.TarError, zlib.error, EOFError, OSError, KeyError, TypeError, ValueError) as error:
            raise _broken(path) from error
        yield manifest, archive


def _broken(path: Path) -> UnusableFile:
    return UnusableFile(_("{file} is no backup of geo311, or it is damaged.").format(file=path.name))


def _manifest(body: dict[str, Any], path: Path) -> Manifest:
    if body["format"] != FORMAT:
        detail = _("{file} was made by another version of geo311 (format {format}); this one reads format {ours}.")
        raise Conflict(detail.format(file=path.name, format=body["format"], ours=FORMAT))
    return Manifest(
        format=FORMAT,
        made_at=str(body["made_at"]),
        engine=str(body["engine"]),
        sha256=str(body["sha256"]),
        rows={str(table): int(count) for table, count in body["rows"].items()},
        migrations=[str(name) for name in body["migrations"]],
    )


def extract_database(archive: tarfile.TarFile, manifest: Manifest, target: Path) -> None:
    """Write the database file of the archive. Raises UnusableFile where it is not the one that was put in."""
    _write(archive, archive.getmember(DATABASE), target, 0o600)
    if sha256_of(target) != manifest.sha256:
        raise UnusableFile(_("The database in the backup is damaged (its checksum differs)."))


def extract_files(archive: tarfile.TarFile, media: Path, data: Path) -> tuple[int, list[str]]:
    """Write photos and kept settings; (photos, names of settings that changed). Refuses paths that lead elsewhere."""
    photos, changed = 0, []
    for member in archive:
        folder, _slash, name = member.name.partition("/")
        if not member.isfile() or folder not in {MEDIA, SETTINGS}:
            continue
        inner = PurePosixPath(name)
        if inner.is_absolute() or ".." in inner.parts or (folder == SETTINGS and name not in KEPT_FILES):
            raise UnusableFile(
                _("The backup holds a file that does not belong in it: {name}.").format(name=member.name)
            )
        if folder == MEDIA:
            _write(archive, member, media / inner, 0o640)
            photos += 1
        elif _write_if_other(archive, member, data / name):
            changed.append(name)
    return photos, changed


def _write_if_other(archive: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> bool:
    draft = target.with_name(f"{target.name}.restored")
    _write(archive, member, draft, 0o600)
    if target.exists() and target.read_bytes() == draft.read_bytes():
        draft.unlink()
        return False
    draft.replace(target)
    return True


def _write(archive: tarfile.TarFile, member: tarfile.TarInfo, target: Path, mode: int) -> None:
    body = archive.extractfile(member)
    if body is None:
        raise UnusableFile(_("The backup holds a file that does not belong in it: {name}.").format(name=member.name))
    target.parent.mkdir(parents=True, exist_ok=True)
    with body, os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
        while piece := body.read(1 << 20):
            file.write(piece)
