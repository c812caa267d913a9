"""`make catalogue`: bring the English catalogue up to the sentences that stand in the product.

New sentences come in without a translation, sentences that are gone leave; what is still to be
translated is printed. Sorted by place, so that a page's sentences stand together.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "translations" / "en" / "LC_MESSAGES" / "messages.po"
KEYWORDS = {
    "_": None, "_l": None, "N_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2),
}  # fmt: skip


def sentences() -> Catalog:
    """Every marked sentence with the files in which it stands."""
    found = Catalog(project="helpdesk", locale="en", charset="utf-8")
    for path in sorted([*ROOT.glob("helpdesk/**/*.py"), *ROOT.glob("templates/**/*.*")]):
        if "_data" in path.parts or path.suffix not in (".py", ".html", ".txt"):
            continue
        method = "python" if path.suffix == ".py" else "jinja2.ext:babel_extract"
        options = {} if path.suffix == ".py" else {"silent": "false"}
        with path.open("rb") as opened:
            for _line, message, _comments, _context in extract(
                method, opened, keywords=KEYWORDS, options=options
            ):
                place = str(path.relative_to(ROOT))
                key = tuple(message[:2]) if isinstance(message, tuple) else message
                found.add(key, locations=[(place, 0)])
    return found


def main() -> None:
    known = Catalog(locale="en")
    if FILE.exists():
        with FILE.open("rb") as opened:
            known = read_po(opened, locale="en")
    new = sentences()
    for message in new:
        before = known.get(message.id) if message.id else None
        if before is not None:
            message.string = before.string
    new.revision_date = new.creation_date = datetime(2026, 1, 1, tzinfo=UTC)
    FILE.parent.mkdir(parents=True, exist_ok=True)
    with FILE.open("wb") as opened:
        write_po(opened, new, width=100, sort_output=False, include_lineno=False)
    missing = [m for m in new if m.id and not (m.string and all(m.string))]
    for message in missing:
        print(f"{message.locations[0][0]}: {message.id}")
    print(f"{len(new)} sentences, {len(missing)} without English")


if __name__ == "__main__":
    main()
