"""A program that listens to Server-Sent Events, as a browser's EventSource does."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any


@dataclass(frozen=True, slots=True)
class Event:
    """What was told. `id`: the last one seen, where the event has none of its own."""

    id: str
    name: str
    data: Any


class EventSource:
    """One answer that goes on, of a server at this port. A pause of more than ten seconds is an error."""

    def __init__(self, port: int, path: str, headers: Mapping[str, str] | None = None) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=10)
        self._connection.request("GET", path, headers={"Accept": "text/event-stream", **(headers or {})})
        self.answer = self._connection.getresponse()
        self.id = ""
        self.beats = 0

    def __enter__(self) -> EventSource:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.answer.close()
        self._connection.close()

    def next(self) -> Event:
        """The next event."""
        return next(iter(self))

    def __iter__(self) -> Iterator[Event]:
        """The events until the answer ends."""
        name, data = "message", []
        while line := self.answer.readline():
            field, _, value = line.decode().rstrip("\n").partition(": ")
            if field == ":":
                self.beats += 1
            elif field == "id":
                self.id = value
            elif field == "event":
                name = value
            elif field == "data":
                data.append(value)
            elif not field and data:
                yield Event(self.id, name, json.loads("\n".join(data)))
                name, data = "message", []

    def values(self, up_to: int) -> list[float | str]:
        """What is told until the entry of that number, which must come."""
        found: list[float | str] = []
        for event in self:
            assert event.name == "message", event
            found += [value for each in event.data["readings"] for value in each["values"].values()]
            if int(event.id) >= up_to:
                break
        assert self.id == str(up_to)
        return found
