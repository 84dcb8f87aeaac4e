"""`make run`: server and worker live and end together, and wrong settings end the start with a sentence."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from geo311 import serve

ROOT = Path(__file__).resolve().parents[2]
NOTHING = (sys.executable, "-c", "")
# Writes its process id to the file that it is given, a line a start, then waits to be ended.
WAITER = "import os, sys, time; open(sys.argv[1], 'a').write(f'{os.getpid()}\\n'); time.sleep(60)"
SUPERVISOR = """
import sys
from geo311 import serve
wait = lambda name: (sys.executable, "-c", sys.argv[1], sys.argv[2] + name)
serve.plan = lambda *, dev: serve.Plan((sys.executable, "-c", ""), wait("/server"), wait("/worker"))
raise SystemExit(serve.main())
"""


def waiter(file: Path) -> tuple[str, ...]:
    return (sys.executable, "-c", WAITER, str(file))


def process_ids(file: Path, count: int) -> list[int]:
    """The ids of `count` starts, once there are so many."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        lines = file.read_text().split() if file.exists() else []
        if len(lines) >= count:
            return [int(line) for line in lines]
        time.sleep(0.02)
    raise AssertionError(f"{file.name} was not started {count} times")


def is_alive(process_id: int) -> bool:
    """Whether the process still runs; one that ended and that nobody has asked about (a zombie) does not."""
    try:
        state = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def supervisor(folder: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-c", SUPERVISOR, WAITER, str(folder)], cwd=ROOT)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_server_and_worker(tmp_path: Path, number: signal.Signals) -> None:
    process = supervisor(tmp_path)
    ids = process_ids(tmp_path / "server", 1) + process_ids(tmp_path / "worker", 1)
    process.send_signal(number)
    assert process.wait(10) == 0
    assert [is_alive(one) for one in ids] == [False, False]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children that their parent died")
def test_server_and_worker_end_when_their_supervisor_is_killed(tmp_path: Path) -> None:
    process = supervisor(tmp_path)
    ids = process_ids(tmp_path / "server", 1) + process_ids(tmp_path / "worker", 1)
    process.kill()
    process.wait()
    deadline = time.monotonic() + 10
    while any(map(is_alive, ids)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert [is_alive(one) for one in ids] == [False, False]


def test_a_worker_that_dies_is_started_again(tmp_path: Path) -> None:
    process = supervisor(tmp_path)
    os.kill(process_ids(tmp_path / "worker", 1)[0], signal.SIGKILL)
    second = process_ids(tmp_path / "worker", 2)[1]
    assert is_alive(second)
    process.terminate()
    assert process.wait(10) == 0


def test_when_the_server_ends_the_worker_ends_and_the_exit_code_tells(tmp_path: Path) -> None:
    server = (sys.executable, "-c", "import time; time.sleep(1); raise SystemExit(7)")
    assert serve.supervise(serve.Plan(NOTHING, server, waiter(tmp_path / "worker"))) == 7
    assert not is_alive(process_ids(tmp_path / "worker", 1)[0])


def test_nothing_is_served_when_preparing_fails(tmp_path: Path) -> None:
    failing = (sys.executable, "-c", "raise SystemExit(3)")
    assert serve.supervise(serve.Plan(failing, waiter(tmp_path / "server"), waiter(tmp_path / "worker"))) == 3
    assert not (tmp_path / "server").exists()
    assert not (tmp_path / "worker").exists()


@pytest.mark.parametrize("name", ["PORT", "GEO311_WORKERS", "GEO311_THREADS"])
@pytest.mark.parametrize("value", ["many", "0", "99999", "-1", "8.5"])
def test_a_number_that_is_none_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit, match=f"{name} is '{value}'; it must be a whole number"):
        serve.plan(dev=False)


def test_all_wrong_settings_are_said_at_once_in_sentences(tmp_path: Path) -> None:
    wrong = {
        "DATABASE_URL": "mysql://desk@host/city",
        "GEO311_SECRET_KEY": "short",
        "GEO311_TIME_ZONE": "Mars/Olympus",
        "GEO311_BASEMAP_URL": "https://tiles.example.org/map.png",
        "GEO311_REPORTS_PER_HOUR": "lots",
    }
    environment = os.environ | wrong | {"GEO311_DATA_DIR": str(tmp_path)}
    command = [sys.executable, "manage.py", "check"]
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    sentences = ended.stderr.strip().splitlines()
    assert sentences[0] == "geo311 cannot start, because of its settings:"
    assert [line.split()[0] for line in sentences[1:]] == sorted(wrong)
