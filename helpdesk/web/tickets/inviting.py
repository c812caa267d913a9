"""Inviting the asker of a ticket to a session or a short check: what fits, and the act."""

from __future__ import annotations

from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import RadioField
from wtforms.validators import InputRequired

from helpdesk.kernel import ids
from helpdesk.kernel.errors import AlreadyDone, Forbidden, RuleBroken
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.tickets import access
from helpdesk.tickets.access import Reach
from helpdesk.tickets.operations import inviting
from helpdesk.tickets.operations.record import Act
from helpdesk.tickets.queries import asker as askers
from helpdesk.tickets.queries.asker import Asker, Offers
from helpdesk.tickets.queries.page import was_done
from helpdesk.tickets.rules import Side, Verb
from helpdesk.training.queries.near import Near
from helpdesk.training.rules.quizzes import Pool
from helpdesk.web.doors import base_url, current_actor, request_now
from helpdesk.web.shell.dates import moment_text
from helpdesk.web.shell.errors import sentence_of
from helpdesk.web.shell.fields import words
from helpdesk.web.shell.language import current
from helpdesk.web.shell.marks import named_text
from helpdesk.web.tickets.forms import VerbForm
from helpdesk.web.tickets.scene import Scene

SESSION, CHECK = "session", "check"


class InviteForm(VerbForm):
    """One of what fits, and a word of one's own."""

    chosen = RadioField(_l("邀请参加"), validators=[InputRequired(_l("请选一期培训或一份测验。"))])
    text = words(_l("附言"), needed=False, help_text=_l("所有参与单位都能看到。"))


def may_invite(seen: Scene) -> bool:
    """Does the actor speak for another body than the asker's, and may it speak now?"""
    speaks = any(state.verb is Verb.REPLY and not state.refused for state in seen.verbs())
    return speaks and seen.reach.bodies[Side.PARTY] != seen.row.asker_body_id


def invite(number: str) -> str | Response | tuple[str, int]:
    """The page of what fits, and the invitation: a reply in the conversation comes with it."""
    actor, now = current_actor(), request_now()
    if request.method == "POST" and _sent_twice(number):
        return _done(number, _(AlreadyDone.sentence), "wait")
    reach = access.ticket_for(actor, number, Verb.REPLY)
    if reach.bodies[Side.PARTY] == reach.ticket.asker_body_id:
        raise Forbidden
    person = askers.asker(reach.ticket)
    offers = askers.offers(reach.ticket, person.id, now) if person else Offers((), ())
    form = InviteForm()
    form.chosen.choices = _choices(offers)
    if request.method == "GET":
        form.renew(reach.ticket.version)
        return _page(reach, person, offers, form)
    if not form.validate_on_submit():
        return _page(reach, person, offers, form), 422
    try:
        _run(reach, person, offers, form, now)
    except AlreadyDone as twice:
        return _done(number, sentence_of(twice), "wait")
    except RuleBroken as refusal:
        return _page(reach, person, offers, form, sentence_of(refusal)), refusal.status
    return _done(number, _("邀请已发出，对话里能看到。"), "ok")


def _sent_twice(number: str) -> bool:
    once = request.form.get("once", "")[: ids.LONGEST_TOKEN]
    return bool(once) and was_done(access.ticket(current_actor(), number).id, once)


def _done(number: str, said: str, level: str) -> Response:
    flash(said, level)
    return redirect(url_for("tickets.show", number=number, _anchor="talk-end"), code=303)


def _run(
    reach: Reach, person: Asker | None, offers: Offers, form: InviteForm, now: datetime
) -> None:
    if person is None:
        raise inviting.AskerOutOfReach
    kind, _colon, key = str(form.chosen.data).partition(":")
    own = (form.text.data or "").strip()
    act = Act(actor=current_actor(), now=now, once=form.once.data or None)
    body_id = reach.bodies[Side.PARTY]
    with unit_of_work(), force_locale(person.locale):
        if kind == SESSION:
            at = next(one for one in offers.sessions if str(one.session_id) == key)
            inviting.to_session(
                ticket=reach.ticket,
                act=act,
                body_id=body_id,
                session_id=at.session_id,
                text=_with(_session_words(at), own),
            )
        else:
            pool = next(one for one in offers.pools if one.key == key)
            inviting.to_check(
                ticket=reach.ticket,
                act=act,
                body_id=body_id,
                pool=pool.key,
                text=_with(_check_words(pool), own),
            )


def _with(said: str, own: str) -> str:
    return f"{said}\n{own}" if own else said


def _session_words(one: Near) -> str:
    """What the reply says, in the language of the asker."""
    when = moment_text(one.starts_at, year=True)
    where = one.spot or _("线上")
    link = base_url() + url_for("sessions.show", session_id=one.session_id)
    return str(
        _("邀请您参加培训“%(title)s”。", title=one.title)
        + "\n"
        + _("时间：%(when)s", when=when)
        + "\n"
        + _("地点：%(where)s", where=where)
        + "\n"
        + _("查看和报名：%(link)s", link=link)
    )


def _check_words(pool: Pool) -> str:
    link = base_url() + url_for("quizzes.show", key=pool.key)
    return str(
        _("邀请您做测验“%(title)s”。", title=_pool_title(pool))
        + "\n"
        + ngettext("共%(num)s题，可以重做。", "共%(num)s题，可以重做。", pool.draw)
        + "\n"
        + _("打开：%(link)s", link=link)
    )


def _pool_title(pool: Pool) -> str:
    return pool.title_en if current() == "en" and pool.title_en else pool.title_zh


def _choices(offers: Offers) -> list[tuple[str, str]]:
    sessions = [(f"{SESSION}:{one.session_id}", _session_label(one)) for one in offers.sessions]
    checks = [
        (f"{CHECK}:{pool.key}", _("测验：%(title)s", title=_pool_title(pool)))
        for pool in offers.pools
    ]
    return [*sessions, *checks]


def _session_label(one: Near) -> str:
    parts = [one.title, moment_text(one.starts_at), named_text(one.organizer)]
    if one.fits_card:
        parts.append(_("与问题类型对应"))
    return str(_("，")).join(parts)


def _page(
    reach: Reach, person: Asker | None, offers: Offers, form: InviteForm, sentence: str = ""
) -> str:
    return render_template(
        "tickets/invite.html",
        ticket=reach.ticket,
        person=person,
        sessions=offers.sessions,
        form=form,
        sentence=sentence,
        out_of_reach=inviting.AskerOutOfReach.sentence,
    )
