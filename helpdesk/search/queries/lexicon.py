"""The words of this house, read once from the data folder and checked."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from helpdesk.config import ROOT
from helpdesk.kernel.datafiles import Node, read
from helpdesk.search.rules.analysis import Analysis

FOLDER: Final = ROOT / "knowledge_base" / "search"


@cache
def analysis() -> Analysis:
    """How texts and queries are folded. BadData: the table is wrong."""
    return Analysis(load_traditional(FOLDER / "traditional.yaml"))


def load_traditional(file: Path) -> dict[str, str]:
    """Traditional character -> simplified one. BadData."""
    found: dict[str, str] = {}
    for line in read(file).mapping(["characters"])["characters"].items():
        found |= _pairs(line)
    return found


def _pairs(line: Node) -> dict[str, str]:
    at = line.mapping(["traditional", "simplified"])
    left, right = at["traditional"].text(), at["simplified"].text()
    if len(left) != len(right):
        line.wrong(f"{len(left)} traditional characters stand over {len(right)} simplified ones")
    return dict(zip(left, right, strict=True))
