"""Who a browser is, and which address block it comes from, whatever its client writes itself."""

from __future__ import annotations

import pytest

from core.visitors import address_block_of, name_of

# Public addresses; those that RFC 5737 keeps for examples are not.
ANN, BOB, PROXY = "8.8.4.4", "9.9.9.9", "10.0.0.2"


@pytest.mark.parametrize(
    ("peer", "forwarded", "block"),
    [
        (None, [], "127.0.0.1"),
        ("192.168.1.7", [], "192.168.1.7"),
        (ANN, [], ANN),
        # No proxy stands before it: the header is its own.
        (ANN, [BOB], ANN),
        (PROXY, [ANN], ANN),
        (None, [ANN], ANN),
        # The proxy puts the true one at the end.
        (PROXY, [f"{BOB}, {ANN}"], ANN),
        (PROXY, [BOB, ANN], ANN),
        (PROXY, [f"{BOB}, {ANN}, 10.0.0.1"], ANN),
        (PROXY, [f"{BOB}, {ANN}, 100.64.0.9"], ANN),
        (PROXY, [f"{BOB}, nonsense, {ANN}:41234"], ANN),
        (PROXY, ["nonsense, unknown"], PROXY),
        # A lab for a house: all addresses are private, and the proxy's word is the last.
        (PROXY, ["10.9.9.9, 192.168.1.7"], "192.168.1.7"),
        (f"::ffff:{ANN}", [], ANN),
        # One customer has 2 ** 64 addresses of IPv6.
        ("2a00:1450:4001:81b::200e", [], "2a00:1450:4001:81b::/64"),
        (PROXY, ["[2a00:1450:4001:81b::1]:443"], "2a00:1450:4001:81b::/64"),
        ("not an address", [], "127.0.0.1"),
    ],
)
def test_the_address_block_is_what_the_nearest_proxy_says(
    peer: str | None, forwarded: list[str], block: str
) -> None:
    assert address_block_of(peer, forwarded) == block


def test_a_browser_without_cookies_keeps_its_name_and_two_browsers_have_two() -> None:
    ann = name_of("", otherwise=f"{ANN} Firefox")
    assert ann == name_of("no cookie at all", otherwise=f"{ANN} Firefox")
    assert (
        len({ann, name_of("", otherwise=f"{BOB} Firefox"), name_of("2|00|11|1", otherwise="")}) == 3
    )
    assert len(ann) == 32
