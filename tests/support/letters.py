"""One sample of every message and variant, and its snapshot in both languages.

`python -m tests.support.letters` writes the snapshots under tests/data/mail anew.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask, current_app

from helpdesk.outbox.operations.delivering import Equipment

FOLDER = Path(__file__).parents[1] / "data" / "mail"
LOCALES = ("zh", "en")

_SCHOOL = {"zh": "示范县第一中学", "en": "Shifan County No. 1 School"}
_COUNTY = {"zh": "示范县资助中心", "en": "Shifan County Aid Office"}
_CITY = {"zh": "示范市资助中心", "en": "Shifan City Aid Office"}
_CALL_CENTRE = {"zh": "呼叫中心", "en": "Call Centre"}
_STEP = {"zh": "核对学校信息审核情况", "en": "Check the review of the school's information"}
_TICKET = {"number": "2026-0004711", "title": "登录提示无效学校"}
_DUE = {"due_at": "2026-09-24T09:30:00+00:00", "due_promise": "answer"}
_CLOCK = {**_TICKET, **_DUE, "body": _COUNTY}

_YEAR = {"year": 2026, "last_on": "2026-12-31"}
_CASE = {"case_title": "一次看懂登录失败", "case_number": "AL2026-00012"}

_ARTICLE = {"article_id": 12, "article_title": "本省重置密码找谁"}

_SESSION = {
    "session_id": 12,
    "session_title": "资助系统操作培训(演示)",
    "session_mode": "both",
    "session_at": "2026-09-29T01:00:00+00:00",
    "where": "示范县教育局三楼会议室",
    "address": "https://meeting.example.cn/12",
    "by": _COUNTY,
}

_FILING = {
    "until_on": "2026-10-06",
    "lines": {
        "zh": [
            "9月25日，中职，国家助学金：资助名单公示确认",
            "9月30日，学前，地方政府资助：资助业务设置",
        ],
        "en": [
            "25 Sep, Secondary vocational, National grant: Confirmation of publicity",
            "30 Sep, Preschool, Local government aid: Set-up of aid projects",
        ],
    },
}

# message -> variant -> parameters; "" is the plain one.
SAMPLES: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "ticket_arrived": {"": {**_TICKET, **_DUE, "by": _SCHOOL}},
    "ticket_handed_up": {
        "": {**_TICKET, **_DUE, "by": _COUNTY},
        "legal": {**_TICKET, **_DUE, "due_promise": "legal", "by": _CITY},
        "resubmitted": {**_TICKET, **_DUE, "by": _CITY, "resubmitted": True},
    },
    "ticket_recalled": {"": {**_TICKET, "by": _COUNTY}},
    "ticket_redirected": {"": {**_TICKET, **_DUE, "by": _COUNTY}},
    "ticket_returned": {"": {**_TICKET, "by": _CITY}},
    "ticket_returned_twice": {"": {**_TICKET, "by": _CITY, "to": _COUNTY, "times": 2}},
    "ticket_assigned": {"": {**_TICKET, **_DUE, "by": _COUNTY}},
    "ticket_replied": {"": {**_TICKET, "by": _COUNTY}},
    "ticket_noted": {"": {**_TICKET, "by": _CITY}},
    "information_asked": {"": {**_TICKET, "by": _COUNTY}},
    "information_supplied": {"": {**_TICKET, **_DUE, "by": _SCHOOL}},
    "step_delegated": {"": {**_TICKET, "by": _COUNTY, "step": _STEP}},
    "step_completed": {"": {**_TICKET, "by": _COUNTY, "step": _STEP}},
    "feedback_given": {"": {**_TICKET, "by": _CALL_CENTRE}},
    "ticket_resolved": {
        "": {**_TICKET, "by": _CALL_CENTRE, "solved": True},
        "cannot": {**_TICKET, "by": _CALL_CENTRE, "solved": False},
    },
    "please_confirm": {
        "": {**_TICKET, "by": _COUNTY, "solved": True},
        "cannot": {**_TICKET, "by": _COUNTY, "solved": False},
    },
    "ticket_closed": {
        "confirmed": {**_TICKET, "by": _SCHOOL, "kind": "confirmed"},
        "by_holder": {**_TICKET, "by": _COUNTY, "kind": "by_holder"},
        "unanswered": {**_TICKET, "kind": "unanswered"},
        "no_information": {**_TICKET, "kind": "no_information"},
    },
    "ticket_not_solved": {"": {**_TICKET, **_DUE, "by": _SCHOOL, "to": _COUNTY}},
    "ticket_reopened": {"": {**_TICKET, **_DUE, "by": _SCHOOL, "to": _COUNTY}},
    "ticket_merged": {"": {**_TICKET, "by": _COUNTY, "into": "2026-0004700"}},
    "ticket_withdrawn": {"": {**_TICKET, "by": _SCHOOL}},
    "ticket_urged": {"": {**_TICKET, **_DUE, "by": _SCHOOL}},
    "clock_warning": {
        "two_left": {**_CLOCK, "days_left": 2},
        "last_day_accept": {**_CLOCK, "days_left": 0, "due_promise": "accept"},
        "step": {**_CLOCK, "days_left": 1, "due_promise": "step", "step": _STEP},
        "promised": {**_CLOCK, "days_left": 1, "due_promise": "promised"},
        "legal": {**_CLOCK, "days_left": 1, "due_promise": "legal", "body": _CALL_CENTRE},
    },
    "clock_breach": {
        "": {**_CLOCK, "days_left": 0},
        "late": {**_CLOCK, "days_left": -3},
        "step": {**_CLOCK, "days_left": -1, "due_promise": "step", "step": _STEP},
    },
    "waiting_reminder": {"": {**_TICKET, **_DUE, "due_promise": "waiting", "days_left": 2}},
    "confirm_reminder": {"": {**_TICKET, **_DUE, "due_promise": "confirm", "days_left": 1}},
    "body_without_handler": {"": {**_TICKET, "by": _SCHOOL, "body": _COUNTY}},
    "calendar_changed": {
        "": {
            **_TICKET,
            "before_at": "2027-01-05T09:30:00+00:00",
            "after_at": "2027-01-04T09:30:00+00:00",
        }
    },
    "restricted_news": {"": {"number": "2026-0004711"}},
    "case_submitted": {"": {**_CASE, "by": _COUNTY}},
    "case_returned": {"": {**_CASE, "by": _CITY}},
    "case_published": {
        "": {**_CASE, "by": _CITY},
        "lifted": {**_CASE, "by": _CITY, "lifted": True},
    },
    "article_submitted": {"": {**_ARTICLE, "by": _COUNTY}},
    "article_returned": {"": {**_ARTICLE, "by": _COUNTY}},
    "article_published": {"": {**_ARTICLE, "by": _COUNTY}},
    "article_review_due": {"": {**_ARTICLE, "by": _COUNTY, "review_on": "2027-06-30"}},
    "case_taken_down": {"": {**_CASE, "by": _CITY}},
    "training_reminder": {"": _YEAR},
    "training_reminder_body": {"": {**_YEAR, "body": _SCHOOL, "untrained": 2, "active": 5}},
    "training_reminder_office": {"": {**_YEAR, "body": _COUNTY, "untrained": 41, "active": 312}},
    "filing_digest": {
        "": {**_FILING, "number_of_dates": 2, "more": 0},
        "many": {**_FILING, "number_of_dates": 15, "more": 13},
    },
    "quiz_offered": {
        "": {
            "quiz": "support",
            "quiz_title": {"zh": "支持流程测验", "en": "Check on the support process"},
            "questions": 10,
            "number": "2026-0004711",
            "offered_at": "2026-09-22T02:20:00+00:00",
        }
    },
    "session_invited": {
        "": {**_SESSION, "standing": "invited"},
        "enrolled": {**_SESSION, "standing": "enrolled"},
        "waiting": {**_SESSION, "standing": "waiting"},
    },
    "session_near": {
        "": {**_SESSION, "standing": "enrolled"},
        "invited": {**_SESSION, "standing": "invited"},
    },
    "session_changed": {"": _SESSION},
    "session_cancelled": {"": _SESSION, "why": {**_SESSION, "why": "讲师生病(演示)"}},
    "session_place_freed": {"": _SESSION},
}


def variants() -> list[tuple[str, str, str]]:
    """Every message, variant and locale."""
    return [
        (message, variant, locale)
        for message, found in SAMPLES.items()
        for variant in found
        for locale in LOCALES
    ]


def path_of(message: str, variant: str, locale: str) -> Path:
    """Where the snapshot stands."""
    return FOLDER / f"{'.'.join(part for part in (message, variant, locale) if part)}.eml.txt"


def written(message: str, variant: str, locale: str) -> str:
    """The letter as its reader gets it: subject, text, HTML. Needs the application context."""
    tools = current_app.extensions["outbox"]
    assert isinstance(tools, Equipment)
    letter = tools.render(
        message=message,
        params=SAMPLES[message][variant],
        locale=locale,
        about="ticket:2026-0004711",
    )
    return f"Subject: {letter.subject}\n\n{letter.text}\n{letter.html}"


def _throwaway_app(folder: str) -> Flask:
    from helpdesk import config
    from helpdesk.app import create_app

    return create_app(
        config.Settings(
            demo=True,
            database_url=f"sqlite:///{folder}/letters.sqlite3",
            files_dir=Path(folder),
            base_url="http://localhost",
        )
    )


def main() -> None:
    """Write all snapshots anew."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.eml.txt"):
        old.unlink()
    with tempfile.TemporaryDirectory() as folder, _throwaway_app(folder).app_context():
        for message, variant, locale in variants():
            path_of(message, variant, locale).write_text(
                written(message, variant, locale), encoding="utf-8"
            )


if __name__ == "__main__":
    main()
