"""`helpdesk knowledge sync` and `export`: articles from files, and back into files."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext
from flask_babel import force_locale, gettext

from helpdesk.cli import documents
from helpdesk.cli.refusing import BAD_INPUT, refuse
from helpdesk.filing.queries import tables
from helpdesk.kernel import clock
from helpdesk.kernel.actor import SYSTEM
from helpdesk.kernel.db import reading
from helpdesk.kernel.errors import BadData, Refusal, RuleBroken
from helpdesk.kernel.text import N_
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.knowledge.access import articles as access
from helpdesk.knowledge.operations.articles import syncing
from helpdesk.knowledge.operations.articles.syncing import Report
from helpdesk.knowledge.queries import articlefiles as folder
from helpdesk.knowledge.queries import articles as queries
from helpdesk.knowledge.queries.articlefiles import ArticleFile
from helpdesk.knowledge.rules.differences import as_text
from helpdesk.organizations.rules import Subsystem

_FATES = {
    "added": N_("新增"),
    "updated": N_("更新"),
    "taken": N_("改用文件的版本"),
    "unchanged": N_("没有变化"),
    "diverged": N_("与文件不同，保留网上的版本"),
    "gone": N_("文件已不在，文章保留"),
}


class NothingToExport(RuleBroken):
    """Which article is meant?"""

    sentence = N_("请给出文章编号，或用 --all-diverged 导出全部与文件不同的文章。")


@click.group("knowledge")
def knowledge() -> None:
    """知识库文章 / Articles."""


@knowledge.command("sync")
@click.option("--take-file", "taken", multiple=True, metavar="KEY", help="改用文件的版本 / File.")
@click.option("--dry-run", is_flag=True, help="只看会怎样，不写入 / Only tell.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", help="语言 / Language.")
@click.option("--json", "as_json", is_flag=True, help="打印一份 JSON / Print JSON.")
@with_appcontext
def sync(taken: tuple[str, ...], dry_run: bool, lang: str, as_json: bool) -> None:
    """把文章目录装入数据库 / Bring the articles to what the files say.

    网上改过的文章不会被覆盖，只列出差异。退出码 0 完成，2 输入有误，3 没有找到。
    """
    with force_locale(lang):
        try:
            with unit_of_work():
                report = syncing.sync(
                    files(), now=clock.now(), take=frozenset(taken), write=not dry_run
                )
        except Refusal as refusal:
            refuse(refusal)
        except BadData as error:
            click.echo(str(error), err=True)
            sys.exit(BAD_INPUT)
        if as_json:
            documents.show(_document(report))
        else:
            click.echo(_told(report))


def files() -> Sequence[ArticleFile]:
    """The files, every filing item of them known. BadData."""
    found = folder.files()
    known = {item.id for s in Subsystem for item in tables.items(s, inferred=True)}
    for file in found:
        for item in file.content.items:
            if item not in known:
                raise BadData(f"{folder.FOLDER / file.key}.md: there is no filing item {item}")
    return found


def _document(report: Report) -> dict[str, Any]:
    found = asdict(report)
    found["diverged"] = [
        {"key": one.key, "difference": as_text(one.lines)} for one in report.diverged
    ]
    return found


def _told(report: Report) -> str:
    counted = asdict(report)
    lines = [f"{gettext(words)} {len(counted[name])}" for name, words in _FATES.items()]
    for name in ("added", "updated", "taken", "gone"):
        lines += [f"  {gettext(_FATES[name])}: {key}" for key in counted[name]]
    for one in report.diverged:
        lines += [f"--- {one.key}", as_text(one.lines)]
    return "\n".join(lines)


@knowledge.command("export")
@click.argument("key", required=False)
@click.option("--all-diverged", is_flag=True, help="全部与文件不同的文章 / All that differ.")
@click.option(
    "--to",
    "target",
    type=click.Path(file_okay=False, path_type=Path),
    help="写到哪个目录，默认文章目录 / Folder.",
)
@with_appcontext
def export(key: str | None, all_diverged: bool, target: Path | None) -> None:
    """把网上的文章写成文件 / Write articles as files.

    退出码 0 完成，2 输入有误，3 没有找到。
    """
    with reading():
        try:
            if bool(key) == all_diverged:
                raise NothingToExport
            ids = queries.diverged_ids() if all_diverged else [access.article(SYSTEM, key or "").id]
            for found in (queries.as_a_file(article_id) for article_id in ids):
                path = (target or folder.FOLDER) / f"{found.key}.md"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(found.text, encoding="utf-8", newline="\n")
                click.echo(str(path))
        except Refusal as refusal:
            refuse(refusal)


commands = (knowledge,)
