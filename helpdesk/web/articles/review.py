"""A page for each verb of an article, and the button that brings an old version back."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from helpdesk.kernel import ids
from helpdesk.kernel.errors import AlreadyDone, Conflict, RuleBroken
from helpdesk.kernel.instants import shanghai_date
from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.knowledge.access import articles as access
from helpdesk.knowledge.access.articles import Reach
from helpdesk.knowledge.operations.articles import writing
from helpdesk.knowledge.operations.articles.record import was_done
from helpdesk.knowledge.operations.record import Act
from helpdesk.knowledge.queries import articles as queries
from helpdesk.knowledge.rules.articles import VERBS, Verb
from helpdesk.web.articles.area import Answer, blueprint
from helpdesk.web.articles.forms import PublishForm
from helpdesk.web.articles.rendering import render
from helpdesk.web.articles.verbs import PAGES, VerbPage
from helpdesk.web.cases.forms import ActForm
from helpdesk.web.doors import current_actor, door, request_now
from helpdesk.web.shell.errors import sentence_of


def _view(verb: Verb) -> Callable[[int], Answer]:
    def act(article_id: int) -> Answer:
        return _do(verb, article_id)

    act.__name__ = verb.value
    act.__doc__ = f"The page of the verb `{verb.value}`."
    return act


def token_sent() -> str:
    """The token of the form that was sent; empty where there is none."""
    return request.form.get("once", "")[: ids.LONGEST_TOKEN]


def _do(verb: Verb, article_id: int) -> Answer:
    actor = current_actor()
    seen = access.article(actor, article_id)
    once = token_sent()
    if request.method == "POST" and once and was_done(seen.id, once):
        # Asked before rights: after the act the same click may look forbidden.
        return back(seen.key, _(AlreadyDone.sentence), "wait")
    reach = access.article_for(actor, article_id, verb)
    page = PAGES[verb]
    form = page.form()
    if request.method == "GET":
        form.renew(reach.article.version)
        if isinstance(form, PublishForm):
            form.suggest(shanghai_date(request_now()))
        return _page(verb, page, form, reach)
    if not form.validate():
        return _page(verb, page, form, reach), 422
    try:
        with unit_of_work():
            act = Act(actor, request_now(), once or ids.token(), form.seen_version)
            page.run(reach, act, form)
    except AlreadyDone as twice:
        return back(seen.key, sentence_of(twice), "wait")
    except RuleBroken as refusal:
        return _refused(verb, page, form, article_id, refusal)
    return back(seen.key, _(page.done), "ok")


def back(key: str, said: str, category: str) -> Answer:
    """To the article."""
    flash(said, category)
    return redirect(url_for("articles.show", key=key), code=303)


def _refused(
    verb: Verb, page: VerbPage, form: ActForm, article_id: int, refusal: RuleBroken
) -> tuple[str, int]:
    """Everything typed is still there; after a conflict the form carries the newest version."""
    actor = current_actor()
    reach = access.reach(actor, access.article(actor, article_id))
    if isinstance(refusal, Conflict):
        form.renew(reach.article.version)
    return _page(verb, page, form, reach, sentence_of(refusal)), refusal.status


def _page(verb: Verb, page: VerbPage, form: ActForm, reach: Reach, sentence: str = "") -> str:
    view = queries.view(current_actor(), reach.article, newest=True)
    return render_template(
        "articles/verb.html",
        verb=verb,
        form=form,
        view=view,
        # Who publishes reads it first.
        text=render(view.content.body, top=3) if verb is Verb.PUBLISH else "",
        before=_(page.before),
        down=page.down,
        sentence=sentence,
    )


for _verb in PAGES:
    blueprint.add_url_rule(
        f"/<int:article_id>/{_verb.value}",
        endpoint=_verb.value,
        view_func=door(VERBS[_verb].permission)(_view(_verb)),
        methods=["GET", "POST"],
    )


@blueprint.post("/<int:article_id>/versions/<int:no>/restore")
@door(Permission.ARTICLE_WRITE)
def restore(article_id: int, no: int) -> Answer:
    """An old version becomes the newest draft."""
    actor = current_actor()
    seen = access.article(actor, article_id)
    once = token_sent()
    if once and was_done(seen.id, once):
        return back(seen.key, _(AlreadyDone.sentence), "wait")
    reach = access.article_for(actor, article_id, Verb.RESTORE)
    version = ids.version_number(request.form.get("version"))
    try:
        with unit_of_work():
            act = Act(actor, request_now(), once or ids.token(), version)
            writing.restore(reach=reach, no=no, act=act)
    except RuleBroken as refusal:
        flash(sentence_of(refusal), "late")
        return redirect(url_for("articles.versions", article_id=article_id), code=303)
    said = _("已恢复为草稿，提交审核后发布。")
    flash(said, "ok")
    return redirect(url_for("articles.show", key=seen.key, newest=1), code=303)
