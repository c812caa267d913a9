"""The page of a ticket, and a page for each verb."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from helpdesk.kernel import ids
from helpdesk.kernel.errors import AlreadyDone, Conflict, RuleBroken
from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.knowledge.queries.articlesbeside import NearArticle
from helpdesk.tickets import access
from helpdesk.tickets.access import Reach
from helpdesk.tickets.operations.record import Act, require
from helpdesk.tickets.queries import lists
from helpdesk.tickets.queries.page import was_done
from helpdesk.tickets.rules import VERB_NAMES, VERBS, Side, Verb
from helpdesk.web.doors import current_actor, door, request_now
from helpdesk.web.shell.errors import sentence_of
from helpdesk.web.tickets import (
    actions,
    answering,
    attachments,
    beside,
    card,
    clocks,
    filling,
    inviting,
    ladder,
    misfiled,
    talk,
)
from helpdesk.web.tickets.deadlines import timing
from helpdesk.web.tickets.forms import NoteForm, ReplyForm, VerbForm
from helpdesk.web.tickets.links import article_href, own_links
from helpdesk.web.tickets.rows import lines
from helpdesk.web.tickets.scene import Scene, scene
from helpdesk.web.tickets.verbs import DIRECT, PAGES, VerbPage, is_moving_a_promise, told

blueprint = Blueprint("tickets", __name__, url_prefix="/tickets")
blueprint.add_app_template_filter(own_links)
blueprint.add_app_template_filter(article_href)
SHOWN = {"open": False, "ended": True}


@blueprint.get("")
@door(Permission.TICKET_CREATE)
def mine() -> str:
    """Questions of my body, and those I filed for others."""
    actor = current_actor()
    shown, after = request.args.get("show", "all"), request.args.get("after")
    page = lists.asked_by(actor, ended=SHOWN.get(shown), after=after)
    total, in_work, ours = lists.asked_counts(actor)
    return render_template(
        "tickets/mine.html",
        lines=lines(page.rows, request_now()),
        shown=shown if shown in SHOWN else "all",
        total=total,
        in_work=in_work,
        ours=ours,
        once=ids.token(),
        next_href=url_for("tickets.mine", show=shown, after=page.next) if page.next else None,
        first_href=url_for("tickets.mine", show=shown) if after else None,
    )


@blueprint.get("/<number>")
@door(Permission.TICKET_READ)
def show(number: str) -> str:
    """One ticket: where it stands, what was said, what may be done."""
    actor = current_actor()
    reach = access.reach(actor, access.ticket(actor, number))
    return _page(scene(actor, reach, request_now()))


def _page(seen: Scene) -> str:
    stays = ladder.held(seen)
    live, over = clocks.panel(seen)
    offered = {state.verb for state in seen.verbs()}
    speaking = request.args.get("say") == "note" and Verb.NOTE in offered
    verb = Verb.NOTE if speaking or Verb.REPLY not in offered else Verb.REPLY
    compose = _fresh(NoteForm if verb is Verb.NOTE else ReplyForm, seen)
    steps = card.step_lines(seen)
    return render_template(
        "tickets/show.html",
        scene=seen,
        timing=timing(seen.row, seen.clocks_of_ticket(), seen.calendars, seen.now),
        links=_links(seen),
        rungs=ladder.rungs(seen, stays),
        stays=stays,
        talk=talk.talk(seen, replies_only=request.args.get("talk") == "replies"),
        running=live,
        ended=over,
        steps_list=steps,
        steps_done=sum(line.step.finished for line in steps),
        evidence_list=card.evidence(seen),
        bar=actions.bar(seen),
        direct=DIRECT,
        offered=offered,
        compose=compose,
        compose_verb=verb,
        replies=filling.offers(seen, verb),
        may_invite=inviting.may_invite(seen),
        beside=beside.beside(seen),
        looks_like=misfiled.hint(seen),
    )


def _links(seen: Scene) -> list[Markup]:
    """The ticket this one went into, and the one it goes on from."""
    ticket = seen.reach.ticket
    sentences = (
        (ticket.merged_into_id, _("已并入%(number)s")),
        (ticket.previous_id, _("接续%(number)s")),
    )
    return [
        Markup(sentence) % {"number": _link(seen.linked[i].number)}
        for i, sentence in sentences
        if i is not None and i in seen.linked
    ]


def _link(number: str) -> Markup:
    address = url_for("tickets.show", number=number)
    return Markup('<a class="hd-num" href="{}">{}</a>').format(address, number)


def _fresh(form: type[VerbForm], seen: Scene) -> VerbForm:
    made = form(formdata=None)
    made.renew(seen.row.version)
    return made


def _view(verb: Verb) -> Callable[[str], str | Response | tuple[str, int]]:
    def act(number: str) -> str | Response | tuple[str, int]:
        return _do(verb, number)

    act.__name__ = actions.endpoint(verb)
    act.__doc__ = f"The page of the verb `{verb.value}`."
    return act


def _do(verb: Verb, number: str) -> str | Response | tuple[str, int]:
    actor, now = current_actor(), request_now()
    if _sent_twice(number):
        flash(_(AlreadyDone.sentence), "wait")
        return redirect(_after(verb, number), code=303)
    reach = access.ticket_for(actor, number, verb)
    if request.method == "GET":
        require(reach.ticket, verb)
    page = PAGES[verb]
    seen = scene(actor, reach, now)
    form = page.form()
    page.prepare(seen, form)
    if page.label:  # before it is validated: complaints call the field by its label
        form.reason.label.text = _(page.label)
    if request.method == "GET":
        form.renew(seen.row.version)
        answering.put_in(form, answering.chosen(seen, verb))
        return _verb_page(verb, page, form, seen)
    if filling.asked() and verb in filling.FILLED:
        filling.put_in(form, seen)
        return _verb_page(verb, page, form, seen)
    if not form.validate_on_submit():
        return _verb_page(verb, page, form, seen), 422
    done = told(page.done, seen)
    try:
        _run(page, form, reach, answering.chosen(seen, verb))
    except AlreadyDone as twice:
        flash(sentence_of(twice), "wait")
    except RuleBroken as refusal:
        return _refused(verb, page, form, number, refusal)
    else:
        flash(done, "ok")
    return redirect(_after(verb, number), code=303)


def _sent_twice(number: str) -> bool:
    """Asked before rights and states: after a hand-up the same click would look forbidden."""
    once = request.form.get("once", "")[: ids.LONGEST_TOKEN]
    if request.method == "GET" or not once:
        return False
    return was_done(access.ticket(current_actor(), number).id, once)


def _run(page: VerbPage, form: VerbForm, reach: Reach, article: NearArticle | None) -> None:
    actor, now = current_actor(), request_now()
    with unit_of_work():
        act = Act(
            actor=actor,
            now=now,
            once=form.once.data or None,
            version=form.seen_version if page.binds else None,
            files=attachments.keep_all(form, actor=actor, now=now),
            articles=(article.id,) if article else (),
        )
        page.run(reach, act, form)


def _refused(
    verb: Verb, page: VerbPage, form: VerbForm, number: str, refusal: RuleBroken
) -> tuple[str, int]:
    """Everything typed is still there; after a conflict the form carries the newest version."""
    actor = current_actor()
    seen = scene(actor, access.reach(actor, access.ticket(actor, number)), request_now())
    if isinstance(refusal, Conflict):
        form.renew(seen.row.version)
    shown = _verb_page(verb, page, form, seen, sentence=sentence_of(refusal))
    return shown, refusal.status


def _verb_page(
    verb: Verb, page: VerbPage, form: VerbForm, seen: Scene, *, sentence: str = ""
) -> str:
    return render_template(
        "tickets/verb.html",
        scene=seen,
        verb=verb,
        title=_(VERB_NAMES[verb]),
        label=actions.label(seen, verb),
        icon_name=actions.ICONS.get(verb, ""),
        endpoint=actions.endpoint(verb),
        down=verb in actions.DOWN,
        before=told(page.before, seen),
        form=form,
        sentence=sentence,
        moving=is_moving_a_promise(seen, verb),
        article=answering.chosen(seen, verb),
        replies=filling.offers(seen, verb),
    )


def _after(verb: Verb, number: str) -> str:
    """Back to the ticket; words spoken are at the end of the conversation."""
    anchor = "talk-end" if verb in (Verb.REPLY, Verb.NOTE) else None
    return url_for("tickets.show", number=number, _anchor=anchor)


def _lock(verb: Verb) -> Permission:
    """Who filed a ticket for somebody else may speak for them without holding the permission on
    any node; access.ticket_for knows."""
    rule = VERBS[verb]
    for_filer = rule.side is Side.ASKER or verb in (Verb.REPLY, Verb.SUPPLY)
    return Permission.TICKET_READ if for_filer else rule.permission


blueprint.add_url_rule(
    "/<number>/invite",
    endpoint="invite",
    view_func=door(Permission.TICKET_REPLY)(inviting.invite),
    methods=["GET", "POST"],
)
blueprint.add_url_rule(
    "/<number>/worth-an-article",
    endpoint="worth_an_article",
    view_func=door(Permission.ARTICLE_WRITE)(beside.mark),
    methods=["POST"],
)
for _verb in PAGES:
    blueprint.add_url_rule(
        f"/<number>/{_verb.value}",
        endpoint=actions.endpoint(_verb),
        view_func=door(_lock(_verb))(_view(_verb)),
        methods=["GET", "POST"],
    )
