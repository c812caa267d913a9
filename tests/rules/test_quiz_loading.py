"""A wrong pool of questions is refused with its file, its line and what is wrong."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from helpdesk.kernel.errors import BadData
from helpdesk.training.queries.pools import load
from helpdesk.training.queries.quizzes import FOLDER

POOL = """\
key: demo
title: {zh: "演示", en: "Demo"}
audience: {zh: "所有人", en: "Everybody"}
draw: 2
pass_percent: 50
tries_per_day: 3
questions:
  - id: demo-01
    kind: single
    text: "哪一个？"
    options:
      - right: "甲"
      - wrong: "乙"
      - wrong: "丙"
    explanation: "是甲。"
    clause: S-2.1.4
  - id: demo-02
    kind: multiple
    text: "哪些？"
    options:
      - right: "甲"
      - right: "乙"
      - wrong: "丁"
    explanation: "是甲和乙。"
    clause: 本系统约定
  - id: demo-03
    kind: order
    text: "怎样排？"
    steps: ["一", "二", "三"]
    explanation: "一二三。"
    clause: PG-07
    item: PG-07
    by: school
    answer_on: ["07-10"]
  - id: demo-04
    kind: true_false
    text: "对不对？"
    answer: false
    explanation: "不对。"
    clause: S-3.4
"""


def written(folder: Path, text: str, name: str = "demo") -> Path:
    (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def test_a_small_pool_is_read(tmp_path: Path) -> None:
    (pool,) = load(written(tmp_path, POOL))
    assert (pool.key, pool.draw, pool.needed, pool.subsystem) == ("demo", 2, 1, None)
    assert [question.right for question in pool.questions] == [(0,), (0, 1), (0, 1, 2), (1,)]
    assert pool.questions[3].options == ("对", "错")
    assert (pool.questions[1].clause, pool.questions[2].answer_on) == ("", ("07-10",))


# what stands there, what somebody made of it, line, complaint
MISTAKES = [
    ("draw: 2", "drew: 2", 4, "unknown key 'drew'"),
    ("draw: 2", "draw: 5", 4, "5 is not between 1 and 4"),
    ("draw: 2", "draw: many", 4, "expected a whole number"),
    ("pass_percent: 50", "pass_percent: 101", 5, "101 is not between 1 and 100"),
    ("tries_per_day: 3", "tries_per_day: 0", 6, "0 is not between 1 and 20"),
    ("key: demo", "key: other", 1, "must be called other.yaml"),
    ('en: "Demo"', 'en: "演示"', 2, "this is not English"),
    ("draw: 2", "draw: 2\nsubsystem: kindergarten", 5, "'kindergarten' is none of"),
    ("kind: single", "kind: radio", 9, "'radio' is none of: single, multiple"),
    ("kind: single", "kind: true_false", 8, "a question of kind true_false has answer"),
    ("id: demo-01", "id: Demo 1", 8, "is not an id"),
    ("id: demo-02", "id: demo-01", 17, "'demo-01' stands here twice"),
    ('text: "哪些？"', 'text: "哪一个？"', 17, "stands here twice"),
    ('- wrong: "乙"', '- right: "乙"', 12, "a single choice has one right option"),
    ('      - wrong: "丙"\n', "", 12, "at least two wrong ones"),
    ('- wrong: "丁"', '- right: "丁"', 21, "a multiple choice has at least two right"),
    ('- wrong: "丁"', '- wrong: "乙"', 23, "'乙' stands here twice"),
    ('- wrong: "丁"', '- maybe: "丁"', 23, "unknown key 'maybe'"),
    ('- wrong: "丁"', '- {right: "丁", wrong: "戊"}', 23, "either right or wrong"),
    ('- wrong: "丁"', '- ""', 23, "expected keys with values"),
    ('["一", "二", "三"]', '["一", "二"]', 29, "3 to 7 steps"),
    ('["一", "二", "三"]', '["一", "二", "一"]', 29, "'一' stands here twice"),
    ("answer: false", 'answer: "no"', 38, "expected true or false"),
    ("clause: S-2.1.4", "clause: S-9.1", 16, "is no clause like S-2.1.1"),
    ("clause: PG-07", "clause: XX-07", 31, "is no clause like S-2.1.1"),
    ("    by: school\n", "", 26, "item, by and answer_on go together"),
    ("by: school", "by: teacher", 33, "'teacher' is none of: school"),
    ('answer_on: ["07-10"]', 'answer_on: ["31 July"]', 34, "is not a day like 06-20"),
    ("answer_on: [", 'answer_on: [] #', 34, "at least one day"),
    ("item: PG-07", "item: PG-7", 32, "is not an annex item"),
    ('explanation: "不对。"', "explanation: ''", 39, "the text is empty"),
    ("questions:", "questions: []\nrest:", 8, "unknown key 'rest'"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "line", "complaint"), MISTAKES)
def test_a_mistake_is_named_with_its_line(
    tmp_path: Path, old: str, new: str, line: int, complaint: str
) -> None:
    assert old in POOL
    written(tmp_path, POOL.replace(old, new, 1))
    with pytest.raises(BadData, match=re.escape(complaint)) as error:
        load(tmp_path)
    assert str(error.value).startswith(f"{tmp_path / 'demo.yaml'}:{line}: ")


@pytest.mark.parametrize("key", ["attempts", "sessions", "Demo", "demo-pool"])
def test_a_key_is_a_word_of_an_address(tmp_path: Path, key: str) -> None:
    written(tmp_path, POOL.replace("key: demo", f"key: {key}"), key)
    with pytest.raises(BadData, match="cannot be the key of a pool"):
        load(tmp_path)


def test_an_empty_folder_is_no_data(tmp_path: Path) -> None:
    with pytest.raises(BadData, match="no pool of questions"):
        load(tmp_path)


def test_the_support_process_comes_first(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(FOLDER, tmp_path / "quizzes"))
    assert [pool.key for pool in load(folder)] == [
        "support", "postgraduate", "undergraduate", "secondary_vocational", "senior_high",
        "compulsory", "preschool",
    ]  # fmt: skip
