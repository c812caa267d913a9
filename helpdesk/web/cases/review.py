"""A page for each verb of a case."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from helpdesk.kernel import ids
from helpdesk.kernel.errors import AlreadyDone, Conflict, RuleBroken
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.knowledge.access import cases as access
from helpdesk.knowledge.access.cases import Reach
from helpdesk.knowledge.operations.record import Act, was_done
from helpdesk.knowledge.queries import cases as queries
from helpdesk.knowledge.rules.cases import VERBS, Verb
from helpdesk.organizations import queries as organizations
from helpdesk.web.cases.area import Answer, blueprint
from helpdesk.web.cases.forms import ActForm
from helpdesk.web.cases.verbs import PAGES, VerbPage, endpoint
from helpdesk.web.doors import current_actor, door, request_now
from helpdesk.web.shell.errors import sentence_of
from helpdesk.web.shell.marks import named


def fresh_token() -> str:
    """For the buttons that need no page of their own."""
    return ids.token()


def _view(verb: Verb) -> Callable[[int], Answer]:
    def act(case_id: int) -> Answer:
        return _do(verb, case_id)

    act.__name__ = endpoint(verb)
    act.__doc__ = f"The page of the verb `{verb.value}`."
    return act


def _do(verb: Verb, case_id: int) -> Answer:
    actor = current_actor()
    seen = access.case(actor, case_id)
    once = request.form.get("once", "")[: ids.LONGEST_TOKEN]
    if request.method == "POST" and once and was_done(seen.id, once):
        # Asked before rights: after the act the same click may look forbidden.
        return _back(case_id, _(AlreadyDone.sentence), "wait")
    reach = access.case_for(actor, case_id, verb)
    page = PAGES[verb]
    form = page.form()
    if request.method == "GET":
        form.renew(reach.case.version)
        return _page(verb, page, form, reach)
    if not form.validate():
        return _page(verb, page, form, reach), 422
    try:
        with unit_of_work():
            words = form.words.data or "" if "words" in form else ""
            act = Act(actor, request_now(), once or ids.token(), form.seen_version)
            page.run(reach, act, words)
    except AlreadyDone as twice:
        return _back(case_id, sentence_of(twice), "wait")
    except RuleBroken as refusal:
        return _refused(verb, page, form, case_id, refusal)
    return _back(case_id, _(page.done), "ok")


def _back(case_id: int, said: str, category: str) -> Answer:
    """To the case, or to the list where it is no longer seen."""
    flash(said, category)
    return redirect(url_for("cases.show", case_id=case_id), code=303)


def _refused(
    verb: Verb, page: VerbPage, form: ActForm, case_id: int, refusal: RuleBroken
) -> tuple[str, int]:
    """Everything typed is still there; after a conflict the form carries the newest version."""
    actor = current_actor()
    reach = access.reach(actor, access.case(actor, case_id))
    if isinstance(refusal, Conflict):
        form.renew(reach.case.version)
    return _page(verb, page, form, reach, sentence_of(refusal)), refusal.status


def _page(verb: Verb, page: VerbPage, form: ActForm, reach: Reach, sentence: str = "") -> str:
    acting = reach.bodies.get(VERBS[verb].side)
    body = organizations.bodies([acting]).get(acting) if acting is not None else None
    return render_template(
        "cases/verb.html",
        verb=verb,
        form=form,
        row=queries.whole(reach.case).row,
        before=Markup(_(page.before)) % {"body": named(body) if body else ""},
        down=page.down,
        sentence=sentence,
    )


for _verb in PAGES:
    blueprint.add_url_rule(
        f"/<int:case_id>/{_verb.value}",
        endpoint=endpoint(_verb),
        view_func=door(VERBS[_verb].permission)(_view(_verb)),
        methods=["GET", "POST"],
    )
