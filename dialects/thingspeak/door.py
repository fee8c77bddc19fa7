"""The addresses of ThingSpeak, each with every ending it may have, and how what goes wrong there is answered."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Sequence
from functools import wraps
from itertools import product
from typing import Any, TypeAlias

from flask import Blueprint, Response, request

from dialects.thingspeak.answering import Form, failed, said
from dialects.thingspeak.asking import Asked
from dialects.thingspeak.failing import Failed, Failure
from domain.errors import Busy, LabfeedError

log = logging.getLogger(__name__)

View: TypeAlias = Callable[..., Response]
"""Called with what was asked, the form of the answer, and the parts of the address by name."""

EVERY_FORM = tuple(Form)


class Door:
    """The routes of one app, and their names, all of them open: a key is the only authority here.

    None of them leads elsewhere first (with a slash at the end, say): boards do not follow.
    """

    def __init__(self, max_body_bytes: int) -> None:
        self._max_body_bytes = max_body_bytes
        self._forms: dict[str, Form] = {}
        self.routes = Blueprint("thingspeak", __name__)
        self.endpoints: set[str] = set()

    def on(
        self, method: str, *rules: str, forms: Sequence[Form] = EVERY_FORM, refuses_in: Form | None = None
    ) -> Callable[[View], View]:
        """Answer at these addresses, such as `/channels/<int:channel>/feeds`, with each of these endings.

        `refuses_in`: how refusals are told, whatever the ending; None: as it says.
        """

        def add(view: View) -> View:
            self.add_plain((method,), rules, forms, f"{method.lower()}_{view.__name__}", self._told(view, refuses_in))
            return view

        return add

    def add_plain(
        self, methods: Sequence[str], rules: Sequence[str], forms: Sequence[Form], name: str, view: View
    ) -> None:
        """Answer at these addresses by a view that is given the form alone, and tells all failures itself."""

        def answer(**parts: Any) -> Response:
            return view(self._forms[str(request.url_rule)], **parts)

        self.endpoints |= {f"thingspeak.{name}", "thingspeak.allow"}
        options: dict[str, Any] = {"strict_slashes": False, "provide_automatic_options": False}
        for rule, form in product(rules, forms):
            address = f"{rule}.{form}" if form else rule
            if address not in self._forms:
                self.routes.add_url_rule(address, "allow", allow, methods=["OPTIONS"], **options)
            self._forms[address] = form
            self.routes.add_url_rule(address, name, answer, methods=list(methods), **options)

    def _told(self, view: View, refuses_in: Form | None) -> View:
        """The view, with whatever goes wrong told in ThingSpeak's words."""

        @wraps(view)
        def answer(form: Form, **parts: Any) -> Response:
            told_in = form if refuses_in is None else refuses_in
            try:
                if request.method == "HEAD":  # which Flask adds to every GET
                    raise Failed(Failure.NO_METHOD)
                return view(Asked.of(request.environ, self._max_body_bytes), form, **parts)
            except Failed as error:
                return failed(error, told_in)
            except LabfeedError as error:
                return failed(translated(error), told_in)
            except Exception:  # the outermost edge: no board is left without an answer in its own language
                number = secrets.token_hex(4)
                log.exception("error %s at %s %s", number, request.method, request.path)
                return failed(Failed(Failure.FAULT, f"Error {number}."), told_in)

        return answer


def translated(error: LabfeedError) -> Failed:
    """A refusal of ours in ThingSpeak's words."""
    if isinstance(error, Busy) or error.status >= 500:
        return Failed(Failure.BUSY if error.status == 503 else Failure.FAULT, error.detail)
    by_status = {failure.status: failure for failure in Failure}
    by_status |= {403: Failure.NO_KEY, 422: Failure.MALFORMED, 415: Failure.MALFORMED}
    return Failed(by_status.get(error.status, Failure.MALFORMED), error.detail)


def allow(**_parts: Any) -> Response:
    """What a browser asks before a page of another site may send."""
    return said("", Form.NONE)
