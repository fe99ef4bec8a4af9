"""Who may talk to the page: whoever has its address, from a page of its own, by its own name."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

HOSTS = ("127.0.0.1", "localhost")


class Guard:
    """Turns away whoever does not know the token or comes from a foreign page; tells browsers to be strict.

    The token is the first part of every address: other users of the machine do not know it, other pages neither. A
    cookie would be sent to whatever else listens on this machine, since cookies know no ports.
    """

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal:
            await PlainTextResponse(refusal, 403, headers=_strict("none"))(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        scope.setdefault("state", {})["nonce"] = nonce

        async def strictly(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_strict(nonce))
            await send(message)

        await self._app(scope, receive, strictly)

    def _refusal(self, scope: Scope) -> str:
        given = scope["path"].removeprefix("/").partition("/")[0].encode("utf-8", "replace")
        if not secrets.compare_digest(given, self._token.encode()):
            return "Open the address that `curriculum mark` printed; every start has a new one.\n"
        headers = Headers(scope=scope)
        site = headers.get("sec-fetch-site", "same-origin")
        if site not in {"same-origin", "none"} and not _opens_page(scope, headers):
            return "This page answers its own pages only.\n"
        own = f"{scope.get('scheme', 'http')}://{headers.get('host', '')}"
        if scope["method"] != "GET" and headers.get("origin", own) != own:
            return "This page answers its own pages only.\n"
        return ""


def _opens_page(scope: Scope, headers: Headers) -> bool:
    """Whether a browser opens a page by its address: the file that `curriculum mark` has opened is no page of ours."""
    asked = (headers.get("sec-fetch-mode"), headers.get("sec-fetch-dest"))
    return scope["method"] == "GET" and asked == ("navigate", "document")


def _strict(nonce: str) -> dict[str, str]:
    source = "'none'" if nonce == "none" else f"'nonce-{nonce}'"
    policy = (
        f"default-src 'none'; style-src {source}; script-src {source}; img-src data:; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    return {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
