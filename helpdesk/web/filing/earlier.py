"""Earlier dates: the list on the reader's path, asking for one, taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from helpdesk.filing import access
from helpdesk.filing.operations import overlaying
from helpdesk.filing.queries import calendar as queries
from helpdesk.filing.queries import tables
from helpdesk.filing.rules import dates, earlier
from helpdesk.filing.rules.annexes import LEVELS, Level
from helpdesk.filing.rules.dates import Occurrence
from helpdesk.filing.rules.earlier import NoSuchDate
from helpdesk.kernel import ids
from helpdesk.kernel.errors import NotFound, RuleBroken
from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.people import queries as people
from helpdesk.web.doors import current_actor, door, request_now
from helpdesk.web.filing.area import blueprint, view
from helpdesk.web.filing.forms import EarlierForm, TakeBackForm
from helpdesk.web.filing.shown import in_words
from helpdesk.web.shell.dates import bare_day_text
from helpdesk.web.shell.errors import sentence_of
from helpdesk.web.shell.marks import subsystem_text

if TYPE_CHECKING:
    from helpdesk.organizations.models import Body

Answer = Response | str | tuple[str, int]
_HALF_A_YEAR = timedelta(days=183)
_AT_ONCE = 24


@blueprint.get("/earlier")
@door(Permission.SIGNED_IN)
def earlier_dates() -> str:
    """Earlier dates of the offices on the path of the reader's body, with their history."""
    seen = view(chosen=False)
    lines = queries.overlay_lines(seen.whole.path, seen.today - _HALF_A_YEAR)
    history = queries.changes([line.id for line in lines])
    names = people.persons(
        c.person_id for changes in history.values() for c in changes if c.person_id is not None
    )
    return render_template(
        "filing/earlier.html",
        seen=seen,
        lines=lines,
        history=history,
        names=names,
        levels=LEVELS,
        in_words=in_words,
    )


@blueprint.route("/earlier/ask", methods=["GET", "POST"])
@door(Permission.FILING_MANAGE)
def ask_earlier() -> Answer:
    """Ask for dates earlier in the subtree of one's office; says beforehand whom it reaches."""
    office = access.office(current_actor())
    clicked = _clicked()
    offered = _offered(office, clicked)
    form = EarlierForm()
    form.offer([(o.key, _told(o)) for o in offered], [o.key for o in clicked])
    if form.validate_on_submit():
        refusal = _kept(form, office, offered)
        if refusal is None:
            return redirect(url_for("filing.earlier_dates"), code=303)
        return _ask_page(form, office, offered, str(sentence_of(refusal))), refusal.status
    page = _ask_page(form, office, offered)
    return (page, 422) if form.is_submitted() else page


def _kept(form: EarlierForm, office: Body, offered: Sequence[Occurrence]) -> RuleBroken | None:
    wanted = [o for o in offered if o.key in (form.keys.data or ())]
    try:
        with unit_of_work():
            overlaying.set_earlier(
                actor=current_actor(),
                office=office,
                found=wanted,
                due_on=form.day,
                reason=(form.reason.data or "").strip(),
                now=request_now(),
            )
    except RuleBroken as refusal:
        return refusal
    flash(
        ngettext(
            "已提前%(num)s个期限，下级即可看到。",
            "已提前%(num)s个期限，下级即可看到。",
            len(wanted),
        ),
        "ok",
    )
    return None


def _ask_page(
    form: EarlierForm, office: Body, offered: Sequence[Occurrence], sentence: str = ""
) -> str:
    reach = queries.reach(office.path)
    subsystems = {o.item.subsystem for o in offered}
    return render_template(
        "filing/ask_earlier.html",
        form=form,
        sentence=sentence,
        keys=request.args.getlist("key"),
        schools=[(s, n) for s, n in reach.schools.items() if s in subsystems],
        offices=[(LEVELS[level], n) for level, n in reach.offices.items()],
    )


def _clicked() -> tuple[Occurrence, ...]:
    """The dates in the address. NoSuchDate, UnknownItem."""
    keys = request.args.getlist("key")[:_AT_ONCE]
    if not keys:
        raise NotFound
    return tuple(_occurrence(key) for key in keys)


def _occurrence(key: str) -> Occurrence:
    found = dates.parsed(key)
    if found is None:
        raise NoSuchDate
    item_id, level, day = found
    item = tables.item(item_id)
    here = dates.occurrences((item,), level, day, day)
    occurrence = next(iter(here), None)
    if occurrence is None:
        raise NoSuchDate
    return occurrence


def _offered(office: Body, clicked: Sequence[Occurrence]) -> tuple[Occurrence, ...]:
    """The same acts of the same cycle at every level the office may order, schools first."""
    found = [
        other
        for level in Level
        if earlier.may_order(office.kind, level)
        for one in clicked
        for other in dates.same_cycle(one, level)
    ]
    return tuple({o.key: o for o in found}.values())


def _told(occurrence: Occurrence) -> str:
    """`中职，学校：国家助学金：资助名单录入（通知为9月30日）`."""
    item = occurrence.item
    return str(
        _(
            "%(subsystem)s，%(level)s：%(item)s（通知为%(day)s）",
            subsystem=subsystem_text(item.subsystem),
            level=_(LEVELS[occurrence.level]),
            item=f"{in_words(item.module.label)}{_('：')}{in_words(item.item)}",
            day=bare_day_text(occurrence.named_on),
        )
    )


@blueprint.route("/earlier/<int:overlay_id>/back", methods=["GET", "POST"])
@door(Permission.FILING_MANAGE)
def take_back(overlay_id: int) -> Answer:
    """The date of the notice counts again: asks once, with the reason."""
    overlay = access.overlay(current_actor(), ids.row_number(str(overlay_id)) or 0)
    form, sentence, status = TakeBackForm(), "", 422
    if form.validate_on_submit():
        try:
            with unit_of_work():
                overlaying.take_back(
                    actor=current_actor(),
                    overlay=overlay,
                    version=form.seen_version,
                    reason=(form.reason.data or "").strip(),
                    now=request_now(),
                )
        except RuleBroken as refusal:
            sentence, status = str(sentence_of(refusal)), refusal.status
        else:
            flash(_("已取消提前，按通知的日期执行。"), "ok")
            return redirect(url_for("filing.earlier_dates"), code=303)
    form.version.data = str(overlay.version)
    page = render_template(
        "filing/take_back.html",
        form=form,
        sentence=sentence,
        overlay=overlay,
        item=tables.item(overlay.item_id),
        in_words=in_words,
        level=LEVELS[overlay.level],
    )
    return (page, status) if form.is_submitted() else page
