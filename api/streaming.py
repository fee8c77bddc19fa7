"""The live stream of a channel over plain HTTP (Server-Sent Events), as browsers read it with EventSource."""

from __future__ import annotations

from types import MappingProxyType
from typing import Annotated

from flask import Blueprint, Response, request
from msgspec import Meta

from api import asking
from api.described import JSON, Answer, Group, Header, Operation, Query
from domain.errors import TooManyOpen
from live.event_stream import EventPeer, events
from live.sockets import Doors
from live.stream import StreamDoor

EVENTS = "text/event-stream"

LASTS_S = 6 * 3600.0
"""Then a stream ends and is asked for again, so that one nobody remembers does not stay for ever."""

LAST_EVENT_ID = Header("Last-Event-ID", "The id of the last event seen, as a browser sends it by itself.", "41")

HEADERS = {
    "Content-Type": f"{EVENTS}; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",  # nginx, and what does as it does, would keep events back until there are many
}

EVENT = MappingProxyType(
    {
        "type": "object",
        "description": "One event; several follow each other.",
        "properties": {
            "event": {"enum": ["hello", "end"], "description": "Absent for readings."},
            "id": {"type": "string", "description": "The number of the entry up to which was told."},
            "data": {"type": "string", "contentMediaType": JSON, "description": "An object: entry_id, readings, …"},
            "retry": {"type": "integer", "description": "When to come back, in ms; with the first event."},
        },
        "required": ["data"],
    }
)
"""Before OpenAPI 3.2 the schema of events is that of each."""

EXAMPLE = """\
retry: 2000
event: hello
id: 40
data: {"type":"hello","channel_id":7,"entry_id":40,"feeds":["temperature"]}

id: 41
data: {"entry_id":41,"received_at":"2026-11-20T10:00:00.12Z","readings":[{"at":"2026-11-20T10:00:00Z","values":{"temperature":21.4}}]}

"""  # noqa: E501 (an event's data is one line)


class Listened(Query):
    """Where the stream starts."""

    after: Annotated[
        str,
        Meta(
            max_length=18,
            description="Start after this entry, with what is stored since. Last-Event-ID counts before it; without "
            "either it starts with what comes next.",
            examples=["40"],
        ),
    ] = ""


STREAM = Operation(
    "streamReadings",
    "GET",
    "/api/v1/channels/{channel}/stream",
    Group.LISTENING,
    "Readings as they are stored",
    "Server-Sent Events. The id of each is the number of an entry: everything up to it was told. Whoever asks again "
    "with the last one misses nothing and gets nothing twice. An event named end says why the stream ends; while "
    "nothing comes there is a comment every 15 s.",
    query=Listened,
    headers=(LAST_EVENT_ID,),
    answers=(Answer(200, "The stream.", {EVENTS: EVENT}, example=EXAMPLE),),
    refusals=(TooManyOpen,),
)
OPERATIONS = (STREAM,)


def blueprint(door: StreamDoor, doors: Doors) -> Blueprint:
    """The address of the stream; whoever listens there is looked after with those who listen by WebSocket."""
    routes = Blueprint("streaming", __name__)

    @STREAM.on(routes)
    def stream(channel: str) -> Response:
        asked = asking.query(Listened)
        reader = door.reader_of(channel, request.headers.get(LAST_EVENT_ID.name) or asked.after or None)
        doors.refuse_crowd()
        if request.method == "HEAD":
            return Response(iter(()), headers=HEADERS)
        seat = doors.seat()
        answer = Response(events(door, doors, EventPeer(request.environ), reader, LASTS_S), headers=HEADERS)
        answer.call_on_close(seat.leave)
        return answer

    return routes
