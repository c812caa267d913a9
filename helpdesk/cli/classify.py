"""`helpdesk classify`: which problem card a text is about, and who would hold it first."""

from __future__ import annotations

from typing import Any

import click
from flask.cli import with_appcontext
from flask_babel import force_locale, gettext

from helpdesk.cli import documents
from helpdesk.cli.bodies import body
from helpdesk.cli.refusing import refuse
from helpdesk.intake.queries.classifying import Guess, classify
from helpdesk.intake.rules.classifying.guessing import Ask
from helpdesk.kernel.db import reading
from helpdesk.kernel.errors import Refusal


@click.command("classify")
@click.argument("text")
@click.option("--org", "code", required=True, help="提问单位的代码 / Code of the asking body.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", help="语言 / Language.")
@click.option("--json", "as_json", is_flag=True, help="打印一份 JSON / Print JSON.")
@with_appcontext
def command(text: str, code: str, lang: str, as_json: bool) -> None:
    """TEXT 说的是哪一类问题，先由谁办 / Which problem TEXT is about, and who holds it first.

    退出码 0 完成，2 输入有误，3 没有找到。
    """
    with reading(), force_locale(lang):
        try:
            found = classify(text, body_id=body(code).id)
        except Refusal as refusal:
            refuse(refusal)
        if as_json:
            documents.show([_entry(guess, lang) for guess in found])
        else:
            click.echo("\n".join(_line(guess, lang) for guess in found))


def _entry(guess: Guess, lang: str) -> dict[str, Any]:
    holder = guess.first_holder
    entry: dict[str, Any] = {
        "code": guess.code,
        "name": _said(guess.name_zh, guess.name_en, lang),
        "confidence": round(guess.confidence, 3),
        "why": _why(guess),
        "first_holder": None,
    }
    if holder is not None:
        entry["first_holder"] = {"code": holder.code, "name": holder.name, "kind": holder.kind}
    if guess.note_zh:
        entry["note"] = _said(guess.note_zh, guess.note_en, lang)
    if guess.ask is not None:
        entry["ask"] = _asked(guess.ask, lang)
    return entry


def _asked(ask: Ask, lang: str) -> dict[str, Any]:
    return {
        "question": _said(ask.question_zh, ask.question_en, lang),
        "options": [
            {"text": _said(option.text_zh, option.text_en, lang), "code": option.code}
            for option in ask.options
        ],
    }


def _why(guess: Guess) -> str:
    """The words that decided, in the asker's own language; without any, that is said."""
    if not guess.why:
        return str(gettext("没有认出说明问题的词。"))
    return str(gettext("因为提到：")) + "、".join(guess.why)


def _line(guess: Guess, lang: str) -> str:
    holder = guess.first_holder.name if guess.first_holder else "-"
    name = _said(guess.name_zh, guess.name_en, lang)
    lines = [f"{guess.code} {name} {guess.confidence:.0%} -> {holder}", f"  {_why(guess)}"]
    if guess.note_zh:
        lines.append(f"  {_said(guess.note_zh, guess.note_en, lang)}")
    if guess.ask is not None:
        lines.append(f"  {_said(guess.ask.question_zh, guess.ask.question_en, lang)}")
        lines += [
            f"    {_said(option.text_zh, option.text_en, lang)} -> {option.code}"
            for option in guess.ask.options
        ]
    return "\n".join(lines)


def _said(zh: str, en: str, lang: str) -> str:
    return en if lang == "en" else zh


commands = (command,)
