"""The file in the data directory that says which city this desk serves; settings read it at every start."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from dotenv import dotenv_values

from geo311.core.problems import Invalid

UNNAMED = "Your city"  # settings.CITY_NAME where nobody has said it
HEADER = "# What start_city or demo decided. The environment wins over it; change a line and start anew.\n"
_KEY = re.compile(r"[A-Z][A-Z0-9_]*")


def read_city(file: Path) -> dict[str, str]:
    """The settings kept in the file; none where there is no file."""
    if not file.exists():
        return {}
    return {key: value or "" for key, value in dotenv_values(file, interpolate=False).items()}


def write_city(file: Path, values: Mapping[str, str], *, keep: bool = True) -> None:
    """Keep `values`, beside what the file holds already; readers see the old file or the new one, never half of one.

    Raises Invalid for a value that the file cannot hold.
    """
    kept = (read_city(file) if keep else {}) | dict(values)
    text = HEADER + "".join(_line(key, value) for key, value in sorted(kept.items()))
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    # Mail passwords may stand in it: for this account's eyes only.
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as opened:
        opened.write(text)
        opened.flush()
        os.fsync(opened.fileno())
    draft.replace(file)


def _line(key: str, value: str) -> str:
    if not _KEY.fullmatch(key) or "\n" in value or "\r" in value or "${" in value:
        raise Invalid.field(key, f"{key} cannot hold a line break or the characters ${{ .")
    quoted = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"{key}='{quoted}'\n"
