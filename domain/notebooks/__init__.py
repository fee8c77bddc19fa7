"""Where people work with what they have measured: one line each, a pure function from a source to what is copied.

Each fetches exactly what was chosen. What it shows must work today: tests run each with its own program, or with what
stands in for it.
"""

from __future__ import annotations

from domain.notebooks.in_matlab import MATLAB
from domain.notebooks.in_python import PANDAS, POLARS
from domain.notebooks.in_r import R
from domain.notebooks.in_sheets import EXCEL, SHEETS
from domain.notebooks.in_terminal import CURL
from domain.notebooks.snippet import Notebook, Piece, Snippet
from domain.notebooks.source import Field, Holds, Source, source_of

__all__ = [
    "NOTEBOOKS",
    "Field",
    "Holds",
    "Notebook",
    "Piece",
    "Snippet",
    "Source",
    "notebook_of",
    "source_of",
]

NOTEBOOKS: tuple[Notebook, ...] = (PANDAS, POLARS, R, MATLAB, EXCEL, SHEETS, CURL)


def notebook_of(slug: str | None) -> Notebook:
    """The notebook of that name; the first where there is none."""
    return next((notebook for notebook in NOTEBOOKS if notebook.slug == slug), NOTEBOOKS[0])
