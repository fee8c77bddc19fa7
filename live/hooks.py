"""What a group is shown because time passes: a fresh picture, a beat, and what a batch left for later."""

from __future__ import annotations

import logging
from collections.abc import Callable

from domain.errors import NotFound
from live.delivery import Delivery
from live.groups import Group
from live.jobs import Jobs

logger = logging.getLogger(__name__)

HOOK_RETRY_S = 0.05
"""How long a hook waits for a group that is just being shown something."""


class Hooks:
    """Those of any group's encoder. `plan` has a group shown what is due, `end` ends the watches of a channel."""

    def __init__(
        self, jobs: Jobs, delivery: Delivery, *, plan: Callable[[Group], None], end: Callable[[int], object]
    ) -> None:
        self._jobs = jobs
        self._delivery = delivery
        self._plan = plan
        self._end = end

    def begin(self, group: Group) -> None:
        """Run the hooks of a new group that come again and again, for as long as somebody watches."""
        for name, hook in (("rebase_every_s", self._rebase), ("tick_every_s", self._tick)):
            every_s: float | None = getattr(group.encoder, name, None)
            if every_s is not None:
                self._repeat(group, every_s, hook)

    def after_batch(self, group: Group) -> None:
        """Have the group shown what its last batch left for later, with what the next ones leave until then."""
        after_s: float | None = getattr(group.encoder, "afterwards_s", None)
        if after_s is not None and not group.owes:
            group.owes = True
            self._jobs.run_blocking_later(after_s, self._run, group, self._afterwards)

    def _repeat(self, group: Group, every_s: float, hook: Callable[[Group], None]) -> None:
        def due() -> None:
            if not group.is_over:
                self._jobs.run_blocking(self._run, group, hook)
                self._jobs.later(every_s, due)

        self._jobs.later(every_s, due)

    def _run(self, group: Group, hook: Callable[[Group], None]) -> None:
        """Run a hook while nothing else is shown to the group; what comes meanwhile waits."""
        if not group.seize():
            if not group.is_over:
                self._jobs.run_blocking_later(HOOK_RETRY_S, self._run, group, hook)
            return
        try:
            hook(group)
        except NotFound:
            self._end(group.channel_id)
        except Exception:  # a drawing error must not stop the live path
            logger.exception("A hook of %r failed for channel %d", group.encoder, group.channel_id)
        if group.release():
            self._plan(group)

    def _rebase(self, group: Group) -> None:
        """Give everyone who shares a fresh picture, and go on from its cursor.

        What the group was shown was on disk before, so the picture holds at least that; one that does not (a database
        set back) is left alone.
        """
        picture = group.encoder.rebase(group.channel_id)  # type: ignore[attr-defined]
        if picture is None or picture[1] < group.cursor:
            return
        self._delivery.hand_out(group, *picture)
        self._delivery.take_along(group)

    def _tick(self, group: Group) -> None:
        self._delivery.hand_out_loosely(group, group.encoder.tick(group.channel_id))  # type: ignore[attr-defined]

    def _afterwards(self, group: Group) -> None:
        group.owes = False
        batch = group.encoder.afterwards(group.channel_id)  # type: ignore[attr-defined]
        self._delivery.hand_out_loosely(group, batch)
