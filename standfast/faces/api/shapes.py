"""What does the intake take and answer, field by field? The OpenAPI document is made from these."""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict

from standfast.foundation.intake.rules.call_event import CallEventKind, CallLine
from standfast.foundation.intake.rules.intake_channel import IntakeChannel

# What PostgreSQL can keep: any character but NUL. Half surrogates cannot be in UTF-8.
_ANY = r"^[^\u0000]*$"
Line = Annotated[str, StringConstraints(max_length=2000, pattern=_ANY)]
_INTEGER = 2**31
_WHEN: JsonDict = {"format": "date-time"}


def _whole(value: object) -> object:
    # To JSON 1.0 is an integer.
    return int(value) if isinstance(value, float) and value.is_integer() else value


class Caller(BaseModel):
    """Who got in touch, as far as the source knows."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)

    name: Line | None = None
    phone: Line | None = None
    relation: Line | None = None


class Place(BaseModel):
    """Where, in words, or in degrees (WGS 84)."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)

    text: Line | None = None
    lat: float | None = Field(default=None, ge=-90, le=90)
    lon: float | None = Field(default=None, ge=-180, le=180)


class ContactSent(BaseModel):
    """A contact. Only the channel is required; fields this version does not know are kept and named in the answer."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)

    channel: IntakeChannel = Field(strict=False)
    received_at: str | None = Field(
        default=None,
        json_schema_extra=_WHEN,
        description="RFC 3339, with its offset: when it happened. Absent, or later than now: the time of receipt.",
    )
    words: Annotated[str, StringConstraints(pattern=_ANY)] | None = None
    caller: Caller | None = None
    place: Place | None = None
    kind: Line | None = None
    priority: Annotated[int | None, BeforeValidator(_whole)] = Field(default=None, ge=-_INTEGER, lt=_INTEGER)
    source_ref: Annotated[str, StringConstraints(max_length=120, pattern=_ANY)] | None = None


class CallEventSent(BaseModel):
    """A queue event of a call, with telephony's time of it."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)

    event: CallEventKind = Field(strict=False)
    at: str = Field(json_schema_extra=_WHEN, description="RFC 3339, with its offset")
    channel: CallLine | None = Field(
        default=None,
        strict=False,
        description="The line. A call nobody answers has no contact to say it: without this it is counted for neither line.",
    )


class Position(BaseModel):
    """Where a unit is, in degrees (WGS 84)."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)

    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)


class UnitReportSent(BaseModel):
    """
    What a unit reports: a radio status code (0 to 16) or none, a position or none, and the terminal's time of it.

    Neither says only that the terminal lives.
    """

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)

    at: str = Field(json_schema_extra=_WHEN, description="RFC 3339, with its offset: when it happened")
    status: Annotated[int | None, BeforeValidator(_whole)] = Field(default=None, ge=0, le=16)
    position: Position | None = None
    device: Annotated[str, StringConstraints(max_length=80, pattern=_ANY)] | None = Field(
        default=None, description="Which terminal: two that report under one callsign are asked about"
    )


class ContactReceipt(BaseModel):
    """Where a contact is: `stored` after its commit, `journalled` on the disk while the database is away."""

    reference: str
    received_at: str = Field(json_schema_extra=_WHEN)
    state: Literal["stored", "journalled"]
    unknown_fields: list[str]


class CallEventReceipt(BaseModel):
    """Where a queue event is."""

    state: Literal["stored", "journalled"]
    unknown_fields: list[str]


class UnitReportReceipt(BaseModel):
    """Where a unit's report is."""

    state: Literal["stored", "journalled"]
    unknown_fields: list[str]


class ProblemShape(BaseModel):
    """Why not: one sentence, and what was expected."""

    type: str
    title: str
    status: int
    detail: str
    expected: str
    instance: str
