"""Finds the map in a file: a zip is looked through before GDAL opens it, and refused where it is a trap."""

import zipfile
from pathlib import Path, PurePosixPath

from django.utils.translation import gettext as _

from geo311.core.problems import Invalid, UnusableFile

MAX_UNPACKED_BYTES = 4 * 2**30  # the largest national sets of areas are a tenth of it
MAX_RATIO = 150  # text of coordinates packs about 1:10; far above 100 is what bombs do
SMALL_BYTES = 64 * 2**20  # below this even a bomb is harmless
MAX_ENTRIES = 10_000
MAPS = (".shp", ".gpkg", ".geojson", ".json", ".topojson", ".fgb", ".kml", ".gml", ".gpx", ".tab", ".mif")
# A VRT names other files and addresses, which GDAL would go and read.
VIRTUAL = b"<OGRVRT"


def source_in(path: Path, layer: str = "") -> str:
    """What GDAL is to open for `path`: the file itself, or the one map in a zip (`layer` says which of several).

    Raises UnusableFile, or Invalid (layer) where a zip holds several maps.
    """
    path = path.resolve()
    if not path.exists():
        raise UnusableFile(_("There is no file {file}.").format(file=path.name))
    if path.is_dir():
        return str(path)
    with path.open("rb") as file:
        head = file.read(4096)
    if not head:
        raise UnusableFile(_("{file} is empty.").format(file=path.name))
    if VIRTUAL in head:
        raise UnusableFile(_("{file} only points to other files. Use the map itself.").format(file=path.name))
    if not zipfile.is_zipfile(path) or path.suffix.lower() == ".kmz":
        return str(path)
    return _in_zip(path, layer)


def _in_zip(path: Path, layer: str) -> str:
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
    _check(path, entries)
    maps = [entry.filename for entry in entries if entry.filename.lower().endswith(MAPS) and not _is_hidden(entry)]
    if len(maps) > 1:
        named = [name for name in maps if PurePosixPath(name).stem == layer]
        if len(named) != 1:
            names = ", ".join(PurePosixPath(name).stem for name in maps)
            raise Invalid.field("layer", _("Say which layer to read: {layers}.").format(layers=names))
        maps = named
    # Without a map that we know by its name, GDAL may still know the folder (a file geodatabase).
    return f"/vsizip/{path}/{maps[0]}" if maps else f"/vsizip/{path}"


def _is_hidden(entry: zipfile.ZipInfo) -> bool:
    """What macOS adds beside each file."""
    return any(part.startswith((".", "__MACOSX")) for part in PurePosixPath(entry.filename).parts)


def _check(path: Path, entries: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    too_large = unpacked > MAX_UNPACKED_BYTES or len(entries) > MAX_ENTRIES
    if too_large or (unpacked > SMALL_BYTES and unpacked / packed > MAX_RATIO):
        detail = _("{file} would unpack to {n:,} MB; that is no map. Unpack it yourself if you trust it.")
        raise UnusableFile(detail.format(file=path.name, n=round(unpacked / 2**20)))
    for entry in entries:
        parts = PurePosixPath(entry.filename.replace("\\", "/"))
        if parts.is_absolute() or ".." in parts.parts:
            detail = _("{file} holds a file that would be written outside of its folder ({name}); it is not used.")
            raise UnusableFile(detail.format(file=path.name, name=entry.filename))
        if entry.flag_bits & 0x1:
            raise UnusableFile(_("{file} is locked with a password. Unpack it first.").format(file=path.name))
