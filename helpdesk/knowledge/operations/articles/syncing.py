"""The files of `knowledge_base/articles` become articles; what was written here stays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from helpdesk.kernel import ids
from helpdesk.kernel.db import session
from helpdesk.kernel.errors import NotFound, RuleBroken
from helpdesk.kernel.text import N_
from helpdesk.knowledge.models.articles import Article, ArticleVersion
from helpdesk.knowledge.operations.articles import record
from helpdesk.knowledge.queries.articlefiles import ArticleFile, by_key
from helpdesk.knowledge.queries.articles import content
from helpdesk.knowledge.rules.articles import (
    NATIONAL_OWNER,
    Fate,
    Source,
    State,
    Stored,
    Verb,
    as_file,
    fate,
)
from helpdesk.knowledge.rules.differences import Line, difference
from helpdesk.organizations import queries as organizations


class OwnerUnknown(RuleBroken):
    """The file names a body that is not in the tree."""

    sentence = N_("文章%(key)s的 owner“%(code)s”不是本系统里的单位代码。请改成已有单位的代码。")


class NoSuchFile(NotFound):
    """No file has this key."""

    sentence = N_("文章目录里没有%(key)s。请核对文件名，例如 howto/two-accounts。")


@dataclass(frozen=True)
class Diverged:
    """What was written here stays; `lines`: from the file to what is here."""

    key: str
    lines: tuple[Line, ...]


@dataclass
class Report:
    """What a run found, by key. `gone`: the file is no more, the article stays."""

    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    diverged: list[Diverged] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Standing:
    """An article in the database, its newest version and the one of its file."""

    article: Article
    newest: ArticleVersion
    file: ArticleVersion | None

    @property
    def stored(self) -> Stored:
        file = self.file.fingerprint if self.file else ""
        return Stored(self.article.state, self.newest.fingerprint, file)


def sync(
    files: Iterable[ArticleFile],
    *,
    now: datetime,
    take: frozenset[str] = frozenset(),
    write: bool = True,
) -> Report:
    """Bring the articles to what the files say, three queries and the changes.

    Keys in `take`: the file counts, whatever was written here. Not `write`: only the report.
    Raises OwnerUnknown, NoSuchFile.
    """
    wanted = by_key(files)
    for key in sorted(take - set(wanted)):
        raise NoSuchFile(key=key)
    standing = _standing(wanted)
    report = Report()
    for key, file in wanted.items():
        _one(report, file, standing.get(key), take=key in take, now=now, write=write)
    report.gone += sorted(set(standing) - set(wanted))
    return report


def _standing(wanted: Mapping[str, ArticleFile]) -> dict[str, _Standing]:
    """Articles that have a file now or once had one."""
    had = Article.file_no.is_not(None) | Article.key.in_(wanted)
    rows = session().scalars(select(Article).where(had)).all()
    ids = [row.id for row in rows]
    found = session().scalars(select(ArticleVersion).where(ArticleVersion.article_id.in_(ids)))
    versions = {(version.article_id, version.no): version for version in found}
    return {
        row.key: _Standing(
            row, versions[row.id, row.head_no], versions.get((row.id, row.file_no or 0))
        )
        for row in rows
    }


def _one(
    report: Report,
    file: ArticleFile,
    standing: _Standing | None,
    *,
    take: bool,
    now: datetime,
    write: bool,
) -> None:
    found = fate(standing.stored if standing else None, file.fingerprint)
    if standing is not None and take and _waits(standing, found):
        report.taken.append(file.key)
    elif standing is not None and found is Fate.DIVERGED:
        report.diverged.append(Diverged(file.key, _lines(file, standing.newest)))
    else:
        lists = {Fate.ADDED: report.added, Fate.UPDATED: report.updated}
        lists.get(found, report.unchanged).append(file.key)
    if write:
        _write(file, standing, found, take=take, now=now)


def _waits(standing: _Standing, found: Fate) -> bool:
    """Would the file's text change what readers see or what is on the desk?"""
    return found is Fate.DIVERGED or standing.article.state is not State.PUBLISHED


def _lines(file: ArticleFile, newest: ArticleVersion) -> tuple[Line, ...]:
    here, there = content(newest), file.content
    return difference(as_file(there, file.owner, None), as_file(here, file.owner, None))


def _write(
    file: ArticleFile, standing: _Standing | None, found: Fate, *, take: bool, now: datetime
) -> None:
    owner = _owner(file)
    if standing is None:
        _add(file, owner, now)
        return
    article = standing.article
    _follow(article, file, owner)
    if take and _waits(standing, found):
        _show(article, file, now, Verb.TAKE_FILE)
    elif found is Fate.UPDATED:
        _show(article, file, now, Verb.SYNC)
    elif standing.file is None or standing.file.fingerprint != file.fingerprint:
        _remember(article, file, standing.newest, now)


def _owner(file: ArticleFile) -> int | None:
    if file.owner == NATIONAL_OWNER:
        return None
    body = organizations.body_by_code(file.owner)
    if body is None:
        raise OwnerUnknown(key=file.key, code=file.owner)
    return body.id


def _add(file: ArticleFile, owner: int | None, now: datetime) -> None:
    article = Article(
        key=file.key,
        category=file.category,
        body_id=owner,
        state=State.DRAFT,
        title=file.content.title,
        head_no=1,
        diverged=False,
        review_on=file.review_on,
        created_at=now,
        updated_at=now,
        once=ids.token(),
        version=1,
    )
    session().add(article)
    session().flush()
    _show(article, file, now, Verb.SYNC)


def _show(article: Article, file: ArticleFile, now: datetime, verb: Verb) -> None:
    """The file's text is the newest and the one shown."""
    before = article.state if article.shown_no else None
    row = record.add_version(article, file.content, source=Source.FILE, at=now)
    row.published_at = now
    article.head_no = article.shown_no = article.file_no = row.no
    article.state = State.PUBLISHED
    article.version += 1
    record.settle(article, now)
    record.write(article, verb, at=now, before=before)


def _follow(article: Article, file: ArticleFile, owner: int | None) -> None:
    """Owner and a later day of review come from the file, whatever was written here."""
    if article.file_no is not None and article.body_id != owner:
        article.body_id = owner
    if file.review_on and (article.review_on is None or file.review_on > article.review_on):
        article.review_on, article.reminded_on = file.review_on, None


def _remember(article: Article, file: ArticleFile, newest: ArticleVersion, now: datetime) -> None:
    """Keep what the file says now, so that the desk can show the difference."""
    if newest.fingerprint == file.fingerprint:
        article.file_no = newest.no
    else:
        article.file_no = record.add_version(article, file.content, source=Source.FILE, at=now).no
    article.diverged = newest.fingerprint != file.fingerprint
