"""Bodies as the command line names them: by their code."""

from __future__ import annotations

from helpdesk.kernel.errors import NotFound
from helpdesk.kernel.text import N_
from helpdesk.organizations import queries
from helpdesk.organizations.queries import BodyView


class NoSuchBody(NotFound):
    """No body has this code."""

    sentence = N_("没有代码为“%(code)s”的单位。请核对学校（机构）代码或部门代码。")


def body(code: str) -> BodyView:
    """The body with this code, in any case of letters. Raises NoSuchBody."""
    found = queries.body_by_code(code.strip().upper())
    if found is None:
        raise NoSuchBody(code=code)
    return found
