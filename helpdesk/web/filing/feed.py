"""The reader's own calendar feed and digest; the feed itself is opened by its secret alone."""

from __future__ import annotations

from datetime import timedelta

from flask import flash, make_response, redirect, render_template, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from helpdesk.filing.operations import noting
from helpdesk.filing.queries import calendar as queries
from helpdesk.kernel.errors import NotFound
from helpdesk.kernel.instants import shanghai_date
from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.organizations import queries as organizations
from helpdesk.people import queries as people
from helpdesk.web.doors import base_url, current_actor, door, request_now
from helpdesk.web.filing import ics
from helpdesk.web.filing.area import blueprint
from helpdesk.web.filing.forms import DigestForm
from helpdesk.workdays import queries as workdays

_BEFORE = timedelta(days=31)
_AHEAD = timedelta(days=400)


@blueprint.get("/subscription")
@door(Permission.SIGNED_IN)
def subscription() -> str:
    """Whether there is a feed, and how the weekly digest comes."""
    return _page()


@blueprint.post("/subscription/open")
@door(Permission.SIGNED_IN)
def open_feed() -> Response:
    """A new address, shown this once; the one before it opens nothing any more."""
    with unit_of_work():
        token = noting.open_feed(actor=current_actor(), now=request_now())
    answer = make_response(_page(base_url() + url_for("filing.feed", token=token)))
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/subscription/close")
@door(Permission.SIGNED_IN)
def close_feed() -> Response:
    """The feed opens nothing any more."""
    with unit_of_work():
        noting.close_feed(actor=current_actor())
    flash(_("订阅地址已停用。"), "ok")
    return redirect(url_for("filing.subscription"), code=303)


@blueprint.post("/subscription/digest")
@door(Permission.SIGNED_IN)
def choose_digest() -> Response:
    """The weekly digest under the bell alone, or by mail as well."""
    form = DigestForm()
    if form.validate():
        with unit_of_work():
            noting.choose_mail(actor=current_actor(), by_mail=bool(form.by_mail.data))
        flash(_("已保存。"), "ok")
    return redirect(url_for("filing.subscription"), code=303)


def _page(address: str = "") -> str:
    actor = current_actor()
    chosen = queries.subscribed(actor.person_id)
    return render_template(
        "filing/subscription.html",
        chosen=chosen,
        address=address,
        form=DigestForm(data={"by_mail": chosen.by_mail}),
        mail=people.person(actor.person_id).mail if actor.person_id else "",
    )


@blueprint.get("/feed/<token>.ics")
@door(Permission.PUBLIC)
def feed(token: str) -> Response:
    """The calendar behind a secret; NotFound for every other address, and for who has left."""
    now = request_now()
    account = queries.account_behind(noting.hashed(token))
    seen = people.session_of(account, now) if account is not None else None
    if seen is None:
        raise NotFound
    bodies = tuple(organizations.bodies(seen.bodies).values())
    today = shanghai_date(now)
    calendars = workdays.calendars({b.region for b in bodies} | {queries.NATION.region})
    found = queries.of_bodies(bodies, today - _BEFORE, today + _AHEAD, calendars)
    with force_locale(seen.actor.locale):
        answer = make_response(ics.document(found, now))
    answer.headers["Content-Type"] = "text/calendar; charset=utf-8"
    answer.headers["Content-Disposition"] = 'inline; filename="filing.ics"'
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer
