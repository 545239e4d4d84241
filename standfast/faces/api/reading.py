"""What did the sender send? Read within bounds, and refused in one sentence where it cannot be taken."""

import re
from typing import Any, TypeVar

from django.http import HttpRequest
from pydantic import BaseModel, ValidationError

from standfast.faces.api.problems import Problem
from standfast.foundation.intake.operations.storing import LARGEST_BODY
from standfast.foundation.intake.rules.words import Unreadable, read_object

_KEY = re.compile(r"[!-~](?:[ -~]{0,62}[!-~])?")
_CHARSET = re.compile(r"""charset\s*=\s*["']?([^"';\s]*)""", re.IGNORECASE)
_SHORTEST_SENTENCES = {"missing": "is missing", "extra_forbidden": "is not known"}

ModelT = TypeVar("ModelT", bound=BaseModel)


def raw_body(request: HttpRequest) -> bytes:
    """
    Return the bytes sent, the first 256 kB of them.

    :raises Problem: if their length is not said, or fewer came
    """
    declared = request.META.get("CONTENT_LENGTH") or ""
    if not declared.isdecimal():
        raise Problem(411, "length", "The length of the text is not said.", "a Content-Length in bytes")
    wanted = min(int(declared), LARGEST_BODY)
    try:
        raw = request.read(wanted)
    except OSError:
        raw = b""
    if len(raw) < wanted:
        raise Problem(400, "broken_off", "The text broke off.", f"{declared} bytes, as Content-Length says")
    return raw


def check_envelope(request: HttpRequest) -> None:
    """
    Let a request pass that says it carries at most 256 kB of JSON, not compressed, in UTF-8.

    :raises Problem: 413 or 415, if not
    """
    if int(request.META["CONTENT_LENGTH"]) > LARGEST_BODY:
        raise Problem(
            413, "too_large", "The text is larger than 256 kB.", f"at most {LARGEST_BODY} bytes", is_kept=True
        )
    if request.META.get("HTTP_CONTENT_ENCODING", "identity").strip().lower() not in {"", "identity"}:
        raise Problem(415, "compressed", "The text is compressed.", "a text that is not compressed", is_kept=True)
    kind, _, parameters = request.META.get("CONTENT_TYPE", "").partition(";")
    if kind.strip().lower() != "application/json":
        raise Problem(
            415, "content_type", "The text is not said to be JSON.", "Content-Type: application/json", is_kept=True
        )
    charset = _CHARSET.search(parameters)
    if charset and charset[1].lower() not in {"utf-8", "utf8"}:
        raise Problem(415, "charset", "The text is not said to be in UTF-8.", "charset=utf-8, or none", is_kept=True)


def idempotency_key(request: HttpRequest) -> str:
    """
    Return the key the sender made for this contact.

    :raises Problem: 400, if it is missing or cannot be kept
    """
    key: str = request.META.get("HTTP_IDEMPOTENCY_KEY", "").strip()
    if not _KEY.fullmatch(key):
        detail = "The Idempotency-Key cannot be used." if key else "The Idempotency-Key is missing."
        raise Problem(
            400, "idempotency_key", detail, "1 to 64 printable ASCII characters, made by the sender", is_kept=True
        )
    return key


def json_object(raw: bytes) -> dict[str, Any]:
    """
    Return the JSON object of a text.

    :raises Problem: 400 or 422, if it is none that can be kept
    """
    try:
        return read_object(raw)
    except Unreadable as unreadable:
        raise problem_of(unreadable) from None


def problem_of(unreadable: Unreadable) -> Problem:
    """Return the problem to answer with when words cannot be read: 400 if they are no JSON, else 422."""
    status = 400 if unreadable.kind in {"charset", "not_json"} else 422
    return Problem(status, unreadable.kind, str(unreadable), unreadable.expected, is_kept=True)


def shaped(found: dict[str, Any], shape: type[ModelT]) -> ModelT:
    """
    Return the object in its shape.

    :raises Problem: 422, naming the first field that is wrong
    """
    try:
        return shape.model_validate(found)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "text"
        says = _SHORTEST_SENTENCES.get(first["type"], f"is wrong: {_lower_first(first['msg'])}")
        raise Problem(
            422, "field", f"The field “{field[:80]}” {says}.", "the fields as in /api/v1/openapi.json", is_kept=True
        ) from None


def unknown_fields(shape: BaseModel, *, under: str = "") -> list[str]:
    """Return the names of the fields that were sent and that this version does not know; they are kept with the words."""
    names = [f"{under}{name}" for name in shape.model_extra or {}]
    for name in type(shape).model_fields:
        inner = getattr(shape, name)
        if isinstance(inner, BaseModel):
            names += unknown_fields(inner, under=f"{under}{name}.")
    return names


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]
