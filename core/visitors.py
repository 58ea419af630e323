"""Visitors: what tells one browser from another, and one network from another."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from itertools import cycle

LOOPBACK = "127.0.0.1"
# What one customer of a provider gets of IPv6.
PREFIX_OF_IPV6 = 64
DIGITS = 32

Address = IPv4Address | IPv6Address


def name_of(cookie: str, *, otherwise: str) -> str:
    """The name of a browser, 32 hexadecimal digits; the same after a reload.

    Args:
        cookie: Streamlit's own, against forged requests; of it only a digest is kept.
        otherwise: what else is known of a browser that takes no cookies.
    """
    token = unmasked(cookie) or otherwise.encode()
    return hashlib.sha256(token).hexdigest()[:DIGITS]


def unmasked(cookie: str) -> bytes | None:
    """The token in a cookie `2|mask|masked token|time`, whose mask is another each time."""
    parts = cookie.split("|")
    try:
        mask, masked = bytes.fromhex(parts[1]), bytes.fromhex(parts[2])
    except (IndexError, ValueError):
        return None
    return bytes(byte ^ key for byte, key in zip(masked, cycle(mask)))


def network_of(peer: str | None, forwarded: Sequence[str]) -> str:
    """The network that a visitor comes from: an IPv4 address, or 64 bits of an IPv6 one.

    `X-Forwarded-For` counts only where the connection comes from a private address, as a proxy's
    does, and of it only what the proxies added at its end: a client can write the rest itself.

    Args:
        peer: the other end of the connection; None for this machine.
        forwarded: the `X-Forwarded-For` headers, each with addresses separated by commas.
    """
    nearest = _parsed(peer or LOOPBACK) or ip_address(LOOPBACK)
    if nearest.is_global:
        return _network(nearest)
    names = [name for header in forwarded for name in header.split(",")]
    hops = [hop for name in reversed(names) if (hop := _parsed(name)) is not None]
    outside = next((hop for hop in hops if hop.is_global), None)
    return _network(outside or (hops[0] if hops else nearest))


def _network(address: Address) -> str:
    if address.version == 4:
        return str(address)
    return str(ip_network((address, PREFIX_OF_IPV6), strict=False))


def _parsed(name: str) -> Address | None:
    """An address as proxies write it, perhaps with a port."""
    host = name.strip()
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        address = ip_address(host)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
