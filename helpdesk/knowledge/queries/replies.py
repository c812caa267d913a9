"""Replies kept ready: the national stock out of its files, and those of the offices above."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from sqlalchemy import func, select

from helpdesk.catalog import queries as catalog
from helpdesk.config import ROOT
from helpdesk.kernel.datafiles import Node, read
from helpdesk.kernel.db import session
from helpdesk.kernel.errors import RuleBroken
from helpdesk.knowledge.models.replies import OwnReply, ReplyUse
from helpdesk.knowledge.rules.replies import NoSuchReply, Reply, check, variables
from helpdesk.organizations.rules import ids_in

FOLDER = ROOT / "knowledge_base" / "replies"


@cache
def national() -> tuple[Reply, ...]:
    """The stock of every office, in the order of the files. BadData: a file is wrong."""
    return load(FOLDER)


def load(folder: Path) -> tuple[Reply, ...]:
    """Read `*.yaml`; doubled keys, unknown cards and unknown variables are refused."""
    found: dict[str, Reply] = {}
    for file in sorted(folder.glob("*.yaml")):
        for node in read(file).mapping(("replies",))["replies"].items():
            reply = _reply(node)
            if reply.key in found:
                node.wrong(f"reply {reply.key!r} stands here twice")
            found[reply.key] = reply
    return tuple(found.values())


def _reply(node: Node) -> Reply:
    at = node.mapping(("key", "title", "cards", "body"))
    cards = tuple(card.text() for card in at["cards"].items())
    known = {card.code for card in catalog.cards()}
    if unknown := set(cards) - known:
        at["cards"].wrong(f"no such card: {', '.join(sorted(unknown))}")
    title, text = at["title"].both(), at["body"].both()
    try:
        check(title[0] + title[1], text[0] + text[1])
    except RuleBroken as refusal:
        at["body"].wrong(str(refusal))
    if set(variables(text[0])) != set(variables(text[1])):
        at["body"].wrong("both languages use the same variables")
    return Reply(f"file:{at['key'].text()}", *title, *text, cards)


def offered(path: str, office_id: int) -> tuple[Reply, ...]:
    """Replies for an office at `path`: its own, those of the offices above, the national stock;
    `uses` counts its own. Two queries."""
    counted = select(ReplyUse.reply_key, ReplyUse.uses).where(ReplyUse.body_id == office_id)
    used = {row.reply_key: row.uses for row in session().execute(counted)}
    rows = session().scalars(
        select(OwnReply).where(OwnReply.body_id.in_(ids_in(path))).order_by(OwnReply.id)
    )
    own = sorted(map(_own, rows), key=lambda r: r.body_id != office_id)
    return tuple(_used(reply, used.get(reply.key, 0)) for reply in (*own, *national()))


def _own(row: OwnReply) -> Reply:
    return Reply(
        key=f"own:{row.id}",
        title_zh=row.title,
        title_en="",
        text_zh=row.text,
        text_en="",
        cards=tuple(row.cards),
        body_id=row.body_id,
        version=row.version,
    )


def _used(reply: Reply, uses: int) -> Reply:
    return Reply(**{**vars(reply), "uses": uses})


def one(path: str, office_id: int, key: str) -> Reply:
    """One of those offered. NoSuchReply."""
    for reply in offered(path, office_id):
        if reply.key == key:
            return reply
    raise NoSuchReply


def how_many(body_id: int) -> int:
    """Replies of an office itself."""
    count = select(func.count()).select_from(OwnReply).where(OwnReply.body_id == body_id)
    return session().scalar(count) or 0
