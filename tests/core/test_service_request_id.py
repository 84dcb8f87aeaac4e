"""The public number: said on the phone, typed with mistakes, found or refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo311.core.service_request_id import ALPHABET, new_service_request_id, parse_service_request_id


def test_a_number_is_read_back_however_it_is_typed() -> None:
    number = new_service_request_id()
    for typed in (number, number.lower(), number.replace("-", ""), f" {number.replace('-', ' ')} "):
        assert parse_service_request_id(typed) == number


@given(st.integers(0, 7), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_noticed(position: int, wrong: str) -> None:
    characters = new_service_request_id().replace("-", "")
    if characters[position] != wrong:
        assert parse_service_request_id(characters[:position] + wrong + characters[position + 1 :]) is None


@pytest.mark.parametrize("typed", ["", "hello", "1234", "AAAA-AAAAA", "????-????", "'; DROP"])
def test_what_cannot_be_a_number_is_none(typed: str) -> None:
    assert parse_service_request_id(typed) is None


def test_letters_that_sound_alike_are_one() -> None:
    number = next(n for n in iter(new_service_request_id, "") if "0" in n and "1" in n)
    assert parse_service_request_id(number.replace("0", "O").replace("1", "l")) == number
