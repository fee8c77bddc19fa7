"""The names of what stands on a channel's page, for all that changes it."""

from __future__ import annotations

from enum import StrEnum

from dashapp.parts import Memo, memo_id

PAGE = "channel"


class Ids(StrEnum):
    HERE = "channel-address"
    """The address while this page is open: what is late for it does not change that of another page."""
    HEADING = "channel-heading"
    TABS = "channel-tabs"
    TOOLS = "channel-tools"
    CONTENT = "channel-content"
    HELD = "channel-held"
    HELD_FRAME = "channel-held-frame"
    TIME = "channel-time"
    TIME_WORDS = "channel-time-words"
    QUICK = "channel-quick"
    ZONE_NOTE = "channel-zone-note"
    BACK = "channel-back"
    CHIPS = "channel-chips"
    PRINTED = "channel-printed"
    SHARE = "channel-share"
    SHARE_FRAME = "channel-share-frame"
    SHARE_OPEN = "channel-share-open"
    REST = "channel-rest"
    STAR = "channel-star"
    LENSES = "channel-lenses"
    TICK = "channel-tick"
    POLL = "channel-poll"
    SAFETY = "channel-safety"
    LIVE_PLACE = "channel-live-place"
    PAUSE = "channel-pause"
    FROM = "channel-from"
    TO = "channel-to"
    SHOW = "channel-show"
    ZONE = "channel-zone"
    SMOOTH = "channel-smooth"
    OVER = "channel-over"
    SMOOTHING = "channel-smoothing"
    OVERLAY = "channel-overlay"
    OVERLAY_FEEDS = "channel-overlay-feeds"


VIEW, CURSOR, STALE = (memo_id(memo, PAGE) for memo in (Memo.VIEW, Memo.CURSOR, Memo.STALE))
