"""For whom a session is: who of the roster below its organiser is meant by its limits."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from helpdesk.kernel.actor import within
from helpdesk.organizations.rules import Kind, Subsystem
from helpdesk.people.rules import Post
from helpdesk.training.rules.coverage import COUNTED_KINDS, COUNTED_POSTS
from helpdesk.training.rules.sessions import Facet

# Whom every year asks for; others are meant only where a limit names their kind of body.
KINDS: Final = COUNTED_KINDS
POSTS: Final = frozenset(COUNTED_POSTS)


@dataclass(frozen=True)
class Limits:
    """What narrows an audience; an empty set does not. `nodes`: ids of bodies, each with all
    below it."""

    nodes: frozenset[int] = frozenset()
    kinds: frozenset[Kind] = frozenset()
    subsystems: frozenset[Subsystem] = frozenset()
    posts: frozenset[Post] = frozenset()

    @property
    def any_kind(self) -> frozenset[Kind]:
        """The kinds of body that are meant."""
        return self.kinds or KINDS

    def posts_at(self, kind: Kind) -> frozenset[Post]:
        """The posts that are meant in a body of this kind."""
        return self.posts or (POSTS if kind in KINDS else frozenset(Post))

    def words(self) -> tuple[tuple[Facet, str], ...]:
        """As rows of the table, in a fixed order."""
        given: tuple[tuple[Facet, Iterable[object]], ...] = (
            (Facet.NODE, self.nodes),
            (Facet.KIND, self.kinds),
            (Facet.SUBSYSTEM, self.subsystems),
            (Facet.POST, self.posts),
        )
        return tuple((facet, text) for facet, values in given for text in sorted(map(str, values)))


EVERYBODY: Final = Limits()


@dataclass(frozen=True)
class Member:
    """An appointment as an audience judges it. `served`: subsystems of the body."""

    path: str
    kind: Kind
    posts: frozenset[Post]
    subsystems: frozenset[Subsystem] = frozenset()
    served: frozenset[Subsystem] = frozenset()


def read(rows: Iterable[tuple[Facet, str]]) -> Limits:
    """Limits from the rows of the table."""
    found: dict[Facet, set[str]] = {facet: set() for facet in Facet}
    for facet, value in rows:
        found[facet].add(value)
    return Limits(
        nodes=frozenset(map(int, found[Facet.NODE])),
        kinds=frozenset(map(Kind, found[Facet.KIND])),
        subsystems=frozenset(map(Subsystem, found[Facet.SUBSYSTEM])),
        posts=frozenset(map(Post, found[Facet.POST])),
    )


def fits(member: Member, top: str, limits: Limits, node_paths: Collection[str]) -> bool:
    """Is this appointment below the organiser's `top` and within every limit?

    `node_paths`: the paths of `limits.nodes`. Who names no subsystem works with those of the body;
    an office that names none works with all.
    """
    if not within(member.path, top) or member.kind not in limits.any_kind:
        return False
    if limits.nodes and not any(within(member.path, node) for node in node_paths):
        return False
    works_with = member.subsystems or member.served
    if limits.subsystems and works_with and not works_with & limits.subsystems:
        return False
    return bool(member.posts & limits.posts_at(member.kind))
