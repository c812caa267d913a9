"""`helpdesk training import`: attendance of a session from a file; a test run unless confirmed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_babel import gettext

from helpdesk.cli import documents
from helpdesk.cli.refusing import BAD_INPUT, refuse
from helpdesk.cli.training import training
from helpdesk.files.queries import store_of
from helpdesk.kernel import clock, ids
from helpdesk.kernel.actor import SYSTEM
from helpdesk.kernel.db import reading
from helpdesk.kernel.errors import Refusal
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.training import access
from helpdesk.training.operations import importing
from helpdesk.training.operations.importing import Recorded
from helpdesk.training.queries import importing as queries
from helpdesk.training.queries.importing import OPEN, RowView, RunView
from helpdesk.training.rules.matching import OUTCOME_NAMES, REASON_NAMES, Outcome

if TYPE_CHECKING:
    from helpdesk.training.models.importing import ImportRun


@training.command("import")
@click.argument("session", type=click.IntRange(min=1, max=10**18))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--confirm", is_flag=True, help="登记已匹配的人 / Record what was matched.")
@click.option("--json", "as_json", is_flag=True, help="打印一份 JSON / Print JSON.")
@with_appcontext
def import_attendance(session: int, file: Path, confirm: bool, as_json: bool) -> None:
    """试读一份出勤表（XLSX、CSV）/ Try out a list of attendance (XLSX, CSV).

    SESSION 是培训班页面地址里的编号。不加 --confirm 只试读，什么都不登记。还有行要处理时不登记：
    有错的行改好文件再来，其余的可以在网页上处理。退出码 0 完成，2 输入有误，3 没有找到。
    """
    try:
        run = _tried_out(session, file)
        with reading():
            found = queries.shown(access.session(SYSTEM, session), run)
        settled = not any(found.counts[outcome] for outcome in OPEN)
        done = _confirmed(session, run) if confirm and settled else None
    except Refusal as refusal:
        refuse(refusal)
    if as_json:
        documents.show(_document(session, found, done))
    else:
        _tell(found, done, confirm=confirm)
    if found.counts[Outcome.BAD] or (confirm and not settled):
        sys.exit(BAD_INPUT)


def _tried_out(session_id: int, file: Path) -> ImportRun:
    with unit_of_work():
        return importing.try_out(
            actor=SYSTEM,
            session=access.session(SYSTEM, session_id),
            name=file.name,
            data=file.read_bytes(),
            limits=store_of(current_app.config).limits,
            once=ids.token(),
            now=clock.now(),
        )


def _confirmed(session_id: int, run: ImportRun) -> Recorded:
    with unit_of_work():
        found = access.session(SYSTEM, session_id)
        return importing.confirm(
            actor=SYSTEM, session=found, run=queries.run(found, run.id), now=clock.now()
        )


def _document(session_id: int, found: RunView, done: Recorded | None) -> dict[str, Any]:
    return {
        "session": session_id,
        "run": found.id,
        "file": found.file_name,
        "columns": {field.value: heading for field, heading in found.columns.items()},
        "online": found.online,
        "numbers_left_out": found.hidden,
        "counts": {outcome.value: number for outcome, number in found.counts.items()},
        "rows": [_row(row) for row in found.rows],
        "confirmed": done is not None,
        "recorded": done.recorded if done else 0,
        "already": done.already if done else 0,
    }


def _row(row: RowView) -> dict[str, Any]:
    return {
        "lines": list(row.lines),
        "outcome": row.outcome.value,
        "reason": row.reason,
        "staff_no": row.person.staff_no if row.person else row.staff_no,
        "name": row.person.name if row.person else row.name,
        "candidates": [person.staff_no for person in row.candidates],
    }


def _tell(found: RunView, done: Recorded | None, *, confirm: bool) -> None:
    for outcome, number in found.counts.items():
        if number:
            click.echo(f"{gettext(OUTCOME_NAMES[outcome])} {number}")
    for row in found.rows:
        if row.outcome in OPEN:
            click.echo(_sentence(row), err=True)
    if found.hidden:
        click.echo(
            gettext("文件里有%(n)s个身份证号之类的号码，没有读取，也没有保存。", n=found.hidden),
            err=True,
        )
    if done is not None:
        click.echo(gettext("已登记%(n)s人；已有记录%(m)s人。", n=done.recorded, m=done.already))
    elif confirm:
        click.echo(gettext("还有行要处理，没有登记。"), err=True)
    else:
        click.echo(gettext("只是试读，没有登记。"))


def _sentence(row: RowView) -> str:
    lines = ",".join(map(str, row.lines))
    why = gettext(REASON_NAMES[row.reason]) if row.reason else ""
    said = " ".join(filter(None, (row.name, row.staff_no)))
    return str(gettext("第%(n)s行 %(said)s：%(why)s", n=lines, said=said, why=why))
