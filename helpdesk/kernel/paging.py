"""Keyset paging: a page is where the last one ended, never a number of rows to skip."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from helpdesk.kernel.errors import RuleBroken
from helpdesk.kernel.text import N_

R = TypeVar("R")
T = TypeVar("T")
_LARGEST = 2**63 - 1
_REFUSED = re.compile("[\x00\ud800-\udfff]")


class BadCursor(RuleBroken):
    """The `after` of a list's address was not written by us."""

    sentence = N_("翻页地址不完整。请回到列表第一页重新翻页。")
    status = 400


@dataclass(frozen=True)
class Page(Generic[T]):
    """Rows of one page; `next` is the cursor of the following page or None."""

    rows: Sequence[T]
    next: str | None


def encode(keys: Sequence[Any]) -> str:
    """Sort keys of a row (numbers, text) as an opaque cursor."""
    return base64.urlsafe_b64encode(json.dumps(list(keys)).encode()).decode().rstrip("=")


def decode(cursor: str, kinds: Sequence[type]) -> tuple[Any, ...]:
    """The sort keys again, checked for number and type."""
    try:
        keys = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, RecursionError) as error:
        raise BadCursor from error
    if not isinstance(keys, list) or len(keys) != len(kinds):
        raise BadCursor
    if not all(_is_key(key, kind) for key, kind in zip(keys, kinds, strict=True)):
        raise BadCursor
    return tuple(keys)


def _is_key(key: Any, kind: type) -> bool:
    """Of this type, and nothing that a database refuses to compare with."""
    if kind is int:
        return type(key) is int and abs(key) <= _LARGEST
    return isinstance(key, kind) and not _REFUSED.search(str(key))


def page_of(
    found: Sequence[R], size: int, keys: Callable[[R], Sequence[Any]], row: Callable[[R], T]
) -> Page[T]:
    """Make a page from `size + 1` fetched rows."""
    more = len(found) > size
    shown = found[:size]
    return Page(
        rows=[row(r) for r in shown], next=encode(keys(shown[-1])) if more and shown else None
    )
