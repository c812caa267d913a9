"""The figures of coverage: by what they are split, what one person or body adds, what they mean.

A node is an aid office (its id) or the root (0). A facet is `all`, `side`, or a word and its value:
`tier:county`, `kind:school`, `post:operator`, `subsystem:preschool`, `mode:online`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol

from helpdesk.organizations.rules import AID_OFFICES, SCHOOL_KINDS, Kind, ids_in
from helpdesk.people.rules import Post
from helpdesk.training.rules.sessions import Mode

ROOT_NODE: Final = 0
ALL: Final = "all"
SIDE: Final = "side"
# S-3.3.3 每位管理人员: the posts whose holders are to be trained.
COUNTED_POSTS: Final = (Post.OPERATOR, Post.REVIEWER, Post.MANAGER, Post.FIRST_RESPONSIBLE)
COUNTED_KINDS: Final = AID_OFFICES | SCHOOL_KINDS
CENTRAL: Final = "central"
# The tier that is responsible: an office its own, a school that of its office.
TIERS: Final = {
    Kind.COUNTY_AID: "county",
    Kind.CITY_AID: "city",
    Kind.PROVINCE_AID: "province",
}


class Standing(StrEnum):
    """Where a body stands. Without a roster it is a gap, never 100 %."""

    NO_ROSTER = "no_roster"
    NONE_TRAINED = "none_trained"
    SOME_TRAINED = "some_trained"
    ALL_TRAINED = "all_trained"


def standing(active: int, trained: int) -> Standing:
    """Where a body with so many counted persons stands."""
    if active == 0:
        return Standing.NO_ROSTER
    if trained == 0:
        return Standing.NONE_TRAINED
    return Standing.ALL_TRAINED if trained == active else Standing.SOME_TRAINED


@dataclass(frozen=True)
class Persons:
    """Persons to be trained and those trained among them."""

    active: int = 0
    trained: int = 0

    @property
    def rate(self) -> float | None:
        """0-1; None where nobody is to be trained."""
        return self.trained / self.active if self.active else None


@dataclass(frozen=True)
class Bodies:
    """`total` is the sum of the other four."""

    total: int = 0
    no_roster: int = 0
    none_trained: int = 0
    some_trained: int = 0
    all_trained: int = 0

    @property
    def reached(self) -> int:
        """Bodies with at least one person trained."""
        return self.some_trained + self.all_trained


@dataclass(frozen=True)
class Figures:
    """The figures of one node and facet; bodies are counted by tier, kind and subsystem only."""

    persons: Persons = field(default_factory=Persons)
    bodies: Bodies = field(default_factory=Bodies)


# active, trained, total, no_roster, none_trained, some_trained, all_trained
Numbers = tuple[int, ...]
NAUGHT: Final[Numbers] = (0,) * 7


def figures(numbers: Numbers) -> Figures:
    """The seven numbers of a row as figures."""
    return Figures(Persons(*numbers[:2]), Bodies(*numbers[2:]))


def plus(one: Numbers, other: Numbers, times: int = 1) -> Numbers:
    """Both together; `times` -1 takes the other away."""
    return tuple(a + times * b for a, b in zip(one, other, strict=True))


class Place(Protocol):
    """One counted body; `subsystems` in words with blanks."""

    @property
    def path(self) -> str: ...
    @property
    def kind(self) -> Kind: ...
    @property
    def tier(self) -> str: ...
    @property
    def subsystems(self) -> str: ...


class Work(Place, Protocol):
    """One counted appointment in a body: `posts` in words with blanks, `mode` of the person's
    training, None without one."""

    @property
    def person_id(self) -> int: ...
    @property
    def side(self) -> bool: ...
    @property
    def posts(self) -> str: ...
    @property
    def mode(self) -> Mode | None: ...


def nodes_of(path: str, kind: Kind) -> tuple[int, ...]:
    """The root and the offices in whose figures a body of this kind at this path stands."""
    ids = ids_in(path)
    return (ROOT_NODE, *(ids if kind in AID_OFFICES else ids[:-1]))


def of_persons(works: Iterable[Work]) -> dict[tuple[int, str], Numbers]:
    """What these appointments add, by node and facet: a person once, however many lie below."""
    trained = {
        (work.person_id, node, facet): work.mode is not None
        for work in works
        for node in nodes_of(work.path, work.kind)
        for facet in _facets_of_work(work)
    }
    added: dict[tuple[int, str], Numbers] = {}
    for (_person, node, facet), is_trained in trained.items():
        key = (node, facet)
        added[key] = plus(added.get(key, NAUGHT), (1, int(is_trained), 0, 0, 0, 0, 0))
    return added


def _facets_of_work(work: Work) -> Iterator[str]:
    if work.side:
        yield SIDE
        return
    yield ALL
    yield f"tier:{work.tier}"
    yield f"kind:{work.kind.value}"
    yield from (f"post:{post}" for post in work.posts.split())
    yield from (f"subsystem:{subsystem}" for subsystem in work.subsystems.split())
    if work.mode is not None:
        yield f"mode:{work.mode.value}"


_CLASS: Final = {
    Standing.NO_ROSTER: (0, 0, 1, 1, 0, 0, 0),
    Standing.NONE_TRAINED: (0, 0, 1, 0, 1, 0, 0),
    Standing.SOME_TRAINED: (0, 0, 1, 0, 0, 1, 0),
    Standing.ALL_TRAINED: (0, 0, 1, 0, 0, 0, 1),
}


def of_body(place: Place, active: int, trained: int) -> dict[tuple[int, str], Numbers]:
    """What a body with so many counted persons adds, by node and facet."""
    numbers = _CLASS[standing(active, trained)]
    facets = [ALL, f"tier:{place.tier}", f"kind:{place.kind.value}"]
    facets += [f"subsystem:{subsystem}" for subsystem in place.subsystems.split()]
    return {(node, facet): numbers for node in nodes_of(place.path, place.kind) for facet in facets}
