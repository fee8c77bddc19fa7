"""Addresses of pages: which page one leads to, which channel it names, and whether it leads anywhere for this viewer.

Dash's own reading of an address is for drawing alone: there a path variable swallows slashes, and a query string
speaks for the path.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, Protocol, TypeVar

import context
from dashapp.wiring import Wiring
from domain.errors import Forbidden, NotFound
from domain.roles import Act
from models import channels


class Page(Protocol):
    """A page's module. It may offer `exists(pathname) -> bool`, where not every address of its form leads somewhere."""

    @property
    def __name__(self) -> str: ...
    @property
    def PATH(self) -> str: ...  # noqa: N802 (a module's constant)
    @property
    def TITLE(self) -> str: ...  # noqa: N802
    @property
    def wire(self) -> Wiring: ...
    @property
    def layout(self) -> Callable[..., Any]: ...


AnyPage = TypeVar("AnyPage", bound=Page)


def page_at(pages: Iterable[AnyPage], pathname: str) -> AnyPage | None:
    """The page at an address; None where there is none."""
    return next((page for page in pages if _form(page.PATH).fullmatch(pathname)), None)


def leads_somewhere(pages: Iterable[Page], pathname: str) -> bool:
    """Whether there is something at the address that this viewer may see."""
    page = page_at(pages, pathname)
    exists: Callable[[str], bool] = getattr(page, "exists", lambda _: page is not None)
    return exists(pathname)


def channel_id_in(pathname: str, tail: str = "") -> int:
    """7 of `/channels/7` and, with the tail `/keys`, of `/channels/7/keys`. Raises NotFound for any other address."""
    return number_in(f"/channels/<channel>{tail}", pathname)


def exists(pathname: str, tail: str = "", *acts: Act) -> bool:
    """Whether the address names a channel with which this viewer may do one of these acts; without acts: see it."""
    try:
        channel_id = channel_id_in(pathname, tail)
    except NotFound:
        return False
    return any(_may(act, channel_id) for act in acts or (Act.SEE,))


def number_in(template: str, pathname: str) -> int:
    """The one number in an address of this form, such as `/courses/<course>`. Raises NotFound for any other address."""
    return numbers_in(template, pathname)[0]


def numbers_in(template: str, pathname: str) -> list[int]:
    """The numbers in an address of this form, in their order. Raises NotFound for any other address."""
    found = _form(template).fullmatch(pathname)
    if found is None or not all(map(_NUMBER.fullmatch, found.groups())):
        raise NotFound("This address leads nowhere.")
    return [int(number) for number in found.groups()]


def _may(act: Act, channel_id: int) -> bool:
    try:
        context.store().ask(channels.may, context.viewer(), act, channel_id)
    except (NotFound, Forbidden):
        return False
    return True


@cache
def _form(template: str) -> re.Pattern[str]:
    """What addresses of this form look like: a variable is one part of the path; a slash may stand at the end."""
    parts = re.split(r"<\w+>", template.rstrip("/"))
    return re.compile(r"([^/\s]+)".join(map(re.escape, parts)) + "/?", re.ASCII)


_NUMBER = re.compile(r"[1-9][0-9]{0,17}")
