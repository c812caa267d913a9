"""The verbs of a case: what each page says before and after, and the operation behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from helpdesk.kernel.text import N_
from helpdesk.knowledge.access.cases import Reach
from helpdesk.knowledge.operations import reviewing
from helpdesk.knowledge.operations.record import Act
from helpdesk.knowledge.rules.cases import Verb
from helpdesk.web.cases.forms import ActForm, ReasonForm, WordsForm

Run = Callable[[Reach, Act, str], None]


@dataclass(frozen=True)
class VerbPage:
    """`before`: what will happen; may name the body that acts, %(body)s. `done`: said after it."""

    form: type[ActForm]
    run: Run
    before: str
    done: str
    down: bool = False


PAGES: Mapping[Verb, VerbPage] = {
    Verb.SUBMIT: VerbPage(
        ActForm,
        lambda reach, act, _words: reviewing.submit(reach=reach, act=act),
        N_("提交后由上级单位审核，审核前可以收回。"),
        N_("已提交审核。"),
    ),
    Verb.RECALL: VerbPage(
        ActForm,
        lambda reach, act, _words: reviewing.recall(reach=reach, act=act),
        N_("收回后可以继续修改。"),
        N_("已收回，现在是草稿。"),
    ),
    Verb.PUBLISH: VerbPage(
        WordsForm,
        lambda reach, act, words: reviewing.publish(reach=reach, act=act, words=words),
        N_("发布后，%(body)s和下级单位的人员都能看到。"),
        N_("已发布。"),
    ),
    Verb.RETURN: VerbPage(
        ReasonForm,
        lambda reach, act, words: reviewing.return_back(reach=reach, act=act, words=words),
        N_("退回给作者单位，改好后可以再次提交。"),
        N_("已退回。"),
        down=True,
    ),
    Verb.LIFT: VerbPage(
        WordsForm,
        lambda reach, act, words: reviewing.lift(reach=reach, act=act, words=words),
        N_("推荐后，%(body)s和所有下级单位的人员都能看到。"),
        N_("已推荐。"),
    ),
    Verb.WITHDRAW: VerbPage(
        WordsForm,
        lambda reach, act, words: reviewing.withdraw(reach=reach, act=act, words=words),
        N_("撤下后别的单位不再看到；记录保留，不能再发布。"),
        N_("已撤下。"),
        down=True,
    ),
    Verb.TAKE_DOWN: VerbPage(
        ReasonForm,
        lambda reach, act, words: reviewing.take_down(reach=reach, act=act, words=words),
        N_("停止发布后下级不再看到，作者单位会收到通知。"),
        N_("已停止发布。"),
        down=True,
    ),
}
# One button does it: nothing is written.
DIRECT = (Verb.SUBMIT, Verb.RECALL)


def endpoint(verb: Verb) -> str:
    """`take-down` -> `take_down`."""
    return verb.value.replace("-", "_")
