"""The year view of a node: what the queries found, made ready for the drawings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from flask import url_for
from flask_babel import gettext as _

from helpdesk.kernel.actor import ROOT_PATH
from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.text import N_
from helpdesk.organizations.rules import Kind, Subsystem
from helpdesk.training.queries import coverage
from helpdesk.training.rules.coverage import COUNTED_POSTS, Figures
from helpdesk.training.rules.years import TrainingYear, month_ends
from helpdesk.web.coverage import drawing, tiles
from helpdesk.web.coverage.area import Asked, Node, is_province
from helpdesk.web.coverage.drawing import Curve, Meter, Part, Point
from helpdesk.web.coverage.tiles import Province, Tile
from helpdesk.web.coverage.words import MODES, TIERS, percent
from helpdesk.web.doors import current_actor
from helpdesk.web.shell.dates import full_day_text


@dataclass(frozen=True)
class Figure:
    """One of the three: a share between 0 and 1 (None: of nobody), and last year's same day."""

    rate: float | None
    before: float | None

    @property
    def per_cent(self) -> str:
        """`77.5`."""
        return percent(self.rate or 0)

    @property
    def per_cent_before(self) -> str:
        """`71.2`."""
        return percent(self.before or 0)

    @property
    def points(self) -> float:
        """How many percentage points more than last year, as the two shown numbers differ."""
        return round(drawing.per_cent(self.rate or 0) - drawing.per_cent(self.before or 0), 1)

    @property
    def meter(self) -> Meter:
        """The bar under it."""
        return drawing.meter(self.rate, self.before)


@dataclass(frozen=True)
class Three:
    """The three figures, always together."""

    figures: Figures
    persons: Figure
    reached: Figure
    complete: Figure


def three(now: Figures, then: Figures | None) -> Three:
    """This year's figures beside those of the same day last year, where there are any."""
    before = then or Figures()
    pairs = zip(_shares(now), _shares(before), strict=True)
    return Three(now, *(Figure(rate, last) for rate, last in pairs))


def _shares(of: Figures) -> tuple[float | None, float | None, float | None]:
    bodies, total = of.bodies, of.bodies.total
    if not total:
        return of.persons.rate, None, None
    return of.persons.rate, bodies.reached / total, bodies.all_trained / total


@dataclass(frozen=True)
class Row:
    """A line of the bars: a child office, or what stands directly at the node (`node` None, called
    by `words`); `filters` leave of the lists of the node above what the line is about."""

    node: Node | None
    words: str
    filters: dict[str, str]
    figures: Figures
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class CurveView:
    """A year over the last one, and the same numbers as a table."""

    label: int
    drawn: Curve
    months: tuple[int, ...]
    rows: tuple[CurveRow, ...]
    today: float | None
    told: str


@dataclass(frozen=True)
class CurveRow:
    """The rates at the ends of the months of a year; None: not known."""

    label: int
    rates: tuple[float | None, ...]


def curve(of: Asked, now: datetime, today: float | None) -> CurveView:
    """The curve of a node; `today` is the present rate, for a year that is under way."""
    before = year_before(of)
    points = tuple(coverage.curve(of.node.path, of.year.label, now=now))
    past = tuple(coverage.curve(of.node.path, before.label, now=now))
    under_way = of.is_present and today is not None
    here: list[Point] = [*points, (of.today, today)] if under_way else [*points]
    drawn = drawing.curve(of.year, here, before, past)
    rows = (_curve_row(of.year, points), _curve_row(before, past))
    months = tuple(day.month for day in month_ends(of.year))
    return CurveView(
        of.year.label, drawn, months, rows, today if under_way else None, _told(here, before, drawn)
    )


def _curve_row(year: TrainingYear, points: Sequence[Point]) -> CurveRow:
    known = dict(points)
    return CurveRow(year.label, tuple(known.get(day) for day in month_ends(year)))


def _told(here: Sequence[Point], before: TrainingYear, drawn: Curve) -> str:
    """The curve in a sentence, for those who do not see it."""
    said = []
    if drawn.now_end is not None:
        day = max(day for day, rate in here if rate is not None)
        said.append(f"{full_day_text(day)} {percent(drawn.now_end.rate)}%")
    if drawn.past_end is not None:
        said.append(
            _("%(year)s年底%(rate)s%%", year=before.label, rate=percent(drawn.past_end.rate))
        )
    return str(_("；")).join(said)


@dataclass(frozen=True)
class Nation:
    """The tile grid; `open`: the reader may open the squares."""

    tiles: tuple[Tile, ...]
    ranked: tuple[Tile, ...]
    legend: tuple[tuple[int, int], ...]
    width: int
    height: int
    open: bool


def nation(of: Asked, now: datetime) -> Nation | None:
    """The country in squares: for whoever sees all of it, and around a province."""
    if of.node.body is not None and not is_province(of.node):
        return None
    whole = current_actor().covers(Permission.COVERAGE_READ, ROOT_PATH)
    found = {}
    for body, figures in coverage.provinces(of.year.label, now=now):
        here = of.node.body is not None and body.id == of.node.body.id
        code = body.code if whole and not here else ""
        found[body.province_code] = Province(figures.persons.rate, code, here)
    drawn = tiles.tiles(found)
    return Nation(drawn, tiles.ranked(drawn), tiles.legend(drawn), *tiles.size(), open=whole)


def links(endpoint: str, of: Asked) -> Callable[..., str]:
    """For templates: the address of one of the node's lists, `to("untrained", kind=...)`."""

    def to(which: str, code: str = of.node.code, **more: Any) -> str:
        return url_for(endpoint, code=code, which=which, year=of.word, **more)

    return to


def year_before(of: Asked) -> TrainingYear:
    """The year with which this one is compared; years that are named alike run alike."""
    first, last = (_a_year_earlier(day) for day in (of.year.first, of.year.last))
    return TrainingYear(of.year.label - 1, first, last)


def _a_year_earlier(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return date(day.year - 1, 2, 28)


def same_day_last_year(of: Asked) -> date:
    """The day of last year that lies beside today; 29 February: the day before. For a year that is
    over, its last day."""
    before = year_before(of)
    if not of.is_present:
        return before.last
    return min(max(_a_year_earlier(of.today), before.first), before.last)


@dataclass(frozen=True)
class Line:
    """A line of a split. `filters` narrow the lists to it; empty where no list can be narrowed."""

    facet: str
    figures: Figures
    share: float | None
    filters: dict[str, str]

    @property
    def reached(self) -> float | None:
        """Share of bodies with at least one person trained."""
        return _shares(self.figures)[1]

    @property
    def complete(self) -> float | None:
        """Share of bodies where everybody is trained."""
        return _shares(self.figures)[2]


@dataclass(frozen=True)
class Split:
    """The figures by one property. `bodies`: bodies are split by it too; `ways`: how people were
    trained, which splits the trained alone."""

    title: str
    lines: tuple[Line, ...]
    bodies: bool
    ways: bool


_SPLITS: Final = (
    ("tier", N_("按层级"), tuple(TIERS), True),
    ("kind", N_("按机构类别"), tuple(Kind), True),
    ("subsystem", N_("按子系统"), tuple(Subsystem), True),
    ("post", N_("按岗位"), COUNTED_POSTS, False),
    ("mode", N_("按培训方式"), tuple(MODES), False),
)
# Which filter of the lists a split is.
_FILTERS: Final = ("tier", "kind", "subsystem", "post")


def splits(found: Mapping[str, Figures], trained: int) -> tuple[Split, ...]:
    """The splits that have something to show."""
    made = []
    for name, title, values, bodies in _SPLITS:
        lines = tuple(
            Line(
                facet,
                found[facet],
                found[facet].persons.trained / trained if trained else None,
                {name: str(value)} if name in _FILTERS else {},
            )
            for value in values
            if (facet := f"{name}:{value}") in found
        )
        if lines:
            made.append(Split(str(_(title)), lines, bodies, name == "mode"))
    return tuple(made)
