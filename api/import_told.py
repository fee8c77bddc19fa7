"""How files of readings are brought in by programs, described: what is told of a file, and what an import answers.

Pieces follow the draft "Resumable Uploads for HTTP" of the IETF in what they need of it: `Upload-Complete: ?0` says
that more will come, `Upload-Offset` where a piece begins, and a HEAD asks how much is here.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import Annotated

from msgspec import Meta

from api.described import Access, Answer, Group, Header, Operation, Query, Said, numbered
from api.file_parameters import Decimal
from domain import errors
from domain.imports import DateOrder, OnConflict
from domain.incoming.guessing import SEPARATED_BY
from domain.incoming.texts import ENCODINGS

COMPLETE = Header("Upload-Complete", "?0: more will come, with PATCH. Left out, or ?1: this is the whole file.", "?0")
OFFSET = Header("Upload-Offset", "How many bytes are here: where the next piece begins.", "262144")
IMPORT_AT = Header("Location", "The address of the import.", "/api/v1/channels/7/imports/3")


class Separator(StrEnum):
    """What parts the columns."""

    COMMA = "comma"
    SEMICOLON = "semicolon"
    TAB = "tab"

    @property
    def sign(self) -> str:
        return SEPARATED_BY[list(Separator).index(self)]


class Encoding(StrEnum):
    """How the text is written in bytes."""

    UTF_8 = ENCODINGS[0]
    WINDOWS = ENCODINGS[1]
    UTF_16 = ENCODINGS[2]


class Rows(StrEnum):
    """What is stored where some rows cannot be."""

    ALL = "all"
    GOOD = "good"


class Told(Query):
    """How the file is to be read. What is left out is seen from the file."""

    name: Annotated[str, Meta(max_length=200, description="The name of the file.")] = ""
    time: Annotated[str, Meta(max_length=200, description="The column of times: its heading, or its number.")] = ""
    zone: Annotated[str, Meta(max_length=64, description="Of times that name none, such as Europe/Berlin.")] = ""
    dates: Annotated[DateOrder | None, Meta(description="iso, or dmy for 8.3.2026, or mdy for 3/8/2026.")] = None
    separator: Annotated[Separator | None, Meta(description="What parts the columns.")] = None
    encoding: Annotated[Encoding | None, Meta(description="How the text is written.")] = None
    decimal: Annotated[Decimal | None, Meta(description="comma where numbers are written 21,4.")] = None
    columns: Annotated[
        tuple[str, ...],
        Meta(description="heading=feed or number=feed, parted by commas; nothing after the = leaves a column out."),
    ] = ()
    kinds: Annotated[
        tuple[str, ...], Meta(description="feed=number, feed=text or feed=mixed, for feeds to be made.")
    ] = ()
    only: Annotated[bool, Meta(description="true: columns that are not named are left out.")] = False
    rows: Annotated[Rows, Meta(description="all: every row is stored or none is. good: bad rows are left out.")] = (
        Rows.ALL
    )
    conflicts: Annotated[
        OnConflict,
        Meta(description="Where a feed has another value for an instant, that one stays. refuse: it is a bad row."),
    ] = OnConflict.REFUSE


class FaultSaid(Said):
    """What is wrong with a row."""

    line: int
    column: str
    detail: str


class ImportSaid(Said):
    """How an import stands."""

    id: int
    channel_id: int
    name: str
    state: str
    phase: Annotated[str, Meta(description="checking, storing or taking back, while it runs.")]
    received: Annotated[int, Meta(description="How many bytes of the file are here.")]
    size: int | None
    progress: Annotated[float, Meta(ge=0, le=1, description="How much of the work is done.")] | None
    rows: int
    stored: Annotated[int, Meta(description="Readings that are new.")]
    repeated: Annotated[int, Meta(description="Readings that were there already, with the same value.")]
    bad_rows: int
    conflicts: Annotated[int, Meta(description="Readings whose feed has another value for their instant.")]
    errors: Annotated[list[FaultSaid], Meta(description="The first hundred bad rows.")]
    conflicting: Annotated[list[FaultSaid], Meta(description="The first hundred conflicts.")]
    reason: Annotated[str, Meta(description="Why it came to nothing.")]
    taken_back: int
    may_be_undone: Annotated[bool, Meta(description="By whoever asks, now.")]
    made_at: str
    ended_at: str | None


class ImportsSaid(Said):
    """The imports into a channel, the newest first."""

    imports: list[ImportSaid]


PLACE = MappingProxyType({"number": numbered("The number of the import.", 3)})
FILE = MappingProxyType(
    {
        "text/csv": {"type": "string"},
        "application/x-ndjson": {"type": "string"},
        "application/gzip": {"type": "string", "format": "binary"},
        "application/octet-stream": {"type": "string", "format": "binary"},
    }
)
PIECE = MappingProxyType({"application/partial-upload": {"type": "string", "format": "binary"}, **FILE})
REFUSALS = (errors.TooLarge, errors.TooMany, errors.Outdated, errors.StorageFull, errors.MethodNotAllowed)

BEGIN = Operation(
    "beginImport",
    "POST",
    "/api/v1/channels/{channel}/imports",
    Group.IMPORTING,
    "Import a file",
    "CSV with a column of times, as this server, ThingSpeak or a spreadsheet writes it, or JSON objects, one a line; "
    "plain or packed with gzip. It is read in the background: look at the address in Location.",
    access=Access.SEND_TOKEN,
    query=Told,
    body=FILE,
    body_example="time_utc,temperature\n2026-03-01T10:00:00Z,21.4\n",
    headers=(COMPLETE,),
    answers=(
        Answer(202, "The file is here and will be read.", ImportSaid, headers=(IMPORT_AT,)),
        Answer(201, "There is room for the file; send the rest with PATCH.", ImportSaid, headers=(IMPORT_AT, OFFSET)),
    ),
    refusals=REFUSALS,
)
GO_ON = Operation(
    "continueImport",
    "PATCH",
    "/api/v1/channels/{channel}/imports/{number}",
    Group.IMPORTING,
    "Send the next piece of a file",
    "Upload-Offset says where it begins. What is here already is passed over, so a piece may be sent again.",
    access=Access.SEND_TOKEN,
    body=PIECE,
    headers=(OFFSET, COMPLETE),
    answers=(
        Answer(200, "It is here; more will come.", ImportSaid, headers=(OFFSET,)),
        Answer(202, "The file is whole and will be read.", ImportSaid, headers=(IMPORT_AT,)),
    ),
    refusals=REFUSALS,
    places=PLACE,
    needs_body=False,
)
LIST = Operation(
    "listImports",
    "GET",
    "/api/v1/channels/{channel}/imports",
    Group.IMPORTING,
    "The imports into a channel",
    "To a token that may not read, those of its owner alone.",
    access=Access.SEND_TOKEN,
    query=Query,
    answers=(Answer(200, "They, the newest first.", ImportsSaid),),
)
LOOK = Operation(
    "getImport",
    "GET",
    "/api/v1/channels/{channel}/imports/{number}",
    Group.IMPORTING,
    "How far an import is, and what it found",
    access=Access.SEND_TOKEN,
    query=Query,
    answers=(Answer(200, "How it stands.", ImportSaid, headers=(OFFSET,)),),
    places=PLACE,
)
UNDO = Operation(
    "undoImport",
    "DELETE",
    "/api/v1/channels/{channel}/imports/{number}",
    Group.IMPORTING,
    "Cancel or undo an import",
    "Exactly the readings that it stored are taken away again, in the background. For thirty days; for whoever brought "
    "it in, and for owners of the channel with a token that may manage.",
    access=Access.SEND_TOKEN,
    query=Query,
    answers=(Answer(202, "It is, or is being, taken back.", ImportSaid),),
    refusals=(errors.Outdated,),
    places=PLACE,
)

OPERATIONS = (BEGIN, GO_ON, LIST, LOOK, UNDO)
