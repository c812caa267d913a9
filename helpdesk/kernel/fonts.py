"""Where a font with Chinese characters stands on this machine. None comes with the product."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from helpdesk.kernel.text import N_

# Of the Debian packages fonts-noto-cjk, fonts-wqy-microhei and fonts-wqy-zenhei.
PLACES: Final = (
    Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"),
    Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc"),
    Path("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc"),
)
MISSING: Final = N_(
    "本系统没有找到中文字体，不能生成证书的PDF。请安装 fonts-noto-cjk，或设置 HELPDESK_FONT。"
)
MISSING_EN: Final = (
    "There is no font with Chinese characters, so certificates cannot be made as PDF: "
    "install fonts-noto-cjk or set HELPDESK_FONT."
)


def font_file(chosen: str, places: Sequence[Path] = PLACES) -> Path | None:
    """The file of the setting, or the first of the usual places that exists; None: there is no
    font."""
    if chosen:
        return Path(chosen)
    return next((place for place in places if place.is_file()), None)
