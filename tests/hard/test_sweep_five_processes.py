"""Five job processes sweep at once, on a real file and a real server: everything happens once."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from helpdesk import config
from helpdesk.kernel import events
from helpdesk.kernel.db import db, prepare
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.sla.events import ClockBreached, ClockLapsed, ClockWarned
from helpdesk.sla.models import Clock, Warned
from helpdesk.sla.operations.sweeping import sweep, sweep_all
from helpdesk.sla.rules import Level, Promise
from tests.factories.clocks import at, offices, started
from tests.support.database import import_all_models

PROCESSES = 5
CLOCKS = 120
SPAWN = multiprocessing.get_context("spawn")
# The last day of all, the breach, and the first late day: three looks, three levels.
LOOKS = ("2026-09-24 09:00", "2026-09-24 17:30", "2026-09-28 08:30")

pytestmark = pytest.mark.slow


def bare(settings: config.Settings) -> Flask:
    """The database alone: a sweep needs no page."""
    app = Flask("sweeper")
    app.config.update(settings.flask())
    import_all_models()
    db.init_app(app)
    with app.app_context():
        prepare(db.engine)
    return app


def sweeper(settings: config.Settings, gate: Any, heard: Path, looks: tuple[str, ...]) -> None:
    """One job process: wait for the others, sweep, and write down every fact it published."""
    lines: list[str] = []

    def publish(fact: object) -> None:
        if isinstance(fact, ClockWarned):
            lines.append(f"{fact.clock_id} {fact.level.value} {fact.on_day}\n")
        elif isinstance(fact, ClockBreached):
            lines.append(f"{fact.clock_id} breach\n")
        elif isinstance(fact, ClockLapsed):
            lines.append(f"{fact.clock_id} lapse\n")

    events.publish = publish
    with bare(settings).app_context():
        for look in looks:
            gate.wait(timeout=60)
            swept = sweep_all(clock=partial(at, look), transaction=unit_of_work, limit=10)
            assert swept.failed == 0
    with heard.open("a", encoding="utf-8") as file:
        # One write, appended: lines of several processes do not mix.
        file.write("".join(lines))


@pytest.fixture
def settings(separate_app: Flask, settings_for: Any) -> config.Settings:
    """Of the application with a database of its own, holding CLOCKS running clocks."""
    with separate_app.app_context():
        with unit_of_work():
            where = offices(at("09-01 08:00"))
            for number in range(CLOCKS):
                promise = Promise.CONFIRM if number % 4 == 0 else Promise.LEGAL
                started(where, "09-18 15:00", subject=f"ticket:{number}", promise=promise)
        db.session.remove()
        made: config.Settings = settings_for(separate_app.config["SQLALCHEMY_DATABASE_URI"])
    return made


@pytest.fixture
def heard(tmp_path: Path) -> Path:
    path = tmp_path / "heard.txt"
    path.touch()
    return path


def sweep_together(settings: config.Settings, heard: Path, *looks: str) -> None:
    gate = SPAWN.Barrier(PROCESSES)
    arguments = (settings, gate, heard, looks)
    started = [SPAWN.Process(target=sweeper, args=arguments) for _ in range(PROCESSES)]
    for process in started:
        process.start()
    for process in started:
        process.join(timeout=120)
    assert [process.exitcode for process in started] == [0] * PROCESSES


def told(heard: Path) -> Counter[str]:
    """How often each kind of thing was told; no line may stand there twice."""
    lines = heard.read_text(encoding="utf-8").splitlines()
    assert len(lines) == len(set(lines))
    return Counter(line.split()[1] for line in lines)


def test_five_processes_act_exactly_once(
    separate_app: Flask, settings: config.Settings, heard: Path
) -> None:
    sweep_together(settings, heard, *LOOKS)
    legal, asked = CLOCKS * 3 // 4, CLOCKS // 4
    assert told(heard) == {
        "last_day": legal + asked,
        "breach": legal,
        "lapse": asked,
        "late": legal,
    }
    with separate_app.app_context():
        by_level = select(Warned.level, func.count()).group_by(Warned.level)
        noted = dict(db.session.execute(by_level).all())
        assert noted == {Level.LAST_DAY: CLOCKS, Level.BREACH: legal, Level.LATE: legal}
        open_rows = db.session.scalars(select(Clock).where(Clock.ended_at.is_(None))).all()
        assert {(c.breached_at, c.next_at) for c in open_rows} == {
            (at("09-24 17:30"), at("09-29 08:30"))
        }


def stuck_sweeper(settings: config.Settings, gate: Any) -> None:
    """Claim everything, note it as told, and hang before the commit."""
    events.connect({})
    with bare(settings).app_context(), unit_of_work():
        assert sweep(now=at(LOOKS[0]), limit=CLOCKS).acted == CLOCKS
        gate.wait(timeout=60)
        time.sleep(300)


def test_what_a_killed_process_had_claimed_is_told_by_the_next(
    settings: config.Settings, heard: Path
) -> None:
    gate = SPAWN.Barrier(2)
    victim = SPAWN.Process(target=stuck_sweeper, args=(settings, gate))
    victim.start()
    gate.wait(timeout=60)
    assert victim.pid is not None
    os.kill(victim.pid, signal.SIGKILL)
    victim.join(timeout=30)
    sweep_together(settings, heard, LOOKS[0])
    assert told(heard) == {"last_day": CLOCKS}
