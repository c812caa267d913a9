"""Which language a page speaks, and the catalogue behind it.

Chinese sentences are the source; English comes from `translations/en/LC_MESSAGES/messages.po`,
read as it is: nobody has to compile a catalogue before starting the program.
"""

from __future__ import annotations

from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, has_request_context, request
from flask_babel import Babel, Domain, get_locale

from helpdesk import config
from helpdesk.web import doors

LANGUAGES = ("zh", "en")
COOKIE = "language"
HTML_LANG = {"zh": "zh-CN", "en": "en"}


def read_catalogue(folder: Path, language: str) -> NullTranslations:
    """The catalogue of `language`; none there: the source sentences themselves."""
    path = folder / language / "LC_MESSAGES" / "messages.po"
    if not path.is_file():
        return NullTranslations()
    with path.open("rb") as source:
        catalogue = read_po(source, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(fp=compiled)


class SourceDomain(Domain):  # type: ignore[misc]  # flask-babel carries no types
    """Translations straight from the .po files, read once per language and process."""

    def get_translations(self) -> NullTranslations:
        """The catalogue of the language in use; no application: the source sentences."""
        language = current()
        if language not in self.cache:
            self.cache[language] = read_catalogue(config.ROOT / "translations", language)
        found: NullTranslations = self.cache[language]
        return found


class SourceBabel(Babel):  # type: ignore[misc]
    """Flask-Babel with our way of reading catalogues."""

    @cached_property
    def domain_instance(self) -> Domain:
        """The domain behind gettext()."""
        return SourceDomain(domain="messages")


def choose() -> str:
    """The cookie of the switch, else the person's own language, else the browser's, else zh."""
    if not has_request_context():
        return "zh"
    asked = request.cookies.get(COOKIE)
    if asked in LANGUAGES:
        return asked
    actor = doors.current_actor()
    if actor.account_id is not None and actor.locale in LANGUAGES:
        return actor.locale
    return request.accept_languages.best_match(LANGUAGES, default="zh") or "zh"


def current() -> str:
    """`zh` or `en`: the language in use now (also under flask_babel.force_locale)."""
    locale: Any = get_locale()
    return "en" if locale is not None and locale.language == "en" else "zh"


def init_app(app: Flask) -> None:
    """Install gettext and friends for views and templates."""
    SourceBabel().init_app(
        app,
        default_locale="zh",
        default_timezone="Asia/Shanghai",
        default_translation_directories=str(config.ROOT / "translations"),
        locale_selector=choose,
    )
    app.jinja_env.globals["language"] = current
