"""A wrong data file is refused with its name, its line and what is wrong."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from helpdesk.catalog.queries import FOLDER, load_cards, load_playbooks
from helpdesk.kernel.errors import BadData


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the real data that a test may spoil."""
    return Path(shutil.copytree(FOLDER, tmp_path / "catalog"))


def spoil(file: Path, old: str, new: str) -> int:
    """Replace the first `old` by `new`; the line on which it stood."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_the_real_data_is_whole(folder: Path) -> None:
    assert len(load_cards(folder)) == 28
    assert len(load_playbooks(folder)) == 4


# file, what stands there, what somebody made of it, complaint
CARD_MISTAKES = [
    ("ACC-1", "door: login", "dor: login", "unknown key 'dor'"),
    ("ACC-1", "promise: answer\n", "", "missing key promise"),
    ("ACC-1", "promise: answer", "promise: answer\npromise: env", "'promise' stands here twice"),
    ("ACC-1", "door: login", "door: window", "'window' is none of: login, enrolment"),
    ("ACC-1", "code: ACC-1", "code: ACC-2", "must be called ACC-2.yaml"),
    ("ACC-1", "clause: S-2.1.1", "clause: S-5.1", "neither a clause"),
    ("ACC-1", "by: province_aid", "by: somebody", "'somebody' is none of: asker"),
    ("ACC-1", "key: set_invalid", "key: confirm_empty", "'confirm_empty' stands here twice"),
    ("ACC-1", "key: set_invalid", "key: set-invalid", "is no key"),
    ("ACC-1", "required: true", "required: maybe", "expected true or false"),
    ("ACC-1", "en: School without students", "en: ''", "the text is empty"),
    ("ACC-1", "en: School without students", "en: 2020", "in quotes"),
    ("ACC-1", "en: School without students", "en: 空壳学校", "this is not English"),
    ("ACC-1", "zh: 空壳学校", "zh: School", "this is not Chinese"),
    ("ACC-1", "closing_tier: [province_aid]", "closing_tier: []", "at least one closing tier"),
    ("ACC-1", "closing_tier: [province_aid]", "closing_tier: province_aid", "expected a list"),
    ("ACC-1", "- use: closure_papers", "- use: papers", "no shared field 'papers'"),
    ("ACC-1", "- use: closure_papers", "- use: closure_papers\n    kind: text", "unknown key"),
    ("ACC-1", "kind: number", "kind: choice", "a choice needs them"),
    ("ACC-1", "code: ACC-1", "code: [ACC-1", "expected"),
    ("ACC-2", "by: province_aid\n    required: false", "by: province_aid\n    required: true",
     "a step with a condition cannot be required"),
    ("ACC-4a", "by: asker\n    required: false", "by: asker\n    required: true",
     "proven by its confirmation"),
    ("ACC-4b", "group: B", "group: C", "parallel group 'C' has only this one step"),
    ("AID-1", "value: city", "value: county", "'county' stands here twice"),
]  # fmt: skip


@pytest.mark.parametrize(("card", "old", "new", "complaint"), CARD_MISTAKES)
def test_a_wrong_card_is_refused_with_file_and_line(
    folder: Path, card: str, old: str, new: str, complaint: str
) -> None:
    file = folder / f"{card}.yaml"
    spoil(file, old, new)
    with pytest.raises(BadData) as refused:
        load_cards(folder)
    message = str(refused.value)
    assert complaint in message
    assert re.match(rf"{re.escape(str(file))}:\d+: ", message)


def test_the_line_is_that_of_the_mistake(folder: Path) -> None:
    line = spoil(folder / "AID-4.yaml", "kind: choice", "kind: chioce")
    with pytest.raises(BadData, match=rf"AID-4\.yaml:{line}: 'chioce' is none of"):
        load_cards(folder)


def test_a_missing_card_is_named(folder: Path) -> None:
    (folder / "DIF-2.yaml").unlink()
    with pytest.raises(BadData, match=r"DIF-2\.yaml: this card is missing"):
        load_cards(folder)


def test_a_card_too_many_is_named(folder: Path) -> None:
    shutil.copy(folder / "DIF-2.yaml", folder / "DIF-9.yaml")
    with pytest.raises(BadData, match="there is no problem card 'DIF-9'"):
        load_cards(folder)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [(b"", "the file is empty"), (b"\xff\xfe", "is not UTF-8"), (b"a: \x07", "special characters")],
    ids=["nothing", "not UTF-8", "a bell"],
)
def test_a_file_that_is_no_data_is_refused(folder: Path, content: bytes, complaint: str) -> None:
    (folder / "OUT.yaml").write_bytes(content)
    with pytest.raises(BadData, match=complaint):
        load_cards(folder)


PLAYBOOK_MISTAKES = [
    ("login", "card: ACC-4a", "card: ACC-4d", "there is no problem card 'ACC-4d'"),
    ("login", "next: students", "next: pupils", "no later question 'pupils'"),
    ("login", "card: ACC-4x", "next: message", "no later question 'message'"),
    ("login", "card: ACC-4a", "card: ACC-4a\n        next: students", "either to a card or"),
    ("login", "next: students", "card: ACC-4b", "no answer leads to question 'students'"),
    ("login", "door: login", "door: business", "this is the file of door login"),
    ("login", "key: B\n", "key: A\n", "'A' stands here twice"),
    ("enrolment", "card: ENR-2", "cards: ENR-2", "unknown key 'cards'"),
]


@pytest.mark.parametrize(("door", "old", "new", "complaint"), PLAYBOOK_MISTAKES)
def test_a_wrong_playbook_is_refused_with_file_and_line(
    folder: Path, door: str, old: str, new: str, complaint: str
) -> None:
    file = folder / "playbooks" / f"{door}.yaml"
    spoil(file, old, new)
    with pytest.raises(BadData) as refused:
        load_playbooks(folder)
    assert complaint in str(refused.value)
    assert re.match(rf"{re.escape(str(file))}:\d+: ", str(refused.value))


def test_a_missing_playbook_is_named(folder: Path) -> None:
    (folder / "playbooks" / "business.yaml").unlink()
    with pytest.raises(BadData, match=r"business\.yaml: cannot be read"):
        load_playbooks(folder)
