"""Which problem card a text is about, and which body would hold the question first."""

from __future__ import annotations

from dataclasses import dataclass, replace

from helpdesk.catalog import queries as catalog
from helpdesk.catalog.rules import Card
from helpdesk.intake.queries import classifying_data as data
from helpdesk.intake.rules.classifying import guessing
from helpdesk.intake.rules.classifying.guessing import Ask, Ranked
from helpdesk.intake.rules.questions import asks
from helpdesk.kernel.errors import RuleBroken
from helpdesk.kernel.text import N_
from helpdesk.organizations import queries as organizations
from helpdesk.organizations.queries import BodyView
from helpdesk.organizations.rules import Kind
from helpdesk.routing import queries as routing
from helpdesk.routing.rules.places import DoesNotAsk, Stop

# Nothing can be made of the text: no card is worth showing without a question.
LOST = guessing.LOST


class NothingSaid(RuleBroken):
    """Without a word there is nothing to classify."""

    sentence = N_("没有内容可以判断。请写一句遇到的问题。")


@dataclass(frozen=True)
class Holder:
    """The body that would hold the question first."""

    code: str
    name: str
    name_en: str
    kind: str


@dataclass(frozen=True)
class Guess:
    """A card a text may be about. `confidence`: 0-1, how often such a guess is right.

    `why`: the words that decided, strongest first. `first_holder` None: nobody holds such a
    question (OUT), or the office complained of must be named first. `ask`: a question that is
    better asked than guessed, on the first guess only. `note`: who does what is asked for; may be
    empty.
    """

    code: str
    name_zh: str
    name_en: str
    confidence: float
    why: tuple[str, ...]
    first_holder: Holder | None
    ask: Ask | None = None
    note_zh: str = ""
    note_en: str = ""

    @property
    def lost(self) -> bool:
        """Is this no more than a guess in the dark?"""
        return self.confidence < LOST


def classify(text: str, *, body_id: int) -> tuple[Guess, ...]:
    """At most five cards for a body's words, likeliest first.

    Numbers of persons are masked before anything is read. Raises NothingSaid, NotFound (no such
    body) and DoesNotAsk.
    """
    if not text.strip():
        raise NothingSaid
    body = organizations.body(body_id)
    if not asks(body.kind):
        raise DoesNotAsk(name=body)
    known = data.knowledge()
    ranked, signs = guessing.rank(text, data.model(), known, body.kind)
    holders = routing.first_holders((one.code for one in ranked), body_id)
    found = [_guess(one, body, holders[one.code]) for one in ranked]
    cards = {card.code: card for card in catalog.cards()}
    asked = guessing.deciding(ranked, signs, known, cards)
    return (replace(found[0], ask=asked), *found[1:])


def looks_like(text: str, *, card_code: str, kind: Kind) -> Card | None:
    """The other card that a question filed under `card_code` is clearly about. No query.

    `kind`: of the body that asks.
    """
    ranked, _ = guessing.rank(text, data.model(), data.knowledge(), kind)
    other = guessing.misfiled(ranked, card_code)
    return catalog.card(other) if other else None


def _guess(ranked: Ranked, body: BodyView, holder: Stop | None) -> Guess:
    card = catalog.card(ranked.code)
    note = data.knowledge().note(card.code, body.kind)
    zh, en = (note.text_zh, note.text_en) if note else (card.redirect_zh, card.redirect_en)
    return Guess(
        code=card.code,
        name_zh=card.name_zh,
        name_en=card.name_en,
        confidence=ranked.chance,
        why=ranked.why,
        first_holder=None if holder is None or card.redirect_zh else _holder(holder),
        note_zh=zh,
        note_en=en,
    )


def _holder(stop: Stop) -> Holder:
    return Holder(stop.code, stop.name, stop.name_en, stop.kind.value)
