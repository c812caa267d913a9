"""A stranger asks whether a certificate is one: counted first, then looked up."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from helpdesk.kernel.errors import RuleBroken
from helpdesk.kernel.instants import in_shanghai
from helpdesk.kernel.text import N_
from helpdesk.kernel.unit_of_work import separate_unit_of_work
from helpdesk.people.operations import throttling
from helpdesk.people.rules import Limit, throttle_key
from helpdesk.training.queries import certificates
from helpdesk.training.queries.certificates import Proof

# A personnel office checks a pile of papers, and a whole school sits behind one address.
LIMIT: Final = Limit(attempts=60, window=timedelta(minutes=15), block=timedelta(minutes=15))


class TooManyChecks(RuleBroken):
    """The address is blocked for a while, whatever it asks."""

    sentence = N_("核验次数太多，请北京时间%(until)s以后再试。")
    status = 429


def check(*, text: str, address: str, now: datetime) -> Proof | None:
    """What the number proves, None for every number that proves nothing. Raises TooManyChecks."""
    _count(address, now)
    return certificates.checked(text)


def _count(address: str, now: datetime) -> None:
    # The first statement writes: also in a request that reads, SQLite then waits for the lock.
    with separate_unit_of_work() as own:
        until = throttling.count(own, {throttle_key("certificate", address): LIMIT}, now)
    if until is not None:
        raise TooManyChecks(until=f"{in_shanghai(until):%H:%M}")
