"""Rules of the house that no linter holds: short modules, documented commands, data kept out of commits."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE = [
    path for folder in ("geo311", "boundaries", "tiles", "tests") for path in (ROOT / folder).rglob("*.py")
    if "migrations" not in path.parts
]  # fmt: skip
DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def test_modules_stay_under_300_lines() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in CODE}
    assert {name: length for name, length in lengths.items() if length > 300} == {}


def test_every_make_command_in_the_documents_exists() -> None:
    told = {target for path in DOCUMENTS for target in re.findall(r"`make ([a-z]+)", path.read_text())}
    assert "run" in told
    assert told <= TARGETS


def test_every_target_says_what_it_does() -> None:
    said = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert set(re.findall(r"^  make ([a-z]+) +\S", said, re.MULTILINE)) == TARGETS


def test_what_running_it_makes_is_not_committed() -> None:
    made = [
        "var/geo311.sqlite3",
        ".venv/bin/python",
        "node_modules/leaflet/package.json",
        "geo311/locale/es/LC_MESSAGES/django.mo",
    ]
    said = subprocess.run(["git", "check-ignore", *made], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    assert said.split() == made
