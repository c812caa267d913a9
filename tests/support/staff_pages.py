"""What tests of the pages of people type, read and count."""

from __future__ import annotations

from sqlalchemy import func, select
from werkzeug.test import TestResponse

from helpdesk.kernel.actor import Actor
from helpdesk.kernel.db import Model, session
from tests.support.client import Client

SCHOOL = "3442990001"
NEW = {
    "name": "周老师(演示)",
    "staff_no": "A-001",
    "mobile": "13800000000",
    "mail": "z@school.cn",
    "posts": "operator",
    "subsystems": "senior_high",
    "joined_on": "2026-09-01",
}


def become(client: Client, actor: Actor) -> Actor:
    """The browser is this person from now on."""
    client.sign_in(actor.account_id or 0)
    return actor


def count(table: type[Model]) -> int:
    """Rows of a table."""
    return session().scalar(select(func.count()).select_from(table)) or 0


def code_on(page: TestResponse) -> str:
    """The one-time code that a page shows."""
    return page.text.split('id="code" data-user>')[1].split("<")[0]
