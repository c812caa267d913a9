"""Which card a text is about, how sure that is, which words decided, what is better asked. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import log
from typing import Final

from helpdesk.catalog.rules import Card
from helpdesk.intake.rules.classifying.learning import Model
from helpdesk.intake.rules.classifying.words import CUE, Signs, Vocabulary
from helpdesk.organizations.rules import Kind

MOST: Final = 5
MOST_WORDS: Final = 4
# Below this the first guess is wrong as often as right, and one question costs less than a detour.
SURE: Final = 0.55
# Two cards this close are told apart by a question.
MARGIN: Final = 0.2
# Nothing at all can be made of the text.
LOST: Final = 0.2
HABIT: Final = log(2)
# A word that ends so was torn off the next one: 登不|上去.
TORN: Final = frozenset("不没了的着")
# A question that was sent is called misfiled only where its words leave little doubt.
MISFILED: Final = 0.75
STILL_LIKELY: Final = 0.1


@dataclass(frozen=True)
class Answer:
    """One answer to a deciding question, and the card it leads to."""

    text_zh: str
    text_en: str
    code: str


@dataclass(frozen=True)
class Ask:
    """A question that decides between cards."""

    question_zh: str
    question_en: str
    options: tuple[Answer, ...]


@dataclass(frozen=True)
class Deciding:
    """When a question helps: between the cards it leads to; always, where the text is vague.

    Vague: the first guess is the card `vague`, and the text has one of the cues `said` (if there
    are any) and none of the cues `unless`.
    """

    ask: Ask
    vague: str = ""
    said: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()

    def needed(self, first: str, signs: Signs) -> bool:
        """Is the text too vague for its first guess?"""
        if first != self.vague or any(map(signs.has, self.unless)):
            return False
        return not self.said or any(map(signs.has, self.said))


@dataclass(frozen=True)
class Note:
    """What a body of one of these kinds should know: who does what it asks for."""

    card: str
    kinds: tuple[Kind, ...]
    text_zh: str
    text_en: str


@dataclass(frozen=True)
class Habit:
    """Cards that bodies of these kinds ask about often or seldom."""

    kinds: tuple[Kind, ...]
    often: tuple[str, ...]
    seldom: tuple[str, ...]


@dataclass(frozen=True)
class Knowledge:
    """Everything beside the cards that classifying needs, as data."""

    vocabulary: Vocabulary
    questions: tuple[Deciding, ...]
    anything: Ask
    notes: tuple[Note, ...]
    habits: tuple[Habit, ...]

    def note(self, card: str, kind: Kind) -> Note | None:
        """What a body of this kind is told beside this card."""
        return next((n for n in self.notes if n.card == card and kind in n.kinds), None)

    def prior(self, kind: Kind) -> dict[str, float]:
        """What the kind of the asker adds to a card before a word is read."""
        added: dict[str, float] = {}
        for habit in self.habits:
            if kind in habit.kinds:
                added |= dict.fromkeys(habit.often, HABIT) | dict.fromkeys(habit.seldom, -HABIT)
        return added


@dataclass(frozen=True)
class Ranked:
    """A card, how likely it is (0-1), and the words that spoke for it."""

    code: str
    chance: float
    why: tuple[str, ...]


def rank(
    text: str, model: Model, knowledge: Knowledge, kind: Kind
) -> tuple[tuple[Ranked, ...], Signs]:
    """At most MOST cards, likeliest first; equal ones in the order of the notice."""
    signs = knowledge.vocabulary.signs(text)
    chances = model.chances(signs, knowledge.prior(kind))
    best = sorted(chances, key=lambda code: -chances[code])[:MOST]
    found = tuple(Ranked(code, chances[code], why(signs, model, code)) for code in best)
    return found, signs


def misfiled(ranked: Sequence[Ranked], code: str) -> str | None:
    """The card that a question filed under `code` is about by its own words; None: leave it."""
    own = next((one.chance for one in ranked if one.code == code), 0.0)
    first = ranked[0]
    if first.code == code or first.chance < MISFILED or own > STILL_LIKELY:
        return None
    return first.code


def why(signs: Signs, model: Model, code: str) -> tuple[str, ...]:
    """The words of the text that spoke for a card, strongest first.

    The model weighs pieces of words; each piece speaks for the words it stands in.
    """
    pulls: dict[str, float] = defaultdict(float)
    words = _words(signs.text)
    for sign, weight in signs.weights.items():
        pull = model.pull(sign, code)
        if weight == CUE:
            pulls[signs.words[sign]] += 2 * pull
        elif len(sign) > 1:
            for word, part in _shares(sign, signs.text, words):
                pulls[word] += pull * part
    chosen: list[str] = []
    whole = (w for w in pulls if pulls[w] > 0 and len(w) > 1 and w[-1] not in TORN)
    for word in sorted(whole, key=lambda w: -pulls[w]):
        if not any(word in known or known in word for known in chosen):
            chosen.append(word)
        if len(chosen) == MOST_WORDS:
            break
    return tuple(chosen)


def _words(text: str) -> tuple[tuple[int, str], ...]:
    """The words of a text with their places."""
    import rjieba  # its dictionary takes a moment to load

    words = list(rjieba.cut(text))
    places = accumulate((len(word) for word in words), initial=0)
    return tuple(zip(places, words, strict=False))


def _shares(sign: str, text: str, words: Sequence[tuple[int, str]]) -> Iterator[tuple[str, float]]:
    """The words in which a piece stands where it first stands, each with its part of it."""
    at = text.find(sign)
    if at < 0:
        return
    for start, word in words:
        common = min(at + len(sign), start + len(word)) - max(at, start)
        if common > 0:
            yield word, common / len(sign)


def deciding(
    ranked: Sequence[Ranked], signs: Signs, knowledge: Knowledge, cards: Mapping[str, Card]
) -> Ask | None:
    """The question that is better asked than guessed; None: the first card is sure enough."""
    first, second = ranked[0], ranked[1]
    for question in knowledge.questions:
        if question.needed(first.code, signs):
            return question.ask
    if first.chance < LOST:
        return knowledge.anything
    if first.chance >= SURE and first.chance - second.chance >= MARGIN:
        return None
    found = _between(first.code, second.code, ranked, knowledge.questions)
    return found or _among(ranked, cards)


def _between(
    first: str, second: str, ranked: Iterable[Ranked], questions: Iterable[Deciding]
) -> Ask | None:
    """The question about both cards whose answers cover most of what it may be."""
    chances = {one.code: one.chance for one in ranked}
    fitting = [q for q in questions if {first, second} <= _answered(q.ask)]
    return max(
        (q.ask for q in fitting),
        key=lambda ask: sum(chances.get(code, 0.0) for code in _answered(ask)) / len(ask.options),
        default=None,
    )


def _answered(ask: Ask) -> set[str]:
    return {option.code for option in ask.options}


def _among(ranked: Sequence[Ranked], cards: Mapping[str, Card]) -> Ask:
    """Without a question of its own: the likeliest cards in the words of their summaries."""
    likely = [one.code for one in ranked[:2]]
    likely += [one.code for one in ranked[2:4] if one.chance >= ranked[0].chance / 5]
    options = tuple(Answer(cards[code].summary_zh, cards[code].summary_en, code) for code in likely)
    return Ask("最接近哪一种？", "Which comes closest?", options)
