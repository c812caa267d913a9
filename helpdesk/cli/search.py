"""`helpdesk search reindex | find`: the index written anew, and a search as somebody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click
from flask.cli import with_appcontext
from flask_babel import gettext

from helpdesk.catalog import operations as catalog
from helpdesk.cli import documents
from helpdesk.cli.refusing import refuse
from helpdesk.filing.operations import indexing as filing
from helpdesk.kernel import clock
from helpdesk.kernel.db import reading
from helpdesk.kernel.errors import NotFound
from helpdesk.kernel.text import N_
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.knowledge.operations import case_index
from helpdesk.knowledge.operations.articles import indexing as articles
from helpdesk.organizations.operations import indexing as organizations
from helpdesk.people import queries as people
from helpdesk.reports.queries.searching import KINDS, sights
from helpdesk.search.queries import finding
from helpdesk.search.queries.finding import Found, Hit
from helpdesk.tickets.operations import indexing as tickets

BATCH = 200


class NoSuchUser(NotFound):
    """No open account has this user name."""

    sentence = N_("没有用户名为“%(name)s”的可用账号。请核对用户名。")


def _in_batches(following: Callable[..., int | None]) -> int:
    """Each batch is a transaction of its own: people go on writing meanwhile. How many batches."""
    last: int | None = 0
    batches = 0
    while last is not None:
        with unit_of_work():
            last = following(last, size=BATCH)
        batches += last is not None
    return batches


def _at_once(write: Callable[..., int]) -> int:
    with unit_of_work():
        return write(anew=True)


WAYS: dict[str, Callable[[], int]] = {
    "article": lambda: _in_batches(articles.index_after),
    "card": lambda: _at_once(catalog.index_cards),
    "item": lambda: _at_once(filing.index_items),
    "ticket": lambda: _in_batches(tickets.index_after),
    "case": lambda: _in_batches(case_index.index_after),
    "body": lambda: _in_batches(organizations.index_after),
}


@click.group("search")
def search() -> None:
    """全文检索 / Search."""


@search.command("reindex")
@click.option("--kind", type=click.Choice(KINDS), help="只重建一种 / One kind only.")
@with_appcontext
def reindex(kind: str | None) -> None:
    """重建索引，不停机，可重复执行 / Write the index anew while the desk stays open."""
    for name in (kind,) if kind else KINDS:
        WAYS[name]()
        click.echo(gettext("已重建索引：%(kind)s", kind=name))


@search.command("find")
@click.argument("text")
@click.option("--as", "user", required=True, help="以谁的身份查 / User name of who searches.")
@click.option("--kind", type=click.Choice(KINDS), help="只查一种 / One kind only.")
@click.option("--page", type=click.IntRange(1, finding.PAGES), default=1, help="第几页 / Page.")
@click.option("--json", "as_json", is_flag=True, help="打印一份 JSON / Print JSON.")
@with_appcontext
def find(text: str, user: str, kind: str | None, page: int, as_json: bool) -> None:
    """以某人的身份检索 / Search as somebody."""
    with reading():
        actor = people.actor_of_user(user, clock.now())
        if actor is None:
            refuse(NoSuchUser(name=user))
        found = finding.find(text, sights(actor), kinds=(kind,) if kind else None, page=page)
    if as_json:
        documents.show(_document(found))
        return
    for hit in found.hits:
        click.echo(f"{hit.kind}\t{hit.key}\t{hit.title}")


def _document(found: Found) -> dict[str, Any]:
    return {
        "total": found.total,
        "more": found.total > finding.MOST,
        "counts": dict(found.counts),
        "loose": found.loose,
        "hits": [_hit(hit) for hit in found.hits],
    }


def _hit(hit: Hit) -> dict[str, Any]:
    return {
        "kind": hit.kind,
        "key": hit.key,
        "title": hit.title,
        "snippet": "".join(text for text, _ in hit.snippet),
        "marks": [text for text, found in (*hit.title_marks, *hit.snippet) if found],
        "score": hit.score,
    }


commands = (search,)
