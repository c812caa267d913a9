"""The articles that come as files: `knowledge_base/articles/<category>/<slug>.md`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from helpdesk.catalog import queries as catalog
from helpdesk.config import ROOT
from helpdesk.kernel.datafiles import Node, parse, text_of
from helpdesk.kernel.errors import BadData, NotFound
from helpdesk.knowledge.rules.articles import (
    ITEM_ID,
    LISTS,
    LONGEST_BODY,
    LONGEST_SUMMARY,
    LONGEST_TITLE,
    Audience,
    Category,
    Content,
    fingerprint,
    tidy,
    with_personal_data,
)
from helpdesk.organizations.rules import Subsystem

FOLDER: Final = ROOT / "knowledge_base" / "articles"
_FRONT: Final = re.compile(r"\A---\n(?P<head>.*?\n)---\n(?P<body>.*)\Z", re.DOTALL)
_SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True)
class ArticleFile:
    """A file read. `owner`: code of the body it belongs to."""

    key: str
    category: Category
    content: Content
    owner: str
    review_on: date | None

    @property
    def fingerprint(self) -> str:
        """That of its content."""
        return fingerprint(self.content)


def files(folder: Path = FOLDER) -> tuple[ArticleFile, ...]:
    """Every file below `folder`, by category and key. BadData names file and line.

    Whether its filing items exist is asked by the door: filing is no business of this floor.
    """
    found = [read(path, folder) for path in sorted(folder.rglob("*.md"))]
    shelves = list(Category)
    return tuple(sorted(found, key=lambda file: (shelves.index(file.category), file.key)))


def read(path: Path, folder: Path) -> ArticleFile:
    """One file; its key is its place below `folder`. BadData."""
    parts = path.relative_to(folder).with_suffix("").parts
    if len(parts) != 2 or parts[0] not in set(Category) or not _SLUG.fullmatch(parts[1]):
        raise BadData(f"{path}: an article stands in <category>/<slug>.md")
    match = _FRONT.match(text_of(path))
    if match is None:
        raise BadData(f"{path}:1: expected front matter between two lines of ---")
    root = parse("\n" + match["head"], path)  # line 1 is the first ---
    at = root.mapping(("title", "summary", *LISTS, "owner", "review_on"))
    content = tidy(_content(at, match["body"]))
    _check(content, path)
    return ArticleFile(
        key="/".join(parts),
        category=Category(parts[0]),
        content=content,
        owner=at["owner"].text(),
        review_on=at["review_on"].day() if at["review_on"].yaml.value != "null" else None,
    )


def _check(content: Content, path: Path) -> None:
    """What a file says is held to what may be written here (semantics 6 too)."""
    if not content.title or not content.body:
        raise BadData(f"{path}: there is no {'text' if content.title else 'title'}")
    if len(content.body) > LONGEST_BODY:
        raise BadData(f"{path}: {len(content.body)} characters, at most {LONGEST_BODY}")
    if with_personal_data(content):
        raise BadData(f"{path}: there is a number of a person in it")


def _content(at: Mapping[str, Node], body: str) -> Content:
    return Content(
        title=_short(at["title"], LONGEST_TITLE),
        summary=_short(at["summary"], LONGEST_SUMMARY),
        body=body,
        cards=tuple(_card(node) for node in at["cards"].items()),
        subsystems=tuple(node.word(Subsystem) for node in at["subsystems"].items()),
        items=tuple(_item(node) for node in at["items"].items()),
        audience=tuple(node.word(Audience) for node in at["audience"].items()),
        clauses=tuple(node.text() for node in at["clauses"].items()),
    )


def _short(node: Node, most: int) -> str:
    text = node.text()
    if len(text) > most:
        node.wrong(f"{len(text)} characters, at most {most}")
    return text


def _card(node: Node) -> str:
    try:
        return catalog.card(node.text()).code
    except NotFound:
        node.wrong(f"there is no problem card {node.text()!r}")


def _item(node: Node) -> str:
    text = node.text()
    if not ITEM_ID.fullmatch(text):
        node.wrong(f"{text!r} is no filing item like VO-08")
    return text


def by_key(found: Iterable[ArticleFile]) -> dict[str, ArticleFile]:
    """The files by key."""
    return {file.key: file for file in found}
