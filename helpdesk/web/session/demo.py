"""What the sign-in page of a demonstration tells: whom one can be, and with which password."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from flask import current_app

from helpdesk import config
from helpdesk.kernel.datafiles import read

_FILE = config.ROOT / "knowledge_base" / "demo" / "accounts.yaml"


@dataclass(frozen=True)
class DemoPerson:
    """An invented person and what to try as them."""

    user_name: str
    name: str
    try_zh: str
    try_en: str


def people() -> tuple[DemoPerson, ...]:
    """Everybody, in the order of the file; outside a demonstration nobody."""
    return _people() if current_app.config["DEMO"] else ()


@cache
def _people() -> tuple[DemoPerson, ...]:
    rows = [
        item.mapping(("user_name", "name", "zh", "en"), ("body", "posts", "role", "on"))
        for item in read(_FILE).items()
    ]
    return tuple(
        DemoPerson(row["user_name"].text(), row["name"].text(), row["zh"].text(), row["en"].text())
        for row in rows
    )
