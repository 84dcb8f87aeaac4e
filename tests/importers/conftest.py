"""Rows of a made-up file in the shape that Chicago publishes."""

from collections.abc import Callable
from pathlib import Path

import pytest

from geo311.importers.actions import Summary, import_requests
from geo311.importers.sources.chicago import SOURCE as CHICAGO
from tests.conftest import NOON

HEADER = (
    "service_request_number,type_of_service_request,status,creation_date,completion_date,street_address,"
    "longitude,latitude,most_recent_action,ward"
)
Run = Callable[..., Summary]


def line(number: str, **changes: str) -> str:
    """A row in the western half of the square city, open."""
    row = {"kind": "Pothole in Street", "status": "Open", "opened": "2018-12-18", "closed": "", "address": "1 MAIN ST"}
    row |= {"lon": "-0.05", "lat": "0.05", "action": "", "ward": "N"} | changes
    names = ("kind", "status", "opened", "closed", "address", "lon", "lat", "action", "ward")
    return ",".join([number, *(row[name] for name in names)])


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def importing(*lines: str, name: str = "rows.csv") -> Summary:
        (tmp_path / name).write_text("\n".join([HEADER, *lines]) + "\n")
        return import_requests(path=tmp_path / name, source=CHICAGO, now=NOON, folder=tmp_path / "imports")

    return importing
