"""The table of jobs, their heartbeats, and who may run them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from helpdesk.jobs import operations, queries, runner
from helpdesk.jobs.models import RunState
from helpdesk.jobs.schedule import BY_NAME, JOBS, Job
from helpdesk.kernel.unit_of_work import unit_of_work
from tests.factories.country import build
from tests.factories.tickets import Desk
from tests.support.hearing import Ear

NOW = datetime(2026, 9, 22, 2, 20, tzinfo=UTC)
NAMES = (
    "deliver",
    "sweep",
    "training_sessions",
    "training_reminders",
    "training_counts",
    "training_months",
    "training_years",
    "filing_digest",
    "article_reviews",
    "search_data",
    "attempts",
    "drafts",
    "files",
)


def job(run: Callable[[], str]) -> Job:
    return Job("deliver", 10, "测试", run)


def beat(app: Flask) -> queries.Beat:
    with app.app_context():
        return queries.beats()["deliver"]


def test_the_table() -> None:
    seconds = {j.name: j.every for j in JOBS}
    assert seconds["deliver"] == 10
    assert seconds["sweep"] <= 30
    assert len(seconds) == len(JOBS) == len(BY_NAME)


def test_every_job_is_run_here() -> None:
    assert set(BY_NAME) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_job_runs_on_an_empty_database(app: Flask, name: str) -> None:
    said = runner.run_once(app, BY_NAME[name], "by hand")
    # Cards and filing items come with the product: an empty database indexes them at once.
    assert (said == "") is (name != "search_data")


def test_deliver_and_sweep_do_their_work(app: Flask, session: Session, now: datetime) -> None:
    country = build(now)
    ticket = Desk(country, now).open()
    ear = Ear(session, country)
    ear.rows()
    session.commit()
    with time_machine.travel("2026-09-28T17:31:00+08:00", tick=False):
        result = runner.run_once(app, BY_NAME["sweep"], "by hand")
    assert result.startswith("acted ")
    assert ear.told()["county_officer"] == {"clock_breach"}
    assert ticket.number
    # No mail server is set in the tests: letters wait, and that is no failure.
    assert runner.run_once(app, BY_NAME["deliver"], "by hand") == ""


# --- heartbeat -----------------------------------------------------------------------------------


def test_a_run_leaves_its_heartbeat(app: Flask) -> None:
    with time_machine.travel(NOW, tick=False):
        runner.run_once(app, job(lambda: "sent 3"), "host:1")
    found = beat(app)
    assert (found.state, found.result, found.runner) == (RunState.DONE, "sent 3", "host:1")
    assert found.started_at == found.finished_at == found.done_at == NOW


def test_a_run_is_seen_while_it_runs(app: Flask) -> None:
    seen: list[RunState] = []

    def look() -> str:
        seen.append(queries.beats()["deliver"].state)
        return ""

    runner.run_once(app, job(look), "host:1")
    assert seen == [RunState.RUNNING]


def test_a_failure_is_written_down_without_its_words(app: Flask) -> None:
    def fail() -> str:
        raise ValueError("学生13812345678")

    with time_machine.travel(NOW, tick=False):
        runner.run_once(app, job(lambda: "fine"), "host:1")
    with time_machine.travel(NOW + timedelta(minutes=5), tick=False), pytest.raises(ValueError):  # noqa: PT011
        runner.run_once(app, job(fail), "host:1")
    found = beat(app)
    assert (found.state, found.result) == (RunState.FAILED, "ValueError")
    assert found.done_at == NOW, "the last success is still known"


def test_a_failed_run_does_not_hold_up_the_next_tick(app: Flask) -> None:
    def fail() -> str:
        raise ValueError

    assert runner.tick(app, job(fail), "host:1") is False
    assert runner.tick(app, job(lambda: "fine"), "host:1") is True
    assert beat(app).state is RunState.DONE


# --- who leads -----------------------------------------------------------------------------------


def lead(app: Flask, holder: str, now: datetime) -> bool:
    with app.app_context(), unit_of_work():
        return operations.lead(holder=holder, now=now)


def test_one_process_leads_until_its_lease_ends(app: Flask) -> None:
    assert lead(app, "first", NOW)
    assert not lead(app, "second", NOW)
    assert lead(app, "first", NOW + operations.LEASE / 2), "the leader renews"
    assert not lead(app, "second", NOW + operations.LEASE)
    assert lead(app, "second", NOW + operations.LEASE * 1.5), "the first one is gone"
    assert not lead(app, "first", NOW + operations.LEASE * 1.5)


def test_a_tidy_end_frees_the_lease_at_once(app: Flask) -> None:
    lead(app, "first", NOW)
    with app.app_context(), unit_of_work():
        assert not operations.step_down(holder="second", now=NOW)
        assert operations.step_down(holder="first", now=NOW)
    assert lead(app, "second", NOW)


def test_who_does_not_lead_does_not_run(app: Flask) -> None:
    ran: list[str] = []

    def act() -> str:
        ran.append("ran")
        return ""

    assert runner.tick(app, job(act), "first")
    assert not runner.tick(app, job(act), "second")
    assert ran == ["ran"]


def test_runners_have_names_of_their_own() -> None:
    assert runner.runner_name() != runner.runner_name()


# --- the scheduler -------------------------------------------------------------------------------


def test_the_scheduler_never_runs_a_job_twice_at_once_and_never_misses_for_good(
    app: Flask,
) -> None:
    scheduler = runner.scheduler_for(app, "host:1")
    scheduler.start(paused=True)
    try:
        found: list[Any] = scheduler.get_jobs()
        assert {j.id for j in found} == set(BY_NAME)
        for scheduled in found:
            assert scheduled.coalesce
            assert scheduled.max_instances == 1
            assert scheduled.misfire_grace_time is None
    finally:
        scheduler.shutdown(wait=False)
