"""`helpdesk demo load` and `helpdesk demo accounts`: the demonstration data and who signs in."""

from __future__ import annotations

import sys
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_babel import force_locale, gettext

from helpdesk import config
from helpdesk.cli import documents
from helpdesk.cli.demo import load as demonstration
from helpdesk.cli.demo.accounts import DemoAccount, demo_accounts
from helpdesk.cli.refusing import BAD_INPUT, refuse
from helpdesk.kernel import clock
from helpdesk.kernel.db import reading
from helpdesk.kernel.errors import BadData, Refusal, RuleBroken
from helpdesk.kernel.text import N_
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.organizations import queries as organizations


class TreeNotEmpty(RuleBroken):
    """Demonstration data never mixes with real bodies."""

    sentence = N_("数据库里已有机构，没有装入演示数据。请换一个空的数据库再装。")


class PasswordKnownToAll(RuleBroken):
    """The default password is printed in the documentation."""

    sentence = N_(
        "非演示环境不能用公开的演示密码。请设 HELPDESK_DEMO=1，或用 HELPDESK_DEMO_PASSWORD 另设。"
    )


@click.group("demo")
def demo() -> None:
    """演示数据 / Demonstration data."""


@demo.command("load")
@click.option("--if-empty", is_flag=True, help="已有数据时不算错误 / Existing data is no error.")
@with_appcontext
def load(if_empty: bool) -> None:
    """向空数据库装入演示机构、人员、账号和问题 / Fill an empty database.

    再次运行不作改动。退出码 0 完成，2 被拒绝。
    """
    try:
        with unit_of_work():
            click.echo(_load(if_empty))
    except Refusal as refusal:
        refuse(refusal)
    except BadData as error:
        click.echo(str(error), err=True)
        sys.exit(BAD_INPUT)


def _load(if_empty: bool) -> str:
    if not organizations.is_empty():
        if demonstration.is_loaded():
            return str(gettext("演示数据已经装入，没有改动。"))
        if if_empty:
            return str(gettext("数据库里已有机构，没有装入演示数据。"))
        raise TreeNotEmpty
    password = str(current_app.config["DEMO_PASSWORD"])
    if password == config.DEMO_PASSWORD and not current_app.config["DEMO"]:
        raise PasswordKnownToAll
    loaded = demonstration.load(password=password, now=clock.now())
    said = {"bodies": loaded.bodies, "accounts": loaded.accounts}
    return str(gettext("已装入演示数据：%(bodies)s个机构和学校，%(accounts)s个账号。", **said))


@demo.command("accounts")
@click.option("--json", "as_json", is_flag=True, help="打印一份 JSON / Print JSON.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", help="语言 / Language.")
@with_appcontext
def accounts(as_json: bool, lang: str) -> None:
    """列出演示账号、密码和可以试的事 / Who can sign in and what to try."""
    with reading(), force_locale(lang):
        rows = [_row(one, lang) for one in demo_accounts()]
    if as_json:
        documents.show(rows)
        return
    width = max(len(row["user_name"]) for row in rows)
    for row in rows:
        click.echo(f"{row['user_name']:<{width}}  {row['body']}：{row['try']}")
    with force_locale(lang):
        click.echo(gettext("密码（全部相同）：%(word)s", word=rows[0]["password"]))
        click.echo(gettext("地址：%(url)s", url=current_app.config["BASE_URL"]))


def _row(one: DemoAccount, lang: str) -> dict[str, Any]:
    body = organizations.body_by_code(one.body)
    name = (body.name_en if lang == "en" else body.name) if body else one.body
    return {
        "user_name": one.user_name,
        "password": current_app.config["DEMO_PASSWORD"],
        "person": one.name,
        "role": one.role.value,
        "code": one.body,
        "body": name,
        "try": one.try_en if lang == "en" else one.try_zh,
    }


commands = (demo,)
