"""How does a mobile terminal tell how its unit stands and where it is?"""

import re

from django.http import HttpRequest, HttpResponse
from ninja import Router

from standfast.faces.api import documents, reading, shapes
from standfast.faces.api.problems import Problem
from standfast.faces.api.receiving import Sent, instant_or_problem, json_answer, receive
from standfast.foundation.intake.operations import Outcome
from standfast.foundation.intake.rules.arrival import UnitArrival
from standfast.foundation.intake.rules.intake_channel import IntakeChannel
from standfast.foundation.kernel import clock

_CALLSIGN = re.compile(documents.CALLSIGN)
_STATUS: dict[Outcome, int] = {"stored": 201, "again": 200, "journalled": 202}

router = Router(tags=["units"])


@router.post("/units/{callsign}/reports", operation_id="send_unit_report", openapi_extra=documents.SEND_UNIT_REPORT)
def send_unit_report(request: HttpRequest, callsign: str) -> HttpResponse:
    """Take one report of a unit; sent again, late or out of order, it is kept once and read right. No rate applies."""

    def take(sent: Sent) -> HttpResponse:
        return _take_report(sent, callsign=callsign)

    return receive(request, take)


def _take_report(sent: Sent, *, callsign: str) -> HttpResponse:
    if not _CALLSIGN.fullmatch(callsign):
        expected = "2 to 12 letters, digits and dashes"
        raise Problem(422, "callsign", "The callsign cannot be one.", expected, is_kept=True)
    if IntakeChannel.OFFICER not in sent.source.channels:
        allowed = ", ".join(sent.source.channels)
        raise Problem(403, "channel", "This source may not report for units.", allowed, is_kept=True)
    report = reading.shaped(reading.json_object(sent.raw), shapes.UnitReportSent)
    outcome = sent.intake.accept_unit_report(
        UnitArrival(
            source=sent.source.code,
            callsign=callsign.upper(),
            code=report.status,
            happened_at=instant_or_problem(report.at, field="at"),
            device=report.device or "",
            lat=report.position.lat if report.position else None,
            lon=report.position.lon if report.position else None,
            at=clock.now(),
        )
    )
    body = {
        "state": "journalled" if outcome == "journalled" else "stored",
        "unknown_fields": reading.unknown_fields(report),
    }
    return json_answer(body, status=_STATUS[outcome])
