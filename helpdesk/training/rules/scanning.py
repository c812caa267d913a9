"""The code on the screen: it changes every 20 seconds, so that a photo of it is soon worth nothing.

A scan trades it for a sign-in ticket of one browser: 10 minutes to type, one person.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from helpdesk.kernel.pinyin import folded
from helpdesk.people.rules import Limit, plain

SLOT_SECONDS: Final = 20
TICKET_LIFE: Final = timedelta(minutes=10)
# An organiser may let people in before the hour; the first one to come starts the session.
DOORS_OPEN: Final = timedelta(hours=2)
_CODE_BYTES: Final = 10

# Who types wrong: one browser soon, one address (a whole hall sits behind it) much later.
BROWSER_LIMIT: Final = Limit(attempts=8, window=timedelta(minutes=10), block=timedelta(minutes=10))
ADDRESS_LIMIT: Final = Limit(
    attempts=150, window=timedelta(minutes=10), block=timedelta(minutes=10)
)


@dataclass(frozen=True)
class Ticket:
    """What a scan gave to a browser. `browser`: the digest of its long-lived mark."""

    session_id: int
    token: str
    browser: str
    issued_at: datetime

    def expired(self, now: datetime) -> bool:
        """Have its ten minutes passed (or does it come from the future)?"""
        return not self.issued_at <= now < self.issued_at + TICKET_LIFE


def slot_of(now: datetime) -> int:
    """The number of the 20 seconds in which an instant lies."""
    return int(now.timestamp()) // SLOT_SECONDS


def seconds_left(now: datetime) -> int:
    """Until the screen shows the next code: 1 to 20."""
    return SLOT_SECONDS - int(now.timestamp()) % SLOT_SECONDS


def code(seed: str, session_id: int, slot: int) -> str:
    """The code of one session in one slot: 16 letters and digits, nobody guesses them."""
    words = f"{session_id}:{slot}".encode()
    digest = hmac.new(seed.encode(), words, hashlib.sha256).digest()
    return base64.b32encode(digest[:_CODE_BYTES]).decode().lower()


def is_current(seed: str, session_id: int, given: str, now: datetime) -> bool:
    """Is it the code of this slot, or of the one before (the phone was still held up)?"""
    slot = slot_of(now)
    found = [
        hmac.compare_digest(code(seed, session_id, one).encode(), given.encode())
        for one in (slot, slot - 1)
    ]
    return any(found)


def digest(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def staff_no_key(typed: str) -> str:
    """A staff number as it is stored, however it was typed."""
    return plain(typed).replace(" ", "").upper()


def same_name(known: str, typed: str) -> bool:
    """Is it the name of that person? In constant time; width, case and spaces do not matter."""
    return hmac.compare_digest(folded(known).encode(), folded(typed).encode())
