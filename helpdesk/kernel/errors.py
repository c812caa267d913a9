"""Refusals. A rule that says no raises a child of RuleBroken; the doors turn it into words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from helpdesk.kernel.text import N_


@dataclass(frozen=True)
class Named:
    """A name in both languages; `name_en` empty: there is only the Chinese one."""

    name: str
    name_en: str = ""

    def __str__(self) -> str:
        return self.name


def in_a_row(names: Sequence[Named]) -> Named:
    """Several names as one, each language with its own comma."""
    return Named("、".join(n.name for n in names), ", ".join(n.name_en or n.name for n in names))


class Refusal(Exception):
    """Something the asker can be told.

    `sentence` is the Chinese source string with %(name)s places, marked with N_; `params` fills
    them. It says what is wrong and what to do next. `status` is the HTTP status of the refusal.
    A body given as a param is told by its name in the reader's language (`filled`).
    """

    sentence: ClassVar[str] = N_("操作没有完成，请重试。")
    status: ClassVar[int] = 422

    def __init__(self, **params: object) -> None:
        self.params = {key: _kept(value) for key, value in params.items()}
        super().__init__(self.sentence % self.params if params else self.sentence)

    def filled(self, language: str) -> dict[str, object]:
        """What fills the sentence in `zh` or `en`."""
        return {
            key: (value.name_en or value.name)
            if isinstance(value, Named) and language == "en"
            else value
            for key, value in self.params.items()
        }


def _kept(value: object) -> object:
    # Only the names: the row they stand in may be gone when somebody reads the refusal.
    if hasattr(value, "name_en") and hasattr(value, "name"):
        return Named(value.name, value.name_en)
    return value


class RuleBroken(Refusal):
    """A rule of the product says no (422)."""


class Conflict(RuleBroken):
    """Somebody else was faster, or it has been done already (409)."""

    status = 409


class AlreadyDone(Conflict):
    """The same form was sent twice; the first one counted."""

    sentence = N_("已经处理过了，不用重复提交。")


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
