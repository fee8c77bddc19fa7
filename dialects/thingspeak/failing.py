"""How ThingSpeak refuses: an object with `status` as a text and an error; for pages, the error's word alone."""

from __future__ import annotations

from enum import Enum


class Failure(Enum):
    """Status, word and message of each kind of refusal."""

    MALFORMED = (400, "error_bad_request", "Bad Request")
    NO_KEY = (401, "error_auth_required", "Authorization Required")
    NOT_FOUND = (404, "error_resource_not_found", "Resource Not Found")
    NO_METHOD = (405, "error_method_invalid", "Method Not Allowed")
    CONFLICT = (409, "error_conflict", "Conflict")
    TOO_LARGE = (413, "error_request_too_large", "Request Too Large")
    NOTHING_DONE = (421, "error_no_action", "No Action Performed")
    NOT_UTF_8 = (422, "error_invalid_byte_sequence", "Invalid Byte Sequence")
    TOO_OFTEN = (429, "error_too_many_requests", "Too Many Requests")
    FAULT = (500, "error_internal", "Internal Server Error")
    BUSY = (503, "error_unavailable", "Service Unavailable")

    @property
    def status(self) -> int:
        return self.value[0]

    @property
    def word(self) -> str:
        return self.value[1]

    @property
    def message(self) -> str:
        return self.value[2]


class Failed(Exception):
    """A request that cannot be answered. `details`: the sentence for whoever reads it; `cure`: what helps."""

    def __init__(self, failure: Failure, details: str = "", *, cure: str = "") -> None:
        self.failure = failure
        self.details = details or f"{failure.message}."
        self.cure = cure
        super().__init__(self.details)
