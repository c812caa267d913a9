"""Messages in words: subject, text and HTML of a letter, and the line of a notice in the app."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask import Flask, current_app
from flask_babel import force_locale, gettext
from werkzeug.routing import BuildError

from helpdesk.kernel.text import N_
from helpdesk.outbox.channels.mail.post import MailChannel
from helpdesk.outbox.operations.delivering import Check, Equipment
from helpdesk.outbox.rules import Channel, Rendered
from helpdesk.web.doors import base_url

# What a message is about -> the page that shows it. `ticket:2026-0004711`, `body:3601000001`.
PAGES = {
    "ticket": ("tickets.show", "number"),
    "body": ("organizations.show", "code"),
    "article": ("articles.show", "key"),
    "case": ("cases.show", "case_id"),
    "session": ("sessions.show", "session_id"),
    "quiz": ("quizzes.show", "key"),
    "mytraining": ("mytraining.index", "year"),
    "coverage": ("coverage.node", "code"),
    "filing": ("filing.upcoming", "week"),
}


# What kind of time a due date is: the words that stand beside it on every page.
DUE_KINDS = {
    "legal": N_("法定时限"),
    "promised": N_("反馈承诺"),
    "waiting": N_("本系统约定"),
    "confirm": N_("本系统约定"),
}
LOCAL = N_("本地承诺")


def path_of(about: str) -> str:
    """Path of the page about a subject; without one, the list of notices."""
    kind, _, key = about.partition(":")
    address = current_app.url_map.bind("")
    endpoint, name = PAGES.get(kind, ("", ""))
    try:
        return address.build(endpoint, {name: key})
    except BuildError:
        return address.build("notices.index")


def spoken(params: Mapping[str, Any], locale: str) -> dict[str, Any]:
    """Parameters as the templates want them: names in one language, instants and dates as such.

    A name is a mapping with `zh` and `en`; keys ending in `_at` and `_on` hold ISO texts.
    """
    return {key: _spoken(key, value, locale) for key, value in params.items()}


def _spoken(key: str, value: Any, locale: str) -> Any:
    if isinstance(value, Mapping) and "zh" in value:
        return value.get("en" if locale == "en" else "zh") or value["zh"]
    if isinstance(value, str) and key.endswith("_at"):
        return datetime.fromisoformat(value)
    if isinstance(value, str) and key.endswith("_on"):
        return date.fromisoformat(value)
    return value


def render(*, message: str, params: Mapping[str, Any], locale: str, about: str) -> Rendered:
    """The whole letter in `locale`. Needs the application context, but no request."""
    words = {**spoken(params, locale), "link": base_url() + path_of(about)}
    with force_locale(locale):
        words["due_kind"] = gettext(DUE_KINDS.get(words.get("due_promise", ""), LOCAL))
        return Rendered(
            subject=f"[{gettext('资助服务台')}] {_line(message, words)}",
            text=_filled(f"mail/{message}/body.txt", words),
            html=_filled(f"mail/{message}/body.html", words),
        )


def subject(*, message: str, params: Mapping[str, Any], locale: str) -> str:
    """The one line that a notice in the app shows."""
    with force_locale(locale):
        return _line(message, spoken(params, locale))


def _line(message: str, words: Mapping[str, Any]) -> str:
    return " ".join(_filled(f"mail/{message}/subject.txt", words).split())


def _filled(template: str, words: Mapping[str, Any]) -> str:
    # Not render_template: what the pages add to every template belongs to a request.
    return current_app.jinja_env.get_template(template).render(words).strip() + "\n"


def init_app(app: Flask, checks: Mapping[str, Check]) -> None:
    """What the delivery job needs: renderer, mail channel, and the checks of the wiring."""
    transports = {Channel.MAIL: MailChannel(app)}
    tools = Equipment(render=render, transports=transports, checks=checks)
    app.extensions["outbox"] = tools
