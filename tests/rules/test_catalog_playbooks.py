"""The questions behind the four doors: the login tree of S-2.1.4 and its neighbours."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from helpdesk.catalog import queries as catalog
from helpdesk.catalog.rules import CODES, Door, Playbook, Question


def walk(playbook: Playbook, answers: str) -> Question | str | None:
    """Answer the questions one after the other."""
    at: Question | str | None = playbook.start
    for answer in answers.split():
        assert isinstance(at, Question)
        at = playbook.after(at.key, answer)
    return at


# answers to the questions of a door: the card they lead to
WALKS = [
    (Door.LOGIN, "A", "ACC-4a"),
    (Door.LOGIN, "B some", "ACC-4b"),
    (Door.LOGIN, "B unknown", "ACC-4b"),
    (Door.LOGIN, "B none", "ACC-1"),
    (Door.LOGIN, "C not_new", "ACC-4c"),
    (Door.LOGIN, "C new", "ACC-3"),
    (Door.LOGIN, "D locked", "ACC-4x"),
    (Door.LOGIN, "D captcha", "ACC-4x"),
    (Door.LOGIN, "D no_rights", "OPS"),
    (Door.LOGIN, "D not_opening", "ENV"),
    (Door.LOGIN, "D else", "ACC-4x"),
    (Door.LOGIN, "E affiliation", "ACC-2"),
    (Door.ENROLMENT, "update", "ENR-1"),
    (Door.ENROLMENT, "sync passed", "ENR-4"),
    (Door.ENROLMENT, "sync not_approved", "ENR-1"),
    (Door.ENROLMENT, "closed", "ENR-2"),
    (Door.ENROLMENT, "duplicate", "ENR-3"),
    (Door.BUSINESS, "difficulty level", "DIF-2"),
    (Door.BUSINESS, "aid funds", "AID-6"),
    (Door.BUSINESS, "deadline", "TIME"),
    (Door.BUSINESS, "other appeal", "SUP"),
    (Door.BUSINESS, "other out", "OUT"),
    (Door.ENVIRONMENT, "down still_down", "ENV"),
    (Door.ENVIRONMENT, "down works", "OPS"),
]


@pytest.mark.parametrize(("door", "answers", "card"), WALKS)
def test_answers_lead_to_the_card(door: Door, answers: str, card: str) -> None:
    playbook = catalog.playbook(door)
    assert playbook is not None
    assert walk(playbook, answers) == card


def ends(playbook: Playbook, question: Question, depth: int) -> Iterator[tuple[str, int]]:
    """Every card below a question with the number of screens before it."""
    for choice in question.choices:
        following = playbook.after(question.key, choice.key)
        if isinstance(following, Question):
            yield from ends(playbook, following, depth + 1)
        else:
            assert following is not None
            yield following, depth


def test_every_card_is_reached_from_some_door() -> None:
    reached = {card for p in catalog.playbooks() for card, _ in ends(p, p.start, 1)}
    assert reached == set(CODES)


@pytest.mark.parametrize("playbook", catalog.playbooks(), ids=lambda p: p.door.value)
def test_no_door_asks_more_than_two_questions(playbook: Playbook) -> None:
    assert max(depth for _, depth in ends(playbook, playbook.start, 1)) <= 2


def test_unknown_answers_lead_nowhere() -> None:
    login = catalog.playbook(Door.LOGIN)
    assert login is not None
    assert login.after("message", "Z") is None
    assert login.after("nothing", "A") is None
    assert catalog.playbook(Door.OTHER) is None
