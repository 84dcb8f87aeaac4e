"""Many reports at once against the running SpatiaLite server: none lost, none doubled, none refused."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
import requests

from tests.running.conftest import KEY, Desk

pytestmark = pytest.mark.running


def post(desk: Desk, session: requests.Session, body: dict[str, Any]) -> requests.Response:
    return session.post(f"{desk.url}/api/requests/", json=body, headers={"X-Geo311-Key": KEY}, timeout=60)


def pothole(number: int) -> dict[str, Any]:
    """A report in Manhattan, each some metres from the next."""
    return {
        "service_code": "street-cleaning",
        "lon": -73.98 + (number % 20) * 0.0005,
        "lat": 40.745 + (number // 20) * 0.0005,
        "description": f"at once {number}",
        "client_request_id": str(uuid4()),
    }


def numbers_of(desk: Desk) -> set[str]:
    features = requests.get(f"{desk.url}/export/requests.geojson", timeout=60).json()["features"]
    return {feature["properties"]["service_request_id"] for feature in features}


def test_200_reports_by_20_clients_are_200_rows(desk: Desk) -> None:
    before = numbers_of(desk)

    def client(which: int) -> list[tuple[int, str, float]]:
        answers = []
        with requests.Session() as session:
            for nth in range(10):
                started = time.perf_counter()
                answer = post(desk, session, pothole(which * 10 + nth))
                took_s = time.perf_counter() - started
                answers.append((answer.status_code, answer.json().get("id", answer.text), took_s))
        return answers

    with ThreadPoolExecutor(20) as pool:
        answers = [answer for client_answers in pool.map(client, range(20)) for answer in client_answers]
    assert Counter(status for status, _number, _took in answers) == {201: 200}, answers[:3]
    stored = numbers_of(desk) - before
    assert stored == {number for _status, number, _took in answers}
    assert len(stored) == 200
    took = [took for _status, _number, took in answers]
    print(f"\n200 reports by 20 clients: median {np.median(took):.2f} s, p99 {np.percentile(took, 99):.2f} s")


def test_the_same_report_ten_times_at_once_is_one_row(desk: Desk) -> None:
    before, body = numbers_of(desk), pothole(777)

    def client(_which: int) -> tuple[int, str]:
        answer = post(desk, requests.Session(), body)
        return answer.status_code, answer.json()["id"]

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(client, range(10)))
    assert Counter(status for status, _number in answers) == {201: 1, 200: 9}
    assert numbers_of(desk) - before == {answers[0][1]} == {number for _status, number in answers}
