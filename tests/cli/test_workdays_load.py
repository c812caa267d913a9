"""`helpdesk workdays`: what would change is shown first, and happens only with --confirm."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from click.testing import Result
from flask import Flask
from sqlalchemy.orm import Session

from helpdesk.kernel import events
from helpdesk.sla import queries
from helpdesk.sla.operations import moves
from helpdesk.workdays import queries as workdays
from helpdesk.workdays.events import WorkdaysChanged
from tests.factories.clocks import offices, started, written
from tests.support.program import helpdesk

TRIAL = """\
year: 2026
region: "45"
status: confirmed
source: 自治区通知(试验)
off:
  - {day: 2026-09-23, zh: 试验日, en: Trial Day}
works: []
"""


def wired(fact: object) -> None:
    """The clock hangs on no ticket: only the calendar's own consequence is heard."""
    if isinstance(fact, WorkdaysChanged):
        moves.follow_calendar(fact)


@pytest.fixture
def file(session: Session, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A notice of Guangxi, with one of its clocks running."""
    where = offices(now)
    started(where, "09-18 15:00", region="45")
    session.commit()
    monkeypatch.setattr(events, "publish", wired)
    path = tmp_path / "2026-45.yaml"
    path.write_text(TRIAL, encoding="utf-8")
    return path


def load(app: Flask, now: datetime, *arguments: str) -> Result:
    with time_machine.travel(now, tick=False):
        return app.test_cli_runner().invoke(args=["workdays", "load", *arguments])


def due() -> str:
    return written(queries.clocks_of(["ticket:12"])["ticket:12"][0].due_at)


def test_without_confirm_it_only_shows(app: Flask, file: Path, now: datetime) -> None:
    result = load(app, now, str(file))
    assert result.exit_code == 0, result.stderr
    assert result.stdout.splitlines() == [
        "45 2026: 未知 -> 已确认",
        "变化的日期：1",
        "  2026-09-23(周三)  工作日 -> 试验日放假",
        "移动的时限：1",
        "  ticket:12  法定时限  2026-09-24 17:30 -> 2026-09-28 17:30  推后",
        "没有改动任何数据。确认无误后加上 --confirm 载入。",
    ]
    assert workdays.calendar("45").works(datetime(2026, 9, 23).date())
    assert due() == "09-24 17:30"


def test_confirmed_it_is_in_force_and_clocks_have_moved(
    app: Flask, file: Path, now: datetime
) -> None:
    result = load(app, now, str(file), "--confirm")
    assert result.stdout.endswith("已载入。\n")
    assert not workdays.calendar("45").works(datetime(2026, 9, 23).date())
    assert due() == "09-28 17:30"
    again = load(app, now, str(file), "--confirm")
    assert again.stdout.endswith("与现行的完全相同，没有要改的。\n")


def test_one_document(app: Flask, file: Path, now: datetime) -> None:
    result = load(app, now, str(file), "--json")
    shown: dict[str, Any] = json.loads(result.stdout)
    (clock,) = shown.pop("clocks")
    assert shown == {
        "region": "45",
        "year": 2026,
        "status_before": None,
        "status": "confirmed",
        "loaded": False,
        "forgotten": [],
        "days": [
            {
                "date": "2026-09-23",
                "worked": True,
                "works": False,
                "before": {"zh": "工作日", "en": "Working day"},
                "after": {"zh": "试验日放假", "en": "Holiday: Trial Day"},
            }
        ],
    }
    assert clock.pop("clock") > 0
    assert clock == {
        "subject": "ticket:12",
        "promise": "legal",
        "due_before": "2026-09-24T17:30:00+08:00",
        "due_after": "2026-09-28T17:30:00+08:00",
        "effect": "later",
    }


def test_english(app: Flask, file: Path, now: datetime) -> None:
    shown = load(app, now, str(file), "--lang", "en").stdout
    assert "2026-09-23 Wed  Working day -> Holiday: Trial Day" in shown


@pytest.mark.parametrize(
    ("region", "status", "off", "forgotten"),
    [
        ("CN", "confirmed", "2027-10-04", ["2027-01-01", "2027-10-01"]),
        ("CN", "confirmed", "2027-01-01", ["2027-10-01"]),
        ("CN", "provisional", "2027-10-04", []),
        ("45", "confirmed", "2027-10-04", []),
    ],
)
def test_holidays_by_law_that_were_forgotten(
    app: Flask, file: Path, now: datetime, region: str, status: str, off: str, forgotten: list[str]
) -> None:
    text = TRIAL.replace("2026-09-23", off).replace('"45"', f'"{region}"')
    file.write_text(text.replace("2026", "2027", 1).replace("confirmed", status), encoding="utf-8")
    assert json.loads(load(app, now, str(file), "--json").stdout)["forgotten"] == forgotten
    assert load(app, now, str(file)).stdout.count("请核对") == len(forgotten)


def test_a_bad_file_is_refused_with_its_line(app: Flask, file: Path, now: datetime) -> None:
    file.write_text(TRIAL.replace("2026-09-23", "2026-02-30"), encoding="utf-8")
    result = load(app, now, str(file), "--confirm")
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{file}:6: " in result.stderr
    assert due() == "09-24 17:30"


def test_a_file_that_is_not_there(app: Flask, file: Path, now: datetime) -> None:
    result = load(app, now, str(file.with_name("none.yaml")))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "none.yaml" in result.stderr


def test_without_a_database_it_says_what_to_do(tmp_path: Path) -> None:
    done = helpdesk("workdays", "load", str(workdays.FOLDER / "2027.yaml"), cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "数据库还没有建好。请先运行 helpdesk db upgrade。\n"
    assert not list(tmp_path.rglob("*.sqlite3"))


def test_the_years_that_are_known(app: Flask, file: Path) -> None:
    runner = app.test_cli_runner()
    shown = json.loads(runner.invoke(args=["workdays", "list", "--json"]).stdout)
    assert [row["year"] for row in shown["years"]] == list(range(2004, 2028))
    assert shown["years"][-1]["status"] == "provisional"
    last = runner.invoke(args=["workdays", "list"]).stdout.splitlines()[-1]
    assert last.startswith("2027  暂定  全国年节及纪念日放假办法")
    refused = runner.invoke(args=["workdays", "list", "--region", "Guangxi"])
    assert (refused.exit_code, refused.stdout) == (2, "")


def test_an_upgraded_database_has_its_calendar(tmp_path: Path) -> None:
    assert helpdesk("db", "upgrade", cwd=tmp_path).returncode == 0
    done = helpdesk("workdays", "load", str(workdays.FOLDER / "2027.yaml"), cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "与现行的完全相同，没有要改的。"
