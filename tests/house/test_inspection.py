"""The inspection itself: a good page passes, and each fault is found. A test that cannot fail is
no test, and every page of the product hangs on this one."""

from __future__ import annotations

import re

import pytest

from tests.support.inspection import BadPage, form_fields, inspect

GOOD = """<!DOCTYPE html>
<html lang="{lang}"><head><meta charset="utf-8"><title>Queue</title></head>
<body><main><h1>Queue</h1>{body}</main></body></html>"""

FORM = '<form method="post" action="/x"><input type="hidden" name="csrf_token" value="t">{}</form>'


def page(body: str = "", lang: str = "zh-CN") -> str:
    return GOOD.format(body=body, lang=lang)


@pytest.mark.parametrize(
    "body",
    [
        "<p>没有工单</p>",
        FORM.format('<label for="a">A</label><input id="a" name="a"><button>Send</button>'),
        '<label>Name <input name="a"></label>',
        '<input name="q" aria-label="Search">',
        '<a href="/x"><img src="/i.png" alt="Home"></a>',
        '<table><tr><th scope="col">A</th></tr></table>',
    ],
)
def test_good_page_passes(body: str) -> None:
    inspect(page(body), "/good")


@pytest.mark.parametrize(
    ("body", "finding"),
    [
        ("<p><div></p></div>", "parse error"),
        ("<h1>Again</h1>", "2 <h1>"),
        ('<p id="a"></p><p id="a"></p>', "id 'a' is used 2 times"),
        ('<input name="q">', "has no label"),
        ('<label for="b"> </label><input id="b" name="q">', "has no label"),
        ('<label for="nowhere">B</label>', "names an id"),
        ('<form method="post" action="/x"><button>B</button></form>', "has no CSRF token"),
        ('<form action="/x"><input type="hidden" name="csrf_token" value="t"></form>', "address"),
        ('<form method="post" action="//elsewhere/x"></form>', "leaves the house"),
        ('<p style="color:red">B</p>', "inline style"),
        ("<script>1</script>", "inline script"),
        ('<button onclick="x()">B</button>', "runs a script"),
        ('<img src="//elsewhere/x.png" alt="">', "from outside"),
        ('<img src="/x.png">', "has no alt"),
        ('<a href="/x"></a>', "has no name"),
        ("<table><tr><td>A</td></tr></table>", "no heading cell"),
        ("<p>%(name)s</p>", "unfinished text"),
        ("<p>None</p>", "unfinished text"),
    ],
)
def test_fault_is_found(body: str, finding: str) -> None:
    with pytest.raises(BadPage, match=re.escape(finding)):
        inspect(page(body), "/bad")


@pytest.mark.parametrize(
    "body", ["<p>没有工单</p>", '<p title="工单">x</p>', '<input type="submit" value="提交">']
)
def test_chinese_on_an_english_page_is_found(body: str) -> None:
    with pytest.raises(BadPage, match="Chinese on an English page"):
        inspect(page(body, lang="en"), "/bad")


@pytest.mark.parametrize(
    "body",
    [
        "<p data-user>登录提示无效学校</p>",
        '<p><a href="/zh" lang="zh">中文</a></p>',
        '<p data-user title="工单"><b>工单</b></p>',
    ],
)
def test_marked_chinese_passes_on_an_english_page(body: str) -> None:
    inspect(page(body, lang="en"), "/good")


def test_form_is_sent_as_a_browser_would() -> None:
    body = FORM.format(
        '<label>A <input name="a" value="1"></label><label>B <textarea name="b">two</textarea>'
        '</label><label>C <select name="c"><option value="x">X</option>'
        '<option value="y" selected>Y</option></select></label>'
        '<label>D <input type="checkbox" name="d"></label>'
        '<label>E <input type="radio" name="e" value="5" checked></label>'
        '<button name="f">F</button>'
    )
    assert form_fields(page(body), "/x") == {
        "csrf_token": "t", "a": "1", "b": "two", "c": "y", "e": "5",
    }  # fmt: skip
