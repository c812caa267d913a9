"""Every template parses, is used, and lets people read only what can be translated."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from jinja2 import Environment, meta, nodes

from tests.support import source
from tests.support.inspection import CJK

ENVIRONMENT = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"], autoescape=True)
TRANSLATORS = {"_", "gettext", "ngettext", "pgettext", "npgettext"}
ALL = source.files(".html", ".txt", under=source.TEMPLATES)


def name(path: Path) -> str:
    return str(path.relative_to(source.TEMPLATES))


@cache
def parsed(path: Path) -> nodes.Template:
    return ENVIRONMENT.parse(source.text(path), name(path))


def test_every_template_parses() -> None:
    assert [name(p) for p in ALL if not parsed(p).body and p.parent.name != "mail"] == []


def test_chinese_is_only_inside_gettext() -> None:
    loose = {name(path): found for path in ALL if (found := _loose(parsed(path)))}
    assert loose == {}


def _loose(tree: nodes.Template) -> list[str]:
    loose = [
        node.data.strip() for node in tree.find_all(nodes.TemplateData) if CJK.search(node.data)
    ]
    translated = {id(const) for const in _translated(tree)}
    loose += [
        node.value
        for node in tree.find_all(nodes.Const)
        if isinstance(node.value, str) and CJK.search(node.value) and id(node) not in translated
    ]
    return loose


def _translated(tree: nodes.Template) -> Iterator[nodes.Const]:
    """Constants that are the sentence of a gettext call."""
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in TRANSLATORS:
            for argument in call.args:
                yield from argument.find_all(nodes.Const)
                if isinstance(argument, nodes.Const):
                    yield argument


def test_gettext_gets_a_sentence_it_can_find() -> None:
    """`_(variable)` is for words marked elsewhere; `_("a" ~ b)` can never be found."""
    joined = [
        f"{name(path)}:{call.lineno}"
        for path in ALL
        for call in parsed(path).find_all(nodes.Call)
        if isinstance(call.node, nodes.Name)
        and call.node.name in TRANSLATORS
        and call.args
        and isinstance(call.args[0], nodes.Concat | nodes.Add | nodes.Mod)
    ]
    assert not joined


def test_nothing_is_marked_safe() -> None:
    """What people typed is always escaped."""
    unsafe = [
        name(path)
        for path in ALL
        if any(found.name == "safe" for found in parsed(path).find_all(nodes.Filter))
    ]
    assert not unsafe


def test_every_template_is_used() -> None:
    used = set()
    for path in ALL:
        for found in meta.find_referenced_templates(parsed(path)):
            if found is not None:
                used.add(found)
    patterns = [re.compile(pattern) for pattern in _names_in_code()]
    unused = [
        name(path)
        for path in ALL
        if name(path) not in used and not any(p.fullmatch(name(path)) for p in patterns)
    ]
    assert not unused


def _names_in_code() -> Iterator[str]:
    """Names of templates in the product, as patterns: f"mail/{message}/body.txt" fits any."""
    for path in source.files(".py", under=source.PRODUCT):
        for node in ast.walk(source.tree(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                if node.value.endswith((".html", ".txt")):
                    yield re.escape(node.value)
            elif isinstance(node, ast.JoinedStr):
                yield "".join(
                    re.escape(str(part.value)) if isinstance(part, ast.Constant) else "[a-z0-9_-]+"
                    for part in node.values
                )
