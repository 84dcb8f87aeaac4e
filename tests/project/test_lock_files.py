"""The lock files pin everything by hash, agree with each other, and name no registry."""

import json
import re
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted([*ROOT.glob("requirements*.lock"), *(ROOT / ".ci").glob("*.lock")])
PIN = re.compile(r"^(?P<name>[a-z0-9][a-z0-9._-]*)==(?P<version>\S+)(?: ; (?P<marker>.+?))? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")


def pins(lock: Path) -> set[tuple[str, str, str]]:
    matches = [PIN.match(line) for line in lock.read_text().splitlines()]
    return {(match["name"], match["version"], match["marker"] or "") for match in matches if match}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_file_holds_pins_and_hashes_and_nothing_else(lock: Path) -> None:
    lines = lock.read_text().splitlines()
    assert [line for line in lines if not PIN.match(line) and not HASH.match(line)] == []
    assert all(HASH.match(after) for line, after in pairwise(lines) if PIN.match(line))


def test_what_runs_is_what_is_tested() -> None:
    assert pins(ROOT / "requirements.lock") <= pins(ROOT / "requirements-dev.lock")


def test_every_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    for lock, wanted in (
        ("requirements.lock", [*project["dependencies"], *extras["demo"]]),
        ("requirements-dev.lock", [*extras["test"], *extras["dev"]]),
    ):
        names = {re.split(r"[^A-Za-z0-9._-]", requirement)[0].lower() for requirement in wanted} - {"geo311"}
        assert names <= {name for name, _version, _marker in pins(ROOT / lock)}


def test_the_front_end_lock_holds_checksums_and_no_addresses_to_fetch_from() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert packages.keys() > {"", "node_modules/leaflet"}
    assert all("integrity" in package for path, package in packages.items() if path)
    assert not any("resolved" in package for package in packages.values())
