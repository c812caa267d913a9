"""Our own YAML data, read strictly: every complaint names the file and the line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import NoReturn, TypeVar

import yaml

from helpdesk.kernel.errors import BadData

_TAG = "tag:yaml.org,2002:"
_CHINESE = re.compile(r"[\u2e80-\u9fff\uff00-\uffef]")
E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True)
class Node:
    """A value in a data file that knows where it stands."""

    file: Path
    yaml: yaml.Node

    def wrong(self, what: str) -> NoReturn:
        """Raise BadData: `knowledge_base/catalog/ACC-1.yaml:12: what`."""
        raise BadData(f"{self.file}:{self.yaml.start_mark.line + 1}: {what}")

    def mapping(self, required: Iterable[str], optional: Iterable[str] = ()) -> dict[str, Node]:
        """The values by key; an unknown, a doubled and a missing key are refused."""
        if not isinstance(self.yaml, yaml.MappingNode):
            self.wrong("expected keys with values")
        needed = tuple(required)
        found: dict[str, Node] = {}
        for key_node, value_node in self.yaml.value:
            key = Node(self.file, key_node)
            name = key.key()
            if name not in needed and name not in optional:
                key.wrong(f"unknown key {name!r}; known: {', '.join((*needed, *optional))}")
            if name in found:
                key.wrong(f"key {name!r} stands here twice")
            found[name] = Node(self.file, value_node)
        missing = [name for name in needed if name not in found]
        if missing:
            self.wrong(f"missing key {', '.join(missing)}")
        return found

    def key(self) -> str:
        """A key as it is written: YAML would read `off:` and `on:` as yes and no."""
        if not isinstance(self.yaml, yaml.ScalarNode):
            self.wrong("expected a key")
        return str(self.yaml.value)

    def items(self) -> list[Node]:
        """The entries of a list."""
        if not isinstance(self.yaml, yaml.SequenceNode):
            self.wrong("expected a list")
        return [Node(self.file, entry) for entry in self.yaml.value]

    def text(self) -> str:
        """A text that is not empty; what YAML reads as a number, date or yes/no needs quotes."""
        value = self._scalar("str", "a text (in quotes if it looks like a number or yes/no)")
        if not value.strip():
            self.wrong("the text is empty")
        return value.strip()

    def boolean(self) -> bool:
        """true or false."""
        return self._scalar("bool", "true or false").lower() in ("true", "yes", "on")

    def number(self) -> int:
        """A whole number."""
        return int(self._scalar("int", "a whole number"))

    def day(self) -> date:
        """A date written YYYY-MM-DD."""
        value = self._scalar("timestamp", "a date like 2026-10-01")
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.wrong(f"{value!r} is no date")

    def word(self, kind: type[E]) -> E:
        """A member of a closed list."""
        value = self.text()
        try:
            return kind(value)
        except ValueError:
            self.wrong(f"{value!r} is none of: {', '.join(kind)}")

    def both(self) -> tuple[str, str]:
        """The Chinese and the English text of `{zh: ..., en: ...}`, each in its own script."""
        found = self.mapping(("zh", "en"))
        chinese, english = found["zh"].text(), found["en"].text()
        if not _CHINESE.search(chinese):
            found["zh"].wrong("this is not Chinese")
        if _CHINESE.search(english):
            found["en"].wrong("this is not English")
        return chinese, english

    def _scalar(self, tag: str, expected: str) -> str:
        if not isinstance(self.yaml, yaml.ScalarNode) or self.yaml.tag != _TAG + tag:
            self.wrong(f"expected {expected}")
        value: str = self.yaml.value
        return value


def read(file: Path) -> Node:
    """The root of a YAML file. BadData when it is missing, empty or not YAML."""
    return parse(text_of(file), file)


def text_of(file: Path) -> str:
    """What a file says. BadData when it is missing or not UTF-8."""
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise BadData(f"{file}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadData(f"{file}: is not UTF-8") from error


def parse(text: str, file: Path) -> Node:
    """The root of a YAML text; complaints name it `file`. BadData when empty or not YAML."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BadData(f"{file}:{line}: {error.problem}") from error
    except yaml.YAMLError as error:
        raise BadData(f"{file}: {error}") from error
    except RecursionError as error:
        raise BadData(f"{file}: nested too deeply") from error
    if root is None:
        raise BadData(f"{file}:1: the file is empty")
    return Node(file, root)
