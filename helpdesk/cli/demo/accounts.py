"""The demonstration people who can sign in: who they are, where, and what to try as them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from helpdesk.cli.demo.plan import FOLDER
from helpdesk.kernel.actor import SYSTEM
from helpdesk.kernel.datafiles import Node, read
from helpdesk.kernel.permissions import Permission
from helpdesk.people.access import fetch
from helpdesk.people.operations.demonstration import open_accounts
from helpdesk.people.operations.roles import grant_role
from helpdesk.people.rules import Post, Role


@dataclass(frozen=True)
class DemoAccount:
    """A person with an account. `on_root`: the role is granted on the whole tree."""

    user_name: str
    name: str
    body: str
    posts: frozenset[Post]
    role: Role
    on_root: bool
    try_zh: str
    try_en: str

    @property
    def mail(self) -> str:
        """An address that no mail can reach."""
        return f"{self.user_name}@example.invalid"


@cache
def demo_accounts() -> tuple[DemoAccount, ...]:
    """All of them, in the order in which they are shown. BadData names file and line."""
    return tuple(_account(item) for item in read(FOLDER / "accounts.yaml").items())


def _account(item: Node) -> DemoAccount:
    found = item.mapping(("user_name", "name", "body", "posts", "role", "zh", "en"), ("on",))
    return DemoAccount(
        user_name=found["user_name"].text(),
        name=found["name"].text(),
        body=found["body"].text(),
        posts=frozenset(post.word(Post) for post in found["posts"].items()),
        role=found["role"].word(Role),
        on_root="on" in found and found["on"].text() == "root",
        try_zh=found["zh"].text(),
        try_en=found["en"].text(),
    )


def open_all(
    person_ids: Mapping[str, int], body_ids: Mapping[str, int], *, password: str, now: datetime
) -> None:
    """Open an account for each (person ids by user name), with the shared password and the role."""
    names = {person_ids[one.user_name]: one.user_name for one in demo_accounts()}
    open_accounts(actor=SYSTEM, user_names=names, password=password, now=now)
    for one in demo_accounts():
        person = fetch.person(SYSTEM, person_ids[one.user_name], to=Permission.ROLE_GRANT)
        body_id = None if one.on_root else body_ids[one.body]
        grant_role(actor=SYSTEM, person=person, role=one.role, body_id=body_id, now=now)
