"""
What does every request of every process pass?

`Headers` is outermost: every answer of every status carries the same protections. `CrossSite` refuses what another site sent.
`EntryPoints` is the one choke point: an address that is not on `entry_points.py` does not exist, and who asks must be who it needs.
"""

import secrets
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseForbidden, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.module_loading import import_string

from standfast.config.entry_points import ADDRESSES, Access, Entry
from standfast.config.routes import refuse_unlisted
from standfast.foundation.kernel.errors import NotAllowed
from standfast.foundation.people.access import may
from standfast.foundation.people.permissions import Permission

GetResponse = Callable[[HttpRequest], HttpResponse]
View = Callable[..., HttpResponseBase]
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
KEPT_BY_BROWSERS = frozenset({"dispatch:tile"})
"""Addresses whose answers hold nothing of anybody and say themselves how long a browser may keep them."""
API = "/api/"
"""Where programs ask, who are told no as they can read it."""
SAME_SITE = frozenset({"same-origin", "none"})
# The staff pages' one trusted-types policy (static/src/trusted.js); public pages have none.
TRUSTED_TYPES = {"staff": "standfast-htmx"}
NO_FEATURES = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"
FIXED_HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": NO_FEATURES,
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Headers:
    """Gives each request a reference and each answer its protections."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with every header set, whatever the status."""
        return self.protected(request, self.refused_host(request) or self.get_response(request))

    def refused_host(self, request: HttpRequest) -> HttpResponse | None:
        """Give the request its reference; answer it if it is for no host of ours."""
        request.reference = secrets.token_hex(8)  # type: ignore[attr-defined]
        request.nonce = secrets.token_urlsafe(16)  # type: ignore[attr-defined]
        return None if _host_of(request) else HttpResponse("There is no such host here.", status=400)

    def protected(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Return the answer with every header set."""
        for name, value in FIXED_HEADERS.items():
            response.headers[name] = value
        response.headers["X-Request-ID"] = request.reference  # type: ignore[attr-defined]
        response.headers["Content-Security-Policy"] = content_policy(
            settings.PROCESS,
            nonce=request.nonce,  # type: ignore[attr-defined]
            live=live_address(_host_of(request)),
            pictures=tile_source(settings.MAP_TILES) if settings.PROCESS == "staff" else "",
        )
        if not (_is_static(request, response) or _may_be_kept(request, response)):
            response.headers["Cache-Control"] = "no-store"
        return response


def content_policy(process: str, *, nonce: str, live: str, pictures: str = "") -> str:
    """
    Return the content security policy of a process's answers.

    `live` is the address of the streams and `pictures` that of the force's map tiles, each empty where there are none.
    """
    rules = {
        "default-src": "'none'",
        "script-src": f"'nonce-{nonce}'",
        "style-src": "'self'",
        "img-src": f"'self' {pictures}".strip(),
        "connect-src": f"'self' {live}".strip(),
        "form-action": "'self'",
        "base-uri": "'none'",
        "object-src": "'none'",
        "frame-ancestors": "'none'",
        "trusted-types": TRUSTED_TYPES.get(process, "'none'"),
        "require-trusted-types-for": "'script'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def tile_source(tiles: str) -> str:
    """Return the scheme and host that map tiles come from, as a content policy names them; empty for none or our own."""
    parts = urlsplit(tiles)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def live_address(host: str) -> str:
    """Return the address of the streams as this browser reaches it: the same host, the streams' own port."""
    return str(settings.LIVE_URL).replace("{host}", host.rsplit(":", 1)[0] if not host.endswith("]") else host)


class CrossSite(CsrfViewMiddleware):
    """
    Refuses what another site makes a browser send: by token, by origin, and by what the browser says of the sender.

    Under `Referrer-Policy: no-referrer` browsers send `Origin: null` with our own forms; then the browser must say it was ours.
    """

    def process_view(
        self, request: HttpRequest, callback: View, callback_args: tuple[Any, ...], callback_kwargs: dict[str, Any]
    ) -> HttpResponseForbidden | None:
        """Refuse an unsafe request that the browser says came from elsewhere, before the token is looked at."""
        sender = request.headers.get("Sec-Fetch-Site", "same-origin")
        exempt = getattr(callback, "csrf_exempt", False)
        if request.method not in SAFE_METHODS and not exempt and sender not in SAME_SITE:
            return cast(HttpResponseForbidden, self._reject(request, "The browser says another site sent this."))  # type: ignore[attr-defined]
        return super().process_view(request, callback, callback_args, callback_kwargs)

    def _origin_verified(self, request: HttpRequest) -> bool:
        if request.headers.get("Origin") == "null":
            # Old phones say nothing of the sender: on the public pages the token alone decides for them.
            unsaid = "same-origin" if settings.PROCESS == "public" else ""
            return request.headers.get("Sec-Fetch-Site", unsaid) == "same-origin"
        return bool(super()._origin_verified(request))  # type: ignore[misc]


class EntryPoints:
    """The choke point. Refuses to start while the policy and the router differ."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.policy = ADDRESSES[settings.PROCESS]
        refuse_unlisted(settings.PROCESS, settings.ROOT_URLCONF)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Say what the one who asks may open, then go on."""
        asker = getattr(request, "asker", None)
        request.asker = asker  # type: ignore[attr-defined]
        request.may_open = lambda name: self.is_open(name, request)  # type: ignore[attr-defined]
        return self.get_response(request)

    def is_open(self, name: str, request: HttpRequest) -> bool:
        """Say whether the one who asks may open an entry point of this process."""
        entry = self.policy.get(name)
        asker = request.asker  # type: ignore[attr-defined]
        if entry is None:
            return False
        if isinstance(entry.needs, Permission):
            return asker is not None and may(asker, entry.needs)
        return entry.needs is Access.PUBLIC or asker is not None

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        """Let the request pass to its view (None), or answer it."""
        name = request.resolver_match.view_name if request.resolver_match else ""
        entry = self.policy.get(name)
        if entry is None:
            raise Http404
        if not _takes(entry, request.method or ""):
            return HttpResponseNotAllowed(entry.methods)
        if entry.needs in {Access.PUBLIC, Access.BY_KEY, Access.BY_RECEIPT}:
            return None
        if request.asker is None:  # type: ignore[attr-defined]
            return _ask_to_sign_in(request)
        if entry.needs is not Access.ENROLLING and getattr(request, "lacks_second_factor", False):
            return redirect("mfa_activate_totp")
        if not self.is_open(name, request):
            return _refused(request, entry)
        return None


def _takes(entry: Entry, method: str) -> bool:
    return method in entry.methods or (method == "HEAD" and "GET" in entry.methods)


def _ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    if request.path.startswith(API):
        return cast(HttpResponse, import_string("standfast.faces.api.finding.sign_in_first")(request))
    if request.headers.get("HX-Request") or settings.PROCESS != "staff":
        return HttpResponse("Sign in first.", status=401, content_type="text/plain; charset=utf-8")
    after = {"next": request.get_full_path()} if request.method == "GET" and request.path != "/" else {}
    ended = {"ended": request.session_ended} if hasattr(request, "session_ended") else {}
    query = urlencode({**after, **ended})
    return redirect(reverse("account_login") + (f"?{query}" if query else ""))


def _refused(request: HttpRequest, entry: Entry) -> HttpResponse:
    label = entry.needs.label if isinstance(entry.needs, Permission) else entry.needs.value
    refusal = NotAllowed(f"This page needs the permission “{label}”, which your roles do not give.")
    view = "standfast.faces.api.finding.refused" if request.path.startswith(API) else settings.REFUSAL_VIEW
    answer: HttpResponse = import_string(view)(request, refusal)
    return answer


def _host_of(request: HttpRequest) -> str:
    try:
        return request.get_host()
    except DisallowedHost:
        return ""


def _is_static(request: HttpRequest, response: HttpResponse) -> bool:
    return request.path.startswith(settings.STATIC_URL) and response.status_code in {200, 206, 304}


def _may_be_kept(request: HttpRequest, response: HttpResponse) -> bool:
    name = request.resolver_match.view_name if request.resolver_match else ""
    return response.status_code == 200 and name in KEPT_BY_BROWSERS
