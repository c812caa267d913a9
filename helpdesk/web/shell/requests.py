"""What a browser may say: text without control characters, numbers that a row can have, and no
more words than a form of ours holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from flask import Flask, Request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.routing import IntegerConverter, PathConverter, UnicodeConverter, ValidationError

from helpdesk.kernel.text import printable


class Typed(ImmutableMultiDict[str, Any]):
    """Fields of an address or a form. PostgreSQL takes no NUL, and no page shows the others."""

    def __init__(self, said: Iterable[tuple[str, Any]] = ()) -> None:
        super().__init__(list(self._cleaned(said)))

    @staticmethod
    def _cleaned(said: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
        pairs = said.items(multi=True) if isinstance(said, MultiDict) else said
        for name, value in pairs:
            yield printable(name), printable(value) if isinstance(value, str) else value


class AskedOfUs(Request):
    """Flask's request, read with our limits."""

    parameter_storage_class = Typed

    def __init__(self, environ: dict[str, Any], *more: Any, **named: Any) -> None:
        asked = str(environ.get("QUERY_STRING", "")).encode("latin-1", "replace")
        # Bytes that are no text: the library would break on them, on the error page once more.
        environ["QUERY_STRING"] = asked.decode("utf-8", "replace").encode().decode("latin-1")
        super().__init__(environ, *more, **named)

    def _load_form_data(self) -> None:
        # Only files may be large. The parser keeps this limit for the fields of a multipart form.
        if self.mimetype != "multipart/form-data":
            self.max_content_length = self.max_form_memory_size
        super()._load_form_data()


class RowNumber(IntegerConverter):
    """A number that a row can have: every database takes it."""

    regex = "[0-9]{1,18}"


class Word(UnicodeConverter):
    """A part of a path without control characters."""

    def to_python(self, value: str) -> str:
        """The part, or no such page."""
        return _said(value)


class Way(PathConverter):
    """Several parts of a path without control characters."""

    def to_python(self, value: str) -> str:
        """The parts, or no such page."""
        return _said(value)


def _said(value: str) -> str:
    if printable(value) != value:
        raise ValidationError
    return value


def init_app(app: Flask) -> None:
    """Before any route is there: routes keep the converters that they were made with."""
    app.request_class = AskedOfUs
    app.url_map.converters.update(int=RowNumber, string=Word, default=Word, path=Way)
