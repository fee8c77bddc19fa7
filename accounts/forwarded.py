"""Who asks, where proxies stand between: the address is theirs, and not that of the proxy."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from domain.network_addresses import Proxies

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def in_front_of(app: WsgiApp, proxies: Proxies) -> WsgiApp:
    """The app, whose REMOTE_ADDR is that of whoever asks. What others than these proxies say is not believed."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        said = environ.get("HTTP_X_FORWARDED_FOR")
        if said:
            environ["REMOTE_ADDR"] = proxies.asker(environ.get("REMOTE_ADDR", ""), said)
        return app(environ, start_response)

    return answer
