"""Files beside an import: rows kept aside with their line and reason, and rows whose published area is another."""

import csv
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import astuple, fields
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from geo311.importers.agreement import Disagreement
from geo311.importers.source import RejectedRow


class Aside:
    """A CSV that comes to be with its first row; what an earlier run left under the name goes."""

    def __init__(self, path: Path, header: Sequence[str]) -> None:
        self.path, self._header = path, header
        self._file: IO[str] | None = None
        path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()

    def write(self, values: Sequence[Any]) -> None:
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # Rows of confidential kinds may be among them: for the owner's eyes alone.
            descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            self._file = os.fdopen(descriptor, "w", encoding="utf-8", newline="")
            csv.writer(self._file).writerow(self._header)
        csv.writer(self._file).writerow(values)


class RejectedRows(Aside):
    """Rows kept aside: line, reason, what stood there, then the row as it was. Correct them and import this file."""

    def __init__(self, path: Path, header: Sequence[str]) -> None:
        super().__init__(path, ["line", "reason", "explanation", *header])
        self.reasons: Counter[str] = Counter()

    def keep(self, row: RejectedRow) -> None:
        self.reasons[row.reason] += 1
        self.write([row.line, str(row.reason), row.explanation, *row.values])


class Disagreements(Aside):
    def __init__(self, path: Path) -> None:
        super().__init__(path, [field.name for field in fields(Disagreement)])

    def keep(self, found: Disagreement) -> None:
        self.write(astuple(found))


def stem_of(path: Path) -> str:
    """`dc_311` for `dc_311.csv.gz`."""
    return path.name.removesuffix(".gz").removesuffix(".csv")
