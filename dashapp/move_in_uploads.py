"""Files from ThingSpeak on their way in, sent by a form of plain HTML, as large as they are: see `import_uploads`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, suppress
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.datastructures import FileStorage

import context
from dashapp.components.file_form import FILE
from dashapp.components.new_channel_form import MOVE_IN
from dashapp.import_uploads import led_to
from domain.errors import Invalid, LabfeedError, SignInNeeded
from models import moving_in, uploads

NAME = "move_in_files"
ENDPOINT = f"{NAME}.receive"

routes = Blueprint(NAME, __name__)


@routes.url_value_preprocessor
def let_large_files_in(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Before anything looks into the form: a file and what stands around it, from those who are signed in."""
    with suppress(LabfeedError):  # whoever looks into the form says it
        context.actor()
        request.max_content_length = uploads.MOST_BYTES + uploads.PIECE_BYTES


@routes.post(MOVE_IN)
def receive() -> Response:
    """Look the file through and show what it holds; where it is refused, show why. Raises SignInNeeded."""
    actor = context.actor()
    try:
        with closing(_sent(request.files.get(FILE))) as file:
            number = moving_in.take_in(context.store(), actor, file.filename or "", _pieces(file))
    except SignInNeeded:
        raise
    except LabfeedError as refused:
        return led_to(f"{MOVE_IN}?refused={refused.code}")
    return led_to(f"{MOVE_IN}?file={number}")


def _sent(file: FileStorage | None) -> FileStorage:
    if file is None or not file.filename:
        raise Invalid("No file was sent.")
    return file


def _pieces(file: FileStorage) -> Iterator[bytes]:
    while piece := file.stream.read(uploads.PIECE_BYTES):
        yield piece
