"""`helpdesk due`: on any database or none, one JSON document, a sentence for every bad input."""

from __future__ import annotations

import csv
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy.orm import Session

from helpdesk.kernel.actor import SYSTEM
from helpdesk.workdays import operations
from helpdesk.workdays.queries import read_notice
from tests.support.program import helpdesk

EXAMPLES = Path(__file__).parents[1] / "data" / "due_dates.csv"
ROWS = list(csv.DictReader(EXAMPLES.read_text(encoding="utf-8").splitlines()))


def due(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["due", *arguments])


def document(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.stderr
    assert result.stderr == ""
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_a_fresh_machine_answers_without_a_database(tmp_path: Path) -> None:
    done = helpdesk("due", "2026-09-18 15:00", "--days", "5", "--json", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == {
        "received_at": "2026-09-18T15:00:00+08:00",
        "working_days": 5,
        "due_at": "2026-09-24T17:30:00+08:00",
        "status": "confirmed",
        "days": [
            {
                "date": "2026-09-18",
                "counted": False,
                "reason": "day_of_receipt",
                "text": "收到当日不计",
            },
            {"date": "2026-09-19", "counted": False, "reason": "weekend", "text": "周末"},
            {"date": "2026-09-20", "counted": True, "reason": "makeup", "text": "国庆节调休上班"},
            {"date": "2026-09-21", "counted": True, "reason": "working", "text": "工作日"},
            {"date": "2026-09-22", "counted": True, "reason": "working", "text": "工作日"},
            {"date": "2026-09-23", "counted": True, "reason": "working", "text": "工作日"},
            {"date": "2026-09-24", "counted": True, "reason": "working", "text": "工作日"},
        ],
    }
    assert not list(tmp_path.rglob("*.sqlite3"))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['received_at']}: {row['note']}")
def test_worked_examples(app: Flask, row: dict[str, str]) -> None:
    found = document(due(app, row["received_at"], "--days", row["working_days"], "--json"))
    assert found["due_at"] == f"{row['due_on']}T17:30:00+08:00"
    assert sum(day["counted"] for day in found["days"]) == int(row["working_days"])


def test_a_provisional_year_says_so(app: Flask) -> None:
    found = document(due(app, "2026-12-25 10:00", "--days", "5", "--json"))
    assert (found["status"], found["due_at"]) == ("provisional", "2027-01-04T17:30:00+08:00")
    assert found["days"][-1] == {
        "date": "2027-01-04",
        "counted": True,
        "reason": "provisional",
        "text": "放假安排未公布，暂按工作日计",
    }


FORMS = [
    pytest.param(("2026-09-18T15:00",), id="T代替空格"),
    pytest.param(("2026-09-18T07:00:00Z",), id="UTC"),
    pytest.param(("2026-09-18T15:00:00+08:00",), id="带时区"),
    pytest.param(("2026/09/18 15:00",), id="斜线"),
    pytest.param(("2026-09-18", "15:00"), id="没有引号"),
]


@pytest.mark.parametrize("received", FORMS)
def test_ways_to_write_a_time(app: Flask, received: tuple[str, ...]) -> None:
    found = document(due(app, *received, "--days", "5", "--json"))
    assert found["received_at"] == "2026-09-18T15:00:00+08:00"


def test_words_for_a_person(app: Flask) -> None:
    shown = due(app, "2026-09-18 15:00", "--days", "1").stdout.splitlines()
    assert shown == [
        "2026-09-18(周五)    -  收到当日不计",
        "2026-09-19(周六)    -  周末",
        "2026-09-20(周日)    1  国庆节调休上班",
        "截止：2026-09-20(周日) 17:30（已确认）",
    ]


def test_english(app: Flask) -> None:
    found = document(due(app, "2026-09-18 15:00", "--days", "1", "--lang", "en", "--json"))
    assert [day["text"] for day in found["days"]] == [
        "Day of receipt, not counted",
        "Weekend",
        "Make-up working day (National Day)",
    ]
    assert "2026-09-18 Fri" in due(app, "2026-09-18", "--days", "1", "--lang", "en").stdout


def test_another_close_of_business(app: Flask) -> None:
    found = document(due(app, "2026-09-18 15:00", "--days", "1", "--close", "19:30", "--json"))
    assert found["due_at"] == "2026-09-20T19:30:00+08:00"


def test_the_database_decides_where_there_is_one(
    app: Flask, session: Session, tmp_path: Path, now: datetime
) -> None:
    file = tmp_path / "45.yaml"
    file.write_text(
        'year: 2026\nregion: "45"\nstatus: confirmed\nsource: 试验\n'
        "off:\n  - {day: 2026-09-22, zh: 试验日, en: Trial Day}\nworks: []\n",
        encoding="utf-8",
    )
    operations.seed(now=now)
    operations.load_year(notice=read_notice(file), actor=SYSTEM, now=now)
    session.commit()
    arguments = ("2026-09-18 15:00", "--days", "5", "--json")
    assert document(due(app, *arguments))["due_at"] == "2026-09-24T17:30:00+08:00"
    own = document(due(app, *arguments, "--region", "45"))
    assert own["due_at"] == "2026-09-28T17:30:00+08:00"


REFUSED = [
    pytest.param(("nonsense", "--days", "5"), "不是时间", id="不是时间"),
    pytest.param(("2026-02-30 10:00", "--days", "5"), "不是时间", id="没有这一天"),
    pytest.param(("2026-09-18 25:00", "--days", "5"), "不是时间", id="没有这一刻"),
    pytest.param(("0001-01-01 00:00", "--days", "5"), "不是时间|0001|日历", id="太早"),
    pytest.param(("2026-09-18 15:00", "--days", "0"), "1到250", id="0天"),
    pytest.param(("2026-09-18 15:00", "--days", "-3"), "1到250", id="负数"),
    pytest.param(("2026-09-18 15:00", "--days", "9999"), "1到250", id="太多"),
    pytest.param(("2026-09-18 15:00", "--days", "five"), "five", id="不是整数"),
    pytest.param(("2026-09-18 15:00",), "days", id="没有天数"),
    pytest.param(("--days", "5"), "RECEIVED", id="没有时间"),
    pytest.param(("2028-01-04 10:00", "--days", "5"), "2028年", id="没有日历的年份"),
    pytest.param(("2027-12-30 10:00", "--days", "5"), "2028年", id="数到没有日历的年份"),
    pytest.param(("2003-12-31 10:00", "--days", "5"), "2003年", id="早于日历"),
    pytest.param(("2026-09-18 15:00", "--days", "5", "--close", "late"), "下班时间", id="下班时间"),
    pytest.param(("2026-09-18 15:00", "--days", "5", "--region", "桂"), "不是地区", id="地区"),
]


@pytest.mark.parametrize(("arguments", "told"), REFUSED)
def test_bad_input(app: Flask, arguments: tuple[str, ...], told: str) -> None:
    result = due(app, *arguments, "--json")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert any(word in result.stderr for word in told.split("|"))
    assert "Traceback" not in result.stderr
