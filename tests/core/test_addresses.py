"""Addresses at the precision the public may read."""

import pytest

from geo311.core.addresses import at_precision


@pytest.mark.parametrize(
    ("address", "precision", "public"),
    [
        ("214 Main St", "exact", "214 Main St"),
        ("214 Main St", "block", "200 block of Main St"),
        ("214B Main St, Apt 5", "block", "200 block of Main St"),
        ("89-14 Queens Blvd", "block", "89-00 block of Queens Blvd"),
        ("Main St and 3rd Ave", "block", ""),
        ("Main St and Oak Ave", "block", "Main St and Oak Ave"),
        ("214 Main St", "none", ""),
        ("", "block", ""),
    ],
)
def test_precision(address: str, precision: str, public: str) -> None:
    assert at_precision(address, precision) == public
