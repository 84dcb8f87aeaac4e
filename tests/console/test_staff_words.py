"""Short words of staff lists: spans that compare down a column, distances, a number as it is said."""

from datetime import timedelta

import pytest

from geo311.console.templatetags.staff_words import how_far, span, spoken
from geo311.core.service_request_id import ALPHABET


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(seconds=5), "1 minute"),
        (timedelta(minutes=59), "59 minutes"),
        (timedelta(minutes=60), "1 hour"),
        (timedelta(hours=47, minutes=59), "47 hours"),
        (timedelta(hours=48), "2 days"),
        (timedelta(days=62), "62 days"),
        (timedelta(days=1200), "1,200 days"),
    ],
)
def test_a_span_is_never_said_in_weeks_or_months(length: timedelta, words: str) -> None:
    assert span(length) == words


@pytest.mark.parametrize(
    ("metres", "words"),
    [(None, ""), (0.4, "0 m"), (9.6, "10 m"), (324, "320 m"), (994, "990 m"), (995, "1.0 km"), (5530, "5.5 km")],
)
def test_a_distance_is_said_in_few_digits(metres: float | None, words: str) -> None:
    assert how_far(metres) == words


def test_a_number_is_spoken_letter_by_letter() -> None:
    assert spoken("4GT7-K2QM") == "4 Golf Tango 7, Kilo 2 Quebec Mike"


def test_every_letter_of_a_number_has_a_word() -> None:
    letters = [character for character in ALPHABET if character.isalpha()]
    assert all(len(spoken(letter)) > 1 for letter in letters)
