"""The public number of a report: random, short enough to say on the phone, with a check character.

Eight characters of Crockford's Base32 (no I, L, O, U), shown as `4GT7-K2QM`. The last is a Luhn mod 32 check, which
finds every single wrong character and most swapped neighbours.
"""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's Base32
RANDOM_CHARACTERS = 7  # 32^7 = 3.4e10 numbers: not to be guessed by counting up
_HEARD_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V", "-": None, " ": None, "\u2013": None})


def _check_character(body: str) -> str:
    total = 0
    for position, character in enumerate(reversed(body)):
        addend = ALPHABET.index(character) * (2 if position % 2 == 0 else 1)
        total += addend // 32 + addend % 32
    return ALPHABET[(32 - total % 32) % 32]


def new_service_request_id() -> str:
    """A fresh number, such as `4GT7-K2QM`."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_CHARACTERS))
    return format_id(body + _check_character(body))


def format_id(characters: str) -> str:
    return f"{characters[:4]}-{characters[4:]}"


def parse_service_request_id(text: str) -> str | None:
    """The number as stored, from what a person typed or said; None where it cannot be one."""
    characters = text.strip().upper().translate(_HEARD_AS)
    if len(characters) != RANDOM_CHARACTERS + 1 or any(character not in ALPHABET for character in characters):
        return None
    if _check_character(characters[:-1]) != characters[-1]:
        return None
    return format_id(characters)
