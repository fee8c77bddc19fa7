"""Who changes something by program: the owner of a personal token, which stands in a header and nowhere else.

No browser adds such a header by itself, so another site's page cannot make somebody do this.
"""

from __future__ import annotations

from flask import request

import context
from domain.audit import Actor
from domain.credentials import key_in_headers
from domain.errors import Forbidden, SignInNeeded, TokenUnknown
from domain.readings import Door
from domain.tokens import Scope, is_token, is_well_formed
from models import tokens
from models.keys import LastUse

HINT = "Make a personal token at /account/tokens, and send it as Authorization: Bearer …"

LACKS = {
    Scope.READ: "This token may not read.",
    Scope.WRITE: "This token may not send.",
    Scope.MANAGE: "This token may not manage channels.",
}


def bearer(scope: Scope, *others: Scope) -> Actor:
    """Whose token came with the request, if it is made for one of these.

    Raises SignInNeeded, TokenUnknown, Forbidden.
    """
    return bearer_and_token(scope, *others)[0]


def bearer_and_token(scope: Scope, *others: Scope) -> tuple[Actor, int]:
    """The same with the number of the token, for what shall not outlast it."""
    written = key_in_headers(request.headers.get("X-API-Key", ""), request.headers.get("Authorization", ""))
    if not written:
        raise SignInNeeded("No personal token was sent.", hint=HINT)
    if not is_token(written):
        raise Forbidden("This is done with a personal token, not with a channel's key.", hint=HINT)
    if not is_well_formed(written):
        raise TokenUnknown("The token has a typo: this is not one of ours.")
    now, address = context.now(), request.remote_addr or ""
    holder = context.store().ask(tokens.find, context.vault().digest(written), now)
    if holder.scopes.isdisjoint({scope, *others}):
        raise Forbidden(LACKS[scope], hint=HINT)
    context.parts().uses.of_token(holder.token_id, LastUse(now, Door.HTTP, address))
    return Actor(holder.viewer, address, now), holder.token_id
