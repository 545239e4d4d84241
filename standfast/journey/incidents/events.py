"""What can happen to an incident?"""

from dataclasses import dataclass

from standfast.foundation.eventlog.happening import Happening, Retention


@dataclass(frozen=True, kw_only=True)
class IncidentOpened(Happening):
    """A contact became an incident."""

    kind = "incidents.incident.opened"
    sentence = "Incident opened, {grade} (row {row}, {table})"
    retention = Retention.WITH_RECORD

    about: str
    grade: str
    row: str
    table: str


@dataclass(frozen=True, kw_only=True)
class IncidentReviewed(Happening):
    """The risk of a waiting incident was reviewed."""

    kind = "incidents.incident.reviewed"
    sentence = "Risk reviewed while waiting: {level}"
    retention = Retention.WITH_RECORD

    about: str
    level: str


@dataclass(frozen=True, kw_only=True)
class IncidentRead(Happening):
    """Somebody opened the page of an incident (a consultation in the sense of DPA 2018 s.62)."""

    kind = "incidents.incident.read"
    sentence = "Incident looked at"
    retention = Retention.SIX_YEARS

    about: str


@dataclass(frozen=True, kw_only=True)
class VulnerabilityCarried(Happening):
    """A vulnerability seen after an incident was opened was carried into it."""

    kind = "incidents.incident.vulnerability_carried"
    sentence = "Vulnerability {strand} carried into the incident"
    retention = Retention.WITH_RECORD

    about: str
    strand: str


@dataclass(frozen=True, kw_only=True)
class UnitBookedOn(Happening):
    """A unit began a turn of duty."""

    kind = "incidents.unit.booked_on"
    sentence = "{about} booked on duty until {until}"
    retention = Retention.SIX_YEARS

    about: str
    until: str


@dataclass(frozen=True, kw_only=True)
class UnitBookedOff(Happening):
    """A unit ended its turn of duty."""

    kind = "incidents.unit.booked_off"
    sentence = "{about} booked off duty"
    retention = Retention.SIX_YEARS

    about: str


@dataclass(frozen=True, kw_only=True)
class UnitReported(Happening):
    """A unit's report was filed."""

    kind = "incidents.unit.reported"
    sentence = "{about} reported {status} of {at}: {verdict}"
    retention = Retention.SIX_YEARS

    about: str
    status: str
    at: str
    verdict: str


@dataclass(frozen=True, kw_only=True)
class UnitInDanger(Happening):
    """A unit called for emergency assistance."""

    kind = "incidents.unit.in_danger"
    sentence = "{about} calls for emergency assistance"
    retention = Retention.SIX_YEARS

    about: str


@dataclass(frozen=True, kw_only=True)
class UnitAnswered(Happening):
    """Somebody took up a unit's alarm or message, or settled a report that could not be so."""

    kind = "incidents.unit.answered"
    sentence = "{about}: {what}"
    retention = Retention.SIX_YEARS

    about: str
    what: str


@dataclass(frozen=True, kw_only=True)
class UnitDeployed(Happening):
    """A unit was sent to an incident."""

    kind = "incidents.incident.unit_deployed"
    sentence = "{callsign} sent, {how}"
    retention = Retention.WITH_RECORD

    about: str
    callsign: str
    how: str


@dataclass(frozen=True, kw_only=True)
class UnitGone(Happening):
    """A unit came away from an incident."""

    kind = "incidents.incident.unit_gone"
    sentence = "{callsign} came away: {how}"
    retention = Retention.WITH_RECORD

    about: str
    callsign: str
    how: str


@dataclass(frozen=True, kw_only=True)
class UnitArrived(Happening):
    """A unit arrived at an incident."""

    kind = "incidents.incident.unit_arrived"
    sentence = "{callsign} at scene at {at}"
    retention = Retention.WITH_RECORD

    about: str
    callsign: str
    at: str


@dataclass(frozen=True, kw_only=True)
class IncidentLeftWaiting(Happening):
    """An incident lost its only unit and waits again: an alarm."""

    kind = "incidents.incident.left_waiting"
    sentence = "Back in the queue, {callsign} was taken from it: another unit is needed"
    retention = Retention.WITH_RECORD

    about: str
    callsign: str


@dataclass(frozen=True, kw_only=True)
class LogEntryAdded(Happening):
    """A line was added to an incident's log."""

    kind = "incidents.incident.log_added"
    sentence = "Log entry added: {entry_kind}"
    retention = Retention.WITH_RECORD

    about: str
    entry_kind: str


@dataclass(frozen=True, kw_only=True)
class IncidentDescribed(Happening):
    """A person said as what an incident is recorded."""

    kind = "incidents.incident.described"
    sentence = "Recorded as {code}, with {qualifiers} ({table})"
    retention = Retention.WITH_RECORD

    about: str
    code: str
    qualifiers: str
    table: str


@dataclass(frozen=True, kw_only=True)
class ClosingAsked(Happening):
    """One person asked to close an incident that needs a second."""

    kind = "incidents.incident.closing_asked"
    sentence = "Closing asked for with {code}; a second person is needed"
    retention = Retention.WITH_RECORD

    about: str
    code: str


@dataclass(frozen=True, kw_only=True)
class ClosingRefused(Happening):
    """The second person did not agree to close an incident."""

    kind = "incidents.incident.closing_refused"
    sentence = "Not closed: {reason}"
    retention = Retention.WITH_RECORD

    about: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class IncidentResolved(Happening):
    """An incident was closed."""

    kind = "incidents.incident.resolved"
    sentence = "Closed with {code}"
    retention = Retention.WITH_RECORD

    about: str
    code: str


@dataclass(frozen=True, kw_only=True)
class IncidentReopened(Happening):
    """A closed incident was opened again."""

    kind = "incidents.incident.reopened"
    sentence = "Opened again: {reason}"
    retention = Retention.WITH_RECORD

    about: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class IncidentRegraded(Happening):
    """The grade of an incident was changed; the first clock is kept."""

    kind = "incidents.incident.regraded"
    sentence = "Regraded from {was} to {grade}: {reason}"
    retention = Retention.WITH_RECORD

    about: str
    was: str
    grade: str
    reason: str
    new_fact: bool
    waiting: int


@dataclass(frozen=True, kw_only=True)
class IncidentEscalated(Happening):
    """An unattended incident reached a rung of the ladder."""

    kind = "incidents.incident.escalated"
    sentence = "{told} told: {what}"
    retention = Retention.WITH_RECORD

    about: str
    told: str
    what: str


@dataclass(frozen=True, kw_only=True)
class CallerCalledBack(Happening):
    """The caller of an incident that will be late was called back."""

    kind = "incidents.incident.called_back"
    sentence = "Caller called back"
    retention = Retention.WITH_RECORD

    about: str


@dataclass(frozen=True, kw_only=True)
class TransferOffered(Happening):
    """An incident was offered to another desk."""

    kind = "incidents.incident.transfer_offered"
    sentence = "Offered to {to_desk}"
    retention = Retention.WITH_RECORD

    about: str
    to_desk: str


@dataclass(frozen=True, kw_only=True)
class TransferAnswered(Happening):
    """An offered incident was accepted, refused, or nobody answered."""

    kind = "incidents.incident.transfer_answered"
    sentence = "Offer to {to_desk} {answer}"
    retention = Retention.WITH_RECORD

    about: str
    to_desk: str
    answer: str


@dataclass(frozen=True, kw_only=True)
class IncidentsLinked(Happening):
    """Two incidents were linked."""

    kind = "incidents.incident.linked"
    sentence = "{how} {other}"
    retention = Retention.WITH_RECORD

    about: str
    other: str
    how: str


@dataclass(frozen=True, kw_only=True)
class LinkUndone(Happening):
    """A link was taken back."""

    kind = "incidents.incident.link_undone"
    sentence = "No longer belongs to {other}"
    retention = Retention.WITH_RECORD

    about: str
    other: str


@dataclass(frozen=True, kw_only=True)
class IncidentMerged(Happening):
    """An incident was merged into another; its reference leads there."""

    kind = "incidents.incident.merged"
    sentence = "Merged into {other}: {reason}"
    retention = Retention.WITH_RECORD

    about: str
    other: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class IncidentTookIn(Happening):
    """An incident took another in, and stands as grave as the graver of the two."""

    kind = "incidents.incident.took_in"
    sentence = "{other} was merged into this, graded {grade}: {reason}"
    retention = Retention.WITH_RECORD

    about: str
    other: str
    grade: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class IncidentParted(Happening):
    """A merged incident is one of its own again."""

    kind = "incidents.incident.parted"
    sentence = "No longer merged into {other}: {reason}"
    retention = Retention.WITH_RECORD

    about: str
    other: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class IncidentGaveBack(Happening):
    """An incident gave back what it had taken in with another."""

    kind = "incidents.incident.gave_back"
    sentence = "{other} is parted from this again: {reason}"
    retention = Retention.WITH_RECORD

    about: str
    other: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class UnitWentAlong(Happening):
    """A sending of a unit, running or ended, went along from one incident to another."""

    kind = "incidents.incident.unit_went_along"
    sentence = "{callsign} went along to {other}"
    retention = Retention.WITH_RECORD

    about: str
    callsign: str
    other: str
    ended: bool


@dataclass(frozen=True, kw_only=True)
class UnitCameAlong(Happening):
    """A sending of a unit, running or ended, came along from another incident."""

    kind = "incidents.incident.unit_came_along"
    sentence = "{callsign} came along from {other}"
    retention = Retention.WITH_RECORD

    about: str
    callsign: str
    other: str
    ended: bool


@dataclass(frozen=True, kw_only=True)
class IncidentSplit(Happening):
    """A second matter was split from an incident."""

    kind = "incidents.incident.split"
    sentence = "{other} was split from this: {reason}"
    retention = Retention.WITH_RECORD

    about: str
    other: str
    reason: str
