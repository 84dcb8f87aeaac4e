"""The file of a backup: what does not belong in it is not unpacked."""

import io
import json
import tarfile
from pathlib import Path

import pytest

from geo311.core.problems import Conflict, UnusableFile
from geo311.db.archive import Manifest, extract_database, extract_files, opened, sha256_of, write_archive

MANIFEST = {"format": 1, "made_at": "2026-11-23", "engine": "spatialite", "sha256": "0", "rows": {}, "migrations": []}


def archive(path: Path, members: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as file:
        for name, body in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(body)
            file.addfile(entry, io.BytesIO(body))
    return path


def manifest(**changes: object) -> bytes:
    return json.dumps(MANIFEST | changes).encode()


def test_what_was_put_in_comes_out(tmp_path: Path) -> None:
    data, media, out = tmp_path / "data", tmp_path / "data" / "media", tmp_path / "out"
    (media / "photos").mkdir(parents=True)
    (media / "photos" / "ä.jpg").write_bytes(b"photo")
    (data / "city.env").write_text("A=1\n")
    (tmp_path / "db").write_bytes(b"rows")
    written = Manifest(1, "now", "spatialite", sha256_of(tmp_path / "db"), {"t": 3}, ["a.0001"])
    write_archive(tmp_path / "x.tar.gz", written, tmp_path / "db", media, data)
    (out / "data").mkdir(parents=True)
    with opened(tmp_path / "x.tar.gz") as (read, file):
        assert read == written
        extract_database(file, read, out / "db")
        assert extract_files(file, out / "media", out / "data") == (1, ["city.env"])
        assert extract_files(file, out / "media", out / "data") == (1, [])
    assert (out / "db").read_bytes() == b"rows"
    assert (out / "media" / "photos" / "ä.jpg").read_bytes() == b"photo"


@pytest.mark.parametrize(
    "name", ["media/../../escaped", "media//escaped", "settings/../escaped", "settings/authorized_keys"]
)
def test_a_path_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    path = archive(tmp_path / "x.tar.gz", {"manifest.json": manifest(), name: b"!"})
    with opened(path) as (_manifest, file), pytest.raises(UnusableFile, match="does not belong"):
        extract_files(file, tmp_path / "out" / "media", tmp_path / "out")
    assert not list(tmp_path.rglob("escaped"))


def test_links_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "x.tar.gz"
    with tarfile.open(path, "w:gz") as file:
        entry = tarfile.TarInfo("manifest.json")
        entry.size = len(manifest())
        file.addfile(entry, io.BytesIO(manifest()))
        link = tarfile.TarInfo("media/passwords")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        file.addfile(link)
    with opened(path) as (_manifest, file):
        assert extract_files(file, tmp_path / "media", tmp_path) == (0, [])
    assert not (tmp_path / "media" / "passwords").exists()


def test_a_database_with_another_checksum_is_refused(tmp_path: Path) -> None:
    path = archive(tmp_path / "x.tar.gz", {"manifest.json": manifest(), "database": b"rows"})
    with opened(path) as (read, file), pytest.raises(UnusableFile, match="checksum differs"):
        extract_database(file, read, tmp_path / "db")


def test_a_backup_of_another_format_says_so(tmp_path: Path) -> None:
    path = archive(tmp_path / "x.tar.gz", {"manifest.json": manifest(format=9)})
    with pytest.raises(Conflict, match="format 9"), opened(path):
        pass


@pytest.mark.parametrize("members", [{}, {"manifest.json": b"{}"}, {"manifest.json": b"nonsense"}])
def test_an_archive_of_something_else_is_refused(tmp_path: Path, members: dict[str, bytes]) -> None:
    with pytest.raises(UnusableFile, match="no backup of geo311"), opened(archive(tmp_path / "x.tar.gz", members)):
        pass


@pytest.mark.parametrize("content", [b"", b"minutes of a meeting"])
def test_a_file_that_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.tar.gz").write_bytes(content)
    with pytest.raises(UnusableFile, match="no backup of geo311"), opened(tmp_path / "x.tar.gz"):
        pass


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(UnusableFile, match="There is no file"), opened(tmp_path / "x.tar.gz"):
        pass


def test_what_goes_wrong_while_it_is_open_is_not_blamed_on_the_file(tmp_path: Path) -> None:
    path = archive(tmp_path / "x.tar.gz", {"manifest.json": manifest()})
    with pytest.raises(OSError, match="disk full"), opened(path):
        raise OSError("disk full")
