"""Refusals. A rule that says no raises a child of RuleBroken; the doors turn it into words."""

from __future__ import annotations

from typing import ClassVar

from helpdesk.kernel.text import N_


class Refusal(Exception):
    """Something the asker can be told.

    `sentence` is the Chinese source string with %(name)s places, marked with N_; `params` fills
    them. It says what is wrong and what to do next. `status` is the HTTP status of the refusal.
    """

    sentence: ClassVar[str] = N_("操作没有完成，请重试。")
    status: ClassVar[int] = 422

    def __init__(self, **params: object) -> None:
        self.params = params
        super().__init__(self.sentence % params if params else self.sentence)


class RuleBroken(Refusal):
    """A rule of the product says no (422)."""


class Conflict(RuleBroken):
    """Somebody else was faster, or it has been done already (409)."""

    status = 409


class NotFound(Refusal):
    """There is nothing here for this actor (404): absent, or a stranger's."""

    sentence = N_("没有找到这一页，或者您无权查看。请从首页或队列重新进入。")
    status = 404


class Forbidden(Refusal):
    """Seen, but not allowed (403)."""

    sentence = N_("您没有做这件事的权限。请联系本单位管理员。")
    status = 403


class BadData(Exception):
    """A data file of ours is wrong; the message names file, line and what is wrong."""
