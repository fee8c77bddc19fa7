"""Everything programs may ask, in the order in which it is told."""

from __future__ import annotations

from api import (
    channels,
    clock,
    course_exports,
    downloads,
    feeds,
    import_told,
    managing,
    people,
    readings,
    sending,
    statistics,
    stored_told,
    streaming,
)
from api.described import Operation

EVERY: tuple[Operation, ...] = (
    *sending.OPERATIONS,
    *readings.OPERATIONS,
    *downloads.OPERATIONS,
    *statistics.OPERATIONS,
    *streaming.OPERATIONS,
    *import_told.OPERATIONS,
    *channels.OPERATIONS,
    *managing.OPERATIONS,
    *feeds.OPERATIONS,
    *people.OPERATIONS,
    *stored_told.OPERATIONS,
    *course_exports.OPERATIONS,
    *clock.OPERATIONS,
)
"""A module of operations has its line here; a test holds that nothing below /api/ is left out."""
