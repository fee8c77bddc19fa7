"""Channels and users as objects: what everybody is told, and what those are told besides whose channel it is."""

from __future__ import annotations

from datetime import tzinfo
from typing import Any
from zlib import crc32

from dialects.thingspeak.instants import iso
from dialects.thingspeak.rows import degrees
from domain.channels import Visibility
from domain.logins import login_of
from domain.roles import Right
from models.shown_channels import Shown
from models.users import User

NO_LICENCE = 0


def told(shown: Shown, zone: tzinfo) -> dict[str, Any]:
    """The channel for who asked: with its keys for whose own it is, with its owner's login for everybody else."""
    return private_form(shown, zone) if shown.is_own else public_form(shown, zone)


def public_form(shown: Shown, zone: tzinfo) -> dict[str, Any]:
    username = None if shown.owner_id is None else login_of(shown.owner_id)
    return _told(shown, zone) | {"username": username, "tags": _tags(shown)}


def private_form(shown: Shown, zone: tzinfo) -> dict[str, Any]:
    keys = [{"api_key": key.written, "write_flag": key.right is Right.WRITE} for key in shown.keys]
    return _told(shown, zone) | {"tags": _tags(shown), "api_keys": keys}


def user(found: User, zone: tzinfo) -> dict[str, Any]:
    """Somebody's profile; the address is there for themselves alone."""
    profile = {"id": found.id, "login": login_of(found.id), "created_at": iso(found.created_at, zone)}
    profile |= {"website": None, "bio": None}
    return profile if found.email is None else profile | {"email": found.email}


def _told(shown: Shown, zone: tzinfo) -> dict[str, Any]:
    channel = shown.channel
    where = channel.position
    return {
        "id": channel.id,
        "name": channel.name,
        "description": channel.description or None,
        "latitude": "0.0" if where is None else degrees(where.latitude),
        "longitude": "0.0" if where is None else degrees(where.longitude),
        "created_at": iso(channel.created_at, zone),
        "elevation": degrees(channel.besides.elevation),
        "last_entry_id": shown.last_entry_id,
        "public_flag": channel.visibility is Visibility.PUBLIC,
        "url": channel.besides.web_address or None,
        "ranking": shown.ranking,
        "metadata": channel.besides.metadata or None,
        "license_id": NO_LICENCE,
        "github_url": None,
    }


def _tags(shown: Shown) -> list[dict[str, Any]]:
    """Here tags are words alone; the same word has the same number everywhere."""
    return [{"id": crc32(tag.encode()) % 2**31, "name": tag} for tag in shown.channel.tags]
