"""A desk that runs: the demo city behind the production server with its worker, and Chromium before it."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "a password for tests only"
KEY = "not-counted"
START_S = 120
PATIENCE_MS = 20_000  # a small machine under load draws slowly
# What headless Chromium needs as root, and to leave the outside world alone.
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@dataclass(frozen=True)
class Desk:
    """A running desk: its address, its data folder, and the environment of its commands."""

    url: str
    data_dir: Path
    environment: dict[str, str]

    def manage(self, *words: str) -> str:
        """Run a management command against the running desk's data; its output."""
        command = [sys.executable, "manage.py", *words]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    data_dir, port = tmp_path_factory.mktemp("desk"), free_port()
    unset = {name for name in os.environ if name.startswith("GEO311_") or name == "DATABASE_URL"}
    environment = {name: value for name, value in os.environ.items() if name not in unset} | {
        "GEO311_DATA_DIR": str(data_dir),
        "GEO311_DEMO_PASSWORD": PASSWORD,
        "GEO311_UNTHROTTLED_KEY": KEY,
        "PORT": str(port),
    }
    running = Desk(f"http://127.0.0.1:{port}", data_dir, environment)
    running.manage("migrate", "-v0")
    running.manage("demo", "--reports", "400")
    log = (data_dir / "server.log").open("wb")
    server = subprocess.Popen([sys.executable, "-m", "geo311.serve"], cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        wait_until_it_answers(running, server)
        yield running
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)
        log.close()


def wait_until_it_answers(desk: Desk, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and server.poll() is None:
        try:
            if requests.get(f"{desk.url}/readyz", timeout=5).ok:
                return
        except requests.ConnectionError:
            time.sleep(0.2)
    pytest.fail(f"the desk did not start:\n{(desk.data_dir / 'server.log').read_text()[-3000:]}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    assert path, "Chromium is not installed: .ci/setup tests"
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser, desk: Desk, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    """A fresh visitor on a phone; no request leaves the site, and nothing breaks the content security policy."""
    width, height = getattr(request, "param", (390, 844))
    context = browser.new_context(
        viewport={"width": width, "height": height},
        base_url=desk.url,
        geolocation={"longitude": -73.9172, "latitude": 40.7688},
        permissions=["geolocation"],
        reduced_motion="reduce",
        accept_downloads=True,
    )
    context.set_default_timeout(PATIENCE_MS)
    complaints: list[str] = []

    def keep_inside(route: Route) -> None:
        if route.request.url.startswith((desk.url, "data:", "blob:")):
            route.continue_()
        else:
            route.abort()

    context.route("**/*", keep_inside)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    context.on(
        "console",
        lambda message: complaints.append(message.text) if "Content Security Policy" in message.text else None,
    )
    yield context
    context.close()
    assert not complaints


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def sign_in(page: Page, username: str) -> None:
    page.goto("/sign-in/")
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
