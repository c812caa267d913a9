"""Digests of passwords and one-time codes: argon2id with 19 MiB and two passes."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from helpdesk.kernel.ids import token

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def digest(secret: str) -> str:
    """A new digest with a salt of its own."""
    return _HASHER.hash(secret)


def matches(stored: str | None, secret: str) -> bool:
    """Does the secret belong to the digest? Takes as long where there is none to compare with."""
    try:
        return _HASHER.verify(stored or _of_nobody(), secret) and stored is not None
    except (VerifyMismatchError, InvalidHashError):
        return False


def is_outdated(stored: str) -> bool:
    """Was the digest made with other costs than those of today?"""
    return _HASHER.check_needs_rehash(stored)


@cache
def _of_nobody() -> str:
    return _HASHER.hash(token())
