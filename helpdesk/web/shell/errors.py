"""When something cannot be done: a page that says why and what to do next."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date

from flask import Flask, render_template
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from markupsafe import Markup, escape
from werkzeug.exceptions import HTTPException, InternalServerError

from helpdesk.kernel.errors import Refusal
from helpdesk.kernel.text import N_
from helpdesk.web.shell.dates import bare_day_text
from helpdesk.web.shell.language import current
from helpdesk.web.shell.marks import zh

HTTP_SENTENCES = {
    400: N_("浏览器送来的内容不完整。请返回上一页重新操作。"),
    404: N_("没有找到这一页，或者您无权查看。请从首页或队列重新进入。"),
    405: N_("这个地址不能这样打开。请从页面上的按钮进入。"),
    413: N_("送来的内容太大。请减少附件后再试。"),
    429: N_("操作太频繁。请稍等几分钟再试。"),
}
FORM_EXPIRED = N_("这张表单放得太久，为安全起见没有提交。请返回上一页，刷新后再提交一次。")
BROKEN = N_("系统出了问题，您的操作没有保存。请稍后再试；反复出现时请联系管理员。")


def sentence_of(refusal: Refusal) -> Markup:
    """The refusal in the language of the page. Words of ours that fill it (a state, a label) are
    translated too, days are written as on pages; a name without an English one stays and is marked
    as Chinese."""
    words = Markup(_(refusal.sentence))
    return words % {key: _filling(value) for key, value in refusal.filled(current()).items()}


def _filling(value: object) -> Markup:
    text = str(value)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        with suppress(ValueError):
            return escape(bare_day_text(date.fromisoformat(text), year=True))
    return zh(str(_(text)) if text else text)


def _refused(refusal: Refusal) -> tuple[str, int]:
    return page(refusal.status, sentence_of(refusal)), refusal.status


def _expired(_error: CSRFError) -> tuple[str, int]:
    return page(400, _(FORM_EXPIRED)), 400


def _http(error: HTTPException) -> tuple[str, int] | HTTPException:
    status = error.code or 500
    if status < 400 or error.response is not None:
        return error
    if isinstance(error, InternalServerError):
        # No layout with queries: the database itself may be what broke.
        return render_template("errors/broken.html", sentence=_(BROKEN)), status
    return page(status, _(HTTP_SENTENCES.get(status, HTTP_SENTENCES[400]))), status


def page(status: int, sentence: str) -> str:
    """The error page for a status and a sentence that is already translated."""
    return render_template("errors/refused.html", status=status, sentence=sentence)


def init_app(app: Flask) -> None:
    """Map refusals of the product and of HTTP to pages."""
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(CSRFError, _expired)
    app.register_error_handler(HTTPException, _http)
    app.jinja_env.globals["sentence_of"] = sentence_of
