"""Files of readings brought in by programs, with a personal token: sent whole or in pieces, watched, taken back."""

from __future__ import annotations

from contextlib import suppress

import msgspec
from flask import Blueprint, Response, request

import context
from api import answering, asking, bearers
from api.file_parameters import Decimal
from api.import_told import (
    BEGIN,
    COMPLETE,
    GO_ON,
    LIST,
    LOOK,
    OFFSET,
    UNDO,
    FaultSaid,
    ImportSaid,
    ImportsSaid,
    Rows,
    Told,
)
from domain import errors
from domain.audit import Actor
from domain.channels import channel_id_from
from domain.imports import Fault, Hints, Outcome
from domain.readings import Kind
from domain.timespan import to_rfc3339
from domain.tokens import Scope
from models import imports, uploads
from models.imports import Import

routes = Blueprint("imports", __name__)

WHOLE, MORE = "?1", "?0"


@BEGIN.on(routes)
def begin_import(channel: str) -> Response:
    actor, token_id = bearers.bearer_and_token(Scope.WRITE)
    told = asking.query(Told)
    _hints(told)
    is_whole = _says_whole()
    number = context.store().tell(
        imports.begin,
        actor,
        channel_id_from(channel),
        told.name,
        size=request.content_length if is_whole else None,
        token_id=token_id,
        asked=msgspec.to_builtins(told),
    )
    try:
        _receive(actor, channel_id_from(channel), number, 0)
        if is_whole:
            _start(actor, channel_id_from(channel), number, told)
    except BaseException:  # nobody was told its number, so nobody could go on with it
        with suppress(errors.LabfeedError):
            context.store().tell(imports.take_back, actor, channel_id_from(channel), number)
        raise
    if is_whole:
        context.parts().importer.look()
    return _answer(actor, channel_id_from(channel), number, 202 if is_whole else 201)


@GO_ON.on(routes)
def continue_import(channel: str, number: str) -> Response:
    actor = bearers.bearer(Scope.WRITE)
    asking.no_query()
    import_id, is_whole = _number(number), _says_whole()
    _receive(actor, channel_id_from(channel), import_id, _offset())
    if is_whole:
        found = _find(actor, channel_id_from(channel), import_id)
        _start(actor, channel_id_from(channel), import_id, msgspec.convert(found.asked, Told))
        context.parts().importer.look()
    return _answer(actor, channel_id_from(channel), import_id, 202 if is_whole else 200)


@LIST.on(routes)
def list_imports(channel: str) -> Response:
    actor = bearers.bearer(Scope.WRITE)
    asking.no_query()
    found = context.store().ask(imports.list_of, actor.viewer, channel_id_from(channel), actor.at)
    return answering.answer(ImportsSaid(imports=[_said(each) for each in found]))


@LOOK.on(routes)
def get_import(channel: str, number: str) -> Response:
    actor = bearers.bearer(Scope.WRITE)
    asking.no_query()
    return _answer(actor, channel_id_from(channel), _number(number), 200)


@UNDO.on(routes)
def undo_import(channel: str, number: str) -> Response:
    actor = bearers.bearer(Scope.WRITE)
    asking.no_query()
    context.store().tell(imports.take_back, actor, channel_id_from(channel), _number(number))
    context.parts().importer.look()
    return _answer(actor, channel_id_from(channel), _number(number), 202)


def _receive(actor: Actor, channel_id: int, number: int, start: int) -> None:
    """Store the body as it comes. Raises Invalid where it ends before its Content-Length."""
    request.max_content_length = uploads.MOST_BYTES
    begin = start
    while piece := request.stream.read(uploads.PIECE_BYTES):
        context.store().tell(imports.add, actor, channel_id, number, start, piece)
        start += len(piece)
    expected = request.content_length
    if expected is not None and start - begin < expected:
        raise errors.Invalid("The body ended too early.", hint="Send the file again, or the rest of it with PATCH.")


def _start(actor: Actor, channel_id: int, number: int, told: Told) -> None:
    store, zone = context.store(), told.zone or context.college_zone()
    seen = store.ask(imports.preview, actor.viewer, channel_id, number, zone, actor.at, None, _hints(told))
    mapping = seen.mapping.but(is_whole=told.rows is Rows.ALL, on_conflict=told.conflicts)
    store.tell(imports.start, actor, channel_id, number, mapping)


def _hints(told: Told) -> Hints:
    """What the address says of the file. Raises Invalid."""
    kinds = _pairs("kinds", told.kinds)
    if wrong := next((kind for kind in kinds.values() if kind not in set(Kind)), None):
        raise errors.Invalid(f'"{wrong[:20]}" is no kind of feed.', hint="Take number, text or mixed.")
    return Hints(
        separator=told.separator.sign if told.separator else None,
        encoding=str(told.encoding) if told.encoding else None,
        time=told.time or None,
        dates=told.dates,
        decimal_comma=told.decimal is Decimal.COMMA if told.decimal else None,
        columns=_pairs("columns", told.columns),
        kinds={feed: Kind(kind) for feed, kind in kinds.items()},
        only_named=told.only,
    )


def _pairs(parameter: str, written: tuple[str, ...]) -> dict[str, str]:
    """`heading=feed`, parted at the last equals sign."""
    found = {}
    for each in written:
        before, sign, after = each.rpartition("=")
        if not sign:
            raise errors.Invalid(f'The parameter {parameter} says "{each[:40]}".', hint="Write heading=feed.")
        found[before] = after
    return found


def _says_whole() -> bool:
    said = request.headers.get(COMPLETE.name, WHOLE).strip()
    if said not in (WHOLE, MORE):
        raise errors.Invalid(f"The header {COMPLETE.name} is ?1 or ?0.")
    return said == WHOLE


def _offset() -> int:
    said = request.headers.get(OFFSET.name, "").strip()
    if not (said.isascii() and said.isdecimal()) or len(said) > 12:
        raise errors.Invalid(f"The header {OFFSET.name} is missing.", hint="It says where this piece begins, from 0.")
    return int(said)


def _number(written: str) -> int:
    if not (written.isascii() and written.isdecimal()) or len(written) > 9:
        raise errors.NotFound("There is no such import.")
    return int(written)


def _find(actor: Actor, channel_id: int, number: int) -> Import:
    return context.store().ask(imports.find, actor.viewer, channel_id, number, actor.at)


def _answer(actor: Actor, channel_id: int, number: int, status: int) -> Response:
    found = _find(actor, channel_id, number)
    headers = {"Location": f"/api/v1/channels/{channel_id}/imports/{number}", OFFSET.name: str(found.received)}
    return answering.answer(_said(found), headers, status=status)


def _said(found: Import) -> ImportSaid:
    outcome: Outcome = found.outcome
    return ImportSaid(
        id=found.id,
        channel_id=found.channel_id,
        name=found.name,
        state=str(found.state),
        phase=str(outcome.phase),
        received=found.received,
        size=found.size,
        progress=min(1.0, found.done / found.total) if found.total else None,
        rows=outcome.rows,
        stored=outcome.stored,
        repeated=outcome.repeated,
        bad_rows=outcome.bad,
        conflicts=outcome.clashes,
        errors=list(map(_fault, outcome.faults)),
        conflicting=list(map(_fault, outcome.clashing)),
        reason=outcome.reason,
        taken_back=outcome.taken_back,
        may_be_undone=found.may_be_undone,
        made_at=to_rfc3339(found.made_at),
        ended_at=None if found.ended_at is None else to_rfc3339(found.ended_at),
    )


def _fault(found: Fault) -> FaultSaid:
    return FaultSaid(line=found.line, column=found.column, detail=found.what)
