"""What else does the public program answer: the first page, leaving, what we keep, and what machines ask?"""

import json
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from standfast.faces.public import gate, visits
from standfast.foundation.kernel import clock

TEXT = "text/plain; charset=utf-8"
NEVER_INDEXED = "/form/", "/write", "/leave"


def front(request: HttpRequest) -> HttpResponse:
    """Say who we are, what this is for, and what it is not for."""
    return render(request, "public/front.html")


def about(request: HttpRequest) -> HttpResponse:
    """Say what is kept of a form, and for what."""
    return render(request, "public/about.html")


def leave(request: HttpRequest) -> HttpResponse:
    """End the visit and go to a neutral page. A plain link does it, so that it works without script."""
    visits.end_visit(request, now=clock.now())
    return visits.forget(HttpResponseRedirect(settings.ENVIRONMENT.exit_url, status=303))


def embed(request: HttpRequest) -> HttpResponse:
    """Show the link and the button that the force's own website copies; no script of ours runs there."""
    host = request.get_host()
    scheme = "http" if (urlsplit(f"//{host}").hostname or "") in {"localhost", "127.0.0.1", "::1"} else "https"
    return render(
        request,
        "public/embed.html",
        {"address": f"{scheme}://{host}{reverse('front')}", "write": f"{scheme}://{host}{reverse('talk_start')}"},
    )


def healthz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - as Django calls it
    """Say that the process answers."""
    return _json({"state": "alive"})


def readyz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - as Django calls it
    """Say where reports go now. In journal mode they are still taken, so the answer is 200."""
    away = gate.intake().is_journalling
    return _json({"state": "ready", "reports_go_to": "journal" if away else "database"})


def robots(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - as Django calls it
    """Keep search engines to the first page."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in NEVER_INDEXED)]
    return HttpResponse("\n".join(lines) + "\n", content_type=TEXT)


def security_text(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - as Django calls it
    """Say where to report a weakness (RFC 9116)."""
    contact = settings.ENVIRONMENT.security_contact
    if not contact:
        raise Http404
    expires = clock.now() + timedelta(days=180)
    lines = [f"Contact: {contact}", f"Expires: {expires:%Y-%m-%dT00:00:00Z}", "Preferred-Languages: en"]
    return HttpResponse("\n".join(lines) + "\n", content_type=TEXT)


def _json(body: dict[str, str]) -> HttpResponse:
    return HttpResponse(json.dumps(body), content_type="application/json")
