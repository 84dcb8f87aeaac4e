"""Serves the desk: web server and worker as children of this one process, which end with it (`python -m geo311.serve`).

It imports nothing but the standard library, so that a second start waits for Django once, not twice.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import FrameType

from geo311 import prepared

PYTHON = sys.executable
GRACE_S = 8.0  # granian gives answers on their way 5 s
PR_SET_PDEATHSIG = 1  # prctl(2)


class Stopped(Exception):
    """Somebody asked this process to end."""


@dataclass(frozen=True)
class Plan:
    """What to start, in words of argv; nothing to prepare is an empty one."""

    prepare: Sequence[str]
    server: Sequence[str]
    worker: Sequence[str]
    address: str = ""


def number(name: str, default: int, least: int, most: int) -> str:
    """The whole number in the environment variable `name`. Ends the process with a sentence where it is none."""
    text = os.environ.get(name) or str(default)
    if not text.isdecimal() or not least <= int(text) <= most:
        raise SystemExit(f"geo311 cannot start: {name} is {text!r}; it must be a whole number from {least} to {most}.")
    return text


def plan(*, dev: bool) -> Plan:
    host, port = os.environ.get("HOST") or "127.0.0.1", number("PORT", 8000, 1, 65535)
    address = f"http://{host}:{port}/"
    manage = (PYTHON, "manage.py")
    worker = (*manage, "db_worker", "--verbosity", "0")
    prepare = () if prepared.is_ready() and not dev else (PYTHON, "-m", "geo311.prepare")
    if dev:
        return Plan(prepare, (*manage, "runserver", f"{host}:{port}"), worker, address)
    # At least two processes, so that one slow answer does not stop the desk; threads within the pool of connections.
    workers = number("GEO311_WORKERS", min(4, max(2, os.cpu_count() or 2)), 1, 64)
    threads = number("GEO311_THREADS", 4, 1, 64)
    server = (PYTHON, "-m", "granian", "--interface", "wsgi", "--no-ws", "--host", host, "--port", port)
    limits = (
        "--workers",
        workers,
        "--blocking-threads",
        threads,
        "--respawn-failed-workers",
        "--workers-kill-timeout",
        "5",
    )
    return Plan(prepare, (*server, *limits, "--log-level", "warning", "geo311.wsgi:application"), worker, address)


def _end_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _give_way() -> None:
    _end_with_parent()
    os.nice(10)


def start(command: Sequence[str], *, gives_way: bool = False) -> "subprocess.Popen[bytes]":
    """Start a child in a session of its own: Ctrl-C reaches it once, through us (granian hangs on a second signal).

    One that `gives_way` leaves the processors to the others: slow work does not slow the answers, nor a start.
    """
    before = _give_way if gives_way else _end_with_parent
    return subprocess.Popen(command, start_new_session=True, preexec_fn=before)  # noqa: PLW1509, S603


def stop(children: Sequence["subprocess.Popen[bytes]"], *, whole_group: bool) -> None:
    """Ask the children to end; kill what has not ended after GRACE_S seconds."""
    send: Callable[[int, int], None] = os.killpg if whole_group else os.kill
    for child in children:
        if child.poll() is None:
            send(child.pid, signal.SIGTERM)
    deadline = time.monotonic() + GRACE_S
    for child in children:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def supervise(plan: Plan, *, whole_group: bool = False) -> int:
    """Prepare, then run server and worker until the server ends or Stopped is raised; returns the exit code."""
    children: list[subprocess.Popen[bytes]] = []
    try:
        if plan.prepare and (code := subprocess.run(plan.prepare, check=False).returncode):  # noqa: S603
            return code
        children = [start(plan.server), start(plan.worker, gives_way=True)]
        print(f"geo311 is at {plan.address} (Ctrl-C ends it)", flush=True)
        while children[0].poll() is None:
            if children[1].poll() is not None:
                print("geo311: the worker ended; starting it again", file=sys.stderr, flush=True)
                time.sleep(1)
                children[1] = start(plan.worker, gives_way=True)
            time.sleep(0.2)
        print("geo311: the web server ended", file=sys.stderr, flush=True)
        return children[0].returncode or 1
    except Stopped:
        return 0
    finally:
        stop(children, whole_group=whole_group)


def _stopped(number: int, frame: FrameType | None) -> None:
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)
    raise Stopped


def main() -> int:
    dev = "--dev" in sys.argv[1:]
    if dev:
        os.environ["GEO311_DEBUG"] = "1"
    # Compiled modules halve every later start, also where the system asks Python not to keep them.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    what = plan(dev=dev)
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, _stopped)
    # Django's reloader leaves its child behind when it is ended alone; granian ends its own.
    return supervise(what, whole_group=dev)


if __name__ == "__main__":
    raise SystemExit(main())
