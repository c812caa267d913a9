"""Where the figures of the year view stand in its drawings."""

from __future__ import annotations

from datetime import date

import pytest

from helpdesk.training.rules.years import YearKind, month_ends, year
from helpdesk.web.board.provinces import HEI, PLACES
from helpdesk.web.coverage import drawing, tiles
from helpdesk.web.coverage.drawing import METER
from helpdesk.web.coverage.tiles import OUTSIDE, Province

THIS, LAST = year(2026, YearKind.CALENDAR), year(2025, YearKind.CALENDAR)


@pytest.mark.parametrize(
    ("trained", "active", "shown"),
    [(26204, 33812, 77.5), (999, 1000, 99.9), (9999, 10000, 99.9), (1, 3, 33.3), (2, 3, 66.7),
     (1, 1, 100.0), (0, 5, 0.0), (29, 100, 29.0), (1, 9999, 0.1), (7, 1000, 0.7)],
)  # fmt: skip
def test_a_share_is_rounded_but_never_whole_while_somebody_is_missing(
    trained: int, active: int, shown: float
) -> None:
    assert drawing.per_cent(trained / active) == shown


def test_every_exact_per_mille_stays_what_it_is() -> None:
    assert all(drawing.per_cent(n / 1000) == n / 10 for n in range(1001))


@pytest.mark.parametrize(
    ("rate", "before", "width", "tick"),
    [
        (0.775, 0.712, 232.5, 213.6),
        (1.0, 1.0, 300, 298),
        (0.0, 0.0, 0, 0),
        (None, None, 0, None),
        (0.5, None, 150, None),
    ],
)
def test_meter(rate: float | None, before: float | None, width: float, tick: float | None) -> None:
    found = drawing.meter(rate, before)
    assert (found.width, found.tick) == (width, tick)


def test_a_bar_shows_every_kind_of_body_once_and_fills_its_width() -> None:
    parts = drawing.bar(every=1552, some=319, nobody=30, no_roster=9)
    assert [part.cls for part in parts] == ["f-all", "f-some", "f-none", "f-gap"]
    assert parts[0].width == pytest.approx(243.8, abs=0.1)
    assert parts[1].x == parts[0].width
    assert parts[-1].x + parts[-1].width <= METER


@pytest.mark.parametrize("only", ["every", "some", "nobody", "no_roster"])
def test_a_bar_of_one_kind(only: str) -> None:
    numbers = dict.fromkeys(("every", "some", "nobody", "no_roster"), 0) | {only: 7}
    (part,) = drawing.bar(**numbers)
    assert part.width >= METER - 1


def test_nothing_to_draw() -> None:
    assert drawing.bar(every=0, some=0, nobody=0, no_roster=0) == ()


def test_the_smallest_part_is_still_seen() -> None:
    parts = drawing.bar(every=100_000, some=0, nobody=1, no_roster=1)
    assert [part.cls for part in parts] == ["f-all", "f-none", "f-gap"]
    assert all(part.width >= 0.5 for part in parts)
    assert all(part.x + part.width <= METER for part in parts)


def test_a_curve_begins_at_the_left_and_ends_with_the_last_known_day() -> None:
    now = [(day, 0.1 * n) for n, day in enumerate(month_ends(THIS)[:8], start=1)]
    past = [(day, 0.08 * n) for n, day in enumerate(month_ends(LAST), start=1)]
    found = drawing.curve(THIS, [*now, (date(2026, 9, 22), 0.9)], LAST, past)
    assert found.now.startswith("M68.8 ")
    assert found.now.count("L") == 8
    assert found.now_end is not None
    assert found.now_end.x == pytest.approx(338.2, abs=0.2)
    assert found.past_end is not None
    assert found.past_end.x == drawing.RIGHT
    assert found.past_end.rate == pytest.approx(0.96)
    assert [month for _, month in found.months] == [2, 4, 6, 8, 10, 12]
    assert found.levels[0] == (drawing.BOTTOM, 0)
    assert found.levels[-1] == (drawing.TOP, 100)


@pytest.mark.parametrize(("rate", "below"), [(0.5, True), (0.9, False)])
def test_words_stand_where_last_years_line_is_not(rate: float, below: bool) -> None:
    past = [(day, 0.7) for day in month_ends(LAST)]
    assert drawing.curve(THIS, [(date(2026, 9, 22), rate)], LAST, past).below is below
    assert not drawing.curve(THIS, [(date(2026, 9, 22), rate)], LAST, []).below


def test_a_curve_stops_where_nothing_is_known() -> None:
    ends = month_ends(THIS)
    points = [(ends[0], 0.1), (ends[1], None), (ends[2], 0.2), (ends[3], 0.3)]
    found = drawing.curve(THIS, points, LAST, [])
    assert found.now.count("M") == 2
    assert found.now.count("L") == 1
    assert (found.past, found.past_end) == ("", None)


def test_a_school_year_begins_in_september() -> None:
    school = year(2026, YearKind.SCHOOL)
    found = drawing.curve(school, [(date(2026, 9, 30), 0.2)], year(2025, YearKind.SCHOOL), [])
    assert [month for _, month in found.months] == [10, 12, 2, 4, 6, 8]
    assert found.now_end is not None
    assert found.now_end.x == pytest.approx(68.8, abs=0.1)


@pytest.mark.parametrize(
    ("rate", "shade"), [(0.0, 1), (0.599, 1), (0.6, 2), (0.7, 3), (0.8, 4), (0.899, 4), (1.0, 5)]
)
def test_shades(rate: float, shade: int) -> None:
    assert drawing.shade(rate) == shade


class TestTiles:
    def test_every_province_the_corps_and_the_three_outside_have_one_square(self) -> None:
        codes = [spot.place.code for spot in tiles.spots()]
        assert sorted(codes) == sorted([*(set(PLACES) - {HEI}), *OUTSIDE])

    def test_no_two_squares_stand_on_each_other(self) -> None:
        corners = {(spot.x, spot.y) for spot in tiles.spots()}
        assert len(corners) == len(tiles.spots())

    def test_the_drawing_is_as_large_as_its_squares(self) -> None:
        width, height = tiles.size()
        assert (width, height) == (406, 361)
        assert all(spot.x + drawing.TILE < width for spot in tiles.spots())
        assert all(spot.y + drawing.TILE < height for spot in tiles.spots())

    def test_unknown_and_outside_have_no_figure(self) -> None:
        drawn = tiles.tiles({"42": Province(0.88, "420000", here=True), "71": Province(0.5)})
        by_code = {tile.spot.place.code: tile for tile in drawn}
        assert (by_code["42"].shade, by_code["42"].per_cent, by_code["42"].here) == (4, 88, True)
        assert [by_code[code].rate for code in ("71", "81", "11")] == [None, None, None]
        assert by_code["71"].spot.outside

    def test_the_list_beside_it_is_ordered_and_the_legend_counts(self) -> None:
        drawn = tiles.tiles(
            {"11": Province(0.96), "12": Province(0.999), "13": Province(None), "66": Province(0.4)}
        )
        assert [tile.spot.place.code for tile in tiles.ranked(drawn)] == ["12", "11", "66"]
        assert tiles.ranked(drawn)[0].per_cent == 99
        assert tiles.legend(drawn) == ((5, 2), (4, 0), (3, 0), (2, 0), (1, 1))
