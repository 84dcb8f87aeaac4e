"""The source that docs/importing.md shows works as it stands there."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from geo311.catalog.models import Service
from geo311.importers.actions import import_requests
from geo311.service_requests.models import ServiceRequest
from tests.conftest import NOON

PAGE = Path(__file__).resolve().parents[2] / "docs" / "importing.md"
ROWS = """Id,Kind,State,Opened,Closed,Street,Words,Lon,Lat,Ward No.
1,Hole,new,18.12.2018 14:30,,1 MAIN ST,deep,-0.05,0.05,N
2,Hole,Done,18.12.2018 14:30,20.12.2018 09:00,1 MAIN ST,,-0.05,0.05,N
3,Person in need,new,18.12.2018 14:30,,1 MAIN ST,,-0.05,0.05,N
4,Hole,forgotten,18.12.2018 14:30,,1 MAIN ST,,-0.05,0.05,N
"""


@pytest.mark.django_db
def test_the_source_of_the_recipe_reads_its_rows(pothole: Service, tmp_path: Path) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    names: dict[str, object] = {}
    exec(compile(code, "importing.md", "exec"), names)  # noqa: S102  the recipe itself
    (tmp_path / "rows.csv").write_text(ROWS)
    source = names["SOURCE"]
    summary = import_requests(path=tmp_path / "rows.csv", source=source, now=NOON, folder=tmp_path)  # type: ignore[arg-type]
    assert summary.rejected == {"a status that the source does not declare": 1}
    assert summary.tallies["ward"].share == 1.0
    opened, done, confidential = ServiceRequest.objects.order_by("source_id")
    assert opened.requested_datetime == datetime(2018, 12, 18, 20, 30, tzinfo=UTC)
    assert (opened.service, opened.status, opened.description) == (pothole, "received", "deep")
    assert (done.status, done.resolution) == ("closed", "fixed")
    assert confidential.service.confidential
