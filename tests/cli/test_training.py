"""`helpdesk training` as a program sees it: one document, a sentence on stderr, exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
import time_machine
from click.testing import Result
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from helpdesk.training.models.counting import Counter
from helpdesk.training.operations import crediting
from tests.factories.country import Country, build
from tests.factories.training import attend, held

Run = Callable[..., Result]


@pytest.fixture
def land(session: Session, now: datetime) -> Country:
    return build(now)


@pytest.fixture
def run(app: Flask, land: Country, session: Session, now: datetime) -> Run:
    """Run a command of the group on a country where one teacher of three is trained."""
    attend(held(land.body("county"), date(2026, 5, 6)), land.people["teacher"])
    crediting.settle([land.people["teacher"].id], now=now)
    session.commit()

    def training(*arguments: str) -> Result:
        with time_machine.travel(now, tick=False):
            return app.test_cli_runner().invoke(args=["training", *arguments])

    return training


def coverage(run: Run, *arguments: str) -> dict[str, Any]:
    result = run("coverage", "--json", *arguments)
    assert result.exit_code == 0, result.stderr
    assert result.stderr == ""
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_the_document_of_a_county(run: Run) -> None:
    assert coverage(run, "--org", "420101", "--year", "2026") == {
        "org": "420101",
        "year": 2026,
        "as_of": "2026-09-22",
        "closed": False,
        "persons": {"active": 5, "trained": 1, "rate": 0.2},
        "bodies": {
            "total": 3, "no_roster": 0, "none_trained": 2, "some_trained": 1, "all_trained": 0,
        },
        "side": {"active": 1, "trained": 0},
        "children": [
            {
                "org": None, "name": "本级人员", "part": "own_staff",
                "persons": {"active": 2, "trained": 0, "rate": 0.0},
                "bodies": {
                    "total": 1, "no_roster": 0, "none_trained": 1, "some_trained": 0,
                    "all_trained": 0,
                },
            },
            {
                "org": None, "name": "直属学校", "part": "direct_schools",
                "persons": {"active": 3, "trained": 1, "rate": 1 / 3},
                "bodies": {
                    "total": 2, "no_roster": 0, "none_trained": 1, "some_trained": 1,
                    "all_trained": 0,
                },
            },
        ],
    }  # fmt: skip


def test_the_whole_country(run: Run) -> None:
    found = coverage(run, "--org", "all", "--year", "2026")
    assert found["persons"] == {"active": 15, "trained": 1, "rate": 1 / 15}
    assert [part["org"] for part in found["children"]] == ["420000", "430000", None]


def test_as_of_a_day_before(run: Run) -> None:
    found = coverage(run, "--org", "420101", "--year", "2026", "--as-of", "2026-05-05")
    assert (found["as_of"], found["persons"]["trained"]) == ("2026-05-05", 0)


def test_where_nobody_is_to_be_trained_there_is_no_rate(run: Run) -> None:
    found = coverage(run, "--org", "CALL", "--year", "2026")
    assert found["persons"] == {"active": 0, "trained": 0, "rate": None}
    assert found["side"] == {"active": 2, "trained": 0}
    assert found["children"] == []


def test_for_people_it_is_a_few_lines(run: Run) -> None:
    result = run("coverage", "--org", "420101", "--year", "2026")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == "2026年度，截至2026-09-22"
    assert lines[1].split() == ["20.0%", "1/5", "1/3", "合计"]
    assert lines[3].split() == ["33.3%", "1/3", "1/2", "直属学校"]


# arguments: exit code, part of the sentence
REFUSED = [
    (("--org", "999999", "--year", "2026"), 3, "没有代码为“999999”的单位"),
    (("--org", "420101", "--year", "今年"), 2, "不是年度"),
    (("--org", "420101", "--year", "26"), 2, "不是年度"),
    (("--org", "420101", "--year", "2026", "--as-of", "yesterday"), 2, "不是日期"),
    (("--org", "420101", "--year", "2026", "--as-of", "2026-02-30"), 2, "不是日期"),
    (("--org", "420101", "--year", "2026", "--as-of", "2025-12-31"), 2, "不在2026年度内"),
    (("--org", "420101", "--year", "2026", "--as-of", "2026-09-23"), 2, "还没有到"),
    (("--year", "2026"), 2, "--org"),
]


@pytest.mark.parametrize(("arguments", "code", "sentence"), REFUSED)
def test_refused_with_a_sentence(
    arguments: tuple[str, ...], code: int, sentence: str, run: Run
) -> None:
    result = run("coverage", *arguments, "--json")
    assert result.exit_code == code
    assert result.stdout == ""
    assert sentence in result.stderr


def test_a_recount_finds_nothing_and_then_what_somebody_broke(run: Run, session: Session) -> None:
    assert run("recount").stdout == "重新统计完成，偏差0处。\n"
    assert run("recount").stdout == "重新统计完成，偏差0处。\n"
    broken = update(Counter).where(Counter.node_id == 0, Counter.facet == "all")
    session.execute(broken.values(trained=9))
    session.commit()
    lines = run("recount").stdout.splitlines()
    assert lines == [
        "0 all: [15, 9, 11, 1, 9, 1, 0] -> [15, 1, 11, 1, 9, 1, 0]",
        "重新统计完成，偏差1处。",
    ]
    assert run("recount").stdout == "重新统计完成，偏差0处。\n"
