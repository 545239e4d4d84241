"""How is a machine told no? In `application/problem+json` (RFC 9457): one sentence, and what was expected."""

import json
from dataclasses import dataclass, field
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

CONTENT_TYPE = "application/problem+json"


@dataclass
class Problem(Exception):
    """
    A request that is refused: `kind` is a stable code, counted; `detail` one sentence; `expected` what would have been right.

    `is_kept` says that a registered source sent something that cannot be read: its bytes are kept.
    """

    status: int
    kind: str
    detail: str
    expected: str
    is_kept: bool = False
    headers: dict[str, str] = field(default_factory=dict)
    more: dict[str, str] = field(default_factory=dict)


def answer(problem: Problem, request: HttpRequest) -> HttpResponse:
    """Return the response of a problem."""
    status = HTTPStatus(problem.status)
    body = {
        "type": f"urn:standfast:problem:{problem.kind}",
        "title": status.phrase,
        "status": problem.status,
        "detail": problem.detail,
        "expected": problem.expected,
        "instance": f"urn:standfast:request:{_request_id(request)}",
        **problem.more,
    }
    return HttpResponse(
        json.dumps(body, ensure_ascii=False).encode("utf-8", "replace"),
        status=problem.status,
        content_type=CONTENT_TYPE,
        headers=problem.headers,
    )


def _request_id(request: HttpRequest) -> str:
    # Each process names its requests in its own middleware.
    return str(getattr(request, "request_id", None) or getattr(request, "reference", ""))
