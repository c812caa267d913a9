"""`helpdesk demo`: the demonstration data is loaded once, and everything promised is there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from helpdesk import config
from helpdesk.cli.demo.accounts import demo_accounts
from helpdesk.cli.demo.personas import KEYS, personas
from helpdesk.kernel.actor import SYSTEM
from helpdesk.kernel.db import db
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.organizations import queries
from helpdesk.organizations.operations.adding import NewBody, add_body
from helpdesk.organizations.rules import BodyStatus, Kind
from helpdesk.people import queries as people
from tests.support.database import Databases

# One worker: it is loaded once.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.demonstration,
    pytest.mark.xdist_group("demonstration"),
]


@pytest.fixture(scope="module")
def empty(
    databases: Databases, settings_for: Callable[[str], config.Settings]
) -> Iterator[Callable[..., Flask]]:
    """Makes an application that commits, on an empty database or a copy of one."""
    from helpdesk.app import create_app

    made: list[Flask] = []

    def make(of: str | None = None) -> Flask:
        app = create_app(replace(settings_for(databases.copy(of)), demo=True))
        db.session.session_factory.configure(join_transaction_mode="conditional_savepoint")
        made.append(app)
        return app

    yield make
    for app in made:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture(scope="module")
def loaded(empty: Callable[..., Flask], demonstration: str) -> Flask:
    """What `helpdesk demo load` has made, once in a run (support/demo_template.py)."""
    return empty(demonstration)


@pytest.fixture
def runner(loaded: Flask) -> FlaskCliRunner:
    return loaded.test_cli_runner()


def test_loading_again_changes_nothing(loaded: Flask, runner: FlaskCliRunner) -> None:
    with loaded.app_context():
        before = queries.census("/")
    result = runner.invoke(args=["demo", "load"])
    assert (result.exit_code, result.output) == (0, "演示数据已经装入，没有改动。\n")
    with loaded.app_context():
        assert queries.census("/") == before


def test_schools_stand_in_every_state(loaded: Flask) -> None:
    with loaded.app_context():
        schools = queries.census("/").schools
        assert schools[BodyStatus.ACTIVE] > 1900
        assert schools[BodyStatus.INVALID] >= 3
        assert schools[BodyStatus.CLOSED] >= 3
        moved = queries.body_by_code("3442900127")
        assert moved is not None
        newest, oldest = queries.affiliations(moved.id)
        assert (newest.parent.code, oldest.parent.code) == ("421100", "421181")
        assert newest.approval_no


def test_every_school_has_filler_reviewer_and_first_responsible(loaded: Flask) -> None:
    with loaded.app_context():
        school = queries.body_by_code(personas()["school:municipality_district"])
        assert school is not None
        [head] = people.first_responsible_of(school.id)
        assert people.person(head).name.endswith("校长(演示)")


def test_everybody_can_act(loaded: Flask) -> None:
    with loaded.app_context():
        for one in demo_accounts():
            body = queries.body_by_code(one.body)
            assert body is not None
            if one.role.value in ("office_handler", "call_centre_agent", "it_engineer"):
                assert people.has_active_handler(body.id), one.user_name


def test_somebody_signs_in_with_the_shared_password(loaded: Flask) -> None:
    from helpdesk.people.operations import signing_in

    with loaded.app_context():
        proof = signing_in.prove(
            user_name="demo-school", password=config.DEMO_PASSWORD, address="127.0.0.1",
            now=datetime.now(UTC),
        )  # fmt: skip
        session = people.session_of(proof.account_id, datetime.now(UTC))
        assert session is not None
        assert session.actor.name == "王老师(演示)"


def test_accounts_are_listed_in_both_languages(runner: FlaskCliRunner) -> None:
    text = runner.invoke(args=["demo", "accounts"]).output
    rows = json.loads(runner.invoke(args=["demo", "accounts", "--json", "--lang", "en"]).output)
    assert [row["user_name"] for row in rows] == [one.user_name for one in demo_accounts()]
    assert all(row["user_name"] in text for row in rows)
    assert rows[0]["body"] == "Hong'an County Demonstration Middle School No. 1 (demo)"
    assert config.DEMO_PASSWORD in text


def test_personas_as_json(runner: FlaskCliRunner) -> None:
    result = runner.invoke(args=["organizations", "show", "--demo-personas", "--json"])
    assert result.exit_code == 0
    found = json.loads(result.output)
    assert list(found) == list(KEYS)
    assert found == dict(personas())


def test_a_body_as_json(runner: FlaskCliRunner) -> None:
    result = runner.invoke(args=["organizations", "show", "3442900121", "--json"])
    found = json.loads(result.output)
    assert found["name"] == "红安县示范第一中学(演示)"
    assert [one["code"] for one in found["line_up"]] == ["421122", "421100", "420000"]
    sides = {one["code"] for one in found["line_up"][2]["sides"]}
    assert sides == {"420000-CW", "420000-XJ", "420000-IT"}


def test_refused_beside_other_bodies(empty: Callable[..., Flask]) -> None:
    app = empty()
    with app.app_context(), unit_of_work():
        add_body(
            actor=SYSTEM,
            new=NewBody("430000", "湖南省资助中心", Kind.PROVINCE_AID, None, region_code="430000"),
            now=datetime.now(UTC),
        )
    runner = app.test_cli_runner()
    refused = runner.invoke(args=["demo", "load"])
    assert refused.exit_code == 2
    assert "空的数据库" in refused.output
    assert runner.invoke(args=["demo", "load", "--if-empty"]).exit_code == 0
    missing = runner.invoke(args=["organizations", "show", "--demo-personas", "--json"])
    assert missing.exit_code == 3
    with app.app_context():
        assert len(queries.children(None).rows) == 1


def test_the_public_password_stays_in_the_demonstration(empty: Callable[..., Flask]) -> None:
    app = empty()
    app.config["DEMO"] = False
    refused = app.test_cli_runner().invoke(args=["demo", "load"])
    assert refused.exit_code == 2
    assert "HELPDESK_DEMO_PASSWORD" in refused.output
    with app.app_context():
        assert queries.is_empty()
