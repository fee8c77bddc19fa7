"""One family of errors: each member carries what a board, a program or a page needs to say it well.

Raised deep, rendered once: problem+json (RFC 9457) over HTTP, a frame on a socket, a notice on a page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, ClassVar

MOST_COMPLAINTS = 100
"""How many complaints one refusal lists; a batch of ten thousand bad rows needs no ten thousand sentences."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong with one value: where it stands (RFC 6901 pointer), the sentence, and the cure."""

    pointer: str
    detail: str
    hint: str | None = None
    code: str = "invalid"

    def to_json(self) -> dict[str, str]:
        said = {"pointer": self.pointer, "code": self.code, "detail": self.detail}
        return said | {"hint": self.hint} if self.hint else said


class LabfeedError(Exception):
    """The family. A class fixes code, status and title; an instance says what happened this time."""

    code: ClassVar[str] = "internal"
    status: ClassVar[int] = 500
    title: ClassVar[str] = "Something went wrong on the server"
    hint: str | None = "Nothing was stored. Try again; if it happens again, tell whoever runs this server."

    def __init__(
        self,
        detail: str | None = None,
        *,
        hint: str | None = None,
        pointer: str | None = None,
        retry_after_s: float | None = None,
        complaints: Sequence[Complaint] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.detail = detail or f"{self.title}."
        if hint is not None:
            self.hint = hint
        self.pointer = pointer
        self.retry_after_s = retry_after_s
        self.complaints = tuple(complaints)
        self.headers = dict(headers or {})
        super().__init__(self.detail)

    def to_problem(self) -> dict[str, Any]:
        """The members of the problem document, in the order a person reads them."""
        problem: dict[str, Any] = {
            "type": f"/problems/{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
        }
        if self.pointer is not None:
            problem["pointer"] = self.pointer
        if self.hint:
            problem["hint"] = self.hint
        if self.retry_after_s is not None:
            problem["retry_after"] = round(self.retry_after_s, 3)
        if self.complaints:
            problem["errors"] = [complaint.to_json() for complaint in self.complaints[:MOST_COMPLAINTS]]
            if len(self.complaints) > MOST_COMPLAINTS:
                problem["errors_left_out"] = len(self.complaints) - MOST_COMPLAINTS
        return problem

    def to_headers(self) -> dict[str, str]:
        """What an HTTP answer carries besides: when to come back, and how to say who one is where that was missing."""
        headers = {"Cache-Control": "no-store"} | self.headers
        if self.retry_after_s is not None:
            headers["Retry-After"] = str(max(1, ceil(self.retry_after_s)))
        if self.status == 401:
            headers["WWW-Authenticate"] = 'Bearer realm="Labfeed"'
        return headers


class Malformed(LabfeedError):
    code, status, title = "malformed", 400, "The message could not be read"
    hint = 'Send JSON such as {"temperature": 21.4}.'


class KeyMissing(LabfeedError):
    code, status, title = "key-missing", 401, "No key was sent"
    hint = "Send the channel's key in the header X-API-Key."


class KeyUnknown(LabfeedError):
    code, status, title = "key-unknown", 401, "The key is not valid"
    hint = "Copy the key again from the channel's page: 16 characters, 0-9 and A-Z. A revoked key stays invalid."


class TokenUnknown(LabfeedError):
    code, status, title = "token-unknown", 401, "The personal token is not valid"
    hint = "It may be over or revoked: make another one under your account, at /account/tokens."


class Forbidden(LabfeedError):
    code, status, title = "forbidden", 403, "This is not allowed"
    hint = "Use a key of this channel that has the right: a write key to send, a read key to read."


class ForeignPage(LabfeedError):
    code, status, title = "foreign-page", 403, "A page of another site may not do this"
    hint = "Open the page at this server's own address. Programs send no Origin."


class NotFound(LabfeedError):
    code, status, title = "not-found", 404, "There is nothing here that you may see"
    hint = "Check the address. A channel that is not public needs its own key."


class SignInNeeded(LabfeedError):
    code, status, title = "sign-in-needed", 401, "You are not signed in"
    hint = "Sign in with your college account, then do it again."


class AddressTaken(LabfeedError):
    code, status, title = "address-taken", 403, "This address belongs to another account"
    hint = "Somebody signed in with the same e-mail address before, as another account. An admin can settle it."


class MethodNotAllowed(LabfeedError):
    code, status, title = "method-not-allowed", 405, "This address does not take that method"
    hint = "Readings are sent with POST."


class Conflict(LabfeedError):
    code, status, title = "conflict", 409, "This clashes with what is stored"
    hint = "A stored reading is never changed by sending another. Send a new time, or leave the time out."


class LastOwner(LabfeedError):
    code, status, title = "last-owner", 409, "A channel needs an owner"
    hint = "Make somebody else an owner first."


class TooMany(LabfeedError):
    code, status, title = "too-many", 409, "There are as many as there may be"
    hint = "Remove what is no longer needed, then do it again."


class Outdated(LabfeedError):
    code, status, title = "outdated", 409, "This has changed in the meantime"
    hint = "Look at it as it is now, then do it again."


class TooLarge(LabfeedError):
    code, status, title = "too-large", 413, "The message is too large"
    hint = "Split it into several messages."


class UnsupportedMedia(LabfeedError):
    code, status, title = "unsupported-media", 415, "This kind of content is not understood"
    hint = "Send JSON (Content-Type: application/json), plain or gzip."


class BeyondTheEnd(LabfeedError):
    code, status, title = "beyond-the-end", 416, "The file is not so long"
    hint = "You may have all of it already. Else ask for it without Range."


class Invalid(LabfeedError):
    code, status, title = "invalid", 422, "A value is not valid"
    hint = None


class TooFast(LabfeedError):
    code, status, title = "too-fast", 429, "This key sends faster than it may"
    hint = "Wait as long as Retry-After says, then send what you kept in one message."


class TooManyOpen(LabfeedError):
    code, status, title = "too-many-open", 429, "There is as much open for you as there may be"
    hint = "Close what you need no longer, or come again after Retry-After seconds."


class Busy(LabfeedError):
    code, status, title = "busy", 503, "The server cannot store just now"
    hint = "Nothing of this message was stored. Send the same message again after Retry-After seconds."


class Crowded(LabfeedError):
    code, status, title = "crowded", 503, "The server has too much to do just now"
    hint = "Ask again after Retry-After seconds."


NOT_KNOWN = (
    "Whether this message was stored is not known. Send it again with the same time or the same Idempotency-Key: "
    "then it is not stored twice."
)
"""The hint of a Busy whose commit was interrupted."""


class StorageFull(LabfeedError):
    code, status, title = "storage-full", 507, "The server's disk is full"
    hint = "Nothing of this message was stored. Keep it and send it again later; tell whoever runs this server."


class ConfigError(Exception):
    """A setting is missing or wrong: the start stops with this sentence (exit 78, EX_CONFIG)."""


def fault_of_ours(number: str) -> LabfeedError:
    """What a sender is told of an error nobody foresaw; by the number it is found in the log."""
    return LabfeedError(f"Something went wrong on the server (error {number}).")


def family() -> dict[str, type[LabfeedError]]:
    """Every member by its code, in the order of their status."""
    members: list[type[LabfeedError]] = [LabfeedError]
    for member in members:
        members.extend(member.__subclasses__())
    return {member.code: member for member in sorted(members, key=lambda member: member.status)}
