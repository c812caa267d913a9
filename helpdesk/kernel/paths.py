"""Scope as one indexed range condition on a materialised path (`/1/42/`)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, true

from helpdesk.kernel.actor import ROOT_PATH


def below(column: Any, top: str) -> ColumnElement[bool]:
    """Rows whose path is `top` or lies below it. `0` is the byte after `/`: an exact upper end."""
    if top == ROOT_PATH:
        return true()
    return and_(column >= top, column < top[:-1] + "0")


def below_any(column: Any, tops: Iterable[str]) -> ColumnElement[bool]:
    """Rows below any of `tops`; none of them: no row."""
    conditions = [below(column, top) for top in tops]
    return or_(*conditions) if conditions else false()


def ancestors(path: str) -> tuple[str, ...]:
    """`/1/42/7/` -> (`/`, `/1/`, `/1/42/`, `/1/42/7/`): every node whose word counts here."""
    parts = path.strip("/").split("/")
    tops = [ROOT_PATH]
    for i in range(len(parts)):
        if parts[i]:
            tops.append("/" + "/".join(parts[: i + 1]) + "/")
    return tuple(tops)
