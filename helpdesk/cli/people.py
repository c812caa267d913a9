"""`helpdesk people create-admin`: the first administrator, before anybody can sign in."""

from __future__ import annotations

import click
from flask.cli import with_appcontext
from flask_babel import gettext

from helpdesk.cli import documents
from helpdesk.cli.refusing import refuse
from helpdesk.kernel import clock
from helpdesk.kernel.errors import RuleBroken
from helpdesk.kernel.instants import in_shanghai
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.people.operations import accounts


@click.group("people")
def people() -> None:
    """人员和账号 / Persons and accounts."""


@people.command("create-admin")
@click.option("--user-name", required=True, help="用户名 / User name.")
@click.option("--name", default="系统管理员", help="姓名 / Name of the person.")
@click.option("--json", "as_json", is_flag=True, help="打印一份 JSON / Print JSON.")
@with_appcontext
def create_admin(user_name: str, name: str, as_json: bool) -> None:
    """新建全系统的管理员，打印一次性口令 / A new administrator of the whole tree.

    口令只打印一次，7天内有效，首次登录时修改。用户名已存在时拒绝。
    """
    try:
        with unit_of_work():
            issued = accounts.create_admin(user_name=user_name, name=name, now=clock.now())
    except RuleBroken as refusal:
        refuse(refusal)
    until = in_shanghai(issued.expires_at)
    if as_json:
        row = {
            "user_name": issued.user_name,
            "one_time_code": issued.code,
            "expires_at": until.isoformat(timespec="seconds"),
        }
        documents.show(row)
        return
    said = {"user": issued.user_name, "code": issued.code, "until": f"{until:%Y-%m-%d %H:%M}"}
    click.echo(gettext("已新建全系统管理员 %(user)s。", **said))
    click.echo(gettext("一次性口令（只显示这一次）：%(code)s", **said))
    click.echo(gettext("北京时间 %(until)s 前登录，并换成自己的密码。", **said))


commands = (people,)
