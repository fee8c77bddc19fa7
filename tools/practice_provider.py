"""A sign-in provider to practise with: it lists a few people of a made-up college and lets anybody be any of them.

`make run` starts it where no provider is set. Labfeed signs in with it as with a real one; production refuses it.
"""

from __future__ import annotations

import argparse
import os
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from jinja2 import ChoiceLoader, FileSystemLoader
from werkzeug.serving import WSGIRequestHandler, make_server

DOMAIN = "example.edu"


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person to practise as. `part` is what the page says of them; Labfeed itself goes by the settings below."""

    name: str
    email: str
    part: str

    @property
    def domain(self) -> str:
        return self.email.partition("@")[2]

    @property
    def claims(self) -> dict[str, object]:
        return {"email": self.email, "email_verified": True, "hd": self.domain, "name": self.name}


TEACHER = Somebody("Grace Weaver", f"teacher@{DOMAIN}", "teacher, may start courses")
ADMIN = Somebody("Alan Mason", f"admin@{DOMAIN}", "admin of this server")
PEOPLE = (
    Somebody("Ada Finch", f"ada@{DOMAIN}", "student"),
    Somebody("Ben Otter", f"ben@{DOMAIN}", "student"),
    Somebody("Cleo Marsh", f"cleo@{DOMAIN}", "student"),
    TEACHER,
    ADMIN,
    Somebody("Eve Stranger", "eve@elsewhere.example", "of another college, so Labfeed refuses her"),
)

CLIENT = "practice"
"""What production knows it by, and refuses."""


def settings(port: int) -> dict[str, str]:
    """The settings with which Labfeed signs people in here."""
    return {
        "OIDC_ISSUER": f"http://localhost:{port}",
        "OIDC_CLIENT_ID": CLIENT,
        "OIDC_CLIENT_SECRET": CLIENT,
        "OIDC_NAME": "Practice",
        "COLLEGE_DOMAINS": DOMAIN,
        "ADMINS": ADMIN.email,
        "TEACHERS": TEACHER.email,
    }


class Quiet(WSGIRequestHandler):
    """Says nothing of each request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


def main() -> int:
    """Serve until somebody ends it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="where to listen, on this machine alone")
    port: int = parser.parse_args().port
    make_server("127.0.0.1", port, make_app(), threaded=True, request_handler=Quiet).serve_forever()
    return 0


def make_app() -> Flask:
    """The provider of oidc-provider-mock with a page of ours, which loads nothing from another host."""
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # it is reached over http, on this machine alone
    with warnings.catch_warnings():
        import authlib.deprecate  # noqa: F401 (asks for its warnings to be shown always, so it comes first)

        warnings.simplefilter("ignore")  # the provider still uses a part of Authlib that is to go
        import oidc_provider_mock

    users = [oidc_provider_mock.User(sub=each.email, claims=each.claims) for each in PEOPLE]
    app: Flask = oidc_provider_mock.app(user_claims=users, issue_refresh_token=False)
    pages = FileSystemLoader(Path(__file__).parent / "practice_pages")
    app.jinja_loader = ChoiceLoader([pages, *([app.jinja_loader] if app.jinja_loader else [])])
    app.context_processor(lambda: {"people": PEOPLE})
    return app


if __name__ == "__main__":
    sys.exit(main())
