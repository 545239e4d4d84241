"""How does a person say as what an incident is recorded? By a code and any number of qualifiers, out of the tables in force."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from standfast.foundation.eventlog.operations import record
from standfast.foundation.kernel import days
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import Refusal, Stale
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission
from standfast.journey.incidents import queries
from standfast.journey.incidents.events import IncidentDescribed
from standfast.journey.incidents.models import Incident
from standfast.journey.incidents.operations.moving import write
from standfast.journey.incidents.rules.opening import OPENING_CODES, described, opening_codes, qualifiers
from standfast.journey.incidents.states import OPEN, LogKind


class NoSuchCode(Refusal):
    """An opening code or a qualifier that no table in force has."""


class NotOpen(Refusal):
    """The incident is closed, or merged into another: it is described there."""


class DescribedMeanwhile(Stale):
    """Somebody else described the incident since it was read: says as what."""


@dataclass(frozen=True, kw_only=True)
class Describing:
    """As what an incident is to be recorded; `seen` is what it was recorded as when that was decided, as `code_seen` gives it."""

    incident: str
    code: str
    qualifiers: Sequence[str] = ()
    seen: str = ""


@transaction.atomic
def describe_incident(*, describing: Describing, by: Actor, now: datetime) -> Incident:
    """
    Record an incident under an opening code and qualifiers. What the contact was told as stays beside it.

    :raises NoSuchCode: if the tables in force have no such code or qualifier
    :raises NotOpen: if it is closed or merged
    :raises DescribedMeanwhile: if somebody else described it since it was read
    """
    incident = queries.lock_reachable(reference=describing.incident, by=by)
    require(by, Permission.INCIDENT_LOG, incident)
    if incident.state not in OPEN:
        raise NotOpen("This incident is not open. Open it again, or describe the one it was merged into.")
    on = days.london_day(now)
    if describing.seen != code_seen(incident):
        stands = described(incident.opening_code or "no code", incident.qualifiers, on=on)
        raise DescribedMeanwhile(f"Somebody else described it meanwhile: {stands}. Look again before you change it.")
    chosen = sorted(set(describing.qualifiers))
    _check(describing.code, chosen, incident, now=now)
    incident.opening_code, incident.qualifiers = describing.code, chosen
    incident.version += 1
    incident.save(update_fields=["opening_code", "qualifiers", "version"])
    words = f"Recorded as: {described(describing.code, chosen, on=on)}"
    write(incident, kind=LogKind.NOTE, words=words, by=by, at=now, now=now)
    event = IncidentDescribed(
        about=incident.reference,
        code=describing.code,
        qualifiers=", ".join(chosen) or "no qualifier",
        table=str(OPENING_CODES.on(on)),
    )
    record(event, by=by, at=now, journey=incident.journey)
    return incident


def code_seen(incident: Incident) -> str:
    """Return as what an incident is recorded, in a form that can be sent with a page and compared."""
    return "|".join([incident.opening_code, *sorted(incident.qualifiers)])


def _check(code: str, chosen: Sequence[str], incident: Incident, *, now: datetime) -> None:
    # What stands already may stay, though its edition is over.
    on = days.london_day(now)
    if (code not in opening_codes(on) and code != incident.opening_code) or not code:
        raise NoSuchCode("Choose one of the opening codes.")
    unknown = set(chosen) - set(qualifiers(on)) - set(incident.qualifiers)
    if unknown:
        raise NoSuchCode("Choose qualifiers from the list.")
