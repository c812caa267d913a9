"""Pictures are painted anew: what the camera wrote beside the pixels does not come along. Pure."""

from __future__ import annotations

import io
import struct
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from helpdesk.files.rules import refusals
from helpdesk.files.rules.kinds import Media

MOST_PIXELS = 40_000_000
_FORMATS = {Media.PNG: "PNG", Media.JPEG: "JPEG"}
_PNG_MODES = frozenset({"1", "L", "LA", "P", "RGB", "RGBA"})
_BROKEN = (
    UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError,
    struct.error, OverflowError, MemoryError,
)  # fmt: skip


def repainted(name: str, data: bytes, media: Media) -> bytes:
    """The picture turned upright, in the same format, with nothing but its pixels.

    Raises PictureTooLarge before anything is unpacked, FileBroken.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our limit is lower
            with Image.open(io.BytesIO(data), formats=(_FORMATS[media],)) as opened:
                _check_pixels(name, opened)
                opened.load()
                return _written(ImageOps.exif_transpose(opened), media)
    except Image.DecompressionBombError:
        raise refusals.PictureTooLarge(name=name, width="?", height="?") from None
    except _BROKEN:
        raise refusals.FileBroken(name=name) from None


def _check_pixels(name: str, opened: Image.Image) -> None:
    width, height = opened.size
    if width * height > MOST_PIXELS:
        raise refusals.PictureTooLarge(name=name, width=width, height=height)


def _written(upright: Image.Image, media: Media) -> bytes:
    out = io.BytesIO()
    if media is Media.JPEG:
        bare = upright if upright.mode in ("L", "RGB") else upright.convert("RGB")
        bare.info = {}
        bare.save(out, "JPEG", quality=90)
    else:
        known = upright.mode in _PNG_MODES
        bare = upright if known else upright.convert("RGBA" if "A" in upright.mode else "RGB")
        # In a picture with a palette the transparent colour is part of the pixels.
        kept = bare.info.get("transparency")
        bare.info = {} if kept is None else {"transparency": kept}
        bare.save(out, "PNG")
    return out.getvalue()
