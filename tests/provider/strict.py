"""A strict sign-in provider of the tests' own, on Authlib's server classes: real HTTP, RS256, PKCE, single-use codes.

Where it is told to misbehave, it does so in one thing and is right in all others, so that a refusal proves one check.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin, grants
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import AuthorizationCodeMixin, OpenIDCode
from flask import Flask, Response, abort, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from werkzeug.serving import make_server

CLIENT_ID = "labfeed-tests"
CLIENT_SECRET = "what+the provider:knows%labfeed by"
REDIRECT_URI = "http://localhost/sign-in/college/back"

ADA = {"sub": "ada-1", "email": "ada@example.edu", "email_verified": True, "hd": "example.edu", "name": "Ada Finch"}

KEY = RSAKey.generate_key(2048, {"kid": "now", "use": "sig", "alg": "RS256"})
STRANGE_KEY = RSAKey.generate_key(2048, {"kid": "now"})
"""Of the name the provider's key has, and not the provider's."""

Claims = dict[str, Any]
View = Callable[[], Any]


@dataclass
class Behaviour:
    """What the provider does; a test changes one thing of it."""

    person: Claims = field(default_factory=lambda: dict(ADA))
    claims: Callable[[Claims], Claims] = lambda claims: claims
    sign: Callable[[Claims], str] = lambda claims: jwt.encode({"alg": "RS256", "kid": "now"}, claims, KEY)
    token: Callable[[dict[str, Any]], dict[str, Any]] = lambda token: token
    metadata: Callable[[dict[str, Any]], dict[str, Any]] = lambda metadata: metadata
    keys: Callable[[], list[RSAKey]] = lambda: [KEY]
    sends_back: dict[str, str] = field(default_factory=dict)
    """What is added to the address to which people are sent back."""
    instead: dict[str, View] = field(default_factory=dict)
    """Path → what answers there instead of the provider."""
    asked: list[str] = field(default_factory=list)
    """The paths that were asked for, in order."""


@dataclass
class StrictProvider:
    """The provider as a test sees it. `reset()` makes it behave again."""

    port: int
    behaviour: Behaviour = field(default_factory=Behaviour)

    @property
    def issuer(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def settings(self) -> dict[str, str]:
        """Labfeed's settings for this provider."""
        return {
            "OIDC_ISSUER": self.issuer,
            "OIDC_CLIENT_ID": CLIENT_ID,
            "OIDC_CLIENT_SECRET": CLIENT_SECRET,
            "OIDC_NAME": "College",
            "COLLEGE_DOMAINS": "example.edu students.example.edu",
        }

    def reset(self) -> Behaviour:
        self.behaviour = Behaviour()
        return self.behaviour


class Client(ClientMixin):
    def get_client_id(self):
        return CLIENT_ID

    def get_default_redirect_uri(self):
        return None

    def get_allowed_scope(self, scope):
        return " ".join(each for each in scope.split() if each in ("openid", "email", "profile"))

    def check_redirect_uri(self, redirect_uri):
        return redirect_uri == REDIRECT_URI

    def check_client_secret(self, client_secret):
        return client_secret == CLIENT_SECRET

    def check_endpoint_auth_method(self, method, endpoint):
        return method == "client_secret_post"

    def check_grant_type(self, grant_type):
        return grant_type == "authorization_code"

    def check_response_type(self, response_type):
        return response_type == "code"


@dataclass
class Code(AuthorizationCodeMixin):
    code: str
    redirect_uri: str
    scope: str
    nonce: str
    code_challenge: str
    code_challenge_method: str
    person: Claims

    def get_redirect_uri(self):
        return self.redirect_uri

    def get_scope(self):
        return self.scope

    def get_nonce(self):
        return self.nonce

    def get_auth_time(self):
        return None

    def get_acr(self):
        return None

    def get_amr(self):
        return None


class Server(AuthorizationServer):
    """Authlib's server for the one client, with the codes that are still to be used."""

    def __init__(self, app: Flask) -> None:
        clients = {CLIENT_ID: Client()}
        super().__init__(app, query_client=clients.get, save_token=lambda token, request: None)
        self.codes: dict[str, Code] = {}


class Grant(grants.AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_post",)

    def save_authorization_code(self, code, request):
        sent = request.payload.data
        self.server.codes[code] = Code(
            code,
            sent["redirect_uri"],
            request.payload.scope,
            sent["nonce"],
            sent["code_challenge"],
            sent["code_challenge_method"],
            dict(request.user),
        )

    def query_authorization_code(self, code, client):
        return self.server.codes.get(code)

    def delete_authorization_code(self, authorization_code):
        del self.server.codes[authorization_code.code]

    def authenticate_user(self, authorization_code):
        return authorization_code.person


class IdTokens(OpenIDCode):
    def __init__(self, provider: StrictProvider) -> None:
        super().__init__(require_nonce=True)
        self.provider = provider

    def exists_nonce(self, nonce, request):
        return False

    def encode_id_token(self, token, request):
        now = int(time.time())
        claims = {"iss": self.provider.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300}
        claims |= {"nonce": request.authorization_code.nonce} | request.user
        return self.provider.behaviour.sign(self.provider.behaviour.claims(claims))

    def process_token(self, grant, response):
        _, token, _ = response
        super().process_token(grant, response)
        changed = self.provider.behaviour.token(dict(token))
        token.clear()
        token.update(changed)


def make_app(provider: StrictProvider) -> Flask:
    app = Flask("strict provider")
    server = Server(app)
    server.register_grant(Grant, [CodeChallenge(required=True), IdTokens(provider)])
    describe_itself(app, provider)
    sign_people_in(app, provider, server)

    @app.before_request
    def misbehave():
        provider.behaviour.asked.append(request.path)
        view = provider.behaviour.instead.get(request.path)
        return view() if view else None

    return app


def describe_itself(app: Flask, provider: StrictProvider) -> None:
    """OpenID Connect Discovery, and the keys."""

    @app.get("/.well-known/openid-configuration")
    def metadata():
        said = {
            "issuer": provider.issuer,
            "authorization_endpoint": f"{provider.issuer}/authorize",
            "token_endpoint": f"{provider.issuer}/token",
            "userinfo_endpoint": f"{provider.issuer}/userinfo",
            "jwks_uri": f"{provider.issuer}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            # What a careless client would take as leave to believe more than it should.
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
        }
        return jsonify(provider.behaviour.metadata(said))

    @app.get("/keys")
    def keys():
        return jsonify(KeySet(provider.behaviour.keys()).as_dict(private=False))


def sign_people_in(app: Flask, provider: StrictProvider, server: Server) -> None:
    """The code flow; whoever comes is signed in as the person of the moment."""

    @app.get("/authorize")
    def authorize():
        if request.args.get("code_challenge_method") != "S256":
            abort(400, "PKCE with S256 is needed.")
        person = provider.behaviour.person
        answer = server.create_authorization_response(grant_user=person, grant=server.get_consent_grant(person))
        more = "".join(f"&{name}={value}" for name, value in provider.behaviour.sends_back.items())
        return redirect(answer.headers["Location"] + more)

    @app.post("/token")
    def token():
        return server.create_token_response()

    @app.get("/userinfo")
    def userinfo():
        """It answers whoever asks: a client that asked here instead of checking an ID token would get somebody."""
        return jsonify(provider.behaviour.person)


@contextmanager
def running_provider() -> Iterator[StrictProvider]:
    """The provider on a free port of this machine."""
    provider = StrictProvider(0)
    server = make_server("127.0.0.1", 0, make_app(provider), threaded=True)
    provider.port = server.server_port
    thread = Thread(target=server.serve_forever, name="strict provider", daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


def html() -> Response:
    """What a captive portal answers to everything."""
    return Response("<html><body>Welcome to the hotel.</body></html>", content_type="text/html")
