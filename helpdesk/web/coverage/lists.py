"""The lists behind the figures: bodies and persons, page by page, on paper and as files."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, cast

from flask import render_template, request, stream_with_context, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from helpdesk.kernel.paging import Page
from helpdesk.kernel.permissions import Permission
from helpdesk.organizations import queries as organizations
from helpdesk.organizations.queries import BodyView
from helpdesk.organizations.rules import Kind, Subsystem
from helpdesk.people.rules import Post
from helpdesk.training.queries import coverage, years
from helpdesk.training.queries.coverage import BodyLine, BodyList, PersonLine, PersonList
from helpdesk.training.rules.coverage import COUNTED_KINDS, COUNTED_POSTS
from helpdesk.web.coverage import sheets, words
from helpdesk.web.coverage.area import Asked, asked, blueprint, may_remind, sees_rosters
from helpdesk.web.doors import door, request_now
from helpdesk.web.people.words import post_text
from helpdesk.web.shell.language import current
from helpdesk.web.shell.marks import kind_text, named_text, subsystem_text

log = logging.getLogger(__name__)

PAGE: Final = 50
# Counted nowhere, so they belong to no tier.
WITHOUT_TIER: Final = (BodyList.INVALID, PersonList.LEFT_UNTRAINED, PersonList.SIDE)
AT_ONCE: Final = 500  # rows read together for a file


@dataclass(frozen=True)
class Filters:
    """What an address says about a list. Wrong words count as absent."""

    which: str
    kind: str = ""
    subsystem: str = ""
    post: str = ""
    tier: str = ""

    @property
    def narrowed(self) -> bool:
        """Is any filter set?"""
        return bool(self.kind or self.subsystem or self.post or self.tier)

    def narrowing(self) -> dict[str, Any]:
        """As arguments of the queries."""
        typed = {
            "kind": Kind(self.kind) if self.kind else None,
            "subsystem": Subsystem(self.subsystem) if self.subsystem else None,
            "post": Post(self.post) if self.post else None,
            "tier": self.tier or None,
        }
        return {name: value for name, value in typed.items() if value is not None}

    def words(self, **over: str) -> dict[str, Any]:
        """What of it must stand in a link; `over` replaces."""
        return {key: value for key, value in {**asdict(self), **over}.items() if value}


def _filters(lists: Mapping[str, str], posts: bool) -> Filters:
    args = request.args

    def one_of(name: str, known: Iterable[str]) -> str:
        text = args.get(name, "")
        return text if text in set(known) else ""

    which = one_of("which", lists) or next(iter(lists))
    return Filters(
        which=which,
        kind=one_of("kind", Kind),
        subsystem=one_of("subsystem", Subsystem),
        post=one_of("post", Post) if posts else "",
        tier="" if which in WITHOUT_TIER else one_of("tier", words.TIERS),
    )


# --- bodies --------------------------------------------------------------------------------------


@blueprint.get("/<code>/bodies")
@door(Permission.COVERAGE_READ)
def bodies(code: str) -> str:
    """Bodies below a node by how many of their people are trained."""
    of, filters = asked(code), _filters(words.BODIES, posts=False)
    page = _bodies(of, filters)(request.args.get("after"), PAGE)
    above = _above(page.rows)
    return _shown(
        "coverage/bodies.html",
        of,
        filters,
        page,
        rows=[{"line": line, "above": above.get(line.body.parent_id or 0)} for line in page.rows],
        names=words.BODIES,
        nothing=words.NO_BODIES,
        kinds=[kind for kind in Kind if kind in COUNTED_KINDS],
        remind_href=None,
    )


@blueprint.get("/<code>/bodies.<any(csv,xlsx):form>")
@door(Permission.COVERAGE_READ)
def bodies_file(code: str, form: str) -> Response:
    """The same list as a file, all of it."""
    of, filters = asked(code), _filters(words.BODIES, posts=False)
    head = (_("机构代码"), _("机构"), _("类别"), _("子系统"), _("隶属"), _("应训"), _("已培训"))
    rows = _body_rows(_bodies(of, filters))
    return _file(of, form, _(words.BODIES[filters.which]), head, rows)


Reader = Callable[[str | None, int], Page[Any]]


def _bodies(of: Asked, filters: Filters) -> Reader:
    def read(after: str | None, size: int) -> Page[BodyLine]:
        return coverage.bodies_where(
            of.node.path,
            of.year.label,
            BodyList(filters.which),
            now=request_now(),
            after=after,
            size=size,
            **filters.narrowing(),
        )

    return read


def _above(lines: Iterable[BodyLine]) -> dict[int, BodyView]:
    return organizations.bodies(line.body.parent_id for line in lines if line.body.parent_id)


def _body_rows(read: Reader) -> Iterator[sheets.Row]:
    for rows in _pages(read):
        above = _above(rows)
        for line in rows:
            body = line.body
            parent = above.get(body.parent_id or 0)
            yield (
                body.code,
                named_text(body),
                kind_text(body.kind),
                _listed(map(subsystem_text, body.subsystems)),
                named_text(parent) if parent else "",
                str(line.active),
                str(line.trained),
            )


# --- persons -------------------------------------------------------------------------------------


@blueprint.get("/<code>/persons")
@door(Permission.COVERAGE_READ)
def persons(code: str) -> str:
    """Persons below a node: trained, not trained, away, come, gone."""
    of, filters = asked(code), _filters(words.PERSONS, posts=True)
    page = _persons(of, filters)(request.args.get("after"), PAGE)
    reminds = filters.which == PersonList.UNTRAINED and bool(page.rows) and may_remind(of)
    return _shown(
        "coverage/persons.html",
        of,
        filters,
        page,
        rows=page.rows,
        names=words.PERSONS,
        nothing=words.NO_PERSONS,
        kinds=list(Kind) if filters.which == PersonList.SIDE else sorted(COUNTED_KINDS),
        posts=list(Post) if filters.which == PersonList.SIDE else COUNTED_POSTS,
        own=False,
        remind_href=url_for(".remind", code=code) if reminds else None,
    )


@blueprint.get("/<code>/persons.<any(csv,xlsx):form>")
@door(Permission.COVERAGE_READ)
def persons_file(code: str, form: str) -> Response:
    """The same list as a file, all of it."""
    of, filters = asked(code), _filters(words.PERSONS, posts=True)
    head = (
        _("工号"), _("姓名"), _("机构代码"), _("机构"), _("岗位"), _("子系统"), _("到岗"),
        _("离岗"), _("请假"), _("培训日期"),
    )  # fmt: skip
    rows = _person_rows(_persons(of, filters))
    return _file(of, form, _(words.PERSONS[filters.which]), head, rows)


def _persons(of: Asked, filters: Filters) -> Reader:
    def read(after: str | None, size: int) -> Page[PersonLine]:
        return coverage.persons_where(
            of.node.path,
            of.year.label,
            PersonList(filters.which),
            now=request_now(),
            after=after,
            size=size,
            **filters.narrowing(),
        )

    return read


def _person_rows(read: Reader) -> Iterator[sheets.Row]:
    for rows in _pages(read):
        for line in rows:
            yield (
                line.staff_no,
                line.name,
                line.body_code,
                line.body_name_en if current() == "en" and line.body_name_en else line.body_name,
                _listed(map(post_text, line.posts)),
                _listed(map(subsystem_text, line.subsystems)),
                *(str(day or "") for day in (line.joined_on, line.left_on)),
                _("是") if line.on_leave else "",
                str(line.trained_on or ""),
            )


# --- both ----------------------------------------------------------------------------------------


def _pages(read: Reader) -> Iterator[Iterable[Any]]:
    after: str | None = None
    while True:
        page = read(after, AT_ONCE)
        yield page.rows
        after = page.next
        if after is None:
            return


def _listed(texts: Iterable[str]) -> str:
    return str(_("、")).join(texts)


def _shown(template: str, of: Asked, filters: Filters, page: Page[Any], **more: Any) -> str:
    endpoint = template.partition("/")[2].removesuffix(".html")

    def address(after: str | None = None, **over: str) -> str:
        return url_for(
            f"coverage.{endpoint}",
            code=of.node.code,
            year=of.word,
            after=after,
            **filters.words(**over),
        )

    files = {
        f"{form}_href": url_for(
            f"coverage.{endpoint}_file",
            code=of.node.code,
            form=form,
            year=of.word,
            **filters.words(),
        )
        for form in sheets.FORMATS
    }
    return render_template(
        template,
        node=of.node,
        year=of.year,
        year_word=of.word,
        today=of.today,
        closed=years.is_closed(of.year.label),
        asked=filters,
        address=address,
        subsystems=list(Subsystem),
        tiers={} if filters.which in WITHOUT_TIER else words.TIERS,
        roster=sees_rosters(of),
        next_href=address(after=page.next) if page.next else None,
        first_href=address() if request.args.get("after") else None,
        **files,
        **more,
    )


def _file(
    of: Asked, form: str, title: str, head: sheets.Row, rows: Iterator[sheets.Row]
) -> Response:
    name = sheets.file_name(title, of.node.name, of.year.label, of.today, form)

    def counted() -> Iterator[sheets.Row]:
        number = 0
        for row in rows:
            number += 1
            yield row
        # Who took how much out of the house; never whose names.
        log.info("coverage list exported: node %s, %s rows, %s", of.node.code, number, form)

    response = sheets.answer(form, name, head, counted(), title)
    # Rows are read while they leave, in the transaction of this request.
    response.response = stream_with_context(cast("Iterator[bytes]", response.response))
    return response
