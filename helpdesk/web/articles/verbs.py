"""The verbs of an article: what each page says before and after, and the operation behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from helpdesk.kernel.text import N_
from helpdesk.knowledge.access.articles import Reach
from helpdesk.knowledge.operations.articles import reviewing, writing
from helpdesk.knowledge.operations.record import Act
from helpdesk.knowledge.rules.articles import Verb
from helpdesk.web.articles.forms import KeepForm, PublishForm, ReasonForm
from helpdesk.web.cases.forms import ActForm

# The form is the one of the same line.
Run = Callable[[Reach, Act, Any], None]


@dataclass(frozen=True)
class VerbPage:
    """`before`: what will happen. `done`: said after it."""

    form: type[ActForm]
    run: Run
    before: str
    done: str
    down: bool = False


PAGES: Mapping[Verb, VerbPage] = {
    Verb.SUBMIT: VerbPage(
        ActForm,
        lambda reach, act, _form: reviewing.submit(reach=reach, act=act),
        N_("提交后由本单位负责人审核，审核前可以收回。"),
        N_("已提交审核。"),
    ),
    Verb.RECALL: VerbPage(
        ActForm,
        lambda reach, act, _form: reviewing.recall(reach=reach, act=act),
        N_("收回后可以继续修改，再提交一次。"),
        N_("已收回，可以继续修改。"),
    ),
    Verb.PUBLISH: VerbPage(
        PublishForm,
        lambda reach, act, form: reviewing.publish(
            reach=reach, act=act, review_on=form.review_on.data, words=form.words.data or ""
        ),
        N_("发布后本单位和全部下级单位都能看到。请核对内容准确、没有个人信息。"),
        N_("已发布。"),
    ),
    Verb.RETURN: VerbPage(
        ReasonForm,
        lambda reach, act, form: reviewing.return_back(
            reach=reach, act=act, words=form.words.data or ""
        ),
        N_("退回后作者按原因修改，再提交一次。"),
        N_("已退回。"),
        down=True,
    ),
    Verb.KEEP: VerbPage(
        KeepForm,
        lambda reach, act, form: reviewing.keep(
            reach=reach, act=act, review_on=form.review_on.data, words=form.words.data or ""
        ),
        N_("内容不变，记下已经复核；到下次复核日期再提醒。"),
        N_("已记下复核。"),
    ),
    Verb.DISCARD: VerbPage(
        ActForm,
        lambda reach, act, _form: writing.discard(reach=reach, act=act),
        N_("草稿放弃后，读者看到的版本不变；没有发布过的就不再显示。版本记录保留。"),
        N_("草稿已放弃。"),
        down=True,
    ),
    Verb.WITHDRAW: VerbPage(
        ReasonForm,
        lambda reach, act, form: reviewing.withdraw(
            reach=reach, act=act, words=form.words.data or ""
        ),
        N_("撤下后读者不再看到；版本记录保留，修改后可以再发布。"),
        N_("已撤下。"),
        down=True,
    ),
}
# One button does it: nothing is written.
DIRECT = (Verb.SUBMIT, Verb.RECALL)
