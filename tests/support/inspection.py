"""The house inspection: what must be true of every page that any test fetches."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

import html5lib

CJK = re.compile(r"[\u2e80-\u303f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef]")
LEFT_OVER = re.compile(r"%\(\w+\)|\{\{|\{%|\bNone\b|<\w+ object at|\bUndefined\b")
REFERENCES = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "list", "form")
READ_ATTRIBUTES = ("title", "placeholder", "alt", "aria-label", "label")
NOT_LABELLED = ("hidden", "submit", "button", "reset", "image")
# What a person wrote may be in any language: its element says so.
USER_MARK = "data-user"
# What many pages share word for word, and what is a page's own: parsed apart, so that the icons
# and the bar are read once and not with every page.
PIECES = (
    re.compile(r"<svg hidden .*?</svg>", re.DOTALL),
    re.compile(r'<header class="hd-bar">.*?</header>', re.DOTALL),
    re.compile(r"<main\b.*</main>", re.DOTALL),
)
_PLACE = "data-piece"
# Different on every page, and of no interest but that there is something.
_CHANGING = re.compile(r'(?<=name="csrf_token" value=")[^"]+|(?<=name="back" value=")[^"]+')
Line = tuple[Element, ...]


class BadPage(AssertionError):
    """A page broke a rule of the house; one line for each."""


@dataclass(frozen=True)
class PageTree:
    """A parsed page: its elements with their ancestors, nearest last."""

    root: Element
    errors: tuple[str, ...]
    whole: bool

    @functools.cached_property
    def elements(self) -> list[tuple[Element, Line]]:
        """Every element with its ancestors."""
        return list(_walk(self.root))

    @functools.cached_property
    def _by_name(self) -> dict[str, list[Element]]:
        found: dict[str, list[Element]] = {}
        for element, _ in self.elements:
            found.setdefault(element.tag, []).append(element)
        return found

    def named(self, *names: str) -> list[Element]:
        """Every element of these names."""
        return [element for name in names for element in self._by_name.get(name, ())]


def inspect(html: str, address: str) -> None:
    """Raise BadPage with everything that is wrong with the page at `address`."""
    findings = faults_of(html)
    if findings:
        raise BadPage("\n".join([f"house inspection of {address}:", *findings]))


def faults_of(html: str) -> tuple[str, ...]:
    """Everything that is wrong with a page, a line each."""
    return _faults_of(_CHANGING.sub("x", html))


@functools.lru_cache(maxsize=256)
def _faults_of(html: str) -> tuple[str, ...]:
    page = parse(html)
    checks = (*ALWAYS, *(WHOLE_PAGE if page.whole else ()))
    return (*page.errors, *(finding for check in checks for finding in check(page)))


def parse(html: str) -> PageTree:
    """Parse a page, or a part of one when there is no <html>."""
    if "<html" not in html[:400].lower():
        return PageTree(*_parsed(html, whole=False), whole=False)
    pieces: list[tuple[Element, tuple[str, ...]]] = []
    for pattern in PIECES:
        if found := pattern.search(html):
            place = f'<div {_PLACE}="{len(pieces)}"></div>'
            pieces.append(_parsed(found.group(), whole=False))
            html = html[: found.start()] + place + html[found.end() :]
    frame, errors = _parsed(html, whole=True)
    errors += tuple(error for _, found in pieces for error in found)
    return PageTree(_put_together(frame, [root for root, _ in pieces]), errors, whole=True)


@functools.lru_cache(maxsize=64)
def _parsed(html: str, *, whole: bool) -> tuple[Element, tuple[str, ...]]:
    """The root of a page or of the elements of a part; and what is wrong with its tags."""
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False)
    root = parser.parse(html) if whole else parser.parseFragment(html)
    part = "the page" if whole else html[:40].strip()
    errors = tuple(
        f"parse error {code} at line {position[0]}, column {position[1]} of {part} {details or ''}"
        for position, code, details in parser.errors
    )
    return root, errors


def _put_together(frame: Element, pieces: list[Element]) -> Element:
    """The frame with the elements of every piece in the place of it; nothing given is changed."""
    made = type(frame)(frame.tag, frame.attrib)
    made.text, made.tail = frame.text, frame.tail
    for child in frame:
        if isinstance(child.tag, str) and _PLACE in child.attrib:
            made.extend(pieces[int(child.attrib[_PLACE])])
        else:
            made.append(_put_together(child, pieces) if len(child) else child)
    return made


def form_fields(html: str, action_ends: str = "") -> dict[str, str]:
    """Names and values that a browser would send with a form, without buttons."""
    forms = [
        form
        for form in parse(html).named("form")
        if form.get("method", "get").lower() == "post"
        and form.get("action", "").split("?")[0].endswith(action_ends)
    ]
    assert forms, f"no form whose action ends with {action_ends!r}"
    return dict(pair for element in forms[0].iter() for pair in _sent(element))


def _sent(element: Element) -> Iterator[tuple[str, str]]:
    name = element.get("name")
    if not name or "disabled" in element.attrib:
        return
    if element.tag == "textarea":
        yield name, text_of(element)
    elif element.tag == "select":
        options = element.findall(".//option")
        chosen = [option for option in options if "selected" in option.attrib] or options[:1]
        for option in chosen:
            yield name, option.get("value", text_of(option))
    elif element.tag == "input":
        kind = element.get("type", "text")
        checkable = kind in ("checkbox", "radio")
        if kind not in ("submit", "button", "reset", "image", "file") and (
            not checkable or "checked" in element.attrib
        ):
            yield name, element.get("value", "on" if checkable else "")


def text_of(element: Element) -> str:
    """Everything written in an element."""
    return "".join(element.itertext()).strip()


def _walk(root: Element) -> Iterator[tuple[Element, Line]]:
    waiting: list[tuple[Element, Line]] = [(root, ())]
    while waiting:
        element, above = waiting.pop()
        if isinstance(element.tag, str):
            yield element, above
            line = (*above, element)
            waiting.extend((child, line) for child in reversed(element))


def _has_one_of_each(page: PageTree) -> Iterator[str]:
    titles = [text_of(title) for title in page.named("head/title", "title")]
    if not any(titles):
        yield "the page has no title"
    for name in ("h1", "main"):
        count = len(page.named(name))
        if count != 1:
            yield f"{count} <{name}> elements, there must be exactly one"


def _has_language(page: PageTree) -> Iterator[str]:
    html = page.named("html")
    if not html or html[0].get("lang", "") not in ("zh-CN", "zh", "en"):
        yield "<html lang> must be zh-CN or en"


def _ids_are_unique(page: PageTree) -> Iterator[str]:
    ids = Counter(element.get("id") for element, _ in page.elements if element.get("id"))
    for found, count in ids.items():
        if count > 1:
            yield f"id {found!r} is used {count} times"


def _references_lead_somewhere(page: PageTree) -> Iterator[str]:
    ids = {element.get("id") for element, _ in page.elements}
    for element, _ in page.elements:
        for name in REFERENCES:
            for wanted in element.get(name, "").split():
                if wanted not in ids:
                    yield f"<{element.tag} {name}={wanted!r}> names an id that is not on the page"


def _inputs_have_labels(page: PageTree) -> Iterator[str]:
    labelled = {label.get("for") for label in page.named("label") if text_of(label)}
    for element, above in page.elements:
        if element.tag not in ("input", "select", "textarea"):
            continue
        if element.get("type", "text") in NOT_LABELLED or element.get("id") in labelled:
            continue
        wrapped = any(a.tag == "label" and text_of(a) for a in above)
        if not wrapped and not (element.get("aria-label") or element.get("aria-labelledby")):
            yield f"<{element.tag} name={element.get('name')!r}> has no label"


def _named_for_the_blind(page: PageTree) -> Iterator[str]:
    for element in page.named("a", "button"):
        pictures = " ".join(image.get("alt", "") for image in element.iter("img"))
        titles = " ".join(text_of(title) for title in element.iter("title"))
        if not (text_of(element) or element.get("aria-label") or pictures.strip() or titles):
            yield f"<{element.tag} href={element.get('href')!r}> has no name"
    for image in page.named("img"):
        if "alt" not in image.attrib:
            yield f"<img src={image.get('src')!r}> has no alt"
    for table in page.named("table"):
        if not any(True for _ in table.iter("th")):
            yield "a table has no heading cell"


def _forms_are_protected(page: PageTree) -> Iterator[str]:
    for form in page.named("form"):
        method = form.get("method", "get").lower()
        if method not in ("get", "post"):
            yield f"a form has the method {method!r}"
        if re.match(r"\w+:|//", form.get("action", "")):
            yield f"a form leaves the house: {form.get('action')!r}"
        tokens = [i for i in form.iter("input") if i.get("name") == "csrf_token"]
        if method == "post" and not any(token.get("value") for token in tokens):
            yield f"the form to {form.get('action')!r} has no CSRF token"
        if method == "get" and tokens:
            yield f"the form to {form.get('action')!r} puts its CSRF token into the address"


def _policy_is_kept(page: PageTree) -> Iterator[str]:
    for element, _ in page.elements:
        if "style" in element.attrib or element.tag == "style":
            yield f"<{element.tag}> has an inline style"
        if element.tag == "script" and not element.get("src"):
            yield "an inline script"
        for name, value in element.attrib.items():
            if name.startswith("on") or value.lower().startswith("javascript:"):
                yield f"<{element.tag} {name}> runs a script"
        loaded = element.get("src") or (element.get("href") if element.tag == "link" else None)
        if loaded and re.match(r"https?:|//", loaded):
            yield f"<{element.tag}> loads {loaded} from outside"


def _nothing_left_over(page: PageTree) -> Iterator[str]:
    for words, line in _words(page):
        found = LEFT_OVER.search(words)
        if found and not _is_marked(line):
            yield f"unfinished text {found.group()!r} in {words.strip()[:80]!r}"


def _english_is_english(page: PageTree) -> Iterator[str]:
    html = page.named("html")
    if not html or html[0].get("lang") != "en":
        return
    for words, line in _words(page):
        if CJK.search(words) and not _is_marked(line):
            said = words.strip()[:80]
            yield f"Chinese on an English page, not marked lang or {USER_MARK}: {said!r}"


def _words(page: PageTree) -> Iterator[tuple[str, Line]]:
    """Every text a person reads, and the elements around it, nearest last."""
    for element, above in page.elements:
        if element.tag in ("script", "template"):
            continue
        line = (*above, element)
        if element.text:
            yield element.text, line
        for child in element:
            if child.tail:
                yield child.tail, line
        for name in READ_ATTRIBUTES:
            if element.get(name):
                yield element.get(name, ""), line
        if element.tag == "input" and element.get("type") in ("submit", "button"):
            yield element.get("value", ""), line


def _is_marked(line: Line) -> bool:
    """Is it data, or marked as Chinese?"""
    return any(
        USER_MARK in element.attrib
        or element.tag == "textarea"
        or (element.tag != "html" and element.get("lang", "").startswith("zh"))
        for element in line
    )


Check = Callable[[PageTree], Iterator[str]]
ALWAYS: tuple[Check, ...] = (
    _ids_are_unique,
    _inputs_have_labels,
    _named_for_the_blind,
    _forms_are_protected,
    _policy_is_kept,
    _nothing_left_over,
    _english_is_english,
)
WHOLE_PAGE: tuple[Check, ...] = (_has_one_of_each, _has_language, _references_lead_somewhere)
