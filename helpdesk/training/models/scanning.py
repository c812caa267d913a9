"""Tables of signing in by telephone: a ticket that was used."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.kernel.db import IntPk, Model


class SignInTicket(Model):
    """One person signed in with one ticket of one browser.

    The ticket itself is a signed token in the address of its form; kept is the digest of what was
    used. `second`: the browser had signed somebody else in before, so the record is flagged.
    """

    __tablename__ = "training_sign_in_ticket"
    __table_args__ = (
        # The first person of a browser at a session; whoever comes after is `second`.
        Index(
            "uq_training_sign_in_ticket_browser",
            "session_id",
            "browser_hash",
            unique=True,
            sqlite_where=text("NOT second"),
            postgresql_where=text("NOT second"),
        ),
    )

    id: Mapped[IntPk]
    session_id: Mapped[int] = mapped_column(ForeignKey("training_session.id", ondelete="CASCADE"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    browser_hash: Mapped[str] = mapped_column(String(64))
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"))
    used_at: Mapped[datetime]
    second: Mapped[bool] = mapped_column(default=False)
