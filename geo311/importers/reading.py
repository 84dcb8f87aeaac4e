"""Reads the rows of a source's file, `.csv` or `.csv.gz`, one at a time; bad ones are handed on as rejected."""

import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from django.utils.translation import gettext as _

from geo311.core.problems import FieldError, Invalid, UnusableFile
from geo311.importers.source import BadRow, Layout, ParsedRow, Reason, RejectedRow, RowParser, Source
from geo311.service_requests.submission import clean_text

GZIP_MAGIC = b"\x1f\x8b"  # RFC 1952, section 2.3.1
_SEPARATORS = re.compile(r"[^a-z0-9]+")
# What datasets write where they have nothing to say.
NOTHING = frozenset({"", "null", "none", "nan", "n/a"})


def column_name(text: str) -> str:
    """A column's name as layouts write it: `Unique Key` and `unique_key` are one."""
    return _SEPARATORS.sub("_", text.strip().strip("\ufeff").casefold()).strip("_")


class RowFile:
    """A source's file, open: its columns and layout are known, its rows are still to come."""

    def __init__(self, path: Path, source: Source) -> None:
        """Raises UnusableFile where it cannot be read, Invalid (columns) where a column is missing."""
        self.path, self.source = path, source
        self._raw = _open(path)
        try:
            self._size = max(1, path.stat().st_size)
            self._rows = csv.reader(_text(self._raw), strict=True)
            self.header = self._first_line()
            self.columns = [source.aliases.get(name, name) for name in map(column_name, self.header)]
            self.layout = _layout(self.columns, source, path)
            self._read = [at for at, name in enumerate(self.columns) if name in self.layout.columns]
        except BaseException:
            self._raw.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._raw.close()

    @property
    def share_read(self) -> float:
        """How much of the file is read, 0 to 1."""
        return min(1.0, self._raw.tell() / self._size)

    def __iter__(self) -> Iterator[ParsedRow | RejectedRow]:
        """Every row, understood or rejected, with the number of its first line. Raises UnusableFile at a broken end."""
        parser = RowParser(self.source, self.layout)
        while True:
            line = self._rows.line_num + 1
            try:
                values = self._next(line)
            except csv.Error as error:
                # A quote out of place: the reader goes on with the next line.
                yield RejectedRow(line, Reason.BROKEN, str(error), [])
                continue
            if values is None:
                return
            if any(value.strip() for value in values):
                yield self._parsed(parser, line, values)

    def _parsed(self, parser: RowParser, line: int, values: list[str]) -> ParsedRow | RejectedRow:
        try:
            if len(values) != len(self.columns):
                raise BadRow(Reason.BROKEN, f"{len(values)} for {len(self.columns)}")
            row = {self.columns[position]: _value(values[position]) for position in self._read}
            return parser.parse(line, row, values)
        except BadRow as bad:
            return RejectedRow(line, bad.reason, str(bad), values)

    def _next(self, line: int) -> list[str] | None:
        try:
            return next(self._rows, None)
        except UnicodeDecodeError as error:
            detail = _("{file} is not written in UTF-8 (near line {line}). Save it as UTF-8.")
            raise UnusableFile(detail.format(file=self.path.name, line=line)) from error
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            detail = _("{file} breaks off or is damaged at line {line}: {why}.")
            raise UnusableFile(detail.format(file=self.path.name, line=line, why=error)) from error

    def _first_line(self) -> list[str]:
        try:
            header = self._next(1)
        except csv.Error:
            header = None
        if not header or not any(name.strip() for name in header):
            raise UnusableFile(_("{file} has no first line that names its columns.").format(file=self.path.name))
        return header


def _open(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        why = error.strerror or str(error)
        raise UnusableFile(_("{file} cannot be opened: {why}.").format(file=path.name, why=why)) from error


def _text(raw: BinaryIO) -> io.TextIOWrapper:
    """The file's text, unpacked where its content (not its name) says that it is packed."""
    packed = raw.read(2) == GZIP_MAGIC
    raw.seek(0)
    stream = gzip.GzipFile(fileobj=raw) if packed else raw
    return io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")


def _layout(columns: list[str], source: Source, path: Path) -> Layout:
    """The layout whose columns are all there. Raises Invalid that names what the nearest layout misses."""
    missing = [(sorted(set(layout.required) - set(columns)), layout) for layout in source.layouts]
    absent, layout = min(missing, key=lambda pair: len(pair[0]))
    if absent:
        detail = _("{file} is not a file of {source}: it has no column {columns}.")
        detail = detail.format(file=path.name, source=source.title, columns=", ".join(absent))
        raise Invalid(detail, errors=tuple(FieldError(name, _("This column is missing.")) for name in absent))
    return layout


def _value(text: str) -> str:
    cleaned = clean_text(text)
    return "" if cleaned.casefold() in NOTHING else cleaned
