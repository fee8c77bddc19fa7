"""An address as a QR code, for phones to read from a screen or a sheet of paper."""

from __future__ import annotations

from dash import html

QUIET_MODULES = 4
"""The white frame around the code (ISO/IEC 18004 §6.3.8); on a dark page nothing could read it without one."""


def qr_code(address: str) -> html.Img:
    """The code, black on white whatever the theme: many readers do not take an inverted one."""
    import segno  # its tables take a tenth of a second, which no start of the server need wait for

    code = segno.make_qr(address, error="m")
    drawn = code.svg_data_uri(border=QUIET_MODULES, dark="#000", light="#fff", omitsize=True)
    return html.Img(src=drawn, alt=f"QR code that leads to {address}", className="lf-qr")
