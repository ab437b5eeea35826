"""Route: by which proxy an address is reached, and over which of Tor's paths.

An onion is reached through Tor or not at all: without a proxy, its name would be asked
of whoever answers names here.
"""

from urllib.parse import urlsplit

import httpx

TOR = "socks5h://127.0.0.1:9050"  # where Tails, and Debian's Tor, listen
CIRCUIT_BYTES = 16  # random, for the word that sets one trip apart from another


def through(origin: str, proxy: str | None, circuit: str) -> httpx.Proxy | None:
    """The proxy to *origin*: the one given, Tor's for an onion, else none.

    Tor keeps what comes under different names on different paths, so *circuit* is put in
    as name and passphrase, unless *proxy* has its own (socks-extensions, "IsolateSOCKSAuth").

    Raises:
        ValueError: *proxy* is no address.
    """
    chosen = proxy or (TOR if is_onion(origin) else None)
    if chosen is None:
        return None
    # socks5h is how everybody writes it; httpx always lets the proxy resolve.
    made = httpx.Proxy(chosen.replace("socks5h://", "socks5://", 1))
    if made.auth is None and made.url.scheme == "socks5" and circuit:
        return httpx.Proxy(made.url, auth=(circuit, circuit))
    return made


def is_onion(origin: str) -> bool:
    """Whether *origin* names an onion service.  ValueError when it is no address."""
    return (urlsplit(origin).hostname or "").endswith(".onion")
