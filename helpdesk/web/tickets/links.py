"""Addresses of our own pages inside what people wrote: an invitation is one click away."""

from __future__ import annotations

import re

from flask import url_for
from markupsafe import Markup, escape

from helpdesk.web.doors import base_url


def own_links(text: Markup) -> Markup:
    """Text that is escaped already, with links where it names a page of this installation.

    Nothing but plain signs is taken into an address; all other addresses stay text.
    """
    own = re.compile(re.escape(str(escape(base_url()))) + r"/[A-Za-z0-9/_-]*[A-Za-z0-9]")
    return Markup(own.sub(lambda found: f'<a href="{found[0]}">{found[0]}</a>', str(escape(text))))


def article_href(key: str) -> str:
    """The page of an article."""
    return url_for("articles.show", key=key)
