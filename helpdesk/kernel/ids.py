"""Identifiers that must not be guessed, and codes that a person types."""

from __future__ import annotations

import secrets

# No 0/O, 1/I/l: the code is read aloud on the telephone.
_TYPED = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


# Every database takes eighteen digits as a number of a row.
_LONGEST_NUMBER = 18
_LONGEST_VERSION = 9
LONGEST_TOKEN = 64


def token() -> str:
    """128 bits, safe in an address."""
    return secrets.token_urlsafe(16)


def typed_code(length: int = 10) -> str:
    """A one-time code that survives being read aloud."""
    return "".join(secrets.choice(_TYPED) for _ in range(length))


def row_number(text: str | None) -> int | None:
    """The number of a row as a form sends it; None for what no row can have."""
    written = text or ""
    plain = written.isascii() and written.isdigit() and len(written) <= _LONGEST_NUMBER
    return int(written) if plain else None


def version_number(text: str | None) -> int:
    """The version of a row that a form has seen; 0, which no row has, for anything else."""
    found = row_number(text)
    return found if found is not None and found < 10**_LONGEST_VERSION else 0
