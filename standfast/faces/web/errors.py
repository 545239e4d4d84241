"""
What is a person told when something could not be done?

One page for every case: what it was, what happened to their work, what to do next. A refusal of an operation is mapped here and
nowhere else; a form view may catch it earlier to show it beside the words it is about.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from standfast.foundation.kernel.errors import NotAllowed, NotFound, Refusal, Stale

GetResponse = Callable[[HttpRequest], HttpResponse]
UNCHANGED = "Nothing was changed."
GO_BACK = "Use your browser's back button: what you typed is still there."


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Something that could not be done, as told."""

    status: int
    title: str
    what: str
    work: str = UNCHANGED
    next: str = ""
    reference: str = ""


# Most particular first: the first class that fits decides.
OF_REFUSAL: tuple[tuple[type[Refusal], int, str, str], ...] = (
    (NotFound, 404, "Nothing here", "Check the address or the reference."),
    (NotAllowed, 403, "You may not do this", "If you need it, ask an administrator for the role."),
    (Stale, 409, "Somebody changed this meanwhile", "Look at the newest state, then decide again. " + GO_BACK),
    (Refusal, 422, "This was not done", GO_BACK),
)


def refusal_page(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Answer a refusal with the page its class asks for. A record out of reach reads like one that does not exist."""
    status, title, advice = next(
        (status, title, advice) for kind, status, title, advice in OF_REFUSAL if isinstance(refusal, kind)
    )
    what = "There is no such page or record." if status == 404 else str(refusal)
    return problem_page(request, Problem(status=status, title=title, what=what, next=advice))


def problem_page(request: HttpRequest, problem: Problem) -> HttpResponse:
    """Render a problem with its status and the reference of the request."""
    told = Problem(**{**vars(problem), "reference": getattr(request, "reference", "none")})
    return render(request, "error.html", {"problem": told}, status=problem.status)


class Refusals:
    """Answers every refusal that a view let through."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on; an answer without a page of its own (405, say) gets one."""
        response = self.get_response(request)
        if response.status_code == 405 and not response.content:
            page = problem_page(
                request, Problem(status=405, title="Not like this", what="This address does not take that.")
            )
            page.headers["Allow"] = response.headers["Allow"]
            return page
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Map a refusal to its page; everything else goes on to crash loudly."""
        return refusal_page(request, exception) if isinstance(exception, Refusal) else None


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Answer a request that could not be read."""
    request.failed = True  # type: ignore[attr-defined]
    return problem_page(
        request, Problem(status=400, title="This could not be read", what="The request was malformed.", next=GO_BACK)
    )


def denied(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Answer what a library refused."""
    return refusal_page(request, NotAllowed("This is not open to you."))


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Answer an address that does not exist."""
    return refusal_page(request, NotFound())


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a fault of ours, without asking the database for anything."""
    request.failed = True  # type: ignore[attr-defined]
    return problem_page(
        request,
        Problem(
            status=500,
            title="Something is wrong on our side",
            what="It was noted. It is not your doing.",
            work="What you sent just now may not have been kept: check before you send it again.",
            next=GO_BACK,
        ),
    )


def too_many(request: HttpRequest) -> HttpResponse:
    """Answer somebody who tries too often."""
    return problem_page(
        request,
        Problem(status=429, title="Too many tries", what="Wait a while before the next one: the wait grows with each."),
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Answer what did not demonstrably come from one of our own pages."""
    return problem_page(
        request,
        Problem(
            status=403,
            title="This did not come from our own page",
            what="The page you sent it from was too old, or not ours.",
            work="Nothing was changed. What you typed is still on the page before.",
            next="Go back, reload that page and send it again.",
        ),
    )
