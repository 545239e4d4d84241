"""How is the intake contract written down for machines? The parts of the OpenAPI document that the framework cannot know."""

from typing import Any

from pydantic import BaseModel

from standfast.faces.api import shapes
from standfast.faces.api.problems import CONTENT_TYPE

REF = "#/components/schemas/{model}"
_KEY_PATTERN = "^[!-~]([ -~]{0,62}[!-~])?$"
SOURCE_REF = "^[!-.0-~]{1,120}$"
CALLSIGN = "^[A-Za-z0-9-]{2,12}$"
PATH_PATTERNS = {"source_ref": SOURCE_REF, "callsign": CALLSIGN}
SECURITY_SCHEME = {"type": "http", "scheme": "bearer", "description": "The key of a registered source"}
_PROBLEMS = {
    400: "The text is no JSON, or the Idempotency-Key is missing",
    401: "No key of a registered source",
    403: "This source may not send this",
    404: "There is nothing at this address",
    409: "Other words under a key used before: both are kept",
    411: "No Content-Length",
    413: "More than 256 kB",
    415: "Not JSON in UTF-8, or compressed",
    422: "A field is wrong, or the text cannot be kept",
    429: "More than the source's rate, see Retry-After; never for 999",
    503: "Nothing can be written: nothing was taken",
}


def schemas() -> dict[str, Any]:
    """Return the schemas of everything that is sent and answered."""
    found: dict[str, Any] = {}
    shown: tuple[type[BaseModel], ...] = (
        shapes.ContactSent,
        shapes.CallEventSent,
        shapes.UnitReportSent,
        shapes.ContactReceipt,
        shapes.CallEventReceipt,
        shapes.UnitReportReceipt,
        shapes.ProblemShape,
    )
    for shape in shown:
        schema = shape.model_json_schema(ref_template=REF)
        found |= schema.pop("$defs", {})
        found[shape.__name__] = schema
    return found


def complete(document: dict[str, Any]) -> None:
    """Add to the framework's document what it cannot know: the shapes, the key, and how a call's reference is spelt."""
    document["components"]["schemas"].update(schemas())
    document["components"].setdefault("securitySchemes", {})["key"] = SECURITY_SCHEME
    for address in document["paths"].values():
        for operation in address.values():
            for parameter in operation["parameters"]:
                if parameter["name"] in PATH_PATTERNS:
                    parameter["schema"]["pattern"] = PATH_PATTERNS[parameter["name"]]


def _answer(shape: type[BaseModel], description: str, *, content_type: str = "application/json") -> dict[str, Any]:
    schema = {"$ref": REF.format(model=shape.__name__)}
    return {"description": description, "content": {content_type: {"schema": schema}}}


def _problems(*statuses: int) -> dict[int, Any]:
    return {status: _answer(shapes.ProblemShape, _PROBLEMS[status], content_type=CONTENT_TYPE) for status in statuses}


def _sent(shape: type[BaseModel]) -> dict[str, Any]:
    schema = {"$ref": REF.format(model=shape.__name__)}
    return {"required": True, "content": {"application/json": {"schema": schema}}}


SEND_CONTACT: dict[str, Any] = {
    "security": [{"key": []}],
    "parameters": [
        {
            "in": "header",
            "name": "Idempotency-Key",
            "required": True,
            "description": "Made by the sender before the first try, unique for ever; sent again with each retry",
            "schema": {"type": "string", "minLength": 1, "maxLength": 64, "pattern": _KEY_PATTERN},
        }
    ],
    "requestBody": _sent(shapes.ContactSent),
    "responses": {
        200: _answer(shapes.ContactReceipt, "Stored before, with the same words"),
        201: _answer(shapes.ContactReceipt, "Stored and committed"),
        202: _answer(shapes.ContactReceipt, "On the disk in the journal, while the database is away; same reference"),
        **_problems(400, 401, 403, 409, 411, 413, 415, 422, 429, 503),
    },
}
SEND_CALL_EVENT: dict[str, Any] = {
    "security": [{"key": []}],
    "requestBody": _sent(shapes.CallEventSent),
    "responses": {
        200: _answer(shapes.CallEventReceipt, "Stored before"),
        201: _answer(shapes.CallEventReceipt, "Stored and committed"),
        202: _answer(shapes.CallEventReceipt, "On the disk in the journal, while the database is away"),
        **_problems(400, 401, 404, 411, 413, 415, 422, 429, 503),
    },
}
SEND_UNIT_REPORT: dict[str, Any] = {
    "security": [{"key": []}],
    "requestBody": _sent(shapes.UnitReportSent),
    "responses": {
        200: _answer(shapes.UnitReportReceipt, "Stored before"),
        201: _answer(shapes.UnitReportReceipt, "Stored and committed"),
        202: _answer(shapes.UnitReportReceipt, "On the disk in the journal, while the database is away"),
        **_problems(400, 401, 403, 404, 411, 413, 415, 422, 429, 503),
    },
}
