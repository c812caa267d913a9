"""Every job there is: at most five lines each, harmless when run twice, runnable by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app

from helpdesk.catalog.operations import index_cards
from helpdesk.files.operations import sweep as sweep_store
from helpdesk.files.queries import store_of
from helpdesk.filing.operations.digesting import send_all as send_digests
from helpdesk.filing.operations.indexing import index_items
from helpdesk.intake.operations.drafts import clear_away
from helpdesk.kernel import clock
from helpdesk.kernel.text import N_
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.knowledge.operations.articles.reminding import remind_reviews
from helpdesk.outbox.operations.delivering import deliver as deliver_letters
from helpdesk.people.operations.signing_in import forget_old_attempts
from helpdesk.sla.operations.sweeping import sweep_all
from helpdesk.training.operations.closing import close_due, keep_month_end
from helpdesk.training.operations.importing import forget_unused as forget_test_runs
from helpdesk.training.operations.recounting import fold, turn_day
from helpdesk.training.operations.reminding import run as remind_all
from helpdesk.training.operations.sweeping import sweep as sweep_sessions


@dataclass(frozen=True)
class Job:
    """Name, seconds between two starts, what it is for (Chinese source), and the act itself.

    `run` returns one line for the heartbeat, empty when there was nothing to do.
    """

    name: str
    every: int
    purpose: str
    run: Callable[[], str]


def deliver() -> str:
    """Send the letters that are due."""
    tools = current_app.extensions["outbox"]
    tally = deliver_letters(tools=tools, clock=clock.now, transaction=unit_of_work)
    return tally.summary()


def sweep() -> str:
    """Warn of, break and close what time has reached."""
    swept = sweep_all(clock=clock.now, transaction=unit_of_work)
    counted = {"acted": swept.acted, "failed": swept.failed}
    return ", ".join(f"{what} {number}" for what, number in counted.items() if number)


def remind_untrained() -> str:
    """Remind who is not trained: by the plan of the settings, and what was ordered by hand."""
    done = remind_all(clock=clock.now, transaction=unit_of_work)
    counted = {"given": done.given, "pieces": done.pieces, "failed": done.failed}
    return ", ".join(f"{what} {number}" for what, number in counted.items() if number)


def forget_attempts() -> str:
    """Remove counters of sign-in attempts that nobody needs any more."""
    with unit_of_work():
        gone = forget_old_attempts(now=clock.now())
    return f"removed {gone}" if gone else ""


def clear_drafts() -> str:
    """Forget old drafts, files that were sent with nothing, test runs that nobody confirmed."""
    with unit_of_work():
        gone = clear_away(now=clock.now()) + forget_test_runs(now=clock.now())
    return f"removed {gone}" if gone else ""


def clear_files() -> str:
    """Remove bytes from the store to which no file refers any more."""
    gone = sweep_store(store=store_of(current_app.config), now=clock.now())
    return f"removed {gone}" if gone else ""


def move_sessions() -> str:
    """Begin and close training sessions whose time has come, and remind their people."""
    with unit_of_work():
        return sweep_sessions(now=clock.now()).summary()


def count_coverage() -> str:
    """Bring the counters of coverage to today, and fold what changed since."""
    with unit_of_work():
        turn_day(clock.now())
    with unit_of_work():
        folded = fold()
    return f"folded {folded}" if folded else ""


def keep_month() -> str:
    """Store the end of a month for the curves of coverage, one at a time."""
    with unit_of_work():
        day = keep_month_end(clock.now())
    return f"kept {day}" if day else ""


def close_years() -> str:
    """Close the training years whose time for corrections is over."""
    with unit_of_work():
        closed = close_due(clock.now())
    return f"closed {closed}" if closed else ""


def tell_filing_dates() -> str:
    """Send this week's digest of filing dates to everybody who has not got it."""
    sent = send_digests(clock=clock.now, transaction=unit_of_work)
    return f"sent {sent}" if sent else ""


def index_data() -> str:
    """Bring the search to the problem cards and filing items of the data folder."""
    with unit_of_work():
        written = index_cards() + index_items()
    return f"indexed {written}" if written else ""


def remind_of_reviews() -> str:
    """Remind offices of articles whose day of review has come."""
    with unit_of_work():
        told = remind_reviews(now=clock.now())
    return f"reminded {told}" if told else ""


JOBS: tuple[Job, ...] = (
    Job("deliver", 10, N_("发送发件箱中到期的邮件"), deliver),
    Job("sweep", 20, N_("检查到期的时限：提醒、超期、自动关闭"), sweep),
    Job("training_sessions", 60, N_("培训到时开始、结束，提前一个工作日提醒"), move_sessions),
    Job("training_reminders", 60, N_("按计划提醒未参训人员，执行手工提醒"), remind_untrained),
    Job("training_counts", 30, N_("培训统计转到当天，汇总新的变动"), count_coverage),
    Job("training_months", 300, N_("保存月末的培训统计"), keep_month),
    Job("training_years", 3600, N_("结转到期的培训年度"), close_years),
    Job("filing_digest", 600, N_("每周一次提醒今后两周的填报期限"), tell_filing_dates),
    Job("article_reviews", 3600, N_("提醒到期复核的知识库文章"), remind_of_reviews),
    Job("search_data", 3600, N_("问题卡片和填报事项有改动时更新搜索"), index_data),
    Job("attempts", 3600, N_("清除过期的登录尝试计数"), forget_attempts),
    Job("drafts", 6 * 3600, N_("清除过期的草稿和没有用上的附件"), clear_drafts),
    Job("files", 24 * 3600, N_("清除附件目录中无人引用的内容"), clear_files),
)
BY_NAME = {job.name: job for job in JOBS}
