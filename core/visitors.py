"""Visitors: names for browsers, and for the blocks of addresses that they come from."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from itertools import cycle

LOOPBACK = "127.0.0.1"
# Providers assign IPv6 networks of this prefix length to a customer.
IPV6_PREFIX_LENGTH = 64
DIGITS = 32

Address = IPv4Address | IPv6Address


def name_of(cookie: str, *, otherwise: str) -> str:
    """The name of a browser, 32 hexadecimal digits; the same after a reload.

    Args:
        cookie: Streamlit's XSRF cookie; only a digest of it is used.
        otherwise: identifies a browser that does not accept cookies.
    """
    token = unmasked(cookie) or otherwise.encode()
    return hashlib.sha256(token).hexdigest()[:DIGITS]


def unmasked(cookie: str) -> bytes | None:
    """The token in a cookie `2|mask|masked token|time`, whose mask differs each time."""
    parts = cookie.split("|")
    try:
        mask, masked = bytes.fromhex(parts[1]), bytes.fromhex(parts[2])
    except (IndexError, ValueError):
        return None
    return bytes(byte ^ key for byte, key in zip(masked, cycle(mask)))


def address_block_of(peer: str | None, forwarded: Sequence[str]) -> str:
    """The address block of a visitor: an IPv4 address, or the first 64 bits of an IPv6 address.

    `X-Forwarded-For` is used only if the connection comes from a private address, as from a proxy,
    and only its last part, which proxies have added: a client can forge the rest.

    Args:
        peer: address of the other end of the connection; None for this machine.
        forwarded: the `X-Forwarded-For` headers, each with addresses separated by commas.
    """
    nearest = _parsed(peer or LOOPBACK) or ip_address(LOOPBACK)
    if nearest.is_global:
        return _block(nearest)
    names = [name for header in forwarded for name in header.split(",")]
    hops = [hop for name in reversed(names) if (hop := _parsed(name)) is not None]
    outside = next((hop for hop in hops if hop.is_global), None)
    return _block(outside or (hops[0] if hops else nearest))


def _block(address: Address) -> str:
    if address.version == 4:
        return str(address)
    return str(ip_network((address, IPV6_PREFIX_LENGTH), strict=False))


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
