"""Markdown of articles as HTML: no HTML of the author, no picture, no address outside.

Known links: `article:howto/two-accounts`, `item:VO-08`, `card:ACC-4a`; what leads nowhere for the
reader stays as words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Final

import nh3
from flask import url_for
from flask_babel import gettext as _
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup
from mdit_py_cjk_friendly import cjk_friendly

from helpdesk.catalog import queries as catalog
from helpdesk.filing.queries import tables
from helpdesk.kernel.actor import Actor
from helpdesk.kernel.errors import NotFound
from helpdesk.knowledge.queries import articles as queries
from helpdesk.web.doors import current_actor
from helpdesk.web.shell.language import current

_BOX: Final = '<div class="table-responsive" tabindex="0" role="region" aria-label="{}">'
_LINK: Final = re.compile(r"(article|item|card):([\w./-]+)")
# One wide row above many short ones would grow into millions of empty cells.
_MOST_CELLS: Final = 20_000
# A clause is not broken at the end of a line.
_CLAUSE: Final = re.compile(r"S-\d+(?:\.\d+)+[A-Z]?", re.ASCII)
_TAGS: Final = frozenset(
    {
        "p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "strong", "em", "code", "pre", "br",
        "hr", "blockquote", "table", "thead", "tbody", "tr", "th", "td", "a", "div",
    }
)  # fmt: skip
_ATTRIBUTES: Final = {
    "*": set[str](),  # no title of a link either: it is no text that is checked
    "a": {"href"},
    "div": {"class", "tabindex", "role", "aria-label"},
    "ol": {"start"},
    "table": {"class"},
}


def _reader(body: str) -> MarkdownIt:
    widest = max(line.count("|") for line in body.split("\n")) + 1
    return _markdown(tables=widest * (body.count("\n") + 1) <= _MOST_CELLS)


@cache
def _markdown(*, tables: bool) -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False}).disable("image")
    if tables:
        reader.enable("table")
    reader.validateLink = _is_ours  # type: ignore[assignment,method-assign]
    return reader.use(cjk_friendly)


def _is_ours(address: str) -> bool:
    return _LINK.fullmatch(address) is not None


def render(body: str, *, top: int = 2, actor: Actor | None = None) -> Markup:
    """An article's text for a reader; its highest heading `##` becomes `<h{top}>`. At most three
    queries, none where the text links to no article."""
    reader = _reader(body)
    tokens = reader.parse(body)
    hrefs = _hrefs(body, actor or current_actor())
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(max(int(token.tag[1]) - 2, 0) + top, 6)}"
        if token.children:
            token.children = _linked(token.children, hrefs)
    tokens = list(_boxed(tokens))
    raw = reader.renderer.render(tokens, reader.options, {})
    clean = nh3.clean(raw, tags=set(_TAGS), attributes=_ATTRIBUTES, link_rel=None)
    clean = _CLAUSE.sub(r'<span class="hd-nb">\g<0></span>', clean)
    language = ' lang="zh-CN"' if current() == "en" else ""
    return Markup(f'<div class="hd-article"{language}>{clean}</div>')  # cleaned above


def _boxed(tokens: Iterable[Token]) -> Iterator[Token]:
    """A wide table scrolls in a box of its own, by keyboard too."""
    for token in tokens:
        if token.type == "table_open":
            token.attrSet("class", "table")
            box = Markup(
                '<div class="table-responsive" tabindex="0" role="region" aria-label="{}">'
            )
            yield Token("html_block", "", 0, content=str(box.format(_("表格"))))
        yield token
        if token.type == "table_close":
            yield Token("html_block", "", 0, content="</div>")


def _linked(children: Sequence[Token], hrefs: Mapping[str, str]) -> list[Token]:
    """Links by their addresses here; those without one lose their anchor and keep their words."""
    found: list[Token] = []
    dropped: list[bool] = []
    for token in children:
        if token.type == "link_open":
            href = hrefs.get(str(token.attrGet("href")))
            dropped.append(href is None)
            if href is None:
                continue
            token.attrSet("href", href)
        elif token.type == "link_close" and dropped.pop():
            continue
        found.append(token)
    return found


def _hrefs(body: str, actor: Actor) -> dict[str, str]:
    """Our links in a text with their addresses; what the reader may not open is left out."""
    named = {match.group(): match for match in _LINK.finditer(body)}
    keys = [match[2] for match in named.values() if match[1] == "article"]
    open_to_reader = queries.of_keys(actor, keys)
    found = {}
    for words, match in named.items():
        kind, key = match.groups()
        href = (
            _article(key, key in open_to_reader)
            if kind == "article"
            else item_href(key)
            if kind == "item"
            else _card(key)
        )
        if href:
            found[words] = href
    return found


def _article(key: str, readable: bool) -> str:
    return url_for("articles.show", key=key) if readable else ""


def item_href(key: str) -> str:
    """The row of a filing item in its annex; empty where there is none."""
    try:
        item = tables.item(key)
    except NotFound:
        return ""
    return url_for("filing.annexes", subsystem=item.subsystem.value, _anchor=item.id)


def _card(key: str) -> str:
    try:
        return url_for("cards.show", code=catalog.card(key).code)
    except NotFound:
        return ""
