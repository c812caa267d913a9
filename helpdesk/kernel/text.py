"""Sentences that a person will read, and what may stand in a text that a person has written."""

from __future__ import annotations

import re

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def N_(sentence: str) -> str:
    """Mark a Chinese source sentence for the catalogue and return it unchanged."""
    return sentence


def printable(text: str) -> str:
    """Without control characters, which no database and no page of ours takes."""
    return _UNPRINTABLE.sub("", text)
