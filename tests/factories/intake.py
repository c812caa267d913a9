"""Drafts of questions, written by people of the small country."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from helpdesk.catalog.rules import Door
from helpdesk.files import operations as files
from helpdesk.files.queries import Store
from helpdesk.intake.models.drafts import Draft
from helpdesk.intake.operations import drafts as operations
from helpdesk.intake.rules.questions import Answers, Stage
from helpdesk.organizations import queries as organizations
from tests.factories.country import Country

WHOLE = Answers(
    title="操作账号登录不了",
    text="换了浏览器也一样。",
    fields={"account_kind": "operator", "exact_message": "用户不存在", "new_school": "no"},
    callback_name="王老师",
    callback_number="0571-88880000",
)


@dataclass
class Intake:
    """Writes drafts as people of the country."""

    country: Country
    now: datetime
    store: Store

    def start(self, who: str = "teacher", answers: Answers = WHOLE, **over: Any) -> Draft:
        actor = self.country.actor(who)
        body = self.country.body(over.pop("body")) if "body" in over else None
        how: dict[str, Any] = {
            "for_others": False,
            "door": Door.LOGIN,
            "card_code": "ACC-4c",
            "file_ids": (),
            "stage": Stage.REVIEW,
            "now": self.now,
        } | over
        assert actor.body_id is not None
        view = organizations.body(body.id if body else actor.body_id)
        return operations.start_draft(actor=actor, body=view, answers=answers, **how)

    def submit(self, draft: Draft, who: str = "teacher", now: datetime | None = None) -> str:
        return operations.submit(actor=self.country.actor(who), draft=draft, now=now or self.now)

    def file(self, who: str = "teacher", words: bytes = b"a,b\n1,2\n") -> int:
        kept = files.keep(
            store=self.store,
            name="汇总.csv",
            data=words,
            confirmed=False,
            actor=self.country.actor(who),
            now=self.now,
        )
        return kept.id
