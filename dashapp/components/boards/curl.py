"""curl: one command in any terminal."""

from __future__ import annotations

import json
import shlex
from urllib.parse import quote

from dashapp.components.boards.place import Board, Code, File, Place
from dashapp.components.boards.samples import samples


def code(place: Place) -> Code:
    return Code(
        ("Open a terminal. curl is already there on Windows, macOS and Linux.", "Paste the line and press Enter."),
        (
            File("In any terminal", _form(place), "In Windows PowerShell write curl.exe instead of curl.", wraps=True),
            File("The same as JSON, which is what boards send", _as_json(place), "For macOS and Linux."),
        ),
        'One line: {"entry_id":1,"stored":1,…}. The reading is on the server\'s disk.',
    )


def _form(place: Place) -> str:
    """As a form: every character of it means the same in every shell, the Command Prompt included."""
    fields = "&".join(f"{quote(each.name, safe='')}={quote(str(each.example), safe='')}" for each in samples(place))
    return f'curl -H "X-API-Key: {place.key}" -d "{fields}" {place.url}\n'


def _as_json(place: Place) -> str:
    body = json.dumps({each.name: each.example for each in samples(place)}, ensure_ascii=False)
    return (
        f"curl {place.url} \\\n"
        f"  -H 'X-API-Key: {place.key}' \\\n"
        f"  -H 'Content-Type: application/json' \\\n"
        f"  -d {shlex.quote(body)}\n"
    )


BOARD = Board("curl", "curl", "terminal", code, is_apart=False)
