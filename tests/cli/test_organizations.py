"""`helpdesk organizations show`: documents on stdout, sentences on stderr, exit codes."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy.orm import Session

from tests.factories.organizations import tree


@pytest.fixture
def runner(app: Flask, session: Session, now: datetime) -> FlaskCliRunner:
    tree(now)
    session.commit()
    return app.test_cli_runner()


def show(runner: FlaskCliRunner, *arguments: str) -> tuple[int, str, str]:
    result = runner.invoke(args=["organizations", "show", *arguments])
    return result.exit_code, result.stdout, result.stderr


def test_a_school_with_its_line_and_what_stands_beside_it(runner: FlaskCliRunner) -> None:
    code, out, err = show(runner, "2142900001", "--json")
    found = json.loads(out)
    assert (code, err) == (0, "")
    assert (found["code"], found["kind"], found["status"]) == ("2142900001", "school", "active")
    assert found["subsystems"] == ["compulsory"]
    assert [(one["code"], [side["code"] for side in one["sides"]]) for one in found["line_up"]] == [
        ("420102", ["420102-XJ"]),
        ("420100", ["420100-XJ"]),
        ("420000", ["420000-IT"]),
    ]


def test_an_office_counts_the_schools_below(runner: FlaskCliRunner) -> None:
    found = json.loads(show(runner, "420000", "--json")[1])
    assert found["schools"] == {"active": 5, "invalid": 0, "closed": 0}
    assert [side["kind"] for side in found["sides"]] == ["province_it"]
    assert found["line_up"] == []


def test_marks_of_the_exceptions(runner: FlaskCliRunner) -> None:
    assert json.loads(show(runner, "440300", "--json")[1])["plan_city"] is True
    corps = json.loads(show(runner, "2165900005", "--json")[1])
    assert (corps["bingtuan"], corps["province_code"]) == (True, "66")


def test_without_a_code_the_top(runner: FlaskCliRunner) -> None:
    found = json.loads(show(runner, "--json")[1])
    assert {one["code"] for one in found["top"]} == {
        "CALL", "NAC", "MOEIT", "420000", "440000", "660000", "4142010999",
    }  # fmt: skip


def test_for_people(runner: FlaskCliRunner) -> None:
    code, out, _err = show(runner, "call")  # small letters are forgiven
    assert code == 0
    assert "呼叫中心" in out


REFUSED = [
    (("9999999999",), 3, "没有代码为“9999999999”的单位"),
    (("--demo-personas",), 3, "helpdesk demo load"),
    (("420000", "--demo-personas"), 2, "只能选一样"),
    (("--nonsense",), 2, "--nonsense"),
]


@pytest.mark.parametrize(("arguments", "exit_code", "sentence"), REFUSED)
def test_refused(
    runner: FlaskCliRunner, arguments: tuple[str, ...], exit_code: int, sentence: str
) -> None:
    code, out, err = show(runner, *arguments)
    assert (code, out) == (exit_code, "")
    assert sentence in err
