"""Writing an article: a draft is kept with gaps, looked at before it is sent; submitting needs the
whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from helpdesk.kernel import ids
from helpdesk.kernel.errors import AlreadyDone, Conflict, Forbidden, RuleBroken
from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.knowledge.access import articles as access
from helpdesk.knowledge.access.articles import Reach
from helpdesk.knowledge.operations.articles import reviewing, writing
from helpdesk.knowledge.operations.articles.record import was_done
from helpdesk.knowledge.operations.record import Act
from helpdesk.knowledge.queries import articles as queries
from helpdesk.knowledge.queries.articles import ArticleLine, ArticleView
from helpdesk.knowledge.rules.articles import Verb
from helpdesk.organizations import queries as organizations
from helpdesk.privacy import rules as privacy
from helpdesk.web.articles.area import Answer, blueprint
from helpdesk.web.articles.forms import ArticleForm
from helpdesk.web.articles.rendering import render
from helpdesk.web.articles.review import token_sent
from helpdesk.web.doors import current_actor, door, request_now
from helpdesk.web.intake.marking import marked_lines
from helpdesk.web.shell.errors import sentence_of

if TYPE_CHECKING:
    from helpdesk.knowledge.models.articles import Article

# The token of the second act of "save and submit".
_THEN = ":go"


@dataclass
class _Desk:
    """What is being written: nothing yet, or an article; beside which text it will stand."""

    form: ArticleForm
    reach: Reach | None = None
    view: ArticleView | None = None
    beside: ArticleLine | None = None
    kept: Article | None = None


@blueprint.route("/new", methods=["GET", "POST"])
@door(Permission.ARTICLE_WRITE)
def new() -> Answer:
    """Begin an article; with `beside` a rule of one's own beside the national text."""
    actor = current_actor()
    bodies = access.writing_bodies(actor)
    if not bodies:
        raise Forbidden
    form = ArticleForm()
    views = organizations.bodies(body.id for body in bodies)
    form.offer([views[body.id] for body in bodies])
    beside = queries.of_keys(actor, (request.values.get("beside", ""),))
    desk = _Desk(form, beside=next(iter(beside.values()), None))
    if request.method == "GET":
        form.renew(1)
        form.body_id.data = str(bodies[0].id)
        asked = request.args.get("card")
        form.cards.data = list(desk.beside.cards) if desk.beside else [asked] if asked else []
        return _page(desk)
    return _sent(desk)


@blueprint.route("/<path:key>/edit", methods=["GET", "POST"])
@door(Permission.ARTICLE_WRITE)
def edit(key: str) -> Answer:
    """Go on with a draft, or change what is published."""
    actor = current_actor()
    seen = access.article(actor, key)
    if request.method == "POST" and token_sent() and was_done(seen.id, token_sent()):
        return _done(seen, _(AlreadyDone.sentence), "wait")
    reach = access.article_for(actor, key, Verb.EDIT)
    view = queries.view(actor, reach.article, newest=True)
    form = ArticleForm()
    form.offer(())
    desk = _Desk(form, reach, view, kept=reach.article)
    if request.method == "GET":
        form.show(view.content)
        form.renew(view.version)
        return _page(desk)
    return _sent(desk)


def _sent(desk: _Desk) -> Answer:
    form = desk.form
    if not form.validate():
        return _page(desk), 422
    if request.form.get("do") == "preview":
        return _page(desk, preview=True)
    try:
        with unit_of_work():
            _keep(desk)
    except AlreadyDone as twice:
        return _done(desk.kept, sentence_of(twice), "wait")
    except RuleBroken as refusal:
        if desk.reach is not None and isinstance(refusal, Conflict):
            form.renew(access.article(current_actor(), desk.reach.article.id).version)
        return _page(desk, sentence=sentence_of(refusal)), refusal.status
    return _done(desk.kept, _("已提交审核。") if _submits() else _("草稿已保存。"), "ok")


def _submits() -> bool:
    return request.form.get("do") == "submit"


def _keep(desk: _Desk) -> None:
    actor, now, form = current_actor(), request_now(), desk.form
    once = form.once.data or ids.token()
    if desk.reach is None:
        desk.kept = writing.start(
            actor=actor,
            body_id=access.writing_body(actor, ids.row_number(form.body_id.data) or 0),
            content=form.content(),
            beside_id=desk.beside.id if desk.beside else None,
            once=once,
            now=now,
        )
    else:
        act = Act(actor, now, once, form.seen_version)
        why = form.why.data or ""
        writing.edit(reach=desk.reach, content=form.content(), act=act, why=why)
    if _submits() and desk.kept is not None:
        again = access.article_for(actor, desk.kept.id, Verb.SUBMIT)
        act = Act(actor, now, once[: ids.LONGEST_TOKEN - len(_THEN)] + _THEN, desk.kept.version)
        reviewing.submit(reach=again, act=act)


def _done(article: Article | None, said: str, category: str) -> Response:
    flash(said, category)
    if article is None:
        return redirect(url_for("articles.desk"), code=303)
    return redirect(url_for("articles.show", key=article.key, newest=1), code=303)


def _page(desk: _Desk, *, sentence: str = "", preview: bool = False) -> str:
    body = desk.form.body.data or ""
    return render_template(
        "articles/write.html",
        form=desk.form,
        view=desk.view,
        stands_beside=desk.beside,
        sentence=sentence,
        preview=render(body, top=3) if preview else "",
        doubts=marked_lines(body, privacy.warnings(body)),
    )
