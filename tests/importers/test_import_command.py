"""The command import_requests: what it says, and how it fails."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from geo311.catalog.models import Service
from tests.importers.conftest import HEADER, line

pytestmark = pytest.mark.django_db


def test_the_command_says_what_it_did(
    pothole: Service, settings: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.DATA_DIR = tmp_path
    (tmp_path / "rows.csv").write_text("\n".join([HEADER, line("18-1"), line("18-2", lon="")]))
    call_command("import_requests", tmp_path / "rows.csv", source="chicago")
    said = capsys.readouterr().out
    assert "2 rows read" in said
    assert "added                  1" in said
    assert "1 × no coordinates" in said
    assert str(tmp_path / "imports" / "rows.rejected.csv") in said
    assert "ward (ward): 1 of 1 agree (100.00%)" in said


@pytest.mark.parametrize(
    ("content", "sentence"),
    [("", "no first line"), ("a,b\n1,2\n", "it has no column"), (f"{HEADER}\n", "has columns, but no rows")],
)
def test_the_command_fails_with_a_sentence(settings: Any, tmp_path: Path, content: str, sentence: str) -> None:
    settings.DATA_DIR = tmp_path
    (tmp_path / "rows.csv").write_text(content)
    with pytest.raises(CommandError, match=sentence):
        call_command("import_requests", tmp_path / "rows.csv", source="chicago")
