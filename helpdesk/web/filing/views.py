"""The filing calendar: a month, the next days, own ticks, earlier dates, the feed, the annexes."""

from __future__ import annotations

from helpdesk.web.filing import annexes, browse, earlier, feed
from helpdesk.web.filing.area import blueprint

__all__ = ["annexes", "blueprint", "browse", "earlier", "feed"]
