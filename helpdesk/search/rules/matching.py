"""Words as each engine asks for them. Tokens are letters, digits, characters: no escapes."""

from __future__ import annotations

from collections.abc import Iterable

from helpdesk.search.rules.asking import Phrase, Word


def all_of(words: Iterable[Word], dialect: str) -> str:
    """Every word, in one of its forms."""
    return (" AND " if dialect == "sqlite" else " & ").join(_word(w, dialect) for w in words)


def any_of(words: Iterable[Word], dialect: str) -> str:
    """At least one word."""
    return (" OR " if dialect == "sqlite" else " | ").join(_word(w, dialect) for w in words)


def _word(word: Word, dialect: str) -> str:
    if dialect == "sqlite":
        return "(" + " OR ".join(_fts5(p) for p in word.phrases) + ")"
    return "(" + " | ".join(_tsquery(p) for p in word.phrases) + ")"


def _fts5(asked: Phrase) -> str:
    return f'"{" ".join(asked.tokens)}"' + (" *" if asked.open_end else "")


def _tsquery(asked: Phrase) -> str:
    parts = [f"'{token}'" for token in asked.tokens]
    parts[-1] += ":*" if asked.open_end else ""
    return "(" + " <-> ".join(parts) + ")"
