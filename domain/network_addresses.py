"""Network addresses: from which one a request came where proxies stand between, and which ones count as one."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

EVERYBODY = "*"

Network = IPv4Network | IPv6Network

OF_ONE_HOUSE = 64
"""The first bits of an IPv6 address; with the others whoever has the house does as they like (RFC 6177)."""


@dataclass(frozen=True, slots=True)
class Proxies:
    """Those who are believed when they say for whom they ask. `are_all`: whoever asks is such a proxy."""

    networks: tuple[Network, ...] = ()
    are_all: bool = False

    def believed(self, address: str) -> bool:
        """Whether the machine at this address is one of them."""
        found = _parsed(address)
        return self.are_all or (found is not None and any(found in network for network in self.networks))

    def asker(self, peer: str, forwarded_for: str) -> str:
        """The address of whoever asks, where `peer` is connected and sent this X-Forwarded-For.

        Each proxy adds at the end from whom it has the request, so it is read from there, up to the first address that
        is no proxy of ours: what stands before it anybody may have written.
        """
        found = peer
        for written in reversed(forwarded_for.split(",")):
            said = _parsed(written.strip())
            if said is None or not self.believed(found):
                break
            found = str(said)
            if self.are_all:
                break
        return found


def proxies_from(written: str) -> Proxies:
    """As in FORWARDED_ALLOW_IPS: addresses or networks parted by commas or blanks, or `*`. Raises ValueError."""
    words = written.replace(",", " ").split()
    if words == [EVERYBODY]:
        return Proxies(are_all=True)
    return Proxies(tuple(map(ip_network, words)))


def counted_as(address: str) -> str:
    """What an address is counted as: itself, or the IPv6 network of its house."""
    found = _parsed(address)
    if not isinstance(found, IPv6Address):
        return address if found is None else str(found)
    return str(ip_network((int(found) >> (128 - OF_ONE_HOUSE) << (128 - OF_ONE_HOUSE), OF_ONE_HOUSE)))


def _parsed(written: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(written)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
