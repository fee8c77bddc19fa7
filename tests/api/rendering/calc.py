"""LibreOffice without a window: what a spreadsheet makes of a file, cell by cell."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree

from tests.processes import require_program

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
FORMULA = f"{TABLE}formula"

MOST_REPEATED = 1000
"""A cell repeated more often than that fills the rest of an empty sheet."""

UTF_8, QUOTATION_MARK = 76, 34
AMERICAN, GERMAN = 1033, 1031


@dataclass(frozen=True)
class Formula:
    """A cell that is run."""

    written: str


def as_table(mark: str, language: int) -> str:
    """How a CSV file is opened: LibreOffice's options, with which it finds dates and numbers, and runs formulas."""
    options = [ord(mark), QUOTATION_MARK, UTF_8, 1, "", language, "false", "true", "false", "false", "false", 0, "true"]
    return "CSV:" + ",".join(map(str, options))


def opened(files: Iterable[Path], folder: Path, infilter: str = "") -> dict[str, dict[str, list[list[object]]]]:
    """By name of the file, by name of the sheet: rows of numbers, words, dates and formulas; None for an empty cell.

    Without options it opens a file as it does of itself.
    """
    files = list(files)
    command = [require_program("soffice"), f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"]
    command += [f"--infilter={infilter}"] if infilter else []
    command += ["--convert-to", "fods", "--outdir", str(folder / "opened"), *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=150, check=False)
    made = {file.name: folder / "opened" / f"{file.stem}.fods" for file in files}
    missing = [name for name, path in made.items() if not path.exists()]
    assert not missing, (missing, done.stdout, done.stderr)
    return {name: _sheets(path) for name, path in made.items()}


def _sheets(path: Path) -> dict[str, list[list[object]]]:
    root = ElementTree.parse(path).getroot()
    return {sheet.get(f"{TABLE}name"): _rows(sheet) for sheet in root.iter(f"{TABLE}table")}


def _rows(sheet: ElementTree.Element) -> list[list[object]]:
    rows = []
    for row in sheet.iter(f"{TABLE}table-row"):
        cells = [value for cell in row for value in [_value(cell)] * _repeated(cell, "columns")]
        while cells and cells[-1] is None:
            cells.pop()
        rows.extend([cells] * _repeated(row, "rows"))
    while rows and not rows[-1]:
        rows.pop()
    return rows


def _repeated(element: ElementTree.Element, what: str) -> int:
    times = int(element.get(f"{TABLE}number-{what}-repeated", "1"))
    return times if times <= MOST_REPEATED else 1


def _value(cell: ElementTree.Element) -> object:
    if cell.get(FORMULA) is not None:
        return Formula(cell.get(FORMULA))
    kind = cell.get(f"{OFFICE}value-type")
    if kind == "date":
        return datetime.fromisoformat(cell.get(f"{OFFICE}date-value"))
    if kind == "string":
        return "\n".join(_text(paragraph) for paragraph in cell.iter(f"{TEXT}p"))
    return float(cell.get(f"{OFFICE}value")) if kind else None


def _text(paragraph: ElementTree.Element) -> str:
    """Runs of blanks and tabs stand as elements of their own."""
    text = paragraph.text or ""
    for part in paragraph:
        if part.tag == f"{TEXT}s":
            text += " " * int(part.get(f"{TEXT}c", "1"))
        elif part.tag == f"{TEXT}tab":
            text += "\t"
        else:
            text += _text(part)
        text += part.tail or ""
    return text
