"""Which role may do what? A role is held by a person; machine actors have roles of their own."""

from standfast.foundation.kernel.choices import Choice
from standfast.foundation.people.permissions import Permission as P


class Role(Choice):
    """The settled roles and the two machine actors."""

    CONTACT_OFFICER = "contact_officer", "Contact officer"
    CONTACT_SUPERVISOR = "contact_supervisor", "Contact supervisor"
    DISPATCHER = "dispatcher", "Dispatcher"
    DISPATCH_SUPERVISOR = "dispatch_supervisor", "Dispatch supervisor"
    RESPONSE_OFFICER = "response_officer", "Response officer"
    INVESTIGATOR = "investigator", "Investigator"
    SERGEANT = "sergeant", "Sergeant"
    BUREAU_CLERK = "bureau_clerk", "Bureau clerk"
    VICTIM_CARE = "victim_care", "Victim care"
    PARTNER = "partner", "Partner agency"
    TRAINER = "trainer", "Trainer"
    PLANNER = "planner", "Planner"
    IMPROVEMENT_LEAD = "improvement_lead", "Improvement lead"
    CHIEF_OFFICER = "chief_officer", "Chief officer"
    INSPECTOR = "inspector", "Inspector (inspectorate)"
    ADMINISTRATOR = "administrator", "Administrator"
    DATA_PROTECTION = "data_protection", "Data protection"
    INTAKE_SOURCE = "intake_source", "Intake source (machine)"
    WORKER = "worker", "Worker (machine)"


MACHINE_ROLES = frozenset({Role.INTAKE_SOURCE, Role.WORKER})

_READS = frozenset({P.CONTACT_READ, P.PARTY_READ, P.INCIDENT_READ, P.REFERRAL_READ, P.OBLIGATION_READ, P.RULES_READ})
_TAKES_CONTACTS = _READS | {
    P.CONTACT_RECORD,
    P.CONTACT_CLAIM,
    P.CONTACT_CLOSE,
    P.CHAT_ANSWER,
    P.ASSESSMENT_RECORD,
    P.ASSESSMENT_GRADE,
    P.PARTY_WRITE,
    P.PARTY_CORRECT,
    P.TRIAGE_ROUTE,
    P.REFERRAL_SEND,
    P.INCIDENT_OPEN,
    P.INCIDENT_LOG,
}
_SUPERVISES = frozenset(
    {
        P.CONTACT_TAKE_OVER,
        P.CHAT_SUPERVISE,
        P.ASSESSMENT_LOWER,
        P.ASSESSMENT_SETTLE,
        P.ASSESSMENT_MEASURE,
        P.ASSESSMENT_TRACE,
        P.TRIAGE_END_AT_RISK,
        P.PARTY_MERGE,
        P.WALL_READ,
        P.CONFLICT_RESOLVE,
        P.GRADE_WATCH,
    }
)
_DISPATCHES = frozenset(
    {
        P.INCIDENT_ASSIGN,
        P.INCIDENT_RESOLVE,
        P.INCIDENT_REOPEN,
        P.INCIDENT_LOG,
        P.INCIDENT_MERGE,
        P.UNIT_READ,
        P.UNIT_BOOK,
    }
)

PERMISSIONS_OF: dict[Role, frozenset[P]] = {
    Role.CONTACT_OFFICER: _TAKES_CONTACTS | {P.WALL_READ},
    Role.CONTACT_SUPERVISOR: _TAKES_CONTACTS | _SUPERVISES,
    Role.DISPATCHER: _READS | _DISPATCHES | {P.ASSESSMENT_RECORD, P.ASSESSMENT_GRADE, P.INCIDENT_OPEN, P.WALL_READ},
    Role.DISPATCH_SUPERVISOR: _READS
    | _DISPATCHES
    | {P.ASSESSMENT_RECORD, P.ASSESSMENT_GRADE, P.ASSESSMENT_LOWER, P.ASSESSMENT_SETTLE, P.INCIDENT_OPEN, P.WALL_READ}
    | {P.ATTENDANCE_READ, P.GRADE_WATCH},
    Role.RESPONSE_OFFICER: frozenset({P.INCIDENT_READ, P.INCIDENT_LOG, P.UNIT_REPORT, P.RULES_READ, P.OBLIGATION_READ}),
    Role.INVESTIGATOR: frozenset({P.INCIDENT_READ, P.PARTY_READ, P.RULES_READ, P.OBLIGATION_READ}),
    Role.SERGEANT: frozenset(
        {
            P.INCIDENT_READ,
            P.INCIDENT_LOG,
            P.ATTENDANCE_READ,
            P.UNIT_READ,
            P.UNIT_BOOK,
            P.CONTACT_READ,
            P.PARTY_READ,
            P.RULES_READ,
            P.OBLIGATION_READ,
        }
    ),
    Role.BUREAU_CLERK: frozenset({P.INCIDENT_READ, P.RULES_READ, P.OBLIGATION_READ}),
    Role.VICTIM_CARE: frozenset({P.INCIDENT_READ, P.REFERRAL_READ, P.PARTY_READ, P.RULES_READ, P.OBLIGATION_READ}),
    Role.PARTNER: frozenset({P.REFERRAL_ANSWER}),
    Role.TRAINER: frozenset({P.RULES_READ, P.SKILL_RECORD}),
    Role.PLANNER: frozenset({P.RULES_READ, P.WALL_READ, P.ATTENDANCE_READ, P.ROSTER_PUBLISH}),
    Role.IMPROVEMENT_LEAD: frozenset(
        {P.RULES_READ, P.WALL_READ, P.ATTENDANCE_READ, P.GRADE_WATCH, P.ASSESSMENT_MEASURE}
    ),
    Role.CHIEF_OFFICER: frozenset({P.RULES_READ, P.WALL_READ, P.ATTENDANCE_READ, P.ASSESSMENT_MEASURE}),
    Role.INSPECTOR: _READS
    | {P.WALL_READ, P.EVENTLOG_READ, P.UNIT_READ, P.ATTENDANCE_READ, P.GRADE_WATCH}
    | {P.ASSESSMENT_MEASURE, P.ASSESSMENT_TRACE},
    Role.ADMINISTRATOR: frozenset(
        {P.PEOPLE_READ, P.PEOPLE_ADMINISTER, P.SOURCE_ADMINISTER, P.PLACE_IMPORT, P.ROSTER_PUBLISH, P.RULES_READ}
    ),
    Role.DATA_PROTECTION: frozenset({P.PEOPLE_READ, P.EVENTLOG_READ, P.RULES_READ}),
    Role.INTAKE_SOURCE: frozenset(),
    Role.WORKER: frozenset(
        {
            P.CONTACT_FILE,
            P.CHAT_FILE,
            P.CONTACT_READ,
            P.REFERRAL_EXPIRE,
            P.PARTY_WRITE,
            P.PARTY_READ,
            P.ASSESSMENT_RECORD,
            P.UNIT_REPORT,
            P.INCIDENT_ESCALATE,
        }
    ),
}


_BY_CODE = {role.value: permissions for role, permissions in PERMISSIONS_OF.items()}


def permissions_of(roles: frozenset[str]) -> frozenset[P]:
    """Return everything the holder of these roles may do. An unknown role gives nothing."""
    return frozenset().union(*(_BY_CODE.get(role, frozenset()) for role in roles))
