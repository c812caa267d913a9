"""`helpdesk organizations show`: a body, its line up, what stands beside it."""

from __future__ import annotations

from typing import Any

import click
from flask.cli import with_appcontext

from helpdesk.cli import documents
from helpdesk.cli.bodies import body as body_of
from helpdesk.cli.demo.personas import personas
from helpdesk.cli.refusing import refuse
from helpdesk.kernel.db import reading
from helpdesk.kernel.errors import NotFound, Refusal
from helpdesk.kernel.text import N_
from helpdesk.organizations import queries
from helpdesk.organizations.queries import BodyView


class NoDemonstration(NotFound):
    """The demonstration tree does not stand in this database."""

    sentence = N_("这个数据库里没有演示数据。请先在空数据库上运行 helpdesk demo load。")


@click.group("organizations")
def organizations() -> None:
    """机构和学校 / Offices and schools."""


@organizations.command("show")
@click.argument("code", required=False)
@click.option(
    "--demo-personas",
    "wants_personas",
    is_flag=True,
    help="每类提问者一个演示单位的代码 / A demonstration body for each kind of asker.",
)
@click.option("--json", "as_json", is_flag=True, help="打印一份 JSON / Print JSON.")
@with_appcontext
def show(code: str | None, wants_personas: bool, as_json: bool) -> None:
    """显示代码为 CODE 的单位；不写代码则列出最上一级 / Show one body, or the top of the tree.

    退出码 0 完成，2 输入有误，3 没有找到。
    """
    with reading():
        try:
            found = _document(code, wants_personas)
        except Refusal as refusal:
            refuse(refusal)
    if as_json:
        documents.show(found)
    else:
        click.echo("\n".join(_lines(found)))


def _document(code: str | None, wants_personas: bool) -> dict[str, Any]:
    if wants_personas:
        if code is not None:
            raise click.UsageError("CODE, --demo-personas: 只能选一样 / choose one of the two")
        return _personas()
    if code is None:
        top = queries.children(None, size=200)
        return {"top": [_short(body) for body in top.rows]}
    return _body(body_of(code))


def _personas() -> dict[str, str]:
    for code in set(personas().values()):
        if queries.body_by_code(code) is None:
            raise NoDemonstration
    return dict(personas())


def _body(body: BodyView) -> dict[str, Any]:
    line = queries.line_up_at(body.path)
    sides = queries.sides_of(one.id for one in line)
    census = queries.census(body.path)
    return {
        **_short(body),
        "name_en": body.name_en,
        "status": body.status.value,
        "status_since": body.status_since.isoformat(),
        "region_code": body.region_code,
        "province_code": body.province_code,
        "plan_city": body.plan_city,
        "bingtuan": body.bingtuan,
        "subsystems": [subsystem.value for subsystem in body.subsystems],
        "line_up": [
            {**_short(one), "sides": [_short(side) for side in sides.get(one.id, {}).values()]}
            for one in line[1:]
        ],
        "sides": [_short(side) for side in sides.get(body.id, {}).values()],
        "schools": {status.value: number for status, number in census.schools.items()},
    }


def _short(body: BodyView) -> dict[str, Any]:
    return {"code": body.code, "name": body.name, "kind": body.kind.value}


def _lines(found: dict[str, Any], indent: str = "") -> list[str]:
    lines = []
    for key, value in found.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            lines.append(f"{indent}{key}:")
            lines += [f"{indent}  {one['code']}  {one['name']}  {one['kind']}" for one in value]
        elif isinstance(value, dict):
            lines += [f"{indent}{key}:", *_lines(value, indent + "  ")]
        else:
            shown = ", ".join(value) if isinstance(value, list) else value
            lines.append(f"{indent}{key}: {shown}")
    return lines


commands = (organizations,)
