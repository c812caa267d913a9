"""Marking of sentences that a person will read; the doors translate them."""

from __future__ import annotations


def N_(sentence: str) -> str:
    """Mark a Chinese source sentence for the catalogue and return it unchanged."""
    return sentence
