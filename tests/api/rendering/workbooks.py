"""Workbooks, read as the file says it: no library stands between the test and what was written."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from xml.etree import ElementTree

SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
ESCAPED = re.compile("_x([0-9A-F]{4})_")


@dataclass(frozen=True)
class Sheet:
    """Rows of cells by the letter of their column: numbers and words; `formulas` are counted."""

    rows: list[dict[str, float | str]]
    formulas: int
    is_frozen: bool

    @property
    def headings(self) -> list[float | str]:
        return list(self.rows[0].values())


def sheets_of(file: bytes) -> dict[str, Sheet]:
    with zipfile.ZipFile(io.BytesIO(file)) as workbook:
        assert workbook.testzip() is None
        listed = ElementTree.fromstring(workbook.read("xl/workbook.xml")).iter(f"{SPACE}sheet")
        return {
            sheet.get("name"): _sheet(workbook.read(f"xl/worksheets/sheet{number}.xml"))
            for number, sheet in enumerate(listed, start=1)
        }


def moment(serial: float) -> datetime:
    """What a date is, to the millisecond that a spreadsheet shows."""
    return datetime(1899, 12, 30) + timedelta(milliseconds=round(serial * 86_400_000))  # noqa: DTZ001


def _sheet(xml: bytes) -> Sheet:
    root = ElementTree.fromstring(xml)
    rows = [
        {cell.get("r", "").rstrip("0123456789"): value for cell in row if (value := _value(cell)) is not None}
        for row in root.iter(f"{SPACE}row")
    ]
    pane = root.find(f".//{SPACE}pane")
    return Sheet(rows, len(list(root.iter(f"{SPACE}f"))), pane is not None and pane.get("ySplit") == "1")


def _value(cell: ElementTree.Element) -> float | str | None:
    if cell.get("t") == "inlineStr":
        text = "".join(part.text or "" for part in cell.iter(f"{SPACE}t"))
        return ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    value = cell.find(f"{SPACE}v")
    assert cell.get("t", "n") == "n"
    return None if value is None else float(value.text)
