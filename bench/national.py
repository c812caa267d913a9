"""Coverage of a country: 470,000 schools, 3,200 offices, 950,000 staff, three of four trained.

    python -m bench.national                        a throw-away PostgreSQL of its own
    python -m bench.national --url postgresql+...   an empty database that exists
    python -m bench.national --url ... --filled     one that an earlier run has filled

Prints how long each question takes in this process (median and worst of several), then what it
costs to change something, to count everything anew and to close a year.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

from flask import Flask
from sqlalchemy import exists, func, insert, select, text

from helpdesk import config
from helpdesk.app import create_app
from helpdesk.cli.database import upgrade_to_newest
from helpdesk.kernel.actor import SYSTEM
from helpdesk.kernel.db import db, reading, session
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.organizations.models import Body
from helpdesk.organizations.operations.moving import move_body
from helpdesk.people.models import Person
from helpdesk.training.models.attendance import Attendance
from helpdesk.training.models.sessions import Session
from helpdesk.training.operations import closing, crediting, recounting
from helpdesk.training.queries import coverage
from helpdesk.training.queries.coverage import BodyList, PersonList
from helpdesk.training.rules.attendance import Presence, Way
from tests.support import postgres

YEAR = 2026
NOW = datetime(2026, 9, 22, 2, 20, tzinfo=UTC)
PROVINCES, CITIES, COUNTIES, SCHOOLS, STAFF = 31, 340, 2829, 470_000, 950_000
FIRST_CITY = PROVINCES + 1
FIRST_COUNTY = FIRST_CITY + CITIES
FIRST_SCHOOL = FIRST_COUNTY + COUNTIES
OFFICES = FIRST_SCHOOL - 1
TIMES = 7

_BODY = """
    INSERT INTO organizations_body (id, code, name, name_en, kind, shelf, parent_id, path, level,
        region_code, province_code, plan_city, bingtuan, status, status_since, sort_key, find_text,
        created_at, version)
    SELECT n.id, {code}, {name} || n.id, '', '{kind}', '{shelf}', p.id,
        coalesce(p.path, '/') || n.id || '/', coalesce(p.level, 0) + 1, '',
        coalesce(p.province_code, lpad((10 + n.id)::text, 2, '0')), false, false,
        CASE WHEN '{kind}' = 'school' AND n.id % 500 = 0 THEN 'invalid' ELSE 'active' END,
        DATE '2020-01-01', lpad(n.id::text, 8, '0'), {code} || ' ' || {name} || n.id,
        TIMESTAMPTZ '2020-01-01', 1
    FROM (SELECT id, {parent} AS parent_id FROM generate_series({first}, {last}) AS id) AS n
    LEFT JOIN organizations_body p ON p.id = n.parent_id
"""
_PLACES = (
    ("province_aid", "2_office", 1, PROVINCES, "NULL::bigint"),
    ("city_aid", "2_office", FIRST_CITY, FIRST_COUNTY - 1, f"1 + id % {PROVINCES}"),
    ("county_aid", "2_office", FIRST_COUNTY, OFFICES, f"{FIRST_CITY} + id % {CITIES}"),
    (
        "school", "3_school", FIRST_SCHOOL, OFFICES + SCHOOLS,
        f"CASE WHEN id % 100 = 0 THEN 1 + id % {PROVINCES} WHEN id % 20 = 0 "
        f"THEN {FIRST_CITY} + id % {CITIES} ELSE {FIRST_COUNTY} + id % {COUNTIES} END",
    ),
)  # fmt: skip
# Every hundredth school has no roster, every two-hundredth person a second school.
_ROWS = (
    """INSERT INTO organizations_body_subsystem (body_id, subsystem)
    SELECT id, (ARRAY['compulsory', 'preschool', 'compulsory', 'senior_high', 'preschool',
        'secondary_vocational'])[1 + id % 6]
    FROM organizations_body WHERE kind = 'school'""",
    """INSERT INTO organizations_affiliation (body_id, parent_id, since_on, approval_no, reason,
        changed_at)
    SELECT id, parent_id, DATE '2020-01-01', '', '', created_at FROM organizations_body
    WHERE parent_id IS NOT NULL""",
    f"""INSERT INTO people_person (id, staff_no, name, sort_key, mobile, mail, locale, created_at,
        version)
    SELECT id, 'N-' || id, '老师(演示)' || id, lpad(id::text, 8, '0'), '', '', 'zh',
        TIMESTAMPTZ '2020-01-01', 1 FROM generate_series(1, {STAFF}) AS id""",
    f"""INSERT INTO people_appointment (id, person_id, body_id, joined_on, left_on,
        on_leave_since)
    SELECT id, id, body_id,
        CASE WHEN id % 300 = 0 THEN DATE '2026-09-10' ELSE DATE '2020-02-01' END,
        CASE WHEN id % 300 = 7 THEN DATE '2026-06-01' END,
        CASE WHEN id % 197 = 0 THEN DATE '2026-08-01' END
    FROM (SELECT id, CASE WHEN id <= 10000 THEN 1 + id % {OFFICES} ELSE
        {FIRST_SCHOOL} + id % {SCHOOLS} END AS body_id FROM generate_series(1, {STAFF}) AS id) AS n
    WHERE body_id <= {OFFICES} OR body_id % 100 <> 7""",
    f"""INSERT INTO people_appointment (id, person_id, body_id, joined_on)
    SELECT {STAFF} + id, id, {FIRST_SCHOOL} + (id::bigint * 7919) % {SCHOOLS}, DATE '2021-02-01'
    FROM generate_series(20000, {STAFF}, 200) AS id WHERE id % 300 <> 7
    ON CONFLICT DO NOTHING""",
    """INSERT INTO people_appointment_post (appointment_id, post)
    SELECT id, (ARRAY['operator', 'reviewer', 'first_responsible', 'operator'])[1 + id % 4]
    FROM people_appointment""",
    """INSERT INTO training_session (organizer_id, title, about, mode, state, starts_at, ends_at,
        held_on, minutes, place, link, trainers, share_percent, online_minutes, online_percent,
        check_required, quiz, code_seed, cancelled_why, created_at, once, version)
    SELECT id, '培训(演示)', '', 'offline', 'closed', TIMESTAMPTZ '2026-05-06 01:00Z',
        TIMESTAMPTZ '2026-05-06 03:00Z', DATE '2026-05-06', 120, '', '', '', 80, 96, 80, false, '',
        'seed' || id, '', TIMESTAMPTZ '2026-05-01', 'bench-' || id, 1
    FROM organizations_body WHERE kind = 'county_aid'""",
    f"""INSERT INTO training_attendance (session_id, person_id, presence, way, online, at, version)
    SELECT (SELECT min(id) FROM training_session) + id % {COUNTIES}, id, 'present', 'import', false,
        TIMESTAMPTZ '2026-05-06 02:00Z', 1 FROM people_person WHERE (id * 7919) % 100 < 77""",
    """INSERT INTO training_trained (person_id, year, trained_on, mode, session_id, void)
    SELECT person_id, 2026, DATE '2026-05-06', 'offline', session_id, false
    FROM training_attendance""",
)


def main() -> None:
    """Fill, count, ask, change."""
    arguments = _arguments()
    with _database(arguments.url) as url:
        if not arguments.filled:
            upgrade_to_newest(url)
        app = create_app(_settings(url))
        with app.app_context():
            if not arguments.filled:
                _timed("fill the country", _fill)
            _timed("first count", lambda: _within(partial(recounting.turn_day, NOW)))
            _tidy()
            _ask(app)
            _change()
            db.session.remove()
            db.engine.dispose()


def _fill() -> None:
    with unit_of_work():
        for kind, shelf, first, last, parent in _PLACES:
            code = "'21' || lpad(n.id::text, 8, '0')" if kind == "school" else "'O' || n.id"
            run = _BODY.format(
                kind=kind, shelf=shelf, first=first, last=last, parent=parent, code=code,
                name="'示范学校'" if kind == "school" else "'示范资助中心'",
            )  # fmt: skip
            session().execute(text(run.replace(":", "\\:")))
        for rows in _ROWS:
            session().execute(text(rows.replace(":", "\\:")))
        for table in ("organizations_body", "people_person", "people_appointment"):
            session().execute(
                text(
                    f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
                )
            )
    _tidy()


def _tidy() -> None:
    """What the server does by itself after a while: space and statistics."""
    db.session.remove()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


# --- asking ----------------------------------------------------------------------------------


def _ask(app: Flask) -> None:
    paths = {"country": "/"}
    for name, body_id in (
        ("province", 1), ("city", FIRST_CITY), ("county", FIRST_COUNTY), ("school", FIRST_SCHOOL),
    ):  # fmt: skip
        paths[name] = session().get_one(Body, body_id).path
    session().commit()
    print(f"\n{'question':<44}{'median ms':>11}{'worst ms':>10}")
    for title, question in _questions(paths):
        times = [_asked(app, question) for _ in range(TIMES)]
        print(f"{title:<44}{statistics.median(times):>11.1f}{max(times):>10.1f}")


def _asked(app: Flask, question: Callable[[], object]) -> float:
    with app.app_context(), reading():
        started = time.perf_counter()
        question()
        return (time.perf_counter() - started) * 1000


def _questions(paths: dict[str, str]) -> Iterator[tuple[str, Callable[[], object]]]:
    def of(read: Callable[..., object], path: str, *more: object) -> Callable[[], object]:
        return partial(read, path, YEAR, *more, now=NOW)

    for name, path in paths.items():
        yield f"coverage, {name}", of(coverage.coverage, path)
    for name, path in paths.items():
        yield f"children, {name}", of(coverage.children, path)
    yield "provinces", partial(coverage.provinces, YEAR, now=NOW)
    for name in ("country", "province", "county"):
        path = paths[name]
        yield f"worst twenty, {name}", of(coverage.worst, path)
        yield f"what stands apart, {name}", of(coverage.apart, path)
        yield f"curve, {name}", of(coverage.curve, path)
        for bodies in BodyList:
            yield f"bodies {bodies}, {name}", of(coverage.bodies_where, path, bodies)
        for persons in PersonList:
            yield f"persons {persons}, {name}", of(coverage.persons_where, path, persons)


# --- changing --------------------------------------------------------------------------------


def _change() -> None:
    print(f"\n{'act':<44}{'ms':>11}")
    for number in (1, 1, 1, 200):
        _mark(number)
    _timed("settle 1,000 persons again", lambda: _settle(1000))
    _timed("move a county with all its schools", _move)
    _timed("fold what changed", lambda: _within(recounting.fold))
    before = (NOW - timedelta(days=60)).date()
    for name, body_id in (("county", FIRST_COUNTY), ("province", 1), ("country", None)):
        path = session().get_one(Body, body_id).path if body_id else "/"
        then = partial(coverage.coverage, path, YEAR, now=NOW, as_of=before)
        _timed(f"coverage as of another day, {name}", then)
    drift = _timed("recount", lambda: _within(lambda: recounting.recount(NOW)))
    print(f"drift found: {len(drift) if isinstance(drift, tuple) else drift}")
    _timed("turn of the day", lambda: _within(lambda: recounting.turn_day(NOW + timedelta(days=1))))
    _timed("keep the end of a month", lambda: _within(lambda: closing.keep_month_end(NOW)))
    later = datetime(YEAR + 1, 2, 1, 2, tzinfo=UTC)
    _timed("close the year", lambda: _within(lambda: closing.close_due(later)))
    _timed("closed year, country", lambda: coverage.coverage("/", YEAR, now=later))


def _within(act: Callable[[], object]) -> object:
    with unit_of_work():
        return act()


def _mark(number: int) -> None:
    """Persons who were not trained yet sign in at one session, all at once; what settling takes."""
    with unit_of_work():
        of = session().scalars(select(Session).order_by(Session.id).limit(1)).one()
        there = exists().where(Attendance.person_id == Person.id)
        chosen = select(Person.id).where(Person.id > 20_000, ~there).order_by(Person.id)
        ids = session().scalars(chosen.limit(number)).all()
        values = {"session_id": of.id, "presence": Presence.PRESENT, "way": Way.DESK, "at": NOW}
        session().execute(insert(Attendance), [{**values, "person_id": one} for one in ids])
        _timed(f"  settle {number} marked", partial(crediting.settle, ids, now=NOW))


def _settle(number: int) -> None:
    with unit_of_work():
        ids = session().scalars(select(Attendance.person_id).limit(number)).all()
        crediting.settle(ids, now=NOW)


def _move() -> None:
    with unit_of_work():
        county = session().get_one(Body, FIRST_COUNTY)
        target = (
            session()
            .scalars(
                select(Body).where(Body.kind == "city_aid", Body.id != county.parent_id).limit(1)
            )
            .one()
        )
        number = session().scalar(select(func.count()).where(Body.parent_id == county.id))
        move_body(
            actor=SYSTEM, body=county, new_parent=target, version=county.version,
            approval_no="文1号", since_on=date(2026, 9, 1), reason="区划调整(演示)", now=NOW,
        )  # fmt: skip
    print(f"  {number} schools")


# --- where -----------------------------------------------------------------------------------


def _timed(title: str, act: Callable[[], object]) -> object:
    started = time.perf_counter()
    found = act()
    print(f"{title:<44}{(time.perf_counter() - started) * 1000:>11.1f}", flush=True)
    return found


@contextmanager
def _database(url: str | None) -> Iterator[str]:
    if url is not None:
        yield url
        return
    cluster = postgres.Cluster()
    try:
        postgres.administer(cluster.folder, "CREATE DATABASE national")
        yield cluster.url("national")
    finally:
        cluster.stop()


def _settings(url: str) -> config.Settings:
    return config.Settings(
        database_url=url,
        secret_key="a key for the benchmark, long enough to be accepted",
        base_url="http://localhost",
        files_dir=Path(tempfile.mkdtemp(prefix="helpdesk-bench-")),
        mail_sender="helpdesk@example.org",
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--url", help="address of an existing PostgreSQL database")
    parser.add_argument("--filled", action="store_true", help="it holds the country already")
    return parser.parse_args()


if __name__ == "__main__":
    main()
