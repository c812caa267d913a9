"""The words of this house, read once from the data folder and checked."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from helpdesk.config import ROOT
from helpdesk.kernel.datafiles import Node, read
from helpdesk.search.rules.analysis import Analysis
from helpdesk.search.rules.asking import Lexicon

FOLDER: Final = ROOT / "knowledge_base" / "search"


@cache
def lexicon() -> Lexicon:
    """All that a query is read with. BadData: a file is wrong."""
    words, stop, weak = load_words(FOLDER / "words.yaml")
    return Lexicon(
        analysis=analysis(),
        words=words,
        stop=stop,
        weak=weak,
        synonyms=load_synonyms(FOLDER / "synonyms.yaml"),
        cut=_cut,
    )


def _cut(stretch: str) -> list[str]:
    # Half a second and its dictionary in memory: only who searches pays.
    import rjieba

    return rjieba.cut(stretch)


@cache
def analysis() -> Analysis:
    """How texts and queries are folded. BadData: the table is wrong."""
    return Analysis(load_traditional(FOLDER / "traditional.yaml"))


def load_words(file: Path) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Words of the domain, words that say nothing, words everybody says; folded. BadData."""
    at = read(file).mapping(["words", "stop", "weak"])
    words, stop, weak = (_words(at[key]) for key in ("words", "stop", "weak"))
    return words, stop, weak


def _words(lines: Node) -> frozenset[str]:
    return frozenset(_folded(word) for line in lines.items() for word in line.text().split())


def load_synonyms(file: Path) -> dict[str, tuple[str, ...]]:
    """Word -> the others of its lines, in their order. BadData: a line of one word."""
    found: dict[str, dict[str, None]] = {}
    for line in read(file).mapping(["same"])["same"].items():
        words = [_folded(word) for word in line.text().split()]
        if len(words) < 2:
            line.wrong("a word that means the same as nothing")
        for word in words:
            found.setdefault(word, {}).update(dict.fromkeys(w for w in words if w != word))
    return {word: tuple(others) for word, others in found.items()}


def _folded(word: str) -> str:
    return analysis().fold(word)


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
