"""The working days in force, and how a new holiday notice is put in force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from helpdesk.kernel.errors import BadData, NotFound
from helpdesk.kernel.instants import shanghai_date
from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.organizations import queries as organizations
from helpdesk.sla import queries as sla
from helpdesk.sla.queries import ClockMove
from helpdesk.web.clocks.moves import SHOWN, MoveRow, move_rows
from helpdesk.web.doors import current_actor, door, request_now
from helpdesk.web.workdays.forms import NoticeForm
from helpdesk.workdays import operations, queries
from helpdesk.workdays.queries import Preview
from helpdesk.workdays.rules import NATIONAL, STATUSES, Notice, YearStatus

blueprint = Blueprint("workdays", __name__, url_prefix="/workdays")

Answer = Response | str | tuple[str, int]


@blueprint.get("")
@door(Permission.WORKDAYS_MANAGE)
def index() -> str:
    """The known years of a region, and the days that the notice of one of them names."""
    region = request.args.get("region", NATIONAL)
    regions = queries.regions()
    if region not in regions:
        raise NotFound
    notices = {n.year: n for n in queries.notices(region) if n.region == region}
    chosen = _year(request_now(), notices)
    return render_template(
        "workdays/index.html",
        region=region,
        regions=[(code, _region_name(code)) for code in regions],
        years=[_YearRow.of(notice) for notice in reversed(notices.values())],
        chosen=notices.get(chosen),
        blocks=queries.blocks(notices[chosen].days) if chosen in notices else (),
        year=chosen,
        today=shanghai_date(request_now()),
    )


def _year(now: datetime, known: dict[int, Notice]) -> int:
    asked = request.args.get("year", type=int)
    if asked is not None and asked not in known:
        raise NotFound
    this = shanghai_date(now).year
    return asked or (this if this in known else max(known, default=this))


@dataclass(frozen=True)
class _YearRow:
    """A year as the list shows it."""

    year: int
    confirmed: bool
    status: str
    off: int
    worked: int
    source: str

    @classmethod
    def of(cls, notice: Notice) -> _YearRow:
        """Days off that are weekdays, and weekends that are worked."""
        return cls(
            year=notice.year,
            confirmed=notice.status is YearStatus.CONFIRMED,
            status=_(STATUSES[notice.status]),
            off=sum(not day.works for day in notice.days),
            worked=sum(day.works for day in notice.days),
            source=notice.source,
        )


def _region_name(region: str) -> str:
    if region == NATIONAL:
        return str(_("全国"))
    found = organizations.body_by_code(f"{region}0000")
    return found.name if found else region


@blueprint.route("/notice", methods=["GET", "POST"])
@door(Permission.WORKDAYS_MANAGE)
def notice() -> Answer:
    """Type or paste a notice, see what it changes, then put it in force."""
    form = NoticeForm()
    if request.method == "GET":
        form.text.data = _start()
        return _page(form)
    if not form.validate():
        return _page(form), 422
    try:
        found = queries.parse_notice(form.text.data or "")
    except BadData as error:
        form.text.errors = [_("第几行、错在哪里：%(what)s", what=str(error))]
        return _page(form), 422
    if form.seen.data and form.seen.data == _fingerprint(found):
        return _load(found)
    return _preview(form, found)


def _start() -> str:
    """The notice in force for the year asked for, as a text to change."""
    region, year = request.args.get("region", NATIONAL), request.args.get("year", type=int)
    own = [n for n in queries.notices(region) if (n.region, n.year) == (region, year)]
    return queries.written(own[0]) if own else ""


def _fingerprint(found: Notice) -> str:
    """Of this notice on the calendar of this moment: either may change after a preview."""
    return f"{found.digest}:{queries.calendar(found.region).version}"


def _load(found: Notice) -> Response:
    with unit_of_work():
        moves = _moves(found)
        operations.load_year(notice=found, actor=current_actor(), now=request_now())
    moved = ngettext("%(num)s个时限移动。", "%(num)s个时限移动。", len(moves))
    flash(_("已载入%(year)s年的放假安排，", year=found.year) + moved, "ok")
    return redirect(url_for("workdays.index", region=found.region, year=found.year), code=303)


def _preview(form: NoticeForm, found: Notice) -> str:
    stale = bool(form.seen.data)
    form.seen.data = _fingerprint(found)
    moves = _moves(found)
    return _page(
        form,
        seen=queries.preview(found),
        status=_(STATUSES[found.status]),
        moves=move_rows(moves[:SHOWN]),
        total=len(moves),
        stale=stale,
    )


def _moves(found: Notice) -> tuple[ClockMove, ...]:
    return sla.foresee(found.region, partial(queries.calendar_with, found), request_now())


def _page(
    form: NoticeForm,
    *,
    seen: Preview | None = None,
    status: str = "",
    moves: Sequence[MoveRow] = (),
    total: int = 0,
    stale: bool = False,
) -> str:
    return render_template(
        "workdays/notice.html",
        form=form,
        seen=seen,
        was=_(STATUSES[seen.status_before]) if seen and seen.status_before else _("未知"),
        status=status,
        moves=moves,
        total=total,
        stale=stale,
        example=date(2027, 1, 1),
    )
