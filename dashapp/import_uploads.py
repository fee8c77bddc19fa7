"""Files that are to be imported, on their way in: sent by the page's own form, as large as they are.

The form is one of plain HTML, so that the browser sends the file as it reads it, and the server stores it as it comes;
a callback would hold all of it in memory, several times.
"""

from __future__ import annotations

from contextlib import suppress
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, make_response, redirect, request
from werkzeug.datastructures import FileStorage

import context
from dashapp.components.file_form import FILE
from domain.channels import channel_id_from
from domain.errors import Forbidden, Invalid, LabfeedError, NotFound, SignInNeeded
from models import imports, surveys, uploads

NAME = "import_files"
ENDPOINT = f"{NAME}.receive"
routes = Blueprint(NAME, __name__)


@routes.url_value_preprocessor
def let_large_files_in(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Before anything looks into the form: a file and what stands around it, from those who may send one."""
    with suppress(LabfeedError):  # whoever looks into the form says it
        contributable(channel_id_from((values or {}).get("channel", "")))
        request.max_content_length = uploads.MOST_BYTES + uploads.PIECE_BYTES


@routes.post("/channels/<channel>/import")
def receive(channel: str) -> Response:
    """Store the file and show how it would be read; where it is refused, show why. Raises NotFound, Forbidden."""
    page = f"/channels/{channel_id_from(channel)}/import"
    contributable(channel_id_from(channel))  # the form of somebody else is not read
    try:
        number = take_in(channel_id_from(channel), request.files.get(FILE))
        look_through(channel_id_from(channel), number)
    except (NotFound, Forbidden, SignInNeeded):
        raise
    except LabfeedError as refused:
        return led_to(f"{page}?refused={refused.code}")
    return led_to(f"{page}?file={number}")


def contributable(channel_id: int) -> None:
    """Raises SignInNeeded, NotFound, Forbidden."""
    context.store().ask(imports.contributable, context.actor().viewer, channel_id)


def take_in(channel_id: int, file: FileStorage | None) -> int:
    """Store a file, a piece at a time; the number of the import. Raises Invalid where there is none."""
    store, actor = context.store(), context.actor()
    if file is None or not file.filename:
        raise Invalid("No file was sent.")
    number = store.tell(imports.begin, actor, channel_id, file.filename)
    start = 0
    try:
        while piece := file.stream.read(uploads.PIECE_BYTES):
            start = store.tell(imports.add, actor, channel_id, number, start, piece)
        if not start:
            raise Invalid("The file is empty.")
    except BaseException:  # nobody was told its number, so nobody could go on with it
        with suppress(LabfeedError):
            store.tell(imports.take_back, actor, channel_id, number)
        raise
    return number


def look_through(channel_id: int, number: int) -> None:
    """See which feeds the whole file names; what cannot be seen now is seen, and told, when it is read."""
    store, actor = context.store(), context.actor()
    with suppress(LabfeedError):
        asked = (actor.viewer, channel_id, number, context.college_zone(), actor.at)
        look = store.ask_long(surveys.begin, *asked)
        if look is not None:
            while store.ask_long(look.further):
                pass
            store.tell(imports.keep_survey, actor, channel_id, number, look.survey)


def led_to(address: str) -> Response:
    """On to a page, which is asked for anew."""
    response = make_response(redirect(address, HTTPStatus.SEE_OTHER))
    response.headers["Cache-Control"] = "no-store"
    return response
