"""Beside the conversation, for those who work on it: what helped others, what to answer with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from helpdesk.kernel.errors import Forbidden
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.knowledge.access import articles as articles_access
from helpdesk.knowledge.operations import wishes
from helpdesk.knowledge.queries import articlesbeside as articles
from helpdesk.knowledge.queries import wishes as marks
from helpdesk.knowledge.queries.articlesbeside import NearArticle
from helpdesk.knowledge.queries.wishes import Marked
from helpdesk.organizations.rules import Subsystem
from helpdesk.search.queries import finding
from helpdesk.search.queries.finding import Hit
from helpdesk.tickets import access
from helpdesk.tickets.queries import solved
from helpdesk.tickets.queries.solved import Solved
from helpdesk.tickets.rules import ANSWERS, OPEN, Side, Status, Verb
from helpdesk.web.doors import current_actor, request_now
from helpdesk.web.tickets import answering
from helpdesk.web.tickets.scene import Scene, scene

# Of what is alike the first are looked at; a few are shown, none that is far behind the best.
LOOKED_AT = 40
NEAR = 0.5


@dataclass(frozen=True)
class Use:
    """A form that opens with the article in it."""

    verb: Verb
    href: str


@dataclass(frozen=True)
class Offer:
    """An article and the answers it may become; none where the asker does not read it."""

    article: NearArticle
    uses: tuple[Use, ...]


@dataclass(frozen=True)
class Beside:
    """`markable`: its answer may be marked as worth an article; `marked`: it was."""

    solved: tuple[Solved, ...] = ()
    offers: tuple[Offer, ...] = ()
    markable: bool = False
    marked: Marked | None = None


def beside(seen: Scene) -> Beside | None:
    """For who works on the question, nobody else: five queries while it is open, one more once it
    is answered."""
    if not answering.handles(seen):
        return None
    markable = _markable(seen)
    marked = marks.marked(seen.row.number, seen.reach.bodies[Side.PARTY]) if markable else None
    if seen.row.status not in OPEN:
        return Beside(markable=markable, marked=marked)
    tickets, near = _alike(seen)
    return Beside(
        solved=tickets,
        offers=tuple(Offer(article, _uses(seen, article)) for article in near),
        markable=markable,
        marked=marked,
    )


def _alike(seen: Scene) -> tuple[tuple[Solved, ...], tuple[NearArticle, ...]]:
    actor, ticket = current_actor(), seen.reach.ticket
    hits = finding.similar(
        f"{ticket.title}\n{ticket.text}",
        (solved.sight(actor, ticket.id), articles_access.searchable(actor)),
        limit=LOOKED_AT,
        snippets=False,
    )
    ids, like = _near(hits, access.KIND), _near(hits, articles_access.KIND)
    subsystem = Subsystem(ticket.subsystem) if ticket.subsystem else None
    return (
        solved.solved(actor, ids, card_code=ticket.card_code) if ids else (),
        articles.beside(actor, ticket.card_code, subsystem, like),
    )


def _near(hits: Sequence[Hit], kind: str) -> list[int]:
    """Row numbers, best first."""
    found = [hit for hit in hits if hit.kind == kind]
    return [hit.owner_id for hit in found if hit.score >= NEAR * found[0].score]


def _uses(seen: Scene, article: NearArticle) -> tuple[Use, ...]:
    if not answering.fits(seen, article):
        return ()
    free = [state.verb for state in seen.verbs() if not state.refused]
    return tuple(
        Use(
            verb,
            url_for(f"tickets.{verb.value}", number=seen.row.number, article=article.key),
        )
        for verb in ANSWERS
        if verb in free
    )


def _markable(seen: Scene) -> bool:
    """What was answered; restricted questions never become a text for everybody."""
    answered = seen.row.status in (Status.RESOLVED, Status.CLOSED)
    return answered and seen.reach.ticket.resolved_at is not None and not seen.row.restricted


def mark(number: str) -> Response:
    """值得写成文章: onto the list of the desk of the handler's body; twice is once."""
    actor, now = current_actor(), request_now()
    seen = scene(actor, access.reach(actor, access.ticket(actor, number)), now)
    if not answering.handles(seen) or not _markable(seen):
        raise Forbidden
    with unit_of_work():
        wishes.mark(
            actor=actor,
            body_id=seen.reach.bodies[Side.PARTY],
            ticket_number=number,
            title=seen.row.title,
            now=now,
        )
    flash(_("已列入本单位“值得写成文章”。"), "ok")
    return redirect(url_for("tickets.show", number=number, _anchor="beside"), code=303)
