"""Answers kept for messages with an Idempotency-Key."""

from __future__ import annotations

from models import answers, keys
from models.answers import KEPT
from models.writer import store_together
from tests.builders import KEYS, NOW, VAULT, entry, make_key, submission


def answer_at(store, channel, at: int) -> None:
    """Store a message with a token at that instant."""
    holder = store.ask(keys.find, VAULT.digest(KEYS[0]), NOW)
    message = submission(
        holder.channel, entry(at, temperature=1), received_at=at, idempotency=(holder.key_id, f"token {at}", b"")
    )
    store.tell(store_together, [message])


class TestForgetOld:
    def test_after_two_days_nobody_asks_again(self, store, channel, count_rows):
        make_key(store, channel.id, KEYS[0])
        for at in (NOW, NOW + 1, NOW + 2):
            answer_at(store, channel, at)
        assert store.tell(answers.forget_old, NOW + KEPT + 1) == 1
        assert count_rows()["answer"] == 2

    def test_nothing_to_forget_is_no_fault(self, store):
        assert store.tell(answers.forget_old, NOW) == 0
