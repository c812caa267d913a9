"""Facts, jobs, permissions and messages: each is declared once and used."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import re
from collections.abc import Iterator

import pytest
from flask import Flask

from helpdesk import wiring
from helpdesk.jobs import schedule
from helpdesk.kernel.permissions import Permission
from helpdesk.notifications.rules import NAMES, Msg
from helpdesk.people.rules import ROLE_PERMISSIONS
from tests.support import source

MAIL_FILES = {"subject.txt", "body.txt", "body.html"}
# Locks that nobody is granted: one is no lock, the other is held by everybody who signed in.
NOT_GRANTED = {Permission.PUBLIC, Permission.SIGNED_IN}
# Transactions apart from the request's own, by place; each keeps what must outlive a refusal.
SEPARATE = {
    "helpdesk/people/operations/signing_in.py:_count",
    "helpdesk/people/operations/signing_in.py:_keep_refusal",
    "helpdesk/training/operations/checking.py:_count",
    "helpdesk/training/operations/scanning.py:_count",
}


def facts() -> Iterator[type]:
    """Every event of every capability."""
    for path in sorted(source.PRODUCT.glob("*/events.py")):
        if path.parent.name != "kernel":
            module = importlib.import_module(f"helpdesk.{path.parent.name}.events")
            for value in vars(module).values():
                own = isinstance(value, type) and value.__module__ == module.__name__
                # A class that others extend only holds what they share.
                if own and not value.__subclasses__():
                    yield value


FACTS = list(facts())


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.__name__)
def test_fact_is_frozen_and_told_or_declared_silent(fact: type) -> None:
    assert dataclasses.is_dataclass(fact)
    assert fact.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert (fact in wiring.HANDLERS) != (fact in wiring.SILENT)


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.__name__)
def test_fact_is_published(fact: type) -> None:
    publishers = [
        source.shown(path)
        for path in source.files(".py", under=source.PRODUCT)
        if path.name not in ("events.py", "wiring.py") and fact.__name__ in source.text(path)
    ]
    assert publishers


def test_wiring_names_facts_only() -> None:
    assert set(wiring.HANDLERS) | set(wiring.SILENT) == set(FACTS)


@pytest.mark.parametrize("job", schedule.JOBS, ids=lambda job: job.name)
def test_job_is_short_documented_and_tested(job: schedule.Job) -> None:
    path = source.PRODUCT / "jobs" / "schedule.py"
    node = next(n for n in source.functions(path) if n.name == job.run.__name__)
    assert source.length(node) <= 7, "a job calls one operation"
    assert f"`{job.name}`" in source.text(source.REPOSITORY / "docs" / "deployment.md")
    tests = source.files(".py", under=source.REPOSITORY / "tests" / "jobs")
    assert any(re.search(rf"\b{job.name}\b", source.text(test)) for test in tests)


def test_job_names_are_unique() -> None:
    assert len({job.name for job in schedule.JOBS}) == len(schedule.JOBS)


@pytest.mark.parametrize("permission", sorted(set(Permission) - NOT_GRANTED))
def test_permission_is_used_and_held(permission: Permission) -> None:
    mention = re.compile(rf"\b[A-Z]\w*\.{permission.name}\b|{re.escape(permission.value)}")
    users = [
        source.shown(path)
        for path in (
            *source.files(".py", under=source.PRODUCT),
            *source.files(".html", under=source.TEMPLATES),
        )
        if source.shown(path) != "helpdesk/kernel/permissions.py"
        and not source.shown(path).startswith("helpdesk/people/rules")
        and mention.search(source.text(path))
    ]
    assert users, "nothing asks for it"
    assert [role for role, held in ROLE_PERMISSIONS.items() if permission in held]


@pytest.mark.parametrize("message", list(Msg))
def test_message_has_its_folder_and_its_name(message: Msg) -> None:
    folder = source.TEMPLATES / "mail" / message.value
    assert {path.name for path in folder.iterdir()} == MAIL_FILES
    assert message in NAMES


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("message", list(Msg))
def test_message_has_its_snapshot(message: Msg, language: str) -> None:
    snapshots = source.REPOSITORY / "tests" / "data" / "mail"
    assert list(snapshots.glob(f"{message.value}.{language}.eml.txt")) or list(
        snapshots.glob(f"{message.value}.*.{language}.eml.txt")
    )


@pytest.mark.parametrize("message", list(Msg))
def test_message_is_sent_by_somebody(message: Msg) -> None:
    mention = re.compile(rf"\bMsg\.{message.name}\b")
    places = [
        source.shown(path)
        for path in source.files(".py", under=source.PRODUCT)
        if mention.search(source.text(path).replace(f"Msg.{message.name}: N_", ""))
    ]
    assert places


def test_every_mail_folder_is_a_message() -> None:
    folders = {path.name for path in (source.TEMPLATES / "mail").iterdir() if path.is_dir()}
    assert folders == {message.value for message in Msg}


def test_separate_units_of_work_are_these() -> None:
    """A second transaction in a request survives its refusal: only counters and records may."""
    found = {
        f"{source.shown(path)}:{function.name}"
        for path in source.files(".py", under=source.PRODUCT)
        if path.parent.name != "kernel"
        for function in source.functions(path)
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and source.called(node) == "separate_unit_of_work"
    }
    assert found == SEPARATE


def test_wired_handlers_come_from_lower_floors(app: Flask) -> None:
    """A consequence lives in a capability, never in a door."""
    for handlers in wiring.HANDLERS.values():
        for handler in handlers:
            package = handler.__module__.split(".")[1]
            assert package not in ("web", "api", "jobs", "cli"), handler
