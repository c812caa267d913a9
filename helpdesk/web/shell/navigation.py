"""The main menu: what this person may open."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import Flask, current_app, request, url_for
from flask_babel import gettext as _

from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.text import N_
from helpdesk.web.doors import current_actor


@dataclass(frozen=True)
class Entry:
    """A page of the menu and the permission that opens it."""

    label: str
    endpoint: str
    permission: Permission
    bar: bool = True  # False: only in the menu behind the person's name
    areas: tuple[str, ...] = ()  # blueprints whose pages lie below it


# The pages about training, in the row of tabs that each of them carries.
TRAINING = (
    Entry(N_("年度情况"), "coverage.index", Permission.COVERAGE_READ),
    Entry(N_("培训班"), "sessions.index", Permission.SIGNED_IN),
    Entry(N_("培训计划"), "plans.index", Permission.COVERAGE_READ),
    Entry(N_("我的培训"), "mytraining.index", Permission.SIGNED_IN),
    Entry(N_("测验"), "quizzes.index", Permission.SIGNED_IN),
    Entry(N_("典型案例"), "cases.index", Permission.SIGNED_IN),
    Entry(N_("问题与培训"), "effects.index", Permission.REPORT_READ),
)
_AREAS = (*(entry.endpoint.split(".")[0] for entry in TRAINING), "attendance", "certificates")

MENU = (
    Entry(N_("首页"), "home.index", Permission.SIGNED_IN),
    Entry(N_("看板"), "board.index", Permission.BOARD_READ),
    Entry(N_("队列"), "queue.index", Permission.QUEUE_READ),
    Entry(N_("我的问题"), "tickets.mine", Permission.TICKET_CREATE),
    Entry(N_("培训"), "mytraining.index", Permission.SIGNED_IN, areas=_AREAS),
    Entry(N_("知识库"), "articles.index", Permission.SIGNED_IN, areas=("articles", "wishes")),
    Entry(N_("填报日历"), "filing.index", Permission.SIGNED_IN, areas=("filing",)),
    Entry(N_("代人登记"), "intake.phone", Permission.TICKET_CREATE_FOR_OTHERS),
    Entry(N_("机构"), "organizations.index", Permission.BODY_READ),
    Entry(N_("人员"), "people.index", Permission.ROSTER_READ),
    Entry(N_("工作日"), "workdays.index", Permission.WORKDAYS_MANAGE),
    Entry(N_("发件箱"), "outbox.index", Permission.OUTBOX_READ),
    Entry(N_("审计"), "audit.index", Permission.AUDIT_READ),
    Entry(N_("搜索"), "search.index", Permission.SIGNED_IN, bar=False),
    Entry(N_("问题卡片"), "cards.index", Permission.SIGNED_IN, bar=False),
    Entry(N_("常用回复"), "replies.index", Permission.REPLY_WRITE, bar=False),
    Entry(N_("通知"), "notices.index", Permission.SIGNED_IN, bar=False),
    Entry(N_("个人设置"), "profile.index", Permission.SIGNED_IN, bar=False),
)


@dataclass(frozen=True)
class Link:
    """An entry as the page shows it."""

    label: str
    href: str
    here: bool
    bar: bool


def links() -> tuple[Link, ...]:
    """The menu of the person who asks; nobody signed in: empty."""
    return _shown(MENU)


def training_links() -> tuple[Link, ...]:
    """The tabs about training that this person may open."""
    return _shown(tuple(replace(entry, areas=_below(entry)) for entry in TRAINING))


def _below(entry: Entry) -> tuple[str, ...]:
    """The blueprints of a tab; the desk of a session is reached from its page."""
    area = entry.endpoint.split(".")[0]
    return (area, "attendance") if area == "sessions" else (area,)


def _shown(entries: tuple[Entry, ...]) -> tuple[Link, ...]:
    actor = current_actor()
    if actor.account_id is None:
        return ()
    return tuple(
        Link(
            label=_(entry.label),
            href=url_for(entry.endpoint),
            here=request.endpoint == entry.endpoint or request.blueprint in entry.areas,
            bar=entry.bar,
        )
        for entry in entries
        if entry.endpoint in current_app.view_functions
        and (entry.permission is Permission.SIGNED_IN or actor.anywhere(entry.permission))
    )


def may(permission: str) -> bool:
    """For templates: does the person hold this permission on some node?"""
    return current_actor().anywhere(Permission(permission))


def has_page(endpoint: str) -> bool:
    """For templates: is there such a page in this installation?"""
    return endpoint in current_app.view_functions


def init_app(app: Flask) -> None:
    """Make the menu known to the layouts."""
    app.jinja_env.globals.update(
        menu_links=links,
        training_links=training_links,
        may=may,
        has_page=has_page,
        actor=current_actor,
    )
