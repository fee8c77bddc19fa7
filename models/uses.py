"""When keys, tokens and queues were last used: collected in memory, written down once a minute."""

from __future__ import annotations

import threading

from models import keys, talkbacks, tokens
from models.keys import LastUse
from models.store import Store


class Uses:
    """The last uses one process has seen since they were last written down."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._of_keys: dict[int, LastUse] = {}
        self._of_tokens: dict[int, LastUse] = {}
        self._of_queues: dict[int, LastUse] = {}
        self._mutex = threading.Lock()

    def of_key(self, key_id: int, use: LastUse) -> None:
        self._of_keys[key_id] = use

    def of_token(self, token_id: int, use: LastUse) -> None:
        self._of_tokens[token_id] = use

    def of_queue(self, queue_id: int, use: LastUse) -> None:
        self._of_queues[queue_id] = use

    def write_down(self) -> None:
        """Store the last uses noted since the last time."""
        with self._mutex:
            of_keys, self._of_keys = self._of_keys, {}
            of_tokens, self._of_tokens = self._of_tokens, {}
            of_queues, self._of_queues = self._of_queues, {}
        if of_keys:
            self._store.tell(keys.note_uses, of_keys)
        if of_tokens:
            self._store.tell(tokens.note_uses, of_tokens)
        if of_queues:
            self._store.tell(talkbacks.note_uses, of_queues)
