"""The month, the next thirty days, and the reader's own ticks."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from helpdesk.filing.operations import noting
from helpdesk.filing.rules import dates
from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.organizations.rules import Subsystem
from helpdesk.web.doors import current_actor, door, request_now
from helpdesk.web.filing import month as grid
from helpdesk.web.filing import shown
from helpdesk.web.filing.area import View, blueprint, subsystems, view
from helpdesk.web.shell.views import safe_back

AHEAD = timedelta(days=30)
_YEAR = timedelta(days=366)
_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")


@blueprint.get("")
@door(Permission.SIGNED_IN)
def index() -> str:
    """One month, the present one unless the address names another."""
    seen = view()
    first = _first(seen)
    weeks = dates.month_grid(first.year, first.month)
    days = _days(seen, weeks[0][0], weeks[-1][-1])
    of_month = tuple(d for d in days if (d.day.year, d.day.month) == (first.year, first.month))
    return render_template(
        "filing/index.html",
        **_frame(seen, "filing.index", month=first.strftime("%Y-%m")),
        first=first,
        weeks=grid.weeks(first.year, first.month, days, seen.calendar),
        before=_neighbour(seen, first - timedelta(days=1)),
        after=_neighbour(seen, first + timedelta(days=31)),
        days=tuple(d for d in of_month if not d.past or d.open),
        over=tuple(d for d in of_month if d.past and not d.open),
    )


@blueprint.get("/next")
@door(Permission.SIGNED_IN)
def upcoming() -> str:
    """The next thirty days as a list, the day itself included."""
    seen = view()
    return render_template(
        "filing/next.html",
        **_frame(seen, "filing.upcoming"),
        days=_days(seen, seen.today, seen.today + AHEAD),
        over=(),
        last=seen.today + AHEAD,
    )


def _days(seen: View, first: date, last: date) -> tuple[shown.Day, ...]:
    found = seen.due(first, last)
    return shown.days(found, seen.done(first), seen.calendar, request_now())


def _first(seen: View) -> date:
    """The first day of the month in the address; a month of a year nobody knows: of this one."""
    match = _MONTH.fullmatch(request.args.get("month", ""))
    asked = date(int(match[1]), int(match[2]), 1) if match else seen.today
    return (asked if asked.year in seen.calendar.years else seen.today).replace(day=1)


def _neighbour(seen: View, day: date) -> str | None:
    """Address of the month of `day`, with the same choice; None where no year is known."""
    if day.year not in seen.calendar.years:
        return None
    return url_for("filing.index", **_choice(), month=day.strftime("%Y-%m"))


def _choice() -> dict[str, Any]:
    """What was chosen in the address, for links that keep it."""
    level = request.args.get("level")
    chosen: dict[str, Any] = {"subsystem": [s.value for s in subsystems()]}
    return chosen | ({"level": level} if level in ("own", "school") else {})


def _frame(seen: View, endpoint: str, **more: Any) -> dict[str, Any]:
    """What both views show around their days."""
    choice = _choice()
    level = choice.get("level")
    return {
        "seen": seen,
        "choice": choice,
        "subsystem_links": [
            (s, s in seen.place.subsystems, url_for(endpoint, **_toggled(seen, s), **more))
            for s in seen.whole.subsystems
        ],
        "level_links": [
            (words, value == level, url_for(endpoint, **{**choice, "level": value}, **more))
            for value, words in ((None, _("全部")), ("own", _("本级")), ("school", _("学校")))
        ]
        if len(seen.whole.levels) > 1
        else [],
        "here": url_for(endpoint, **choice, **more),
    }


def _toggled(seen: View, subsystem: Subsystem) -> dict[str, Any]:
    """The choice with one subsystem put in or taken out; the last one out: all again."""
    kept = set(seen.place.subsystems) ^ {subsystem}
    names = [s.value for s in Subsystem if s in kept and kept != set(seen.whole.subsystems)]
    return {**_choice(), "subsystem": names}


@blueprint.post("/ticks")
@door(Permission.SIGNED_IN)
def tick() -> Response:
    """Keep the reader's own notes about the dates that its page showed."""
    shown_keys = " ".join(request.form.getlist("shown")).split()
    done = " ".join(request.form.getlist("done")).split()
    with unit_of_work():
        noting.note_done(actor=current_actor(), shown=shown_keys, done=done, now=request_now())
    # A script ticks one box after the other: only the button below the list deserves a word.
    if "keep" in request.form:
        flash(_("已记下。打勾只是您自己的记号。"), "ok")
    return redirect(safe_back(request.form.get("next")), code=303)
