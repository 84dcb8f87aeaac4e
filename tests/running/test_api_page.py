"""docs/api.md: its examples, run as they stand against a desk."""

import re
import subprocess
from pathlib import Path

import pytest
import requests
from PIL import Image

from tests.running.conftest import ROOT, Desk

pytestmark = pytest.mark.running

EXAMPLES = re.findall(r"^```sh\n(.*?)^```", (ROOT / "docs" / "api.md").read_text(), re.DOTALL | re.MULTILINE)
QUIET = 'set -e; curl() { command curl -sS --fail-with-body "$@"; }\n'


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.splitlines()[0][:60] for example in EXAMPLES])
def test_each_example_runs_as_it_stands(desk: Desk, tmp_path: Path, example: str) -> None:
    open_ones = requests.get(f"{desk.url}/api/requests/?status=open&limit=1", timeout=30).json()
    number = open_ones["features"][0]["id"]
    Image.new("RGB", (40, 30)).save(tmp_path / "hole.jpg")
    script = example.replace("http://127.0.0.1:8000", desk.url).replace("4GT7-K2QM", number)
    done = subprocess.run(["bash", "-c", QUIET + script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_page_shows_examples() -> None:
    assert len(EXAMPLES) >= 5
