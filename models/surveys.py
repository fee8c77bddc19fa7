"""A file looked through as soon as it is here, so that whoever imports it sees all the feeds that it names."""

from __future__ import annotations

from sqlalchemy import Connection

from domain.errors import Invalid
from domain.imports import Mapping
from domain.incoming.surveying import Survey, Surveyor
from domain.roles import Viewer
from models import imports, uploads
from models.uploads import Pieces

MOST_STEPS = 200
"""Of one file: a million rows, which take a second. The rest of a longer one is looked at before it is stored."""


class Look:
    """A file being looked through: one that is there whole."""

    def __init__(self, import_id: int, told: Mapping, size: int) -> None:
        self._pieces = Pieces(import_id)
        self._size = size
        self._surveyor = Surveyor(told, self._pieces)
        self._steps = 0

    @property
    def survey(self) -> Survey:
        return self._surveyor.survey

    def further(self, connection: Connection) -> bool:
        """Look at some more; whether there may be more yet. What makes it no file of readings is noted."""
        self._pieces.connection = connection
        self._steps += 1
        try:
            is_more = self._surveyor.next()
        except Invalid as refused:
            self.survey.refused = " ".join(filter(None, (refused.detail, refused.hint)))
            return False
        self.survey.is_whole = not is_more and self._pieces.taken == self._size
        return is_more and self._steps < MOST_STEPS


def begin(connection: Connection, viewer: Viewer, channel_id: int, import_id: int, zone: str, now: int) -> Look | None:
    """A look at a file that is here; None where its beginning tells everything.

    Raises NotFound, Forbidden, and Invalid for what is no file of readings.
    """
    told = imports.preview(connection, viewer, channel_id, import_id, zone, now).mapping
    return Look(import_id, told, uploads.size(connection, import_id)) if told.is_to_be_surveyed else None
