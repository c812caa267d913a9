"""The queue of an office, and bulk verbs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup
from werkzeug.wrappers import Response

from helpdesk.kernel import ids
from helpdesk.kernel.errors import Refusal
from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.text import N_
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.people import queries as people
from helpdesk.tickets import access
from helpdesk.tickets.access import Reach
from helpdesk.tickets.operations import work
from helpdesk.tickets.operations.record import Act
from helpdesk.tickets.queries import lists
from helpdesk.tickets.queries.lists import View
from helpdesk.tickets.queries.rows import own_bodies
from helpdesk.tickets.rules import STATUS_NAMES, Status, Verb
from helpdesk.web.doors import current_actor, door, request_now
from helpdesk.web.queue import filters
from helpdesk.web.queue.filters import Address
from helpdesk.web.shell.errors import sentence_of
from helpdesk.web.shell.views import safe_back
from helpdesk.web.tickets.rows import cards, lines

blueprint = Blueprint("queue", __name__)
MOST_AT_ONCE = 50
LONGEST_CHOICE = 40  # number and version; what was refused is said with it
VIEW_NAMES = {
    View.HELD: N_("本单位全部"),
    View.MINE: N_("我经办的"),
    View.UNASSIGNED: N_("未指派"),
    View.STEPS: N_("派给我们的步骤"),
    View.RETURNED: N_("退回给我们的"),
    View.WAITING: N_("等待补充"),
    View.DUE_SOON: N_("快到期"),
    View.HANDED_UP: N_("我们上报的"),
    View.SCOPE: N_("范围内全部"),
    View.NO_HANDLER: N_("无人办理的单位"),
}
EMPTY = {
    View.HELD: N_("本单位现在没有在办的问题。下级提交或上报后会出现在这里。"),
    View.MINE: N_("您现在没有经办的问题。从“未指派”里接手，或由主任指派。"),
    View.UNASSIGNED: N_("没有未指派的问题。新到的问题会先出现在这里。"),
    View.STEPS: N_("没有派给本单位的步骤。其他单位请您配合核对时会出现在这里。"),
    View.RETURNED: N_("没有被退回的问题。上级退回要求补充时会出现在这里。"),
    View.WAITING: N_("没有等待补充的问题。追问后在对方回复前会出现在这里。"),
    View.DUE_SOON: N_("没有快到期的问题：两个工作日内到期和已超期的会出现在这里。"),
    View.HANDED_UP: N_("没有上报后还在办的问题。"),
    View.SCOPE: N_("没有符合条件的问题。请放宽条件。"),
    View.NO_HANDLER: N_("范围内的单位都有能办理的人员。"),
}
# Only what our own offices hold can be taken or assigned in bulk.
BULK = (View.HELD, View.UNASSIGNED, View.RETURNED, View.WAITING, View.DUE_SOON, View.MINE)


@blueprint.get("/queue")
@door(Permission.QUEUE_READ)
def index() -> str:
    """A page of one view, with the numbers of the others."""
    actor, now = current_actor(), request_now()
    soon = filters.soon_before(now)
    numbers = lists.counts(actor, soon_before=soon)
    asked = filters.read(request.args, default=_opening(numbers))
    after = request.args.get("after")
    page = lists.queue(
        actor,
        asked.view,
        asked.filters(actor),
        soon_before=soon,
        order=asked.sorting,
        after=after,
    )
    return render_template(
        "queue/index.html",
        asked=asked,
        views=VIEW_NAMES,
        numbers=numbers,
        lines=lines(page.rows, now, steps_of=_step_bodies(asked.view)),
        empty_words=_(EMPTY[asked.view]),
        colleagues=_colleagues(),
        bulk=asked.view in BULK,
        may_assign=actor.anywhere(Permission.TICKET_ASSIGN),
        once=ids.token(),
        next_href=_address(asked, after=page.next) if page.next else None,
        first_href=_address(asked) if after else None,
        **_choices(),
    )


def _opening(numbers: Mapping[View, int]) -> View:
    """What a body holds; for one that only does steps (enrolment, finance) its steps."""
    only_steps = not numbers.get(View.HELD) and numbers.get(View.STEPS)
    return View.STEPS if only_steps else View.HELD


def _address(asked: Address, **over: str) -> str:
    return url_for("queue.index", **asked.words(**over))


def _choices() -> dict[str, object]:
    return {
        "cards": list(cards().values()),
        "statuses": [(s.value, STATUS_NAMES[s]) for s in Status],
    }


def _step_bodies(view: View) -> Sequence[int]:
    return own_bodies(current_actor(), Permission.QUEUE_READ) if view is View.STEPS else ()


def _colleagues() -> list[tuple[int, str]]:
    bodies = own_bodies(current_actor(), Permission.QUEUE_READ)
    found = people.holders(Permission.TICKET_ACCEPT, bodies)
    persons = people.persons(i for ids_of in found.values() for i in ids_of)
    return sorted((person.id, person.name) for person in persons.values())


@blueprint.post("/queue/take")
@door(Permission.TICKET_TAKE)
def take() -> Response:
    """I handle all of these."""
    return _each(Verb.TAKE, lambda reach, act: work.take(ticket=reach.ticket, act=act))


@blueprint.post("/queue/assign")
@door(Permission.TICKET_ASSIGN)
def assign() -> Response:
    """One colleague handles all of these."""
    person_id = ids.row_number(request.form.get("person_id"))
    if person_id is None:
        flash(_("请先选择指派给谁。"), "late")
        return _back()
    return _each(
        Verb.ASSIGN,
        lambda reach, act: work.assign(ticket=reach.ticket, act=act, person_id=person_id),
    )


def _each(verb: Verb, run: Callable[[Reach, Act], object]) -> Response:
    """Do a verb to every chosen ticket, each in a transaction of its own: one refusal does not
    undo the others. What was refused is said with its number."""
    chosen = request.form.getlist("chosen")[:MOST_AT_ONCE]
    if not chosen:
        flash(_("请先勾选要处理的问题。"), "late")
        return _back()
    done = 0
    for one in chosen:
        number, _colon, version = one[:LONGEST_CHOICE].partition(":")
        try:
            _one(verb, run, number, version)
        except Refusal as refusal:
            flash(Markup("{} {}").format(number, sentence_of(refusal)), "late")
        else:
            done += 1
    if done:
        flash(ngettext("已处理%(num)s件。", "已处理%(num)s件。", done), "ok")
    return _back()


def _one(verb: Verb, run: Callable[[Reach, Act], object], number: str, version: str) -> None:
    actor = current_actor()
    with unit_of_work():
        reach = access.ticket_for(actor, number, verb)
        act = Act(
            actor=actor,
            now=request_now(),
            once=f"{request.form.get('once', '')}:{number}"[: ids.LONGEST_TOKEN],
            version=ids.version_number(version),
        )
        run(reach, act)


def _back() -> Response:
    return redirect(safe_back(request.form.get("back")), code=303)
