"""The question box: what it shows below the typed words, and what becomes of it.

The words travel in addresses, so they are masked before: by the script while somebody types, by a
form that is posted where there is no script, and here again before anything is done with them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from helpdesk.catalog import queries as catalog
from helpdesk.catalog.rules import Door
from helpdesk.filing.rules.dates import Deadline
from helpdesk.intake.operations import asking as operations
from helpdesk.intake.queries import asking as queries
from helpdesk.intake.queries.asking import Before, Suggestions
from helpdesk.intake.queries.classifying import Guess
from helpdesk.intake.rules.asking import MOST_READ
from helpdesk.intake.rules.questions import LONGEST_LINE
from helpdesk.kernel import ids
from helpdesk.kernel.actor import Actor
from helpdesk.kernel.instants import shanghai_date
from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.knowledge.access import articles as readable
from helpdesk.organizations.queries import BodyView
from helpdesk.privacy.rules import mask
from helpdesk.search.queries.lexicon import lexicon
from helpdesk.search.rules.marking import Pieces, marked
from helpdesk.tickets.queries.rows import TicketRow
from helpdesk.web.doors import current_actor, door, request_now
from helpdesk.web.filing import shown as filing
from helpdesk.web.intake import desk as desks
from helpdesk.web.intake.area import Page, blueprint
from helpdesk.web.intake.desk import DOOR_OF, Desk
from helpdesk.web.tickets.rows import Line, lines
from helpdesk.workdays import queries as workdays

# Fewer characters than this say nothing.
SHORTEST = 2
MOST_CARDS = 4
UNLIKELY = 0.05
OWN = "own"
_READ, _THANKED = "asking_read", "asking_thanked"
# Links, stress, code and the signs of a list: of a preview only the words are needed.
_MARKS = re.compile(r"\[([^\]]*)\]\([^)]*\)|\*\*|`|^(?:[-*>]|\d+\.)\s+")


def typed() -> str:
    """The words in the address (or the form), without numbers of persons."""
    words = request.values.get("q", "")[: 10 * LONGEST_LINE]
    return mask(" ".join(words.split()))[:LONGEST_LINE]


@dataclass(frozen=True)
class Found:
    """What the box shows. `filing`: the day of a filing item, in words."""

    desk: Desk
    about: str
    seen: Suggestions
    tickets: tuple[tuple[Line, bool], ...]
    filing: filing.Day | None
    once: str

    @property
    def count(self) -> str:
        """How much there is, for those who do not see it."""
        found = len(self.seen.articles) + len(self.tickets)
        found += bool(self.seen.reported) + bool(self.filing)
        return str(ngettext("找到%(num)s条可能有用的内容", "找到%(num)s条可能有用的内容", found))

    @property
    def cards(self) -> tuple[Guess, ...]:
        """The guesses worth showing: the first, and others with a chance."""
        guesses = self.seen.guesses[:MOST_CARDS]
        return guesses[:1] + tuple(g for g in guesses[1:] if g.confidence >= UNLIKELY)

    def marks(self, text: str) -> Pieces:
        """A title with the asked words marked."""
        known = lexicon()
        return marked(known.analysis, known.query(self.about), text)

    @property
    def opening(self) -> tuple[str, ...]:
        """The lines at the head of the first article, without marks."""
        lines = (_MARKS.sub(r"\1", line).strip() for line in self.seen.opening.splitlines())
        return tuple(line for line in lines if line)

    def card(self, code: str) -> str:
        """The form of a card, with the typed words for a title."""
        card = catalog.card(code)
        return self.desk.card(DOOR_OF.get(card.door, Door.BUSINESS), card.code, self.about)


def found(desk: Desk, about: str) -> Found | None:
    """What is known about the words; None where they are too few."""
    if len(about) < SHORTEST:
        return None
    actor, now = current_actor(), request_now()
    seen = queries.suggestions(actor, desk.body, about, now)
    rows: Sequence[TicketRow] = [each.row for each in seen.tickets]
    shown = lines(rows, now)
    return Found(
        desk=desk,
        about=about,
        seen=seen,
        tickets=tuple((line, each.same) for line, each in zip(shown, seen.tickets, strict=True)),
        filing=_day(seen.deadline, desk.body),
        once=ids.token(),
    )


def _day(deadline: Deadline | None, body: BodyView) -> filing.Day | None:
    if deadline is None:
        return None
    (day,) = filing.days([deadline], (), workdays.calendar(body.region), request_now())
    return day


# --- while typing --------------------------------------------------------------------------------


@blueprint.get("/suggest")
@door(Permission.TICKET_CREATE)
def suggest() -> str:
    """A part of a page: what the box shows while somebody types."""
    return _part(desks.own(current_actor()))


@blueprint.get("/phone/<body>/suggest")
@door(Permission.TICKET_CREATE_FOR_OTHERS)
def phone_suggest(body: str) -> str:
    """The same for a caller's words."""
    return _part(desks.of_caller(current_actor(), body))


def _part(desk: Desk) -> str:
    return render_template("intake/_suggest.html", found=found(desk, typed()), desk=desk)


def to_page(desk: Desk) -> Response:
    """The box was sent: its page, under an address that carries no number of a person."""
    return redirect(desk.start(typed() or None), code=303)


# --- reading -------------------------------------------------------------------------------------


@blueprint.get("/read/<path:key>")
@door(Permission.SIGNED_IN)
def read(key: str) -> Response:
    """Open an article out of the box, and remember in the cookie that it was read."""
    actor = current_actor()
    desk = _desk(actor, request.args.get("body", ""))
    article = readable.article(actor, key)
    before = [pair for pair in _opened() if pair != [desk.body.code, article.id]]
    session[_READ] = [*before, [desk.body.code, article.id]][-MOST_READ:]
    whose = desk.body.code if desk.for_others else OWN
    return redirect(url_for("articles.show", key=article.key, asking=whose, q=typed()), code=303)


def _desk(actor: Actor, code: str) -> Desk:
    return desks.of_caller(actor, code) if code else desks.own(actor)


def _opened() -> list[list[str | int]]:
    return list(session.get(_READ, ()))


def opened(body: BodyView) -> tuple[int, ...]:
    """Articles that this person opened while asking for `body`, in order."""
    return tuple(int(article) for code, article in _opened() if code == body.code)


def forget_opened(body: BodyView) -> None:
    """They have gone into a draft, or answered the question."""
    session[_READ] = [pair for pair in _opened() if pair[0] != body.code]


@dataclass(frozen=True)
class Return:
    """Below an article that was opened out of the box: back to it, or the button of thanks."""

    body: str
    about: str
    back: str
    once: str


def way_back() -> Return | None:
    """For the page of an article; None where it was not opened out of the box."""
    code = request.args.get("asking", "")
    if not code:
        return None
    about = typed()
    if code == OWN:
        return Return("", about, url_for("intake.ask", q=about), ids.token())
    return Return(code, about, url_for("intake.phone_doors", body=code, q=about), ids.token())


@blueprint.app_context_processor
def _context() -> dict[str, object]:
    return {"way_back": way_back, "before_asking": before_asking, "spared_total": spared_total}


def before_asking(row: TicketRow) -> Before | None:
    """For the page of a ticket: what was typed and read before; nothing for the asker itself."""
    actor = current_actor()
    return None if actor.body_id == row.asker_body_id else queries.before(actor, row.id)


# --- solved --------------------------------------------------------------------------------------


@blueprint.post("/solved")
@door(Permission.SIGNED_IN)
def solved() -> Page:
    """An article was enough: count it, say thanks. Nobody is named, no words are kept."""
    actor, now = current_actor(), request_now()
    desk = _desk(actor, request.form.get("body", ""))
    article = readable.article(actor, ids.row_number(request.form.get("article", "")) or 0)
    about = typed()
    if _first_thanks(desk, article.id):
        with unit_of_work():
            operations.count_solved(
                body=desk.body,
                now=now,
                once=request.form.get("once", "")[:64],
                article=article,
                about=about,
            )
    forget_opened(desk.body)
    times = queries.times_solved(article.id, now)
    thanks = ngettext(
        "谢谢，记下了。近30天这篇文章已经省去%(num)s次提问。",
        "谢谢，记下了。近30天这篇文章已经省去%(num)s次提问。",
        times,
    )
    flash(f"{_('太好了，没有提交问题。')}{thanks}", "ok")
    return redirect(desk.start() if desk.for_others else url_for("home.index"), code=303)


def _first_thanks(desk: Desk, article_id: int) -> bool:
    """Once a day, article and sitting, whatever the token: a page fetched again brings another.

    Kept in the cookie alone, so that nobody is named.
    """
    mark = [desk.body.code, article_id, shanghai_date(request_now()).isoformat()]
    before = session.get(_THANKED, [])
    session[_THANKED] = [*(each for each in before if each != mark), mark][-MOST_READ:]
    return mark not in before


@blueprint.get("/spared")
@door(Permission.QUEUE_READ)
def spared() -> str:
    """For offices: questions below them that were not needed, by article and card."""
    actor = current_actor()
    seen = queries.deflected(actor, actor.paths(Permission.QUEUE_READ), request_now())
    return render_template("intake/spared.html", seen=seen)


def spared_total() -> int:
    """The same as one number, for the first page of an office."""
    paths = current_actor().paths(Permission.QUEUE_READ)
    return queries.deflected_total(paths, request_now())
