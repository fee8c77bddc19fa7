"""Spreadsheets: a query of Excel's, a formula of Google Sheets'."""

from __future__ import annotations

import re

from domain.notebooks.snippet import Notebook, Piece, Snippet
from domain.notebooks.source import KEY_HEADER, Holds, Source
from domain.notebooks.source import quoted_in_excel as quoted

TYPES = {Holds.INSTANT: "type datetimezone", Holds.CLOCK: "type datetime", Holds.NUMBER: "type number"}


def _excel(source: Source) -> Snippet:
    return Snippet(
        (
            "On the ribbon: Data, Get Data, From Other Sources, Blank Query; then Advanced Editor.",
            "Put this in place of what stands there, then Done. Asked who you are, choose Anonymous and Connect.",
            "Close & Load. Data, Refresh All fetches it anew.",
        ),
        (Piece("In Excel's Advanced Editor", _query(source)),),
        "A table on a sheet of its own, with true dates and numbers. No word in it is run as a formula.",
    )


def _query(source: Source) -> str:
    headers = f', [Headers=[#"{KEY_HEADER}"={_literal(source.key)}]]' if source.key else ""
    types = ", ".join(f"{{{_literal(each.name)}, {TYPES.get(each.holds, 'type text')}}}" for each in source.fields)
    return f"""\
let
    File = Web.Contents({_literal(source.table)}{headers}),
    Rows = Csv.Document(File, [Delimiter=",", Encoding=65001, QuoteStyle=QuoteStyle.Csv]),
    Named = Table.PromoteHeaders(Rows, [PromoteAllScalars=true]),
    Readings = Table.TransformColumnTypes(Named, {{{types}}}, "en-US")
in
    Readings
"""


def _literal(text: str) -> str:
    """As Power Query writes texts: `#(` begins an escape."""
    return quoted(re.sub(r"#(?=\()", "#(#)", text))


def _sheets(source: Source) -> Snippet:
    return Snippet(
        (
            "Paste the formula into the upper left cell of an empty sheet.",
            "Google fetches the file itself, so its servers must be able to reach this one.",
            *(["The key stands in the formula: whoever sees the sheet can read the channel."] if source.key else []),
        ),
        (Piece("In a cell of Google Sheets", _formula(source), wraps=True),),
        "The table, from this cell on. Google fetches it anew every hour.",
    )


def _formula(source: Source) -> str:
    """One argument: what parts several depends on the sheet's language."""
    return f"=IMPORTDATA({quoted(_with_key(source))})\n"


def _with_key(source: Source) -> str:
    address = _as_csv(source)
    return f"{address}{'&' if '?' in address else '?'}api_key={source.key}" if source.key else address


def _as_csv(source: Source) -> str:
    """The file as it was chosen, decimal comma and all, where it is a table; else the usual one."""
    return source.file if "/download.csv" in source.file else source.table


EXCEL = Notebook("excel", "Excel", "file-earmark-excel", _excel)
SHEETS = Notebook("sheets", "Google Sheets", "table", _sheets, takes_tokens=False)
