"""The number of a certificate, and what a stranger may learn from one.

`2026-7K3M-94QX-2FWE-T8`: the year, thirteen random signs (65 bits, so numbers cannot be counted
through), and a check sign. The random part stands in the address of the QR code as well; nothing is
signed, the table is the only judge.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from enum import StrEnum
from typing import Final

# No I, L, O, U: what is read as one of them is meant as 1, 1, 0, V.
SIGNS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM_SIGNS: Final = 13
_MEANT: Final = str.maketrans("ILOU", "110V")
_BODY: Final = re.compile(rf"20\d\d[{SIGNS}]{{{RANDOM_SIGNS + 1}}}")
_YEAR: Final = 4
_VARIANTS: Final = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")


class CertificateState(StrEnum):
    """`replaced`: the person is still trained, but by another session than the one named."""

    VALID = "valid"
    REVOKED = "revoked"
    REPLACED = "replaced"


def new_number(year: int) -> str:
    """A number nobody can guess, as it is printed."""
    body = f"{year:04}" + "".join(secrets.choice(SIGNS) for _ in range(RANDOM_SIGNS))
    return _printed(body + check_sign(body))


def check_sign(body: str) -> str:
    """Luhn's sum to base 32: finds every wrong sign and nearly every pair in the wrong order."""
    total = 0
    for place, sign in enumerate(reversed(body)):
        value = SIGNS.index(sign) * (2 - place % 2)
        total += value // len(SIGNS) + value % len(SIGNS)
    return SIGNS[-total % len(SIGNS)]


def number_in(text: str) -> str | None:
    """The number a person meant: any case and width, spaces, strokes, O for 0. None: no number."""
    plain = unicodedata.normalize("NFKC", text).upper()
    body = re.sub(r"[\W_]", "", plain).translate(_MEANT)
    if not _BODY.fullmatch(body) or check_sign(body[:-1]) != body[-1]:
        return None
    return _printed(body)


def _printed(body: str) -> str:
    signs = body[_YEAR:]
    return "-".join([body[:_YEAR], *(signs[i : i + 4] for i in range(0, len(signs), 4))])


def masked(name: str) -> str:
    """`王*`: enough for who holds the paper, too little for who does not."""
    plain = _VARIANTS.sub("", name.strip())
    return f"{plain[:1]}*"


def hours(minutes: int) -> str:
    """`90` -> `1.5`."""
    return f"{minutes / 60:.1f}".removesuffix(".0")
