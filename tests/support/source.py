"""Our own source as data: which files there are and what stands in them."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
PRODUCT = REPOSITORY / "helpdesk"
TEMPLATES = REPOSITORY / "templates"
STATIC = REPOSITORY / "static"

# Made by tools, never committed.
_NOT_OURS = {".git", ".venv", "var", "dist", "build", "htmlcov", "node_modules", "__pycache__"}
_CACHES = (".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", ".import_linter_cache")


def files(*suffixes: str, under: Path = REPOSITORY) -> list[Path]:
    """Every file of the repository with one of these endings (none given: every file), sorted."""
    return sorted(path for path in _walk(under) if not suffixes or path.name.endswith(suffixes))


def _walk(folder: Path) -> Iterator[Path]:
    for entry in folder.iterdir():
        if entry.name in _NOT_OURS or entry.name in _CACHES or entry.name.endswith(".egg-info"):
            continue
        if entry.is_dir():
            yield from _walk(entry)
        else:
            yield entry


def shown(path: Path) -> str:
    """A path as people read it in a message."""
    return str(path.relative_to(REPOSITORY))


@functools.cache
def text(path: Path) -> str:
    """What stands in a file."""
    return path.read_text(encoding="utf-8")


@functools.cache
def tree(path: Path) -> ast.Module:
    """A Python file, parsed."""
    return ast.parse(text(path), filename=str(path))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method of a file."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without its decorators and its docstring."""
    first = node.body[0]
    described = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    docstring = (first.end_lineno or 0) - first.lineno + 1 if described else 0
    return (node.end_lineno or node.lineno) - node.lineno + 1 - docstring


def called(node: ast.Call) -> str:
    """Last word of what is called: `events.publish(...)` -> `publish`."""
    target = node.func
    if isinstance(target, ast.Attribute):
        return target.attr
    return target.id if isinstance(target, ast.Name) else ""


def dotted(node: ast.expr) -> str:
    """`datetime.now` -> `datetime.now`; anything more complex -> its last part."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""
