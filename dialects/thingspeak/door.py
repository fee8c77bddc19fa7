"""The addresses of ThingSpeak, each with every ending it may have, and how what goes wrong there is answered."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Sequence
from functools import wraps
from itertools import product
from typing import Any, TypeAlias

from flask import Blueprint, Response, current_app, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from dialects.thingspeak.answering import Form, failed, said
from dialects.thingspeak.asking import Asked
from dialects.thingspeak.failing import Failed, Failure
from domain.errors import Busy, LabfeedError, MethodNotAllowed

log = logging.getLogger(__name__)

View: TypeAlias = Callable[..., Response]
"""Called with what was asked, the form of the answer, and the parts of the address by name."""

EVERY_FORM = tuple(Form)

NAME = "thingspeak"
AS_THEY_STAND: dict[str, Any] = {"strict_slashes": False, "provide_automatic_options": False}


class Door:
    """The routes of one app, and their names, all of them open: a key is the only authority here.

    None of them leads elsewhere first (with a slash at the end, say): boards do not follow.
    """

    def __init__(self, max_body_bytes: int) -> None:
        self._max_body_bytes = max_body_bytes
        self._forms: dict[str, Form] = {}
        self._got: set[str] = set()
        self.routes = Blueprint(NAME, __name__)
        self.routes.record(self._take_what_nobody_gets)
        self.routes.app_errorhandler(405)(self._refuse_method)
        self.endpoints = {f"{NAME}.allow"}

    def on(
        self,
        method: str,
        *rules: str,
        forms: Sequence[Form] = EVERY_FORM,
        refuses_in: Form | None = None,
        hears_faults: bool = False,
    ) -> Callable[[View], View]:
        """Answer at these addresses, such as `/channels/<int:channel>/feeds`, with each of these endings.

        `refuses_in`: how refusals are told, whatever the ending; None: as it says. `hears_faults`: what cannot be
        understood comes to the view, too, which refuses it itself.
        """

        def add(view: View) -> View:
            told = self._told(view, refuses_in, Asked.heard if hears_faults else Asked.of)
            self.add_plain((method,), rules, forms, f"{method.lower()}_{view.__name__}", told)
            return view

        return add

    def add_plain(
        self, methods: Sequence[str], rules: Sequence[str], forms: Sequence[Form], name: str, view: View
    ) -> None:
        """Answer at these addresses by a view that is given the form alone, and tells all failures itself."""

        def answer(**parts: Any) -> Response:
            return view(self._forms[str(request.url_rule)], **parts)

        self.endpoints.add(f"{NAME}.{name}")
        for rule, form in product(rules, forms):
            address = f"{rule}.{form}" if form else rule
            if address not in self._forms:
                self.routes.add_url_rule(address, "allow", allow, methods=["OPTIONS"], **AS_THEY_STAND)
            self._forms[address] = form
            if "GET" in methods:
                self._got.add(address)
            self.routes.add_url_rule(address, name, answer, methods=list(methods), **AS_THEY_STAND)

    def _take_what_nobody_gets(self, state: BlueprintSetupState) -> None:
        """Refuse GET where nothing is got: else the pages, which take every address, would answer it with a page.

        An address without an ending may be one of theirs.
        """
        for address, form in self._forms.items():
            if form and address not in self._got:
                self.endpoints.add(f"{NAME}.no_get")
                state.add_url_rule(address, "no_get", self._refuse_get, methods=["GET"], **AS_THEY_STAND)

    def _refuse_get(self, **_parts: Any) -> Response:
        return self._no_method(str(request.url_rule))

    def _refuse_method(self, error: HTTPException) -> ResponseReturnValue:
        """Tell in ThingSpeak's words that an address of theirs takes another method; of others, in ours."""
        try:
            rule, _ = current_app.url_map.bind("").match(request.path, "OPTIONS", return_rule=True)
        except HTTPException:
            rule = None
        if rule is not None and rule.endpoint == f"{NAME}.allow":
            return self._no_method(rule.rule)
        methods = getattr(error, "valid_methods", None) or ()
        refused = MethodNotAllowed(headers={"Allow": ", ".join(sorted(methods))} if methods else {})
        return current_app.handle_user_exception(refused)

    def _no_method(self, address: str) -> Response:
        """That the address of this request does not take its method, and which ones it takes."""
        form, methods = self._forms[address], {*current_app.url_map.bind("").allowed_methods(request.path)}
        taken = ", ".join(sorted(methods - ({"HEAD"} if address in self._got or not form else {"HEAD", "GET"})))
        answer = failed(Failed(Failure.NO_METHOD, f"This address takes {taken}."), form)
        answer.headers["Allow"] = taken
        return answer

    def _told(self, view: View, refuses_in: Form | None, ask: Callable[..., Asked]) -> View:
        """The view, with whatever goes wrong told in ThingSpeak's words."""

        @wraps(view)
        def answer(form: Form, **parts: Any) -> Response:
            told_in = form if refuses_in is None else refuses_in
            try:
                if request.method == "HEAD":  # which Flask adds to every GET
                    return self._no_method(str(request.url_rule))
                return view(ask(request.environ, self._max_body_bytes), form, **parts)
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
