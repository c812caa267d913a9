"""Questions and training: rates by office and card, where a session would help, before and after.

Counts beside each other. No page says that the one caused the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from helpdesk.catalog import queries as catalog
from helpdesk.kernel.errors import NotFound
from helpdesk.kernel.instants import shanghai_date
from helpdesk.kernel.permissions import Permission
from helpdesk.organizations import queries as organizations
from helpdesk.organizations.queries import BodyView
from helpdesk.reports import access, rules
from helpdesk.reports.queries import rates
from helpdesk.reports.queries import sessions as effects
from helpdesk.reports.queries.rates import OWN, By, Report, Row
from helpdesk.reports.rules import Rate, Split
from helpdesk.training import access as training
from helpdesk.training.rules.sessions import HELD
from helpdesk.web.coverage import sheets
from helpdesk.web.doors import current_actor, door, request_now
from helpdesk.web.effects.asked import Asked, asked, bar_width, mean_text, rate_text
from helpdesk.web.shell.marks import named_text

blueprint = Blueprint("effects", __name__, url_prefix="/training/effects")
blueprint.add_app_template_filter(rate_text, "rate_text")
blueprint.add_app_template_filter(mean_text, "mean_text")
blueprint.add_app_template_global(bar_width, "bar_width")

MOST_ROWS = 100
MOST_NEEDS = 6


@dataclass(frozen=True)
class Line:
    """A row of a table: its name, the figures, and the address of its own page."""

    row: Row
    words: str
    split: Split
    href: str


@blueprint.get("")
@door(Permission.REPORT_READ)
def index() -> str:
    """Rates by office and by problem card, and where a session would help most."""
    of = asked()
    found = _report(of)
    lines = _lines(of, found)
    return render_template(
        "effects/index.html",
        of=of,
        report=found,
        lines=lines[:MOST_ROWS],
        cut=len(lines) > MOST_ROWS,
        cards=found.cards,
        all_cards=[card for card in catalog.cards() if not card.restricted],
        needs=_needs(of, found),
        most=_most(line.split for line in lines[:MOST_ROWS]),
        most_of_cards=_most(split for _code, split in found.cards),
        few_questions=rules.FEW_QUESTIONS,
        few_staff=rules.FEW_STAFF,
    )


def _report(of: Asked) -> Report:
    node_id = of.body.id if of.body else None
    return rates.report(of.path, node_id, of.period, by=of.by)


def _lines(of: Asked, found: Report) -> list[Line]:
    lines = [_line(of, row) for row in found.rows]
    if of.by is By.OFFICES:
        lines.sort(key=lambda line: -(line.split.untrained.per_hundred or 0))
    return lines


def _line(of: Asked, row: Row) -> Line:
    split = row.total
    if of.card is not None:
        split = row.cards.get(of.card.code) or _nothing_asked(row)
    if row.body is None:
        return Line(row, _words(of, row.key), split, "")
    href = url_for("effects.index", **of.words(node=row.body.code, by=By.CHILDREN.value))
    return Line(row, named_text(row.body), split, href)


def _nothing_asked(row: Row) -> Split:
    """The staff of a row with no question about the card."""
    trained, untrained = row.total.trained.staff, row.total.untrained.staff
    return Split(Rate(0, trained), Rate(0, untrained))


def _words(of: Asked, key: int) -> str:
    if key == OWN:
        return str(_("本级人员"))
    return str(_("直属学校") if of.body else _("中央部属高校"))


def _most(splits: Iterable[Split]) -> float:
    """The greatest rate that a bar has to hold."""
    shown = [(s.trained.per_hundred or 0, s.untrained.per_hundred or 0) for s in splits]
    return max((max(pair) for pair in shown), default=0)


@dataclass(frozen=True)
class NeedLine:
    """An office and a card with the reason, and what the form of a new session is to hold."""

    need: rules.Need
    body: BodyView | None
    words: str
    plan: dict[str, str]


def _needs(of: Asked, found: Report) -> list[NeedLine]:
    rows = {row.key: row for row in found.rows}
    lines = []
    for need in rates.needs(found, MOST_NEEDS):
        row = rows[need.key]
        body = row.body or of.body
        plan = {
            "organizer": _organizer(of),
            "card": need.card,
            "subsystem": row.subsystems.get(need.card, ""),
            "node": body.code if body else "",
        }
        words = "" if row.body else _words(of, need.key)
        given = {key: value for key, value in plan.items() if value}
        lines.append(NeedLine(need, row.body, words, given))
    return lines


def _organizer(of: Asked) -> str:
    """The node itself, where the reader may hold a session for it; else their own body."""
    may = of.body and current_actor().holds(Permission.SESSION_MANAGE, of.path)
    return of.body.code if of.body and may else ""


@blueprint.get("/export.<any(csv, xlsx):form>")
@door(Permission.REPORT_READ)
def export(form: str) -> Response:
    """The table of offices as a file."""
    of = asked()
    head = [
        _("单位"), _("单位代码"), _("已培训人数（平均）"), _("未培训人数（平均）"),
        _("已培训人员提问"), _("未培训人员提问"), _("未记名提问"),
        _("每百名已培训人员提问"), _("每百名未培训人员提问"), _("样本小"),
    ]  # fmt: skip
    where = of.body.name if of.body else _("全国")
    what = str(_("问题与培训"))
    name = sheets.file_name(what, where, of.period.label, shanghai_date(request_now()), form)
    lines = _lines(of, _report(of))
    return sheets.answer(form, name, [str(cell) for cell in head], _cells(lines), what)


def _cells(lines: Iterable[Line]) -> Iterator[list[str]]:
    for line in lines:
        split = line.split
        small = split.trained.small or split.untrained.small
        yield [
            line.words,
            line.row.body.code if line.row.body else "",
            f"{split.trained.staff:.1f}",
            f"{split.untrained.staff:.1f}",
            str(split.trained.questions),
            str(split.untrained.questions),
            str(split.nobody),
            rate_text(split.trained),
            rate_text(split.untrained),
            str(_("是")) if small else "",
        ]


@blueprint.get("/sessions")
@door(Permission.REPORT_READ)
def sessions() -> str:
    """Sessions that were held and have problem cards as topics."""
    actor = current_actor()
    body = access.node(actor, request.args.get("node"))
    after = request.args.get("after")
    page = effects.held(actor, body.path if body else "/", after=after)
    here: dict[str, Any] = {"node": body.code} if body else {}
    return render_template(
        "effects/sessions.html",
        body=body,
        rows=page.rows,
        next_href=url_for("effects.sessions", **here, after=page.next) if page.next else None,
        first_href=url_for("effects.sessions", **here) if after else None,
    )


@blueprint.get("/sessions/<int:session_id>")
@door(Permission.REPORT_READ)
def session(session_id: int) -> str:
    """Questions of those who attended before and after, beside those of others."""
    actor = current_actor()
    of = training.session(actor, session_id)
    by = organizations.body(of.organizer_id)
    if not actor.covers(Permission.REPORT_READ, training.range_of(by)):
        raise NotFound
    codes = effects.cards_of(of.id)
    over = rules.windows(of.held_on, shanghai_date(request_now()))
    effect = effects.effect(of, over) if over and codes and of.state in HELD else None
    return render_template(
        "effects/session.html",
        title=of.title,
        held_on=of.held_on,
        session_id=of.id,
        organizer=by,
        cards=codes,
        effect=effect,
        most=_most_of(effect) if effect else 0,
        early=over is None,
        shortest=rules.SHORTEST_WINDOW,
    )


def _most_of(effect: effects.Effect) -> float:
    rates_shown = (
        one.per_hundred or 0
        for change in (effect.attended, effect.others)
        for one in (change.before, change.after)
    )
    return max(rates_shown)
