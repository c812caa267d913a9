"""Who acts, and what that person was granted where. Pure values; `people` builds them."""

from __future__ import annotations

from dataclasses import dataclass, field

from helpdesk.kernel.permissions import Permission

ROOT_PATH = "/"


def within(path: str, top: str) -> bool:
    """Is `path` the node `top` or below it? Paths look like `/1/42/`; `/` is everything."""
    return path.startswith(top)


@dataclass(frozen=True)
class Actor:
    """A person at work.

    `grants` are pairs of permission and path of the node on which it was granted. Reading follows
    the range (`covers`, `paths`); acting for an office needs the grant on that very node (`holds`).
    `body_id`/`body_path` name the body for which the person acts by default (None for SYSTEM).
    """

    person_id: int | None
    name: str
    body_id: int | None = None
    body_path: str | None = None
    account_id: int | None = None
    grants: frozenset[tuple[Permission, str]] = field(default_factory=frozenset)
    locale: str = "zh"
    everything: bool = False

    def covers(self, permission: Permission, path: str) -> bool:
        """Was `permission` granted on the node at `path` or above it?"""
        return self.everything or any(
            p == permission and within(path, top) for p, top in self.grants
        )

    def holds(self, permission: Permission, path: str) -> bool:
        """Was `permission` granted on exactly the node at `path`?"""
        return self.everything or (permission, path) in self.grants

    def anywhere(self, permission: Permission) -> bool:
        """Was `permission` granted on any node?"""
        return self.everything or any(p == permission for p, _ in self.grants)

    def paths(self, permission: Permission) -> tuple[str, ...]:
        """Paths of the nodes on which `permission` was granted, widest only, sorted."""
        if self.everything:
            return (ROOT_PATH,)
        granted = sorted(top for p, top in self.grants if p == permission)
        return tuple(
            top for top in granted if not any(o != top and within(top, o) for o in granted)
        )

    def granted_at(self, permission: Permission) -> tuple[str, ...]:
        """Paths of all nodes on which `permission` was granted, not only the widest."""
        return tuple(sorted(top for p, top in self.grants if p == permission))

    def held_at(self, path: str) -> frozenset[Permission]:
        """Permissions granted on exactly the node at `path`."""
        if self.everything:
            return frozenset(Permission)
        return frozenset(p for p, top in self.grants if top == path)


SYSTEM = Actor(person_id=None, name="系统", everything=True)
ANONYMOUS = Actor(person_id=None, name="")
