"""Where files are handed in, for tests: the operation with the few things each test varies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from helpdesk.files import operations
from helpdesk.files.queries import Store, StoredFile
from helpdesk.kernel.actor import SYSTEM

Rows = Sequence[Sequence[str | int | float]]

PLAIN_TABLE: Rows = [
    ["学校", "应录入人数", "已录入人数"],
    ["示范县第一中学", 120, 118],
    ["示范县第二中学", 60, 60],
]


@dataclass
class Desk:
    """Where files are handed in."""

    store: Store
    now: datetime

    def keep(self, name: str, data: bytes, *, confirmed: bool = False) -> StoredFile:
        return operations.keep(
            store=self.store,
            name=name,
            data=data,
            confirmed=confirmed,
            actor=SYSTEM,
            now=self.now,
        )

    def blobs(self) -> list[Path]:
        return [p for p in self.store.folder.rglob("*") if p.is_file()]
