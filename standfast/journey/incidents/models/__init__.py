"""What is kept of incidents, units and what is done about them."""

from standfast.journey.incidents.models.deployment import Deployment
from standfast.journey.incidents.models.incident import Incident, Review
from standfast.journey.incidents.models.log import Escalation, Link, LinkKind, LogEntry, Transfer
from standfast.journey.incidents.models.unit import CrewMember, StatusReport, Unit, UnitKind

__all__ = [
    "CrewMember",
    "Deployment",
    "Escalation",
    "Incident",
    "Link",
    "LinkKind",
    "LogEntry",
    "Review",
    "StatusReport",
    "Transfer",
    "Unit",
    "UnitKind",
]
