"""The index: one row per text that can be found.

On PostgreSQL `tokens` is a tsvector with a GIN index. On SQLite it is a row of tokens which
triggers (written in the migration) hand on to the full-text table `search_text`.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, SmallInteger, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.kernel.db import ByteText, IntPk, Model


class Entry(Model):
    """One text of one owner, or one piece of a very long one.

    No foreign key leads to the owner: this floor knows no owner. Rows are written in the
    transaction that writes the text.
    """

    __tablename__ = "search_entry"
    __table_args__ = (
        UniqueConstraint("kind", "owner_id", "part", "piece", name="uq_search_entry_address"),
        # A common word: walk from the newest and stop.
        Index("ix_search_entry_newest", "kind", "at", "owner_id"),
        Index("ix_search_entry_scope", "kind", "scope_path"),
        # Without the list of pending rows: a search never waits for it to be read through.
        Index(
            "ix_search_entry_tokens",
            "tokens",
            postgresql_using="gin",
            postgresql_with={"fastupdate": "off"},
            sqlite_where=text("piece < 0"),  # no row: the full-text table does it there
        ),
    )

    id: Mapped[IntPk]
    kind: Mapped[str] = mapped_column(String(20))
    owner_id: Mapped[int] = mapped_column(BigInteger)
    part: Mapped[str] = mapped_column(String(20), default="")
    piece: Mapped[int] = mapped_column(SmallInteger, default=0)
    audience: Mapped[str] = mapped_column(String(20))
    scope_path: Mapped[str] = mapped_column(ByteText)
    key: Mapped[str] = mapped_column(String(200))
    title: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    facets: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    tokens: Mapped[str] = mapped_column(Text().with_variant(TSVECTOR(), "postgresql"))
