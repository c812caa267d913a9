"""Replies kept ready: the list of an office with those from above, writing and deleting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from helpdesk.catalog import queries as catalog
from helpdesk.kernel import ids
from helpdesk.kernel.errors import Conflict, RuleBroken
from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.knowledge.access import replies as access
from helpdesk.knowledge.operations import replies as operations
from helpdesk.knowledge.queries import replies as queries
from helpdesk.knowledge.rules.replies import VARIABLE_NAMES
from helpdesk.organizations import queries as organizations
from helpdesk.web.doors import current_actor, door, request_now
from helpdesk.web.replies.forms import ReplyForm
from helpdesk.web.shell.errors import sentence_of

if TYPE_CHECKING:
    from helpdesk.knowledge.models.replies import OwnReply


blueprint = Blueprint("replies", __name__, url_prefix="/replies")
Answer = str | Response | tuple[str, int]


@blueprint.get("")
@door(Permission.REPLY_WRITE)
def index() -> str:
    """The replies of my office, of the offices above, and the national stock; `card` narrows."""
    office = access.office(current_actor())
    found = queries.offered(office.path, office.id)
    known = {card.code for card in catalog.cards()}
    card = request.args.get("card", "")
    if card in known:
        found = tuple(reply for reply in found if reply.fits(card))
    return render_template(
        "replies/index.html",
        office=office,
        own=[r for r in found if r.body_id == office.id],
        others=[r for r in found if r.body_id != office.id],
        owners=organizations.bodies({r.body_id for r in found if r.body_id is not None}),
        cards=catalog.cards(),
        card=card if card in known else "",
    )


@blueprint.route("/new", methods=["GET", "POST"])
@door(Permission.REPLY_WRITE)
def new() -> Answer:
    """Write one; `from` brings the text of another."""
    actor = current_actor()
    office = access.office(actor)
    form = ReplyForm()
    form.offer()
    if request.method == "GET":
        form.begin()
        _bring(form, office.path, office.id)
        return _page(form)
    if not form.validate():
        return _page(form), 422
    try:
        with unit_of_work():
            operations.add(
                actor=actor,
                body_id=office.id,
                once=form.once.data or ids.token(),
                now=request_now(),
                **form.said,
            )
    except RuleBroken as refusal:
        return _page(form, sentence=sentence_of(refusal)), refusal.status
    return _kept()


def _bring(form: ReplyForm, path: str, office_id: int) -> None:
    key = request.args.get("from", "")
    if key:
        reply = queries.one(path, office_id, key)
        form.title.data, form.text.data = reply.title_zh, reply.text_zh
        form.cards.data = list(reply.cards)


@blueprint.route("/<int:reply_id>", methods=["GET", "POST"])
@door(Permission.REPLY_WRITE)
def edit(reply_id: int) -> Answer:
    """Change one of my office."""
    actor = current_actor()
    reply = access.reply(actor, reply_id)
    form = ReplyForm()
    form.offer()
    if request.method == "GET":
        form.begin(reply)
        return _page(form, reply)
    if not form.validate():
        return _page(form, reply), 422
    try:
        with unit_of_work():
            operations.edit(
                actor=actor,
                reply=reply,
                version=ids.version_number(form.version.data),
                now=request_now(),
                **form.said,
            )
    except RuleBroken as refusal:
        reply = access.reply(actor, reply_id)
        if isinstance(refusal, Conflict):
            form.version.data = str(reply.version)
        return _page(form, reply, sentence_of(refusal)), refusal.status
    return _kept()


@blueprint.route("/<int:reply_id>/delete", methods=["GET", "POST"])
@door(Permission.REPLY_WRITE)
def delete(reply_id: int) -> Answer:
    """Delete one of my office, after asking once."""
    reply = access.reply(current_actor(), reply_id)
    if request.method == "GET":
        return render_template("replies/delete.html", reply=reply)
    with unit_of_work():
        operations.remove(reply=reply)
    flash(_("已删除。"), "ok")
    return redirect(url_for("replies.index"), code=303)


def _kept() -> Response:
    flash(_("常用回复已保存。"), "ok")
    return redirect(url_for("replies.index"), code=303)


def _page(form: ReplyForm, reply: OwnReply | None = None, sentence: str = "") -> str:
    return render_template(
        "replies/edit.html",
        form=form,
        reply=reply,
        sentence=sentence,
        variables=VARIABLE_NAMES,
    )
