"""Articles without a database: what follows from a state, a file, two texts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from helpdesk.kernel.permissions import Permission
from helpdesk.knowledge.queries.articlefiles import read
from helpdesk.knowledge.rules.articles import (
    Audience,
    Content,
    Fate,
    State,
    Stored,
    Verb,
    as_file,
    fate,
    fingerprint,
    masked,
    missing,
    offered,
    tidy,
    with_personal_data,
)
from helpdesk.knowledge.rules.differences import Change, as_text, difference
from helpdesk.organizations.rules import Subsystem

WRITER = frozenset({Permission.ARTICLE_WRITE})
LEAD = WRITER | {Permission.ARTICLE_REVIEW}
WHOLE = Content(
    title="登录提示“密码错误”: 怎么办",
    summary="先分清账号 #1。",
    body="## 怎么做\n\n1. 看一遍。\n2. 再看一遍。",
    cards=("ACC-4a",),
    subsystems=(Subsystem.PRESCHOOL,),
    items=("VO-08",),
    audience=(Audience.SCHOOL, Audience.LEADER),
    clauses=("S-2.1.4A",),
)


@pytest.mark.parametrize(
    ("state", "held", "shown", "verbs"),
    [
        (State.DRAFT, WRITER, False, "edit submit discard"),
        (State.DRAFT, WRITER, True, "edit submit discard"),
        (State.DRAFT, LEAD, True, "edit submit discard withdraw"),
        (State.SUBMITTED, WRITER, False, "recall"),
        (State.SUBMITTED, LEAD, False, "recall publish return"),
        (State.PUBLISHED, WRITER, True, "edit"),
        (State.PUBLISHED, LEAD, True, "edit keep withdraw"),
        (State.WITHDRAWN, LEAD, False, "edit"),
        (State.PUBLISHED, frozenset(), True, ""),
    ],
)
def test_what_may_be_done(
    state: State, held: frozenset[Permission], shown: bool, verbs: str
) -> None:
    found = offered(state, held, complete=True, shown=shown)
    assert sorted(found) == sorted(Verb(word) for word in verbs.split())


def test_an_article_with_gaps_is_not_submitted() -> None:
    gaps = missing(replace(WHOLE, body=" "))
    assert [str(label) for label in gaps] == ["正文"]
    assert Verb.SUBMIT not in offered(State.DRAFT, WRITER, complete=False, shown=False)


@pytest.mark.parametrize(
    ("stored", "file", "found"),
    [
        (None, "a", Fate.ADDED),
        (Stored(State.PUBLISHED, "a", "a"), "a", Fate.UNCHANGED),
        (Stored(State.PUBLISHED, "a", "a"), "b", Fate.UPDATED),
        (Stored(State.PUBLISHED, "w", "a"), "a", Fate.DIVERGED),
        (Stored(State.PUBLISHED, "w", "a"), "b", Fate.DIVERGED),
        (Stored(State.PUBLISHED, "w", "a"), "w", Fate.UNCHANGED),
        (Stored(State.WITHDRAWN, "a", "a"), "b", Fate.DIVERGED),
        (Stored(State.PUBLISHED, "w"), "a", Fate.DIVERGED),
        (Stored(State.PUBLISHED, "a", "a"), None, Fate.GONE),
    ],
)
def test_what_a_run_over_the_files_does(
    stored: Stored | None, file: str | None, found: Fate
) -> None:
    assert fate(stored, file) is found


def test_a_file_that_is_written_is_read_the_same(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("articles")
    path = folder / "cards" / "acc-4a.md"
    path.parent.mkdir()
    text = as_file(WHOLE, "NATIONAL-AID", date(2027, 6, 30))
    path.write_text(text, encoding="utf-8")
    file = read(path, folder)
    assert file.content == WHOLE
    assert (file.key, file.owner, file.review_on) == (
        "cards/acc-4a",
        "NATIONAL-AID",
        date(2027, 6, 30),
    )
    assert as_file(file.content, file.owner, file.review_on) == text


def test_the_way_a_text_is_typed_is_no_difference() -> None:
    typed = replace(WHOLE, body="\r\n" + WHOLE.body.replace("\n", "  \r\n") + "\r\n\r\n")
    assert fingerprint(tidy(typed)) == fingerprint(WHOLE)
    assert fingerprint(replace(WHOLE, cards=())) != fingerprint(WHOLE)


def test_numbers_of_persons_are_found_and_masked() -> None:
    number = "13800138000"
    assert [str(x) for x in with_personal_data(replace(WHOLE, summary=number))] == ["一句话说明"]
    said = masked(f"学生张小明，电话{number}，问题2026-0000001")
    assert number not in said
    assert "张小明" not in said
    assert "2026-0000001" in said


OLD = "标题\n\n一\n二\n三\n四\n五月10日截止\n末"
NEW = "标题\n\n一\n二\n三\n四\n五月12日截止\n末\n新的一行"


def test_a_difference_shows_the_words_that_changed() -> None:
    lines = difference(OLD, NEW, around=1)
    assert [(line.change, line.text or line.hidden) for line in lines] == [
        (Change.FOLDED, 5),
        (Change.SAME, "四"),
        (Change.OLD, "五月10日截止"),
        (Change.NEW, "五月12日截止"),
        (Change.SAME, "末"),
        (Change.NEW, "新的一行"),
    ]
    changed = [piece.text for line in lines for piece in line.pieces if piece.changed]
    assert changed == ["0", "2", "新的一行"]
    assert as_text(lines).splitlines()[:3] == ["...", " 四", "-五月10日截止"]
    assert difference(OLD, OLD) == ()


@pytest.mark.parametrize("line", ["a", "甲乙"])
def test_very_many_lines_are_shown_old_and_new_without_matching(line: str) -> None:
    old = "\n".join(f"{line}{i % 7}" for i in range(2000))
    new = "\n".join(f"{line}{i * 3 % 7}" for i in range(1999))
    lines = difference(old, new)
    assert [one.change for one in lines] == [Change.OLD] * 2000 + [Change.NEW] * 1999
    assert difference(old, old) == ()


def test_a_very_long_line_is_shown_whole() -> None:
    lines = difference("甲乙" * 2000, "乙甲" * 2000)
    assert [(one.change, len(one.pieces)) for one in lines] == [(Change.OLD, 1), (Change.NEW, 1)]
