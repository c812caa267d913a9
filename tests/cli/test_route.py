"""`helpdesk route` as a program sees it: one document, a sentence on stderr, exit codes."""

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


@pytest.fixture
def run(app: Flask, session: Session, now: datetime) -> Run:
    """Run the command on the nation; bodies are given by name."""
    nation.build(now)
    session.commit()

    def route(card: str, asker: str, *more: str) -> Result:
        code = STOPS[asker].code if asker in STOPS else asker
        return app.test_cli_runner().invoke(args=["route", card, "--org", code, *more])

    return route


def document(result: Result) -> dict[str, Any]:
    """The one document."""
    assert result.exit_code == 0, result.stderr
    assert result.stderr == ""
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def stop(name: str) -> dict[str, str]:
    """A body as the document names it."""
    return {"code": STOPS[name].code, "name": STOPS[name].name, "kind": STOPS[name].kind.value}


def test_invalid_school_of_a_county(run: Run) -> None:
    assert document(run("ACC-4b", "county school", "--json")) == {
        "first_holder": stop("county"),
        "hand_up_chain": [stop("city"), stop("province"), stop("call centre")],
        "steps": [
            {"step": "B1", "body": stop("county enrolment")},
            {"step": "B2", "body": stop("province it")},
        ],
        "may_reach_call_centre": False,
        "why": "示范县第一中学隶属于示范县资助中心，由它最先接收。（S-3.5.1）\n"
        "办不了的，逐级上报：示范市资助中心、示范省资助中心、呼叫中心。（S-3.5.1）\n"
        "只有省级资助部门和中央部属高校可以向呼叫中心上报；"
        "示范县第一中学请上报示范县资助中心。（S-3.5.4）",
    }


def test_a_central_university_goes_straight_to_the_call_centre(run: Run) -> None:
    found = document(run("acc-4b", "university", "--json"))
    assert found["first_holder"] == stop("call centre")
    assert found["hand_up_chain"] == []
    assert [step["body"] for step in found["steps"]] == [stop("call centre")] * 2
    assert found["may_reach_call_centre"] is True


def test_a_body_that_is_not_there_is_null_with_a_note(run: Run) -> None:
    review, sync = document(run("ACC-4b", "direct county school", "--json"))["steps"]
    assert review["body"] is None
    assert "登记答复" in review["note"]
    assert sync == {"step": "B2", "body": stop("province it")}


def test_the_explanation_in_english(run: Run) -> None:
    why = document(run("SEC", "county school", "--json", "--lang", "en"))["why"]
    assert why.splitlines()[0] == (
        "Province owns security incidents; no queue. (our own arrangement)"
    )


def test_a_complaint_names_the_office(run: Run) -> None:
    against = ("--against", STOPS["city"].code, "--json")
    assert document(run("SUP", "county school", *against))["first_holder"] == stop("province")


def test_for_people_it_is_a_few_lines(run: Run) -> None:
    result = run("ENV", "county school")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == "示范省教育信息化中心 -> 示范省资助中心 -> 呼叫中心"
    assert "  repair: 示范省教育信息化中心" in lines


# arguments: exit code, part of the sentence
REFUSED = [
    (("ACC-9", "county school"), 3, "没有编号为“ACC-9”的问题卡片"),
    (("ACC-1", "4199999999"), 3, "没有代码为“4199999999”的单位"),
    (("SUP", "county school", "--against", "NOBODY"), 3, "没有代码为“NOBODY”的单位"),
    (("OPS", "call centre"), 2, "呼叫中心是接收问题的一方"),
    (("OPS", "aid centre"), 2, "不在这里提问"),
    (("OPS", "county school", "--against", "B011"), 2, "不针对某个部门"),
    (("SUP", "city", "--against", STOPS["county"].code), 2, "请直接督办"),
    (("SUP", "county school", "--against", STOPS["call centre"].code), 2, "示范县资助中心"),
    (("OPS", "county school", "--lang", "fr"), 2, "fr"),
]


@pytest.mark.parametrize(("arguments", "code", "sentence"), REFUSED)
def test_refused_with_a_sentence(
    arguments: tuple[str, ...], code: int, sentence: str, run: Run
) -> None:
    result = run(*arguments, "--json")
    assert result.exit_code == code
    assert result.stdout == ""
    assert sentence in result.stderr


def test_the_asker_has_to_be_named(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["route", "OPS", "--json"])
    assert result.exit_code == 2
    assert "--org" in result.stderr
