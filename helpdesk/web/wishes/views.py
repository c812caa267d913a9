"""Answers worth an article: an article is begun from one, or it is put aside."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from helpdesk.kernel import ids
from helpdesk.kernel.errors import AlreadyDone
from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.knowledge.access import articles, wishes
from helpdesk.knowledge.operations import wishes as operations
from helpdesk.knowledge.queries import wishes as queries
from helpdesk.tickets.queries import solved
from helpdesk.tickets.queries.solved import Words
from helpdesk.web.doors import current_actor, door, request_now
from helpdesk.web.shell.errors import sentence_of

blueprint = Blueprint("wishes", __name__, url_prefix="/wishes")


@blueprint.post("/<int:wish_id>/begin")
@door(Permission.ARTICLE_WRITE)
def begin(wish_id: int) -> Response:
    """起草文章: a draft of the body that marked it; a second click opens the same draft."""
    actor = current_actor()
    wish = wishes.wish(actor, wish_id)
    words = solved.words(actor, wish.ticket_number)
    try:
        with unit_of_work():
            article = operations.begin(
                wish=wish,
                actor=actor,
                owner_id=articles.writing_body(actor, wish.body_id),
                text=_text(words),
                card_code=words.card_code,
                once=ids.token(),
                now=request_now(),
            )
            key = article.key
    except AlreadyDone as twice:
        return _to_what_became(wish.ticket_number, wish.body_id, twice)
    flash(_("草稿已开始。请先改写，再请人审核。"), "ok")
    return redirect(_draft(key), code=303)


def _text(words: Words) -> str:
    """As the articles of the house stand: what it is about, then what to do."""
    return f"## 什么情况\n\n{words.question}\n\n## 怎么做\n\n{words.answer}\n"


def _to_what_became(number: str, body_id: int, twice: AlreadyDone) -> Response:
    became = queries.marked(number, body_id)
    flash(sentence_of(twice), "wait")
    if became is not None and became.article_key:
        return redirect(_draft(became.article_key), code=303)
    return _to_desk()


@blueprint.post("/<int:wish_id>/put-aside")
@door(Permission.ARTICLE_WRITE)
def put_aside(wish_id: int) -> Response:
    """不写了: off the list."""
    actor = current_actor()
    wish = wishes.wish(actor, wish_id)
    try:
        with unit_of_work():
            operations.put_aside(wish=wish, actor=actor, now=request_now())
    except AlreadyDone as twice:
        flash(sentence_of(twice), "wait")
    else:
        flash(_("已从清单里拿掉。"), "ok")
    return _to_desk()


def _draft(key: str) -> str:
    return url_for("articles.edit", key=key)


def _to_desk() -> Response:
    return redirect(url_for("articles.desk", _anchor="worth"), code=303)
