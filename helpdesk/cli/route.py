"""`helpdesk route CARD --org CODE`: who holds a question first, who does each step, and why."""

from __future__ import annotations

from typing import Any

import click
from flask.cli import with_appcontext
from flask_babel import force_locale

from helpdesk.catalog import queries as catalog
from helpdesk.cli import documents
from helpdesk.cli.bodies import body
from helpdesk.cli.refusing import refuse
from helpdesk.kernel.db import reading
from helpdesk.kernel.errors import Refusal, RuleBroken
from helpdesk.kernel.text import N_
from helpdesk.routing import queries as routing
from helpdesk.routing.queries import RoutePlan
from helpdesk.routing.rules.places import Stop
from helpdesk.routing.rules.reasons import Reason
from helpdesk.routing.rules.ways import StepPlan


class NobodyIsAccused(RuleBroken):
    """`--against` names an office on a card that is no complaint."""

    sentence = N_("卡片%(card)s不针对某个部门，请去掉 --against；投诉资助部门请用 SUP。")


@click.command("route")
@click.argument("card")
@click.option("--org", "code", required=True, help="提问单位的代码 / Code of the asking body.")
@click.option("--against", help="SUP：被反映部门的代码 / SUP: code of the office complained of.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", help="语言 / Language.")
@click.option("--json", "as_json", is_flag=True, help="打印一份 JSON / Print JSON.")
@with_appcontext
def route(card: str, code: str, against: str | None, lang: str, as_json: bool) -> None:
    """问题卡片 CARD 交给谁办 / Where a question of card CARD goes.

    退出码 0 完成，2 输入有误，3 没有找到。
    """
    with reading(), force_locale(lang):
        try:
            plan = _plan(card, code, against)
        except Refusal as refusal:
            refuse(refusal)
        if as_json:
            documents.show(_document(plan, lang))
        else:
            click.echo(_text(plan, lang))


def _plan(card: str, code: str, against: str | None) -> RoutePlan:
    found = catalog.card(card)
    if against is not None and not found.needs_accused:
        raise NobodyIsAccused(card=found.code)
    return routing.plan(found.code, body(code).id, body(against).id if against else None)


def _document(plan: RoutePlan, lang: str) -> dict[str, Any]:
    return {
        "first_holder": _stop(plan.first_holder),
        "hand_up_chain": [_stop(stop) for stop in plan.hand_up_chain],
        "steps": [_step(step, lang) for step in plan.steps],
        "may_reach_call_centre": plan.may_reach_call_centre,
        "why": "\n".join(_sentence(reason, lang) for reason in plan.why),
    }


def _stop(stop: Stop) -> dict[str, str]:
    return {"code": stop.code, "name": stop.name, "kind": stop.kind.value}


def _step(planned: StepPlan, lang: str) -> dict[str, Any]:
    row: dict[str, Any] = {"step": planned.step.key, "body": None}
    if planned.body is not None:
        row["body"] = _stop(planned.body)
    else:
        row["note"] = planned.note_en if lang == "en" else planned.note_zh
    return row


def _sentence(reason: Reason, lang: str) -> str:
    if lang == "en":
        return f"{reason.en} ({reason.clause or 'our own arrangement'})"
    return f"{reason.zh}（{reason.clause or '本系统约定'}）"


def _text(plan: RoutePlan, lang: str) -> str:
    steps = [
        f"  {planned.step.key}: {planned.body.name if planned.body else '-'}"
        for planned in plan.steps
    ]
    way = " -> ".join(stop.name for stop in (plan.first_holder, *plan.hand_up_chain))
    return "\n".join((way, *steps, *(_sentence(reason, lang) for reason in plan.why)))


commands = (route,)
