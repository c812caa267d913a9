"""Did this help? One click for yes; a no may say why."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from helpdesk.kernel.errors import RuleBroken
from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.knowledge.access import articles as access
from helpdesk.knowledge.operations.articles import answering
from helpdesk.knowledge.queries import articles as queries
from helpdesk.web.articles.area import Answer, blueprint
from helpdesk.web.articles.forms import HelpedForm
from helpdesk.web.doors import current_actor, door, request_now
from helpdesk.web.shell.errors import sentence_of


@blueprint.post("/<int:article_id>/helped")
@door(Permission.SIGNED_IN)
def helped(article_id: int) -> Answer:
    """Keep the answer, once a person and version."""
    actor = current_actor()
    article = access.article(actor, article_id)
    yes = request.form.get("answer") == "yes"
    form = HelpedForm()
    form.offer()
    if not yes and not form.validate():
        return _page(article_id, form), 422
    try:
        with unit_of_work():
            answering.helped(
                actor=actor,
                article=article,
                yes=yes,
                why=form.reason(),
                words=form.words.data or "",
                now=request_now(),
            )
    except RuleBroken as refusal:
        return _page(article_id, form, sentence_of(refusal)), refusal.status
    flash(_("已记下，谢谢。") if yes else _("已记下。文章的负责单位会看到。"), "ok")
    return redirect(url_for("articles.show", key=article.key, _anchor="helped"), code=303)


def _page(article_id: int, form: HelpedForm, sentence: str = "") -> str:
    actor = current_actor()
    view = queries.view(actor, access.article(actor, article_id))
    return render_template("articles/helped.html", view=view, form=form, sentence=sentence)
