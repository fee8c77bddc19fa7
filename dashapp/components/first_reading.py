"""What a channel without a reading shows: the command that sends the first one."""

from __future__ import annotations

from dash import html

from dashapp.components.copying import copy_corner
from dashapp.components.forms import Tone, link_button
from dashapp.components.notices import empty_state
from domain.channels import Channel
from domain.readings import Feed, Kind

KEY_PLACEHOLDER = "YOUR_WRITE_KEY"
CODE_ID = "first-reading-code"


def curl(origin: str, channel: Channel) -> str:
    """A command for a terminal that sends one reading of this channel's feeds to `origin`."""
    body = ", ".join(_example(feed) for feed in channel.feeds[:3]) or '"temperature": 21.4'
    return (
        f"curl {origin}/api/v1/readings \\\n"
        f"  -H 'X-API-Key: {KEY_PLACEHOLDER}' \\\n"
        f"  -H 'Content-Type: application/json' \\\n"
        f"  -d '{{{body}}}'"
    )


def _example(feed: Feed) -> str:
    return f'"{feed.name}": ' + ('"open"' if feed.kind is Kind.TEXT else "21.4")


def code_block(code: str, code_id: str = CODE_ID) -> html.Div:
    """Code to copy."""
    return html.Div(
        [
            html.Pre(html.Code(code), id=code_id, tabIndex="0"),
            copy_corner("the code", target_id=code_id),
        ],
        className="lf-code",
    )


def first_reading(origin: str, channel: Channel, *, may_contribute: bool = False) -> html.Section:
    """The empty page of a channel: it turns into a chart by itself when the first reading comes.

    Who may contribute is led to the code with the key filled in.
    """
    if may_contribute:
        return empty_state(
            "broadcast",
            "Waiting for your first reading",
            "Choose your board and copy its code: the address and the key are filled in. "
            "The chart draws itself the moment a reading arrives.",
            link_button("Connect a board", f"/channels/{channel.slug}/code", "code-slash", Tone.MAIN),
        )
    return empty_state(
        "broadcast",
        "Waiting for your first reading",
        "Send one from any terminal, with the channel's write key in place of the words in capitals. "
        "The chart draws itself the moment it arrives.",
        code_block(curl(origin, channel)),
    )
