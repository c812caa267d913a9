"""The tile grid: a square for every province and for the Corps, at its rough place. No map."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from helpdesk import config
from helpdesk.web.board.provinces import PLACES, Place
from helpdesk.web.coverage import drawing

FILE: Final = config.ROOT / "knowledge_base" / "regions" / "tiles.csv"
# Without offices in the aid system: they stand there, without a figure.
OUTSIDE: Final = {
    "71": Place("71", "台", "TW", "台湾", "Taiwan"),
    "81": Place("81", "港", "HK", "香港", "Hong Kong"),
    "82": Place("82", "澳", "MO", "澳门", "Macao"),
}


@dataclass(frozen=True)
class Spot:
    """Where the square of a place stands: its upper left corner."""

    place: Place
    x: int
    y: int
    outside: bool


@dataclass(frozen=True)
class Tile:
    """A square with its figure. `rate` None: nothing to show; `shade` 1 (palest) to 5.

    `code` is that of the body behind it, empty where the reader may not open it.
    """

    spot: Spot
    rate: float | None
    shade: int
    code: str
    here: bool

    @property
    def per_cent(self) -> int | None:
        """Whole per cent, for the square itself; never 100 while somebody is missing."""
        if self.rate is None:
            return None
        return 99 if 0.99 <= self.rate < 1 else round(self.rate * 100)


@dataclass(frozen=True)
class Province:
    """What is known of the unit behind a square."""

    rate: float | None
    code: str = ""
    here: bool = False


@cache
def spots() -> tuple[Spot, ...]:
    """All squares, from the top down."""
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = [(row["code"], int(row["column"]), int(row["row"])) for row in csv.DictReader(file)]
    places = {**PLACES, **OUTSIDE}
    return tuple(
        Spot(places[code], drawing.corner(column), drawing.corner(row), code in OUTSIDE)
        for code, column, row in rows
    )


def size() -> tuple[int, int]:
    """Width and height of the whole grid."""
    return (
        max(spot.x for spot in spots()) + drawing.PITCH,
        max(spot.y for spot in spots()) + drawing.PITCH,
    )


def tiles(provinces: Mapping[str, Province]) -> tuple[Tile, ...]:
    """Every square, with the figure of its unit (by code of the province) where there is one."""
    return tuple(_tile(spot, provinces.get(spot.place.code)) for spot in spots())


def _tile(spot: Spot, found: Province | None) -> Tile:
    if found is None or spot.outside:
        return Tile(spot, None, 0, "", False)
    shade = 0 if found.rate is None else drawing.shade(found.rate)
    return Tile(spot, found.rate, shade, found.code, found.here)


def ranked(of: Iterable[Tile]) -> tuple[Tile, ...]:
    """Those with a figure, the highest first."""
    known = [tile for tile in of if tile.rate is not None]
    return tuple(sorted(known, key=lambda tile: (-(tile.rate or 0), tile.spot.place.code)))


def legend(of: Iterable[Tile]) -> tuple[tuple[int, int], ...]:
    """(shade, how many squares have it), the darkest first."""
    counted = Counter(tile.shade for tile in of if tile.rate is not None)
    return tuple((shade, counted[shade]) for shade in range(len(drawing.SHADES), 0, -1))
