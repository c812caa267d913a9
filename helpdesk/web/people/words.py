"""Posts, roles, permissions and acts in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask_babel import gettext as _

from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.text import N_
from helpdesk.people.rules import Act, Post, Role, SignInOutcome

POSTS: Mapping[Post, str] = {
    Post.OPERATOR: N_("业务操作员"),
    Post.REVIEWER: N_("业务审核员"),
    Post.MANAGER: N_("管理人员"),
    Post.FIRST_RESPONSIBLE: N_("第一责任人"),
    Post.IT_ENGINEER: N_("信息化工程师"),
    Post.ENROLMENT_OFFICER: N_("学籍管理员"),
    Post.AGENT: N_("呼叫中心座席"),
}

ROLES: Mapping[Role, str] = {
    Role.SCHOOL_STAFF: N_("学校经办"),
    Role.OFFICE_HANDLER: N_("资助部门经办"),
    Role.OFFICE_LEAD: N_("部门负责人"),
    Role.IT_ENGINEER: N_("信息化部门经办"),
    Role.ENROLMENT_OFFICER: N_("学籍、财务部门经办"),
    Role.CALL_CENTRE_AGENT: N_("呼叫中心座席"),
    Role.CALL_CENTRE_LEAD: N_("呼叫中心组长"),
    Role.TRAINING_COORDINATOR: N_("培训联络员"),
    Role.SUPERVISOR: N_("督办人员"),
    Role.NODE_ADMIN: N_("单位管理员"),
    Role.AUDITOR: N_("审计员"),
    Role.SYSTEM_OPERATOR: N_("系统运维"),
}

ROLE_MEANINGS: Mapping[Role, str] = {
    Role.SCHOOL_STAFF: N_("为本校提问题、补充、确认，维护本校名册"),
    Role.OFFICE_HANDLER: N_("在本单位受理、答复、上报、退回"),
    Role.OFFICE_LEAD: N_("经办的全部权限，另加指派和改派"),
    Role.IT_ENGINEER: N_("处理运行环境和同步问题，完成交来的步骤"),
    Role.ENROLMENT_OFFICER: N_("完成资助部门交来的步骤"),
    Role.CALL_CENTRE_AGENT: N_("受理上报的问题，解决或反馈，看看板"),
    Role.CALL_CENTRE_LEAD: N_("座席的全部权限，另加指派和改派"),
    Role.TRAINING_COORDINATOR: N_("看管辖范围内的机构和名册"),
    Role.SUPERVISOR: N_("看管辖范围内的工单和看板，不办理"),
    Role.NODE_ADMIN: N_("管理本单位及下级的机构、名册、账号、角色和设置，不看工单"),
    Role.AUDITOR: N_("只看审计记录"),
    Role.SYSTEM_OPERATOR: N_("维护发件箱和工作日历，看审计记录，不看工单"),
}

PERMISSIONS: Mapping[Permission, str] = {
    Permission.TICKET_CREATE: N_("提出问题"),
    Permission.TICKET_CREATE_FOR_OTHERS: N_("代人登记"),
    Permission.TICKET_READ: N_("查看工单"),
    Permission.TICKET_READ_RESTRICTED: N_("查看本单位的保密工单"),
    Permission.TICKET_REPLY: N_("回复"),
    Permission.TICKET_CONFIRM: N_("确认已解决或未解决"),
    Permission.TICKET_WITHDRAW: N_("撤回问题"),
    Permission.TICKET_URGE: N_("催办"),
    Permission.TICKET_SUPPLY: N_("补充材料"),
    Permission.TICKET_TAKE: N_("领取"),
    Permission.TICKET_ASSIGN: N_("指派"),
    Permission.TICKET_ACCEPT: N_("受理"),
    Permission.TICKET_NOTE: N_("内部备注"),
    Permission.TICKET_ASK: N_("要求补充"),
    Permission.TICKET_HAND_UP: N_("逐级上报"),
    Permission.TICKET_REDIRECT: N_("改派"),
    Permission.TICKET_RETURN: N_("退回"),
    Permission.TICKET_DELEGATE: N_("交办步骤"),
    Permission.TICKET_COMPLETE_STEP: N_("完成步骤"),
    Permission.TICKET_FEEDBACK: N_("反馈"),
    Permission.TICKET_RESOLVE: N_("办结"),
    Permission.TICKET_MERGE: N_("并单"),
    Permission.TICKET_PAUSE: N_("暂停本地承诺"),
    Permission.QUEUE_READ: N_("队列"),
    Permission.BOARD_READ: N_("看板"),
    Permission.BODY_READ: N_("查看机构"),
    Permission.BODY_MANAGE: N_("管理机构"),
    Permission.ROSTER_READ: N_("查看名册"),
    Permission.ROSTER_MANAGE: N_("维护名册"),
    Permission.ACCOUNT_MANAGE: N_("管理账号"),
    Permission.ROLE_GRANT: N_("授予角色"),
    Permission.SETTING_MANAGE: N_("管理设置"),
    Permission.WORKDAYS_MANAGE: N_("维护工作日历"),
    Permission.COVERAGE_READ: N_("查看培训覆盖情况"),
    Permission.SESSION_MANAGE: N_("组织培训"),
    Permission.ATTENDANCE_MARK: N_("登记签到"),
    Permission.ATTENDANCE_CORRECT: N_("更正签到"),
    Permission.TRAINING_REMIND: N_("提醒未参训人员"),
    Permission.CASE_SUBMIT: N_("提交典型案例"),
    Permission.CASE_REVIEW: N_("审核典型案例"),
    Permission.ARTICLE_WRITE: N_("撰写文章"),
    Permission.ARTICLE_REVIEW: N_("审核文章"),
    Permission.REPLY_WRITE: N_("维护常用回复"),
    Permission.REPORT_READ: N_("查看问题与培训分析"),
    Permission.FILING_MANAGE: N_("提前填报期限"),
    Permission.OUTBOX_READ: N_("发件箱"),
    Permission.AUDIT_READ: N_("审计记录"),
}

ACTS: Mapping[Act, str] = {
    Act.PERSON_ADDED: N_("登记人员"),
    Act.PERSON_EDITED: N_("修改资料"),
    Act.PERSONS_MERGED: N_("合并两条记录"),
    Act.APPOINTMENT_ADDED: N_("登记任职"),
    Act.APPOINTMENT_EDITED: N_("修改任职"),
    Act.APPOINTMENT_ENDED: N_("办理离岗"),
    Act.APPOINTMENT_TRANSFERRED: N_("办理调动"),
    Act.ACCOUNT_OPENED: N_("开通账号"),
    Act.CODE_ISSUED: N_("发放一次性口令"),
    Act.ACCOUNT_DISABLED: N_("停用账号"),
    Act.ACCOUNT_ENABLED: N_("恢复账号"),
    Act.ACCOUNT_UNLOCKED: N_("解除锁定"),
    Act.PASSWORD_CHANGED: N_("修改密码"),
    Act.SIGNED_OUT_EVERYWHERE: N_("退出所有设备"),
    Act.ROLE_GRANTED: N_("授予角色"),
    Act.ROLE_REVOKED: N_("撤销角色"),
}

OUTCOMES: Mapping[SignInOutcome, tuple[str, str]] = {
    SignInOutcome.OK: ("ok", N_("成功")),
    SignInOutcome.WRONG: ("late", N_("密码不对")),
    SignInOutcome.CODE_EXPIRED: ("soon", N_("一次性口令已过期")),
    SignInOutcome.DISABLED: ("soon", N_("账号已停用")),
    SignInOutcome.NOT_IN_SERVICE: ("soon", N_("已不在岗")),
}

FIELDS = {
    "name": N_("姓名"),
    "staff_no": N_("工号"),
    "mobile": N_("电话"),
    "mail": N_("邮箱"),
    "locale": N_("界面语言"),
}


def post_text(post: str) -> str:
    """`业务操作员`."""
    return str(_(POSTS[Post(post)]))


def role_text(role: str) -> str:
    """`单位管理员`."""
    return str(_(ROLES[Role(role)]))


def act_text(act: str) -> str:
    """`授予角色`."""
    return str(_(ACTS[Act(act)]))


def details_text(details: Mapping[str, object]) -> str:
    """What a row of the trail adds to its act, in a few words; codes stay as they are."""
    said = []
    if "role" in details:
        said.append(role_text(str(details["role"])))
    if "fields" in details:
        said.append(_listed(_(FIELDS[str(name)]) for name in _words(details["fields"])))
    if "posts" in details:
        said.append(_listed(post_text(post) for post in _words(details["posts"])))
    said += [str(details[key]) for key in ("user_name", "to", "into") if key in details]
    said += [str(details["merged_staff_no"])] if "merged_staff_no" in details else []
    if "left_on" in details:
        said.append(str(_("离岗日期 %(day)s", day=details["left_on"])))
    return str(_("；")).join(said)


def _words(value: object) -> list[str]:
    return [str(word) for word in value] if isinstance(value, list) else []


def _listed(words: Iterable[object]) -> str:
    return str(_("、")).join(str(word) for word in words)
