"""Figures by node and facet, added up by the database from a source (a person once per node)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Select,
    String,
    case,
    cast,
    func,
    literal,
    select,
    union_all,
)

from helpdesk.kernel.db import session
from helpdesk.organizations.rules import AID_OFFICES, Subsystem
from helpdesk.training.models.closing import ClosedFigure
from helpdesk.training.models.counting import Counter, Delta
from helpdesk.training.queries.sources import Source, trained_person
from helpdesk.training.rules.coverage import ALL, COUNTED_POSTS, SIDE, Numbers, Standing

NUMBERS = ("active", "trained", "total", "no_roster", "none_trained", "some_trained", "all_trained")
_CLASSES = (
    Standing.NO_ROSTER, Standing.NONE_TRAINED, Standing.SOME_TRAINED, Standing.ALL_TRAINED
)  # fmt: skip

Nodes = Collection[int] | Select[Any] | None


def added_up(source: Source, nodes: Nodes = None, *, every_facet: bool = True) -> Select[Any]:
    """node_id, facet and the seven NUMBERS. `nodes` None: of every node; `every_facet` False: only
    `all`."""
    lines = source.lines
    chosen = select(lines)
    if nodes is not None:
        chosen = chosen.where(lines.c.node_id.in_(nodes))
    line = chosen.subquery()
    parts = [*_persons(source.works, line, every_facet), _bodies(source.bodies, line, every_facet)]
    every = union_all(*parts).subquery()
    return select(
        every.c.node_id,
        every.c.facet,
        *(cast(func.sum(every.c[name]), Integer).label(name) for name in NUMBERS),
    ).group_by(every.c.node_id, every.c.facet)


def _persons(works: FromClause, line: FromClause, every_facet: bool) -> Iterator[Select[Any]]:
    parts = list(_facets_of_works(works)) if every_facet else [_work(works, literal(ALL))]
    once = union_all(*parts).subquery()
    facets = select(once).distinct().subquery()
    # Nearly everybody stands in one office: those are counted there and then added up the lines.
    spread = (
        select(works.c.person_id)
        .group_by(works.c.person_id)
        .having(func.min(works.c.office_id) != func.max(works.c.office_id))
    )
    yield _in_one_office(facets, line, spread)
    yield _in_several(facets, line, spread)


def _in_one_office(facets: FromClause, line: FromClause, spread: Select[Any]) -> Select[Any]:
    at = (
        select(
            facets.c.office_id,
            facets.c.facet,
            func.count().label("active"),
            func.count(facets.c.mode).label("trained"),
        )
        .where(facets.c.person_id.not_in(spread))
        .group_by(facets.c.office_id, facets.c.facet)
        .subquery()
    )
    return (
        select(
            line.c.node_id,
            at.c.facet,
            func.sum(at.c.active).label("active"),
            func.sum(at.c.trained).label("trained"),
            *_zeros("total", "no_roster", "none_trained", "some_trained", "all_trained"),
        )
        .join(line, line.c.office_id == at.c.office_id)
        .group_by(line.c.node_id, at.c.facet)
    )


def _in_several(facets: FromClause, line: FromClause, spread: Select[Any]) -> Select[Any]:
    once = (
        select(line.c.node_id, facets.c.facet, facets.c.person_id, facets.c.mode)
        .join(line, line.c.office_id == facets.c.office_id)
        .where(facets.c.person_id.in_(spread))
        .distinct()
        .subquery()
    )
    return select(
        once.c.node_id,
        once.c.facet,
        func.count().label("active"),
        func.count(once.c.mode).label("trained"),
        *_zeros("total", "no_roster", "none_trained", "some_trained", "all_trained"),
    ).group_by(once.c.node_id, once.c.facet)


def _work(works: FromClause, facet: Any, *, side: bool = False) -> Select[Any]:
    return select(
        works.c.person_id, works.c.office_id, cast(facet, String).label("facet"), works.c.mode
    ).where(works.c.side if side else ~works.c.side)


def _facets_of_works(works: FromClause) -> Iterator[Select[Any]]:
    yield _work(works, literal(ALL))
    yield _work(works, literal(SIDE), side=True)
    yield _work(works, _word("tier:", works.c.tier))
    yield _work(works, _word("kind:", works.c.kind))
    yield _work(works, _word("mode:", works.c.mode)).where(works.c.mode.is_not(None))
    for name, column in (("post:", works.c.posts), ("subsystem:", works.c.subsystems)):
        words = _words(COUNTED_POSTS if name == "post:" else Subsystem)
        yield _work(works, _word(name, words.c.word)).join(words, _holds(column, words.c.word))


def _bodies(bodies: FromClause, line: FromClause, every_facet: bool) -> Select[Any]:
    parts = list(_facets_of_bodies(bodies)) if every_facet else [_body(bodies, literal(ALL))]
    each = union_all(*parts).subquery()
    at = (
        select(
            each.c.office_id, each.c.facet, func.count().label("total"),
            *(func.sum(case((each.c.standing == one, 1), else_=0)).label(one.value)
              for one in _CLASSES),
        )
        .group_by(each.c.office_id, each.c.facet)
        .subquery()
    )  # fmt: skip
    return (
        select(
            line.c.node_id,
            at.c.facet,
            *_zeros("active", "trained"),
            *(func.sum(at.c[name]).label(name) for name in NUMBERS[2:]),
        )
        .join(line, line.c.office_id == at.c.office_id)
        .group_by(line.c.node_id, at.c.facet)
    )


def _body(bodies: FromClause, facet: Any) -> Select[Any]:
    return select(bodies.c.office_id, cast(facet, String).label("facet"), bodies.c.standing)


def _facets_of_bodies(bodies: FromClause) -> Iterator[Select[Any]]:
    yield _body(bodies, literal(ALL))
    yield _body(bodies, _word("tier:", bodies.c.tier))
    yield _body(bodies, _word("kind:", bodies.c.kind))
    words = _words(Subsystem)
    yield _body(bodies, _word("subsystem:", words.c.word)).join(
        words, _holds(bodies.c.subsystems, words.c.word)
    )


def _word(name: str, column: Any) -> ColumnElement[str]:
    return literal(name, String) + cast(column, String)


def _words(words: Iterable[str]) -> FromClause:
    return union_all(
        *(select(literal(str(word), String).label("word")) for word in words)
    ).subquery()


def _holds(column: Any, word: Any) -> ColumnElement[bool]:
    # No word of ours is a part of another.
    return column.contains(word)  # type: ignore[no-any-return]


def _zeros(*names: str) -> list[ColumnElement[int]]:
    return [literal(0, Integer).label(name) for name in names]


def directly_at(source: Source, node: int) -> dict[bool, Numbers]:
    """The undivided figures of what hangs directly on a node: of the office itself (True), and of
    the schools below it (False). Absent: there is none. Two queries."""
    works, bodies = source.works, source.bodies
    own = works.c.kind.in_(list(AID_OFFICES)).label("own")
    persons = session().execute(
        select(
            own, func.count(works.c.person_id.distinct()),
            func.count(trained_person(works).distinct()),
        )
        .where(works.c.office_id == node, ~works.c.side)
        .group_by(own)
    )  # fmt: skip
    active = {bool(row[0]): tuple(row[1:]) for row in persons}
    own = bodies.c.kind.in_(list(AID_OFFICES)).label("own")
    classes = (func.sum(case((bodies.c.standing == one, 1), else_=0)) for one in _CLASSES)
    found = session().execute(
        select(own, func.count(), *classes).where(bodies.c.office_id == node).group_by(own)
    )
    return {bool(row[0]): (*active.get(bool(row[0]), (0, 0)), *map(int, row[1:])) for row in found}


# --- what is stored --------------------------------------------------------------------------


def from_counters(nodes: Nodes, *, every_facet: bool = True) -> dict[tuple[int, str], Numbers]:
    """The counters and their open deltas, in one statement: none is seen twice or not at all."""
    both = union_all(*(_stored(table, nodes, every_facet) for table in (Counter, Delta))).subquery()
    sums = (cast(func.sum(both.c[name]), Integer) for name in NUMBERS)
    return read(select(both.c.node_id, both.c.facet, *sums).group_by(both.c.node_id, both.c.facet))


def from_closed(
    label: int, nodes: Nodes, *, every_facet: bool = True
) -> dict[tuple[int, str], Numbers]:
    """The figures of a closed year."""
    return read(_stored(ClosedFigure, nodes, every_facet).where(ClosedFigure.year == label))


def _stored(table: Any, nodes: Nodes, every_facet: bool) -> Select[Any]:
    chosen = select(table.node_id, table.facet, *(getattr(table, name) for name in NUMBERS))
    if nodes is not None:
        chosen = chosen.where(table.node_id.in_(nodes))
    return chosen if every_facet else chosen.where(table.facet == ALL)


def read(statement: Select[Any]) -> dict[tuple[int, str], Numbers]:
    """Rows of node_id, facet and numbers by their key; those that are all zero left out."""
    rows = session().execute(statement)
    return {(row[0], row[1]): tuple(row[2:]) for row in rows if any(row[2:])}
