"""The names of what stands on an import's page."""

from __future__ import annotations

from enum import StrEnum
from typing import Any


class Ids(StrEnum):
    """Every id of the page that is a word."""

    HEAD = "import-head"
    STAGE = "import-stage"
    HISTORY = "import-history"
    FILE = "import-file"
    COLUMNS = "import-columns"
    ROWS = "import-rows"
    TIME = "import-time"
    DATES = "import-dates"
    SEPARATOR = "import-separator"
    ENCODING = "import-encoding"
    DECIMAL = "import-decimal"
    ZONE = "import-zone"
    WHOLE = "import-whole"
    CONFLICTS = "import-conflicts"
    START = "import-start"
    CANCEL = "import-cancel"
    CHANGED = "import-changed"
    AGAIN = "import-again"


def column_id(key: Any) -> dict[str, Any]:
    """The id of the choice where a column goes; `key`: see `import_choices.key_of`."""
    return {"import": "column", "of": key}


def undo_id(import_id: Any) -> dict[str, Any]:
    """The id of the button that takes an import back."""
    return {"import": "undo", "of": import_id}
