"""The address of the check as a QR code, for the file and for the page."""

from __future__ import annotations

import io

import segno


def picture(address: str) -> io.BytesIO:
    """A PNG of black cells with the quiet edge the standard asks for."""
    out = io.BytesIO()
    _code(address).save(out, kind="png", scale=6, border=4)
    out.seek(0)
    return out


def source(address: str) -> str:
    """The same as the source of a picture in a page."""
    return str(_code(address).png_data_uri(scale=4, border=4))


def _code(address: str) -> segno.QRCode:
    return segno.make_qr(address, error="m")
