"""Why somebody was not signed in: what the audit log calls it, the status of the answer, the sentence on the page."""

from __future__ import annotations

from enum import Enum


class Why(Enum):
    """Each reason with its word for the log, its status and its sentence."""

    STATE = (
        "state", 400,
        "This sign-in was not begun in this browser, was finished already, or is older than ten minutes.",
    )  # fmt: skip
    ISSUER = ("issuer", 400, "This answer is not from the sign-in provider that was asked.")
    REQUEST = (
        "request", 400,
        "The sign-in provider did not accept the request. Whoever runs this server finds the reason in its log.",
    )  # fmt: skip
    CODE = ("code", 400, "The sign-in provider did not confirm this sign-in: it took too long, or was used already.")
    DENIED = ("denied", 403, "The sign-in provider did not let you in, or you chose not to go on.")
    TOKEN = ("token", 403, "What the sign-in provider sent cannot be trusted, so nobody was signed in.")
    EMAIL = ("email", 403, "Your account has no e-mail address that this server can use.")
    UNVERIFIED = ("unverified", 403, "Your account's e-mail address has not been verified.")
    HOSTED = ("hosted", 403, "Only accounts of the college may sign in here, and this is not one of them.")
    ADDRESS_TAKEN = (
        "address taken", 403,
        "Your e-mail address belongs to another account here. An admin of this server can settle it.",
    )  # fmt: skip
    AWAY = ("away", 503, "The sign-in provider does not answer just now.")
    NONSENSE = ("nonsense", 503, "The sign-in provider answered something that cannot be understood.")

    def __init__(self, word: str, status: int, sentence: str) -> None:
        self.word = word
        self.status = status
        self.sentence = sentence


class Refused(Exception):
    """Nobody was signed in. `told` is for the log alone: a provider's own words are never shown on a page."""

    def __init__(self, why: Why, told: str = "") -> None:
        self.why = why
        self.told = told
        super().__init__(f"{why.word}: {told}" if told else why.word)
