"""What does every answer of the API carry, and how do the framework's own refusals look? The one middleware of the intake process."""

import os
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from standfast.faces.api.problems import CONTENT_TYPE, Problem, answer

HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_METHOD_NOT_ALLOWED = 405


class Edge:
    """Gives each request an id of ours, and each answer its headers; no header of the sender's is repeated."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        request.request_id = request_id = os.urandom(8).hex()  # type: ignore[attr-defined]
        response = self._get_response(request)
        if response.status_code == _METHOD_NOT_ALLOWED and response["Content-Type"] != CONTENT_TYPE:
            response = answer(_no_such_method(request, response["Allow"]), request)
        headers = response.headers
        headers["Content-Length"] = str(len(response.content))
        headers["X-Request-Id"] = request_id
        for name, value in HEADERS.items():
            headers[name] = value
        return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - as Django calls it
    """Say that the framework could not read the request at all."""
    return answer(
        Problem(400, "not_http", "The request could not be read.", "a request as in /api/v1/openapi.json"), request
    )


def crashed(request: HttpRequest) -> HttpResponse:
    """Say that something failed that should not have: nothing was acknowledged."""
    return answer(
        Problem(500, "crashed", "Something failed here; nothing was taken.", "the same request again, later"), request
    )


def _no_such_method(request: HttpRequest, allowed: str) -> Problem:
    methods = ", ".join(sorted(allowed.replace(" ", "").split(",")))
    return Problem(
        405,
        "method",
        f"{(request.method or '')[:20]} is not taken at this address.",
        methods,
        headers={"Allow": methods},
    )
