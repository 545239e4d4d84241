"""What does every answer of the public program pass, and what is said when a page cannot be shown?"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from standfast.foundation.kernel.errors import Refusal

GetResponse = Callable[[HttpRequest], HttpResponse]
LARGEST_FORM = 512 * 1024
FORM = "application/x-www-form-urlencoded"
INDEXED = frozenset({"/"})

TOLD = {
    400: ("This could not be read", "What your browser sent was not complete."),
    403: ("Please send this again", "This page was open for a long time, or your browser does not keep cookies."),
    404: ("There is no such page", "The address may be wrong, or the page has closed."),
    405: ("This does not work that way", "This page does not take what your browser sent."),
    413: (
        "This is too long",
        "More was sent than can be taken at once. Write less, or send the rest as a second form.",
    ),
    415: ("This could not be read", "Files cannot be sent here, only words."),
    500: ("Something is wrong on our side", "It was noted, and it is not your doing."),
}


class Edge:
    """Refuses what is no form of ours before anything reads it, and gives every bare answer a page in plain words."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        status = refused_unread(request)
        response = plain_page(request, status) if status else self._get_response(request)
        if response.status_code == 405 and not response.content:
            response = _with_allow(plain_page(request, 405), response.headers["Allow"])
        if request.path not in INDEXED or response.status_code != 200:
            response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        return response


def refused_unread(request: HttpRequest) -> int:
    """Return the status for a body that is too large or no form, or 0 to read it."""
    declared = str(request.META.get("CONTENT_LENGTH") or "0")
    if not declared.isdecimal():
        return 400
    if int(declared) > LARGEST_FORM:
        return 413
    return 415 if int(declared) and request.content_type != FORM else 0


def plain_page(request: HttpRequest, status: int) -> HttpResponse:
    """Return the page that says what went wrong, what to do, and whom to ring."""
    title, what = TOLD[status]
    return render(request, "public/problem.html", {"title": title, "what": what}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Answer a request that could not be read."""
    return plain_page(request, 400)


def denied(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Answer what a library refused."""
    return plain_page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Answer an address that does not exist."""
    return plain_page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a fault of ours; it asks nothing of the database."""
    return plain_page(request, 500)


def refusal_page(request: HttpRequest, refusal: Refusal) -> HttpResponse:  # noqa: ARG001 - as the choke point calls it
    """Answer what is not open to the public: it looks as if it did not exist."""
    return plain_page(request, 404)


def _with_allow(response: HttpResponse, allowed: str) -> HttpResponse:
    response.headers["Allow"] = allowed
    return response
