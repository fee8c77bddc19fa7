"""The door for people: pages that look, built from components and figures, kept live by encoders."""

from dashapp.app import Pages, create_dash

__all__ = ["Pages", "create_dash"]
