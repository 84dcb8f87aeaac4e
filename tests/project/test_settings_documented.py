"""docs/settings.md names every variable that the settings read, and no other."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAME = re.compile(r"\b(GEO311_[A-Z_]+|DATABASE_URL|HOST|PORT)\b")


def test_every_variable_of_the_settings_is_documented() -> None:
    read = {name for file in ("settings.py", "serve.py") for name in NAME.findall((ROOT / "geo311" / file).read_text())}
    rows = [line.split("|")[1] for line in (ROOT / "docs" / "settings.md").read_text().splitlines() if "| `" in line]
    told = {name for row in rows for name in NAME.findall(row)}
    assert read == told
