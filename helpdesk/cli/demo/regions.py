"""The regions of China as the seed file has them, and how their names are spelt in English."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from helpdesk import config
from helpdesk.kernel.errors import BadData

FILE = config.ROOT / "knowledge_base" / "regions" / "regions.csv"
KINDS = frozenset(
    {"province", "municipality", "autonomous_region", "prefecture", "county", "outside"}
)
# Longest first: 自治州 before 州.
_ENDINGS = (
    ("自治州", "Autonomous Prefecture"), ("地区", "Prefecture"), ("林区", "Forestry District"),
    ("自治县", "Autonomous County"), ("省", ""), ("市", "City"), ("区", "District"),
    ("县", "County"), ("旗", "Banner"),
)  # fmt: skip


@dataclass(frozen=True)
class Region:
    """One row: a six-digit code, the name, the code above (empty for a province), the kind."""

    code: str
    name: str
    parent: str
    kind: str


@cache
def regions() -> Mapping[str, Region]:
    """All regions by code. BadData names the line that is wrong."""
    found: dict[str, Region] = {}
    for number, region in _rows():
        if len(region.code) != 6 or not region.code.isdigit() or region.kind not in KINDS:
            raise BadData(f"{FILE}:{number}: not a region: {region}")
        if region.code in found or (region.parent and region.parent[:2] != region.code[:2]):
            raise BadData(f"{FILE}:{number}: code or parent cannot be right: {region}")
        found[region.code] = region
    return found


def _rows() -> Iterator[tuple[int, Region]]:
    try:
        with FILE.open(encoding="utf-8", newline="") as file:
            for number, row in enumerate(csv.DictReader(file), start=2):
                yield number, Region(row["code"], row["name"], row["parent"], row["kind"])
    except (OSError, KeyError) as error:
        raise BadData(f"{FILE}: cannot be read: {error}") from error


def below(code: str, kind: str) -> tuple[Region, ...]:
    """Regions of a kind directly below another, by code."""
    return tuple(r for r in regions().values() if r.parent == code and r.kind == kind)


def provinces() -> tuple[Region, ...]:
    """The 31 that have offices in the aid system."""
    return tuple(r for r in regions().values() if not r.parent and r.kind != "outside")


def english(name: str) -> str:
    """`江岸区` -> `Jiang'an District`; names of nationalities need a table of their own."""
    from pypinyin import lazy_pinyin

    for ending, word in _ENDINGS:
        if name.endswith(ending) and len(name) > len(ending) + 1:
            return f"{_spelt(lazy_pinyin(name.removesuffix(ending)))} {word}".strip()
    kind = next((word for ending, word in _ENDINGS if name.endswith(ending)), "")
    return f"{_spelt(lazy_pinyin(name))} {kind}".strip()


def _spelt(syllables: list[str]) -> str:
    joined = "".join(f"'{s}" if place and s[0] in "aeo" else s for place, s in enumerate(syllables))
    return joined.capitalize()
