"""curl: the file itself, by one command."""

from __future__ import annotations

import re

from domain.notebooks.snippet import Notebook, Piece, Snippet
from domain.notebooks.source import KEY_HEADER, Source


def _snippet(source: Source) -> Snippet:
    return Snippet(
        ("Open a terminal. curl is already there on Windows, macOS and Linux.", "Paste the line and press Enter."),
        (Piece("In any terminal", _line(source), "In Windows PowerShell write curl.exe instead of curl.", wraps=True),),
        f"How many bytes came, and the file {_name(source)}. What is refused leaves no file, and says its number.",
    )


def _line(source: Source) -> str:
    """Every character of it means the same in every shell, the Command Prompt included."""
    key = f' -H "{KEY_HEADER}: {source.key}"' if source.key else ""
    return f'curl -f -L -o {_name(source)}{key} "{source.file}"\n'


def _name(source: Source) -> str:
    form = re.search(r"/download\.([a-z]+)", source.file)
    return f"readings.{form[1] if form else 'csv'}"


CURL = Notebook("curl", "curl", "terminal", _snippet)
