"""A channel read in ThingSpeak's language, and one with an entry of each sort to read."""

from __future__ import annotations

import csv

from werkzeug.test import TestResponse

from domain.readings import Door, NewEntry, NewReading, Position
from domain.timespan import MINUTE
from tests.builders import NOW, append, entry
from tests.lab import Board, Lab

TYPES = {
    "": "text/html",
    ".json": "application/json",
    ".xml": "application/xml",
    ".csv": "text/csv",
    ".txt": "text/plain",
}
"""The kind of answer, by the end of the address."""


def greenhouse(lab: Lab) -> Board:
    """Three entries, a minute apart: a full one, one with a status and a place alone, one with a number alone."""
    made = lab.enrol(feeds=("temperature", "door:text"), name="Greenhouse", description="Behind the lab")
    full = NewEntry(NOW, [NewReading("temperature", 21.5, "21.50"), NewReading("door", None, 'a "b", c')])
    alone = entry(NOW + MINUTE, status="resting", position=Position(48.5, 9.25, 340))
    append(lab.store, made.channel, full, alone, entry(NOW + 2 * MINUTE, temperature=3), door=Door.WEBSOCKET)
    return made


def read(board: Board, path: str) -> TestResponse:
    return board.get(f"/channels/{board.channel_id}/{path}")


def feeds(board: Board, query: str = "", path: str = "feeds.json") -> list[dict]:
    return read(board, f"{path}?{query}").json["feeds"]


def numbers(board: Board, query: str = "") -> list[int]:
    return [row["entry_id"] for row in feeds(board, query)]


def lines(board: Board, path: str) -> list[list[str]]:
    return list(csv.reader(read(board, path).text.splitlines()))
