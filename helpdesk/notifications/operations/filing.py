"""The weekly digest of filing dates: under the bell, by mail for who chose so."""

from __future__ import annotations

from helpdesk.filing.events import DigestDue
from helpdesk.filing.rules.digest import DigestLine
from helpdesk.notifications.rules import Msg
from helpdesk.outbox.operations import writing as outbox
from helpdesk.outbox.operations.writing import EVERY_CHANNEL
from helpdesk.outbox.rules import Channel

# A letter is read on the way; the page has the rest.
_MOST_LINES = 12


def digest_due(fact: DigestDue) -> None:
    """Once per person and week, however often the job runs."""
    shown = fact.lines[:_MOST_LINES]
    outbox.put(
        event_key=f"filing_digest:{fact.week}",
        recipient_person_id=fact.person_id,
        message=Msg.FILING_DIGEST,
        about=f"filing:{fact.week}",
        params={
            "number_of_dates": len(fact.lines),
            "more": len(fact.lines) - len(shown),
            "until_on": fact.until_on.isoformat(),
            "lines": {"zh": [_zh(line) for line in shown], "en": [_en(line) for line in shown]},
        },
        channels=EVERY_CHANNEL if fact.by_mail else (Channel.IN_APP,),
        now=fact.at,
    )


def _zh(line: DigestLine) -> str:
    day = f"{line.due_on.month}月{line.due_on.day}日"
    return f"{day}，{line.subsystem[0]}，{line.module[0]}：{line.item[0]}"


def _en(line: DigestLine) -> str:
    return f"{line.due_on:%d %b}, {line.subsystem[1]}, {line.module[1]}: {line.item[1]}"
