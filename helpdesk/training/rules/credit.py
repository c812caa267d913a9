"""What a person's attendance comes to: the trainings of each year (semantics 7, valid training)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from helpdesk.training.rules.attendance import Record, Terms, attended
from helpdesk.training.rules.sessions import HELD, Mode, State
from helpdesk.training.rules.years import TrainingYear

# In which training year a day lies.
Calendar = Callable[[date], TrainingYear]


@dataclass(frozen=True)
class Seen:
    """One record at one session, with what that session asks.

    `quiz`: the pool whose check must be passed in the year, or empty; of a series `needed` sessions
    make one training.
    """

    session_id: int
    held_on: date
    state: State
    record: Record
    terms: Terms
    quiz: str = ""
    series_id: int | None = None
    needed: int = 1


@dataclass(frozen=True)
class Training:
    """A valid training: `trained_on` is the first day on which it was one, in the year `year`."""

    year: int
    trained_on: date
    mode: Mode
    session_id: int


def checks_asked(seen: Iterable[Seen], calendar: Calendar) -> set[tuple[str, TrainingYear]]:
    """The checks on which something hangs: pairs of pool and year."""
    return {(one.quiz, calendar(one.held_on)) for one in seen if one.quiz}


def trainings(
    seen: Iterable[Seen], calendar: Calendar, passed: Collection[tuple[str, int]] = ()
) -> dict[int, Training]:
    """The first training of each year, by year. `passed`: pool and year of checks passed in time.

    A check alone is nothing: only sessions are looked at. Of a series every `needed`-th session in
    the order of days makes a training, in the year of that session.
    """
    counting = [one for one in seen if _counts(one, calendar, passed)]
    found: dict[int, Training] = {}
    for made in sorted(_made(counting, calendar), key=lambda t: (t.trained_on, t.session_id)):
        found.setdefault(made.year, made)
    return found


def _counts(one: Seen, calendar: Calendar, passed: Collection[tuple[str, int]]) -> bool:
    if one.state not in HELD or not attended(one.record, one.terms):
        return False
    return not one.quiz or (one.quiz, calendar(one.held_on).label) in passed


def _made(counting: Iterable[Seen], calendar: Calendar) -> Iterator[Training]:
    series: defaultdict[int, list[Seen]] = defaultdict(list)
    for one in counting:
        if one.series_id is None:
            yield _training([one], calendar)
        else:
            series[one.series_id].append(one)
    for members in series.values():
        members.sort(key=lambda one: (one.held_on, one.session_id))
        needed = members[0].needed
        for end in range(needed, len(members) + 1, needed):
            yield _training(members[end - needed : end], calendar)


def _training(parts: list[Seen], calendar: Calendar) -> Training:
    last = parts[-1]
    ways = {Mode.ONLINE if part.record.online else Mode.OFFLINE for part in parts}
    mode = ways.pop() if len(ways) == 1 else Mode.BOTH
    return Training(calendar(last.held_on).label, last.held_on, mode, last.session_id)
