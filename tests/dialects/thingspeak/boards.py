"""Boards that speak ThingSpeak's language to the whole app."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, update
from werkzeug.test import TestResponse

from domain.readings import Position
from models.schema import channel as channel_table
from models.schema import entry as entry_table
from models.schema import refusal
from tests.lab import Board, Lab

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class ThingSpeakBoard:
    """A board with the write key of a channel of its own."""

    board: Board

    @property
    def lab(self) -> Lab:
        return self.board.lab

    @property
    def key(self) -> str:
        return self.board.key

    @property
    def channel_id(self) -> int:
        return self.board.channel_id

    def update(self, ending: str = "", **parameters: object) -> TestResponse:
        """`GET /update` with the key and these parameters."""
        query = {"api_key": self.key} | parameters
        return self.lab.client.get(f"/update{ending}", query_string=query)

    def bulk(self, *updates: object, **more: object) -> TestResponse:
        """`POST …/bulk_update.json` of these updates."""
        body = {"write_api_key": self.key, "updates": list(updates)} | more
        return self.lab.client.post(f"/channels/{self.channel_id}/bulk_update.json", json=body)

    def bulk_csv(self, time_format: str, updates: str, **more: object) -> TestResponse:
        form = {"write_api_key": self.key, "time_format": time_format, "updates": updates} | more
        return self.lab.client.post(f"/channels/{self.channel_id}/bulk_update.csv", data=form)

    def stored(self) -> list[tuple[str, float | str]]:
        return self.board.stored()

    def instants(self) -> list[tuple[str, int]]:
        """(feed, instant) of everything that is stored, ascending in time."""
        return [(feed, at) for feed, at, _ in self.board.rows()]

    def entries(self) -> list[tuple[int, str | None, Position | None]]:
        """(number, status, position) of the channel's entries, a run of plain ones as one."""
        columns = [entry_table.c[name] for name in ("entry_id", "status", "latitude", "longitude", "elevation")]
        rows = self.lab.store.ask(
            lambda connection: connection.execute(
                select(*columns).where(entry_table.c.channel_id == self.channel_id).order_by(entry_table.c.entry_id)
            ).all()
        )
        return [(row[0], row[1] or None, Position(*row[2:]) if row[2] is not None else None) for row in rows]

    def refusals(self) -> list[tuple[str, str, str, str]]:
        """(code, sentence, cure, door) of what the channel's owner is shown, by code."""
        self.lab.do_chores()
        columns = [refusal.c[name] for name in ("code", "detail", "hint", "door")]
        rows = select(*columns).where(refusal.c.channel_id == self.channel_id).order_by(refusal.c.code)
        return [tuple(row) for row in self.lab.store.ask(lambda connection: connection.execute(rows).all())]


def enrol(
    lab: Lab, *, feeds: Sequence[str] = ("temperature", "door:text"), pace_ms: int | None = 0, **more: object
) -> ThingSpeakBoard:
    """A board whose channel takes updates no faster than its pace; `more` goes to `Lab.enrol`."""
    board = lab.enrol(feeds=feeds, **more)
    paced = update(channel_table).where(channel_table.c.id == board.channel_id).values(pace_ms=pace_ms)
    lab.store.tell(lambda connection: connection.execute(paced))
    return ThingSpeakBoard(board)
