"""The conversation: speech, one-line acts and internal notes, from the rows of history."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from markupsafe import Markup, escape

from helpdesk.knowledge.queries import articlesbeside as articles
from helpdesk.knowledge.queries.articlesbeside import NearArticle
from helpdesk.organizations.queries import BodyView
from helpdesk.tickets.queries.page import Entry, FileLink
from helpdesk.tickets.rules import ARTICLES, CloseKind, Verb
from helpdesk.web.doors import current_actor
from helpdesk.web.shell import dates
from helpdesk.web.shell.marks import named, zh
from helpdesk.web.tickets.rows import cards
from helpdesk.web.tickets.scene import Scene


@dataclass(frozen=True)
class Said:
    """One entry. `form`: msg, note, event. `articles`: with which it answers, as the reader may
    read them."""

    form: str
    at: datetime
    body: BodyView | None
    who: Markup
    act: Markup
    icon: str
    text: str
    parts: tuple[tuple[str, Markup], ...]
    files: tuple[FileLink, ...]
    articles: tuple[NearArticle, ...] = ()


@dataclass(frozen=True)
class Talk:
    """`earlier` lies before the ticket reached its present holder and is folded away."""

    earlier: tuple[Said, ...]
    recent: tuple[Said, ...]


ICONS: Mapping[Verb, str] = {
    Verb.ACCEPT: "check", Verb.TAKE: "check", Verb.ASSIGN: "arrow", Verb.RELEASE: "back",
    Verb.DELEGATE: "branch", Verb.CONFIRM: "check", Verb.CLOSE: "check", Verb.MERGE: "branch",
    Verb.URGE: "bell", Verb.PRIORITY: "bolt", Verb.PAUSE: "wait", Verb.RESUME: "clock",
    Verb.RECALL: "back", Verb.REDIRECT: "sync", Verb.TAKE_OVER: "arrow", Verb.WITHDRAW: "back",
}  # fmt: skip
_MOVES = (Verb.HAND_UP, Verb.RESUBMIT, Verb.RETURN, Verb.NOT_SOLVED, Verb.REOPEN, Verb.RECALL,
          Verb.TAKE_OVER)  # fmt: skip
FOLD_FROM = 4
SPOKEN = frozenset(
    {Verb.SUBMIT, Verb.REPLY, Verb.ASK, Verb.SUPPLY, Verb.HAND_UP, Verb.RESUBMIT, Verb.RETURN,
     Verb.FEEDBACK, Verb.RESOLVE, Verb.NOT_SOLVED, Verb.REOPEN, Verb.COMPLETE_STEP,
     Verb.RECORD_STEP, Verb.NOTE}
)  # fmt: skip
_CLOSED = {
    CloseKind.CONFIRMED: lambda: _("确认解决，已办结"),
    CloseKind.BY_HOLDER: lambda: _("关闭，已办结"),
    CloseKind.UNANSWERED: lambda: _("答复后未收到确认，到期自动办结"),
    CloseKind.NO_INFORMATION: lambda: _("等待补充到期，自动关闭"),
}


def talk(scene: Scene, *, replies_only: bool = False) -> Talk:
    """All entries the reader may see; `replies_only` leaves out acts and notes."""
    entries = list(scene.life.entries)
    moved = [i for i, entry in enumerate(entries) if entry.verb in _MOVES]
    cut = moved[-1] if moved and moved[-1] >= FOLD_FROM and not replies_only else 0
    linked = _linked(entries)
    said = [_said(scene, entry, linked) for entry in entries]
    if replies_only:
        said = [one for one in said if one.form == "msg"]
    return Talk(tuple(said[:cut]), tuple(said[cut:]))


def _linked(entries: Sequence[Entry]) -> Mapping[int, NearArticle]:
    """Articles that came with answers; one query, none where there are none."""
    ids = {i for entry in entries for i in entry.details.get(ARTICLES, ())}
    return articles.titles(current_actor(), ids)


def _said(scene: Scene, entry: Entry, linked: Mapping[int, NearArticle]) -> Said:
    form = "note" if entry.verb is Verb.NOTE else "msg" if entry.verb in SPOKEN else "event"
    body = scene.names.body(entry.body_id)
    return Said(
        form=form,
        at=entry.at,
        body=body,
        who=_who(scene, entry, body),
        act=_act(scene, entry),
        icon=ICONS.get(entry.verb, "check"),
        text=_text(scene, entry),
        parts=_parts(entry),
        files=entry.files,
        articles=tuple(linked[i] for i in entry.details.get(ARTICLES, ()) if i in linked),
    )


def _who(scene: Scene, entry: Entry, body: BodyView | None) -> Markup:
    person = scene.names.person(entry.person_id)
    if not person:
        return escape(_("系统"))
    if body is None:
        return zh(person)
    return Markup("{}·{}").format(named(body), zh(person))


def _text(scene: Scene, entry: Entry) -> str:
    if entry.verb is Verb.SUBMIT:
        return scene.reach.ticket.text
    return "" if _labels(entry) else entry.text or ""


def _labels(entry: Entry) -> tuple[tuple[str, str], ...]:
    """(label, where the words stand: `text` or a key of details) for what has several parts."""
    match entry.verb:
        case Verb.SUBMIT:
            return ((_("怎样接到的"), "received_how"),)
        case Verb.HAND_UP:
            return ((_("上报理由"), "text"), (_("已做的尝试"), "tried"))
        case Verb.RETURN:
            return ((_("退回原因"), "text"), (_("还缺什么"), "missing"))
        case Verb.RESOLVE:
            return ((_("答复"), "text"), (_("办结依据"), "proof"))
        case Verb.FEEDBACK:
            because = (_("无法解决的原因"), "because")
            promised = (_("承诺解决日期"), "promised_on")
            return ((_("反馈内容"), "text"), because, promised, (_("原承诺日期"), "moved_from"))
        case Verb.RECORD_STEP | Verb.COMPLETE_STEP:
            return ((_("步骤结果"), "text"), (_("答复来源"), "source"))
        case _:
            return ()


def _parts(entry: Entry) -> tuple[tuple[str, Markup], ...]:
    found = []
    for label, place in _labels(entry):
        words = entry.text if place == "text" else entry.details.get(place)
        if words:
            is_day = place in ("promised_on", "moved_from")
            shown = dates.full_day(date.fromisoformat(str(words))) if is_day else zh(str(words))
            found.append((label, shown))
    return tuple(found)


def _act(scene: Scene, entry: Entry) -> Markup:
    """What was done, in the reader's language, without saying who."""
    return Markup(_sentence(entry)) % _values(scene, entry)


def _values(scene: Scene, entry: Entry) -> dict[str, Markup]:
    to = scene.names.body(entry.to_body_id)
    found = {
        "to": named(to) if to else Markup(""),
        "person": zh(scene.names.person(entry.to_person_id)),
    }
    for number, step in enumerate(scene.life.steps, start=1):
        if step.id == entry.step_id:
            found |= {"number": escape(number), "name": named(step)}
    for key in ("into", "taken_in"):
        if key in entry.details:
            found["number"] = escape(entry.details[key])
    card = cards().get(str(entry.details.get("to_card")))
    if card:
        found["name"] = named(card)
    return found


def _sentence(entry: Entry) -> str:
    details = entry.details
    match entry.verb:
        case Verb.CLOSE:
            return str(_CLOSED[CloseKind(details["kind"])]())
        case Verb.MERGE if "taken_in" in details:
            return str(_("把%(number)s并了进来"))
        case Verb.PRIORITY:
            return str(_("改为紧急") if details["urgent"] else _("改为一般"))
        case Verb.FEEDBACK if "because" in details:
            return str(_("反馈：无法解决"))
        case _:
            return str(SENTENCES[entry.verb]())


SENTENCES: Mapping[Verb, Callable[[], str]] = {
    Verb.SUBMIT: lambda: _("提交给%(to)s"),
    Verb.TAKE: lambda: _("接手办理"),
    Verb.ASSIGN: lambda: _("指派给%(person)s"),
    Verb.RELEASE: lambda: _("放回未指派"),
    Verb.TAKE_OVER: lambda: _("代为接手，改由%(to)s办理"),
    Verb.ACCEPT: lambda: _("受理了问题"),
    Verb.REPLY: lambda: _("回复"),
    Verb.NOTE: lambda: _("内部备注"),
    Verb.ASK: lambda: _("追问%(to)s"),
    Verb.SUPPLY: lambda: _("已补充情况"),
    Verb.HAND_UP: lambda: _("上报%(to)s"),
    Verb.RECALL: lambda: _("收回，继续由%(to)s办理"),
    Verb.REDIRECT: lambda: _("改类型为“%(name)s”"),
    Verb.RETURN: lambda: _("退回%(to)s"),
    Verb.RESUBMIT: lambda: _("补充后重报%(to)s"),
    Verb.WITHDRAW: lambda: _("已撤回"),
    Verb.DELEGATE: lambda: _("派步骤%(number)s“%(name)s”给%(to)s"),
    Verb.COMPLETE_STEP: lambda: _("完成步骤%(number)s“%(name)s”"),
    Verb.RECORD_STEP: lambda: _("登记步骤%(number)s“%(name)s”的结果"),
    Verb.FEEDBACK: lambda: _("作出反馈"),
    Verb.RESOLVE: lambda: _("答复，请提问单位确认"),
    Verb.CONFIRM: lambda: _("确认解决，已办结"),
    Verb.NOT_SOLVED: lambda: _("没有解决，回到%(to)s"),
    Verb.REOPEN: lambda: _("重新打开，回到%(to)s"),
    Verb.MERGE: lambda: _("并入%(number)s"),
    Verb.URGE: lambda: _("发出催办"),
    Verb.PAUSE: lambda: _("暂停计时，等待外部事项"),
    Verb.RESUME: lambda: _("已恢复计时"),
}
