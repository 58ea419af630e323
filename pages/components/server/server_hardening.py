"""Server hardening: limits and headers of Streamlit's server.

`streamlit run app.py` finds `app` in app.py, with all middleware. If a host runs app.py only as a
script, `harden` still applies what is possible then.
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import cli_util, config, net_util
from streamlit.web.server import server_util

from core import limits
from core.errors import LabError
from core.limits import MEGABYTE, PUBLIC, Limits
from pages.components.server.compressed_scripts import CompressedScripts
from pages.components.server.downloads import DownloadLimits
from pages.components.server.framing import may_be_framed
from pages.components.server.late_reruns import LateReruns
from pages.components.server.session_limits import SessionLimits
from pages.components.server.upload_guard import UploadGuard, UploadLedger

# Streamlit's frontend creates styles, scripts and images while it runs, but loads nothing from and
# sends nothing to other sites.
CONTENT = (
    "default-src 'self' data: blob: 'unsafe-inline' 'unsafe-eval'; object-src 'none';"
    " base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
# Who may frame a part of a page: pages of this machine, or of a public lab all pages.
SAME_MACHINE = "http://localhost:* http://127.0.0.1:*"
EVERYONE = "*"
HEADERS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"}


def harden(in_force: Limits) -> None:
    """Apply the limits to Streamlit; once per process.

    Args:
        in_force: the limits of this host.
    """
    # When a page of another site connects, Streamlit asks an external service for this machine's
    # address, and blocks all requests meanwhile. There is no option that turns it off.
    net_util.get_external_ip = _no_external_ip
    if not in_force.error_details:
        # Streamlit Community Cloud starts every app with tracebacks on, whatever its config says.
        st.set_option("client.showErrorDetails", "none")
    if in_force.upload_bytes is not None:
        # A file uploader's own limit is checked only by the browser, this one by the server.
        most = max(in_force.upload_bytes, in_force.image_set_bytes or 0)
        config.set_option("server.maxUploadSize", most // MEGABYTE)


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[None]:
    """The lifespan of the server: hardens it first, and expires uploads while it runs."""
    in_force = limits_in_force()
    harden(in_force)
    if not config.get_option("server.headless"):
        url = server_util.get_url(config.get_option("browser.serverAddress"))
        asyncio.get_running_loop().run_in_executor(None, cli_util.open_browser, url)
    expiring = asyncio.create_task(uploads.expire_forever())
    try:
        yield
    finally:
        expiring.cancel()


def limits_in_force() -> Limits:
    """The limits of the environment; the public ones if it is invalid."""
    try:
        return limits.current()
    except LabError:  # every page shows the error
        return PUBLIC


class SecurityHeaders:
    """Middleware that adds headers: what pages may load, and who may show them in a frame.

    Args:
        app: the app whose responses get the headers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update({**HEADERS, "Content-Security-Policy": self._content(scope)})
            await send(message)

        await self._app(scope, receive, send_with_headers)

    def _content(self, scope: Scope) -> str:
        is_local = limits_in_force().changes_library
        # In public, sites that Streamlit allows to communicate with its page may frame it as well.
        framing = [] if is_local else list(config.get_option("client.allowedOrigins"))
        path = scope.get("raw_path") or scope["path"].encode()
        if may_be_framed(path.decode("latin-1"), scope["query_string"].decode("latin-1")):
            framing.append(SAME_MACHINE if is_local else EVERYONE)
        return " ".join([CONTENT, *framing])


class LocalHosts:
    """Middleware against DNS rebinding: refuses requests with a foreign host name.

    Otherwise a page of evil.example could let its name resolve to 127.0.0.1, and then have the same
    origin as the lab. IP addresses and names without a dot are safe. A host that serves the lab
    under a name sets `server.allowedHosts`, or is not limited to loopback.

    Args:
        app: receives all other requests.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] not in ("http", "websocket") or self._allows(scope):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await PlainTextResponse(REFUSED_HOST, 403)(scope, receive, send)

    def _allows(self, scope: Scope) -> bool:
        address = config.get_option("server.address")
        is_local = _is_loopback(address) and limits_in_force().changes_library
        if not is_local or config.get_option("server.allowedHosts"):
            return True
        host = Headers(scope=scope).get("host", "")
        name = host.rpartition(":")[0] if not host.endswith("]") and ":" in host else host
        return "." not in name or _is_address(name)


REFUSED_HOST = (
    "This lab answers to 127.0.0.1 and localhost alone. To serve it by another name, start it with"
    " --server.allowedHosts=NAME."
)


def _is_loopback(address: str | None) -> bool:
    return address == "localhost" or (
        address is not None and _is_address(address) and ipaddress.ip_address(address).is_loopback
    )


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def _no_external_ip() -> None:
    return None


uploads = UploadLedger()
middleware = [
    Middleware(SecurityHeaders),
    Middleware(LocalHosts),
    Middleware(CompressedScripts),
    Middleware(LateReruns),
    Middleware(SessionLimits, limits=limits_in_force),
    Middleware(DownloadLimits, limits=limits_in_force),
    Middleware(UploadGuard, ledger=uploads, limits=limits_in_force),
]
