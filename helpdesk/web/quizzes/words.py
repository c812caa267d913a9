"""Words of the pages of quizzes."""

from __future__ import annotations

from flask_babel import gettext as _

from helpdesk.catalog.rules import citation_en, citation_zh
from helpdesk.kernel.text import N_
from helpdesk.training.rules.quizzes import ANNEXES, Fault, QuestionKind
from helpdesk.web.shell.language import current

KINDS = {
    QuestionKind.SINGLE: N_("单选"),
    QuestionKind.MULTIPLE: N_("多选，全部选对才得分"),
    QuestionKind.TRUE_FALSE: N_("判断对错"),
    QuestionKind.ORDER: N_("排序，给每一步选一个次序"),
}
FAULTS = {
    Fault.MISSING: N_("还没有答完"),
    Fault.TWICE: N_("同一个次序用了两次"),
    Fault.UNKNOWN: N_("没有收到页面上的选项，请重新选择"),
}


def source(clause: str) -> str:
    """Where the answer stands: a clause of the notice, an item of an annex, or our arrangement."""
    annex = ANNEXES.get(clause.partition("-")[0])
    if annex is not None:
        return str(_("教助中心〔2020〕53号 附件%(annex)s，第%(item)s项", annex=annex,
                 item=int(clause[-2:])))  # fmt: skip
    return citation_en(clause) if current() == "en" else citation_zh(clause)
