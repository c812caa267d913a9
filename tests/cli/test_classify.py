"""`helpdesk classify` as a program sees it: one document, a sentence on stderr, exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy.orm import Session

from tests.factories import nation
from tests.factories.nation import STOPS

Run = Callable[..., Result]
WRONG_PASSWORD = "老师您好,资助系统登不进去了,一直提示密码错误"


@pytest.fixture
def run(app: Flask, session: Session, now: datetime) -> Run:
    """Run the command on the nation; bodies are given by name."""
    nation.build(now)
    session.commit()

    def classify(text: str, asker: str, *more: str) -> Result:
        code = STOPS[asker].code if asker in STOPS else asker
        return app.test_cli_runner().invoke(args=["classify", text, "--org", code, *more])

    return classify


def document(result: Result) -> list[dict[str, Any]]:
    """The one document."""
    assert result.exit_code == 0, result.stderr
    assert result.stderr == ""
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


def stop(name: str) -> dict[str, str]:
    """A body as the document names it."""
    return {"code": STOPS[name].code, "name": STOPS[name].name, "kind": STOPS[name].kind.value}


def test_the_question_of_the_issue(run: Run) -> None:
    found = document(run(WRONG_PASSWORD, "county school", "--json"))
    first = found[0]
    assert (first["code"], first["name"]) == ("ACC-4a", "登录提示密码错误")
    assert first["confidence"] > 0.8
    assert "密码" in first["why"]
    assert first["first_holder"] == stop("county")
    assert "ask" not in first
    assert len(found) == 5
    assert [guess["confidence"] for guess in found] == sorted(
        (guess["confidence"] for guess in found), reverse=True
    )


def test_a_vague_question_comes_with_one_that_decides(run: Run) -> None:
    first, *others = document(run("登不上去", "county school", "--json"))
    assert first["ask"]["question"] == "登录时，页面显示的是哪一句？"
    assert {"text": "密码错误", "code": "ACC-4a"} in first["ask"]["options"]
    assert not any("ask" in guess for guess in others)


@pytest.mark.parametrize(
    ("text", "asker", "code", "holder"),
    [
        ("网页打不开，全县学校都打不开", "county school", "ENV", "province it"),
        ("学籍早就审核完了，资助系统没同步过来", "county school", "ENR-4", "province it"),
        ("投诉县资助中心，一直不给办", "county school", "SUP", "city"),
        ("学生身份证号被发到网上了，信息泄露", "county school", "SEC", "province"),
        ("登录提示无效学校", "university", "ACC-4b", "call centre"),
        ("县级财政资金怎么录入", "county", "AID-6", "city"),
        ("我们学校要录财政资金吗", "county school", "AID-6", "county"),
    ],
)
def test_the_first_holder_follows_card_and_asker(
    run: Run, text: str, asker: str, code: str, holder: str
) -> None:
    first = document(run(text, asker, "--json"))[0]
    assert first["code"] == code
    assert first["first_holder"] == stop(holder)


def test_nobody_holds_what_belongs_elsewhere(run: Run) -> None:
    first = document(run("我是家长，孩子的助学金没到账", "county school", "--json"))[0]
    assert (first["code"], first["first_holder"]) == ("OUT", None)
    assert "就读学校" in first["note"]


def test_a_school_learns_which_body_does_what_it_asks_for(run: Run) -> None:
    asked = "怎么把我们学校设为无效，已经没有学生了"
    assert "省级资助部门" in document(run(asked, "county school", "--json"))[0]["note"]
    assert "note" not in document(run(asked, "province", "--json"))[0]


def test_gibberish_is_no_guess_but_a_question(run: Run) -> None:
    first = document(run("asdf 1234", "county school", "--json"))[0]
    assert first["confidence"] < 0.15
    assert len(first["ask"]["options"]) == 5
    assert first["why"] == "没有认出说明问题的词。"


def test_numbers_of_persons_are_not_repeated(run: Run) -> None:
    output = run("学生990101200001010006导入提示重复", "county school", "--json").stdout
    assert "990101200001010006" not in output
    assert document(run("学生990101200001010006导入提示重复", "county school", "--json"))[0][
        "code"
    ] not in ("SEC", "OUT")


def test_plain_output_and_english(run: Run) -> None:
    plain = run(WRONG_PASSWORD, "county school").stdout
    assert plain.startswith("ACC-4a 登录提示密码错误")
    english = document(run("登不上去", "county school", "--json", "--lang", "en"))[0]
    assert english["ask"]["question"] == "What does the login page say?"


@pytest.mark.parametrize(
    ("text", "asker", "exit_code"),
    [("  ", "county school", 2), ("密码错误", "0000000000", 3), ("密码错误", "call centre", 2)],
)
def test_what_is_refused(run: Run, text: str, asker: str, exit_code: int) -> None:
    result = run(text, asker, "--json")
    assert result.exit_code == exit_code
    assert result.stdout == ""
    assert result.stderr.strip()
