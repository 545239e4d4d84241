"""Which states can an incident be in?"""

from standfast.foundation.kernel.choices import Choice
from standfast.foundation.kernel.lifecycle import Lifecycle, Move
from standfast.foundation.people.permissions import Permission as P


class IncidentState(Choice):
    """The states of an incident."""

    WAITING = "waiting", "Waiting for a unit"
    ASSIGNED = "assigned", "Unit assigned"
    AT_SCENE = "at_scene", "Unit at scene"
    RESULTED = "resulted", "Attended, to be closed"
    RESOLVED = "resolved", "Resolved"
    MERGED = "merged", "Merged into another"


class DeploymentEnd(Choice):
    """How a unit came away from an incident."""

    CLEARED = "cleared", "Cleared by its crew"
    DIVERTED = "diverted", "Diverted to another incident"
    STOOD_DOWN = "stood_down", "Stood down"


class LogKind(Choice):
    """What a line of an incident's log is."""

    NOTE = "note", "Note"
    SENT = "sent", "Unit sent"
    STATUS = "status", "Unit status"
    ALARM = "alarm", "Alarm"
    RESULT = "result", "Result"
    CALL_BACK = "call_back", "Call-back"
    CLOSING = "closing", "Closing"
    JOINED = "joined", "Link, merge or split"


S = IncidentState
OPEN = frozenset({S.WAITING, S.ASSIGNED, S.AT_SCENE, S.RESULTED})
UNATTENDED = frozenset({S.WAITING, S.ASSIGNED})

INCIDENT = Lifecycle(
    "incident",
    start=S.WAITING,
    moves={
        "assign": Move({S.WAITING, S.RESULTED}, S.ASSIGNED, needs=P.INCIDENT_ASSIGN),
        "arrive": Move({S.ASSIGNED}, S.AT_SCENE, needs=P.UNIT_REPORT),
        "lose_its_unit": Move({S.ASSIGNED, S.AT_SCENE}, S.WAITING, needs=P.INCIDENT_ASSIGN),
        # From waiting, too: an arrival that was reported late, after the unit had left.
        "leave": Move({S.ASSIGNED, S.AT_SCENE, S.WAITING}, S.RESULTED, needs=P.UNIT_REPORT),
        "resolve": Move({S.WAITING, S.RESULTED}, S.RESOLVED, needs=P.INCIDENT_RESOLVE),
        "reopen": Move({S.RESOLVED}, S.WAITING, needs=P.INCIDENT_REOPEN),
        "merge": Move(OPEN, S.MERGED, needs=P.INCIDENT_MERGE),
        "part": Move({S.MERGED}, S.WAITING, needs=P.INCIDENT_MERGE),
        # Whose units or whose attendance go back to the incident it is parted from.
        "give_back": Move({S.ASSIGNED, S.AT_SCENE, S.RESULTED}, S.WAITING, needs=P.INCIDENT_MERGE),
    },
)
