"""Every text a person reads exists in Chinese and in English."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po

from tests.support import source
from tests.support.inspection import CJK

ENGLISH = source.REPOSITORY / "translations" / "en" / "LC_MESSAGES" / "messages.po"
KEYWORDS = {
    "_": None, "_l": None, "N_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}  # fmt: skip
PLACE = re.compile(r"%\(\w+\)[sd]")
OTHER = {"zh": "en", "en": "zh"}


@functools.cache
def catalogue() -> Catalog:
    with ENGLISH.open("rb") as opened:
        return read_po(opened, locale="en")


def marked() -> Iterator[tuple[str, str]]:
    """Every marked sentence with the place where it stands."""
    for path in source.files(".py", under=source.PRODUCT):
        yield from _extracted(path, "python", {})
    for path in source.files(".html", ".txt", under=source.TEMPLATES):
        yield from _extracted(path, "jinja2.ext:babel_extract", {"silent": "false"})


def _extracted(path: Path, method: str, options: dict[str, str]) -> Iterator[tuple[str, str]]:
    with path.open("rb") as opened:
        for line, message, _comments, _context in extract(
            method, opened, keywords=KEYWORDS, options=options
        ):
            sentence = message if isinstance(message, str) else message[0]
            yield sentence, f"{source.shown(path)}:{line}"


MARKED = dict(marked())


def test_marks_are_found() -> None:
    assert len(MARKED) > 100


def test_every_name_of_gettext_is_known_here() -> None:
    """`from flask_babel import lazy_gettext as _l`: sentences in `_l(...)` must be found too."""
    names = {
        alias.asname or alias.name
        for path in source.files(".py", under=source.PRODUCT)
        for node in ast.walk(source.tree(path))
        if isinstance(node, ast.ImportFrom) and node.module == "flask_babel"
        for alias in node.names
        if alias.name.endswith("gettext")
    }
    assert names <= set(KEYWORDS)


def test_source_sentences_are_chinese() -> None:
    """An English source sentence would show up on Chinese pages."""
    allowed = re.compile(r"[\W\d_]*(%\(\w+\)s[\W\d_]*)*|中文|English|[A-Z]{1,5}")
    wrong = [s for s in MARKED if not CJK.search(s) and not allowed.fullmatch(s)]
    assert not wrong


def test_every_sentence_has_its_english() -> None:
    entries = {_key(entry.id) for entry in catalogue() if entry.id and _translated(entry)}
    missing = [f"{place}: {s}" for s, place in MARKED.items() if s not in entries]
    assert not missing, f"{len(missing)} without English\n" + "\n".join(missing[:40])


def test_catalogue_holds_nothing_that_is_gone() -> None:
    gone = [_key(entry.id) for entry in catalogue() if entry.id and _key(entry.id) not in MARKED]
    assert not gone
    assert not catalogue().obsolete


def test_nothing_is_fuzzy_or_left_chinese() -> None:
    wrong = [
        _key(entry.id)
        for entry in catalogue()
        if entry.id and (entry.fuzzy or any(CJK.search(text) for text in _texts(entry)))
    ]
    assert wrong == [s for s in wrong if s == "中文"]


def test_places_are_the_same_in_both_languages() -> None:
    different = [
        _key(entry.id)
        for entry in catalogue()
        if entry.id
        and any(
            set(PLACE.findall(text)) - set(PLACE.findall(_key(entry.id))) for text in _texts(entry)
        )
    ]
    assert not different


def _key(found: str | tuple[str, ...] | list[str]) -> str:
    return found if isinstance(found, str) else found[0]


def _texts(entry: Message) -> tuple[str, ...]:
    return (entry.string,) if isinstance(entry.string, str) else tuple(entry.string or ())


def _translated(entry: Message) -> bool:
    texts = _texts(entry)
    return bool(texts) and all(text.strip() for text in texts)


@pytest.mark.parametrize(
    "path",
    source.files(".yaml", under=source.REPOSITORY / "knowledge_base"),
    ids=source.shown,
)
def test_data_is_in_both_languages(path: Path) -> None:
    """`x_zh` never without `x_en`, and the English is no Chinese."""
    wrong = list(_halves(yaml.safe_load(source.text(path)), ""))
    assert not wrong


def _halves(value: object, where: str) -> Iterator[str]:
    if isinstance(value, list):
        for number, entry in enumerate(value):
            yield from _halves(entry, f"{where}[{number}]")
    if not isinstance(value, dict):
        return
    for key, entry in value.items():
        language = str(key)[-2:] if str(key) in OTHER or str(key)[-3:-2] == "_" else ""
        if language in OTHER and f"{str(key)[:-2]}{OTHER[language]}" not in value:
            yield f"{where}.{key} stands alone"
        if language == "en" and CJK.search(str(entry)):
            yield f"{where}.{key} is Chinese"
        yield from _halves(entry, f"{where}.{key}")
