"""
What can be asked of each process, by whom? Every address, stream, job, export and command, on one page.

This is the policy. `middleware.py` refuses what is not here and `routes.py` reads the real routers, so that a test (and the boot)
sees any difference between the two. An address is named as Django names it.
"""

from dataclasses import dataclass
from enum import Enum

from standfast.foundation.people.permissions import Permission as P


class Access(Enum):
    """Who may ask, where no single permission says it."""

    PUBLIC = "anybody"
    ENROLLING = "anybody signed in, their second factor perhaps still missing"
    SIGNED_IN = "anybody fully signed in"
    BY_KEY = "a machine with a key of its own, which the entry point checks"
    BY_RECEIPT = "whoever holds the cookie or receipt of the one record, which the entry point checks"
    OPERATOR = "whoever may log in to the server"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry point: who may use it, by which methods (GET includes HEAD), and what for."""

    needs: P | Access
    purpose: str
    methods: tuple[str, ...] = ("GET",)


READ_AND_SEND = ("GET", "POST")
SEND = ("POST",)

SIGN_IN: dict[str, Entry] = {
    "account_login": Entry(needs=Access.PUBLIC, purpose="Sign in with a password", methods=READ_AND_SEND),
    "mfa_authenticate": Entry(needs=Access.PUBLIC, purpose="Second step of signing in", methods=READ_AND_SEND),
    "demo_sign_in": Entry(needs=Access.PUBLIC, purpose="Sign in to a demonstration as a role", methods=SEND),
    "first_password": Entry(needs=Access.PUBLIC, purpose="Set a password with a one-time code", methods=READ_AND_SEND),
    "look": Entry(needs=Access.PUBLIC, purpose="Keep theme, density and keys", methods=SEND),
    "account_logout": Entry(needs=Access.ENROLLING, purpose="Sign out", methods=READ_AND_SEND),
    "account_reauthenticate": Entry(needs=Access.ENROLLING, purpose="Give the password again", methods=READ_AND_SEND),
    "mfa_reauthenticate": Entry(needs=Access.ENROLLING, purpose="Give a code again", methods=READ_AND_SEND),
    "mfa_activate_totp": Entry(needs=Access.ENROLLING, purpose="Add the second factor", methods=READ_AND_SEND),
    "mfa_index": Entry(needs=Access.SIGNED_IN, purpose="See one's own account"),
    "mfa_deactivate_totp": Entry(needs=Access.SIGNED_IN, purpose="Remove the second factor", methods=READ_AND_SEND),
    "mfa_view_recovery_codes": Entry(
        needs=Access.SIGNED_IN,
        purpose="See how many recovery codes are left, and the codes once",
        methods=READ_AND_SEND,
    ),
    "mfa_generate_recovery_codes": Entry(needs=Access.SIGNED_IN, purpose="New recovery codes", methods=READ_AND_SEND),
    "account_change_password": Entry(needs=Access.SIGNED_IN, purpose="Change one's password", methods=READ_AND_SEND),
}

STAFF: dict[str, Entry] = {
    **SIGN_IN,
    "healthz": Entry(needs=Access.PUBLIC, purpose="Say that the process answers"),
    "home": Entry(needs=Access.SIGNED_IN, purpose="Go to one's first screen"),
    "find": Entry(needs=Access.SIGNED_IN, purpose="Search or command"),
    "components": Entry(needs=P.RULES_READ, purpose="See every component in every state"),
    "desk:desk": Entry(needs=P.CONTACT_READ, purpose="See the contact desk"),
    "desk:next": Entry(needs=P.CONTACT_CLAIM, purpose="Claim the contact that stands first", methods=SEND),
    "contact:start": Entry(needs=P.CONTACT_RECORD, purpose="Record a contact at pick-up", methods=SEND),
    "contact:contact": Entry(needs=P.CONTACT_READ, purpose="See a contact"),
    "contact:fill": Entry(needs=P.CONTACT_RECORD, purpose="Save facts of a contact", methods=SEND),
    "contact:look_up": Entry(needs=P.CONTACT_READ, purpose="See who a caller may be", methods=SEND),
    "contact:places": Entry(needs=P.CONTACT_READ, purpose="See which place may be meant", methods=SEND),
    "contact:link": Entry(needs=P.CONTACT_RECORD, purpose="Link a contact to a person", methods=SEND),
    "contact:note": Entry(needs=P.CONTACT_RECORD, purpose="Add a line to a contact's log", methods=SEND),
    "contact:claim": Entry(needs=P.CONTACT_CLAIM, purpose="Claim a contact", methods=SEND),
    "contact:take_over": Entry(needs=P.CONTACT_TAKE_OVER, purpose="Take a contact over", methods=SEND),
    "contact:hand_back": Entry(needs=P.CONTACT_CLAIM, purpose="Give a contact back to the queue", methods=SEND),
    "contact:close": Entry(needs=P.CONTACT_CLOSE, purpose="Close a contact", methods=SEND),
    "contact:reopen": Entry(needs=P.CONTACT_CLAIM, purpose="Open a closed contact again", methods=SEND),
    "contact:answer": Entry(needs=P.ASSESSMENT_RECORD, purpose="Answer a question", methods=SEND),
    "contact:limb": Entry(needs=P.ASSESSMENT_RECORD, purpose="Write a limb of THRIVE", methods=SEND),
    "contact:flag": Entry(needs=P.ASSESSMENT_RECORD, purpose="Record a vulnerability", methods=SEND),
    "contact:confirm_flag": Entry(needs=P.ASSESSMENT_RECORD, purpose="Confirm a vulnerability", methods=SEND),
    "contact:dismiss_flag": Entry(needs=P.ASSESSMENT_RECORD, purpose="Dismiss a vulnerability", methods=SEND),
    "contact:settle": Entry(needs=P.ASSESSMENT_SETTLE, purpose="Settle a doubted vulnerability", methods=SEND),
    "contact:instrument": Entry(needs=P.CONTACT_READ, purpose="See a structured assessment"),
    "contact:keep_instrument": Entry(needs=P.ASSESSMENT_RECORD, purpose="Keep answers of it", methods=SEND),
    "contact:complete_instrument": Entry(
        needs=P.ASSESSMENT_RECORD, purpose="Complete it with a judgement", methods=SEND
    ),
    "contact:refuse_instrument": Entry(needs=P.ASSESSMENT_RECORD, purpose="Record that it was declined", methods=SEND),
    "contact:follow_up_instrument": Entry(needs=P.ASSESSMENT_RECORD, purpose="Record what followed", methods=SEND),
    "contact:advice": Entry(needs=P.ASSESSMENT_RECORD, purpose="Record advice that was given", methods=SEND),
    "contact:grade": Entry(needs=P.ASSESSMENT_GRADE, purpose="Confirm the response grade", methods=SEND),
    "contact:raise": Entry(needs=P.ASSESSMENT_GRADE, purpose="Raise the response grade", methods=SEND),
    "contact:lower": Entry(needs=P.ASSESSMENT_LOWER, purpose="Lower the response grade", methods=SEND),
    "contact:review": Entry(needs=P.ASSESSMENT_RECORD, purpose="Review the risk", methods=SEND),
    "contact:route": Entry(needs=P.TRIAGE_ROUTE, purpose="Confirm the route", methods=SEND),
    "contact:choose_route": Entry(needs=P.TRIAGE_ROUTE, purpose="Choose another route", methods=SEND),
    "contact:told": Entry(needs=P.CONTACT_CLOSE, purpose="Record that the desk spoke to the caller", methods=SEND),
    "persons:search": Entry(needs=P.PARTY_READ, purpose="Look up a person on record", methods=READ_AND_SEND),
    "persons:person": Entry(needs=P.PARTY_READ, purpose="See what is on record of a person"),
    "persons:correct": Entry(needs=P.PARTY_CORRECT, purpose="Correct a name or birth date", methods=READ_AND_SEND),
    "persons:merge": Entry(needs=P.PARTY_MERGE, purpose="Compare two records and merge them", methods=READ_AND_SEND),
    "persons:undo": Entry(needs=P.PARTY_MERGE, purpose="Part two merged records again", methods=READ_AND_SEND),
    "chats:desk": Entry(needs=P.CHAT_ANSWER, purpose="See the chat desk"),
    "chats:take": Entry(needs=P.CHAT_ANSWER, purpose="Begin to take chats", methods=SEND),
    "chats:stop": Entry(needs=P.CHAT_ANSWER, purpose="Take no more chats", methods=SEND),
    "chats:next": Entry(needs=P.CHAT_ANSWER, purpose="Take the chat that stands first", methods=SEND),
    "chats:here": Entry(needs=P.CHAT_ANSWER, purpose="Note that one is at the chat desk", methods=SEND),
    "chats:hand_over": Entry(needs=P.CHAT_ANSWER, purpose="Give all of one's chats back", methods=SEND),
    "chats:chat": Entry(needs=P.CONTACT_READ, purpose="See a chat"),
    "chats:news": Entry(needs=P.CONTACT_READ, purpose="See what is new in a chat"),
    "chats:there": Entry(needs=P.CONTACT_READ, purpose="See whether the visitor is there"),
    "chats:reply": Entry(needs=P.CHAT_ANSWER, purpose="Write to a visitor", methods=SEND),
    "chats:note": Entry(needs=P.CHAT_ANSWER, purpose="Write a private note", methods=SEND),
    "chats:whisper": Entry(needs=P.CHAT_SUPERVISE, purpose="Whisper to whoever has a chat", methods=SEND),
    "chats:read": Entry(needs=P.CHAT_ANSWER, purpose="Note what the owner has seen", methods=SEND),
    "chats:typing": Entry(needs=P.CHAT_ANSWER, purpose="Show the visitor that one writes", methods=SEND),
    "chats:reveal": Entry(needs=P.CHAT_ANSWER, purpose="See a masked line whole, with a reason", methods=SEND),
    "chats:fact": Entry(needs=P.CHAT_ANSWER, purpose="Take words of a chat as a fact", methods=SEND),
    "chats:drop": Entry(needs=P.CHAT_ANSWER, purpose="Drop a fact taken wrongly", methods=SEND),
    "chats:invite": Entry(needs=P.CHAT_ANSWER, purpose="Make a code to move a caller into a chat", methods=SEND),
    "chats:taps": Entry(needs=P.CHAT_ANSWER, purpose="Note whether a visitor can only tap", methods=SEND),
    "chats:phone": Entry(needs=P.CHAT_ANSWER, purpose="Go on by telephone as agreed", methods=SEND),
    "chats:transcript": Entry(needs=P.CHAT_ANSWER, purpose="Release a chat's words as agreed", methods=READ_AND_SEND),
    "chats:claim": Entry(needs=P.CHAT_ANSWER, purpose="Take a chat", methods=SEND),
    "chats:offer": Entry(needs=P.CHAT_ANSWER, purpose="Offer a chat to a colleague", methods=SEND),
    "chats:accept": Entry(needs=P.CHAT_ANSWER, purpose="Accept a chat that was offered", methods=SEND),
    "chats:refuse": Entry(needs=P.CHAT_ANSWER, purpose="Refuse a chat that was offered", methods=SEND),
    "chats:hand_back": Entry(needs=P.CHAT_ANSWER, purpose="Give a chat back to the queue", methods=SEND),
    "chats:take_over": Entry(needs=P.CHAT_SUPERVISE, purpose="Take a colleague's chat over", methods=SEND),
    "chats:close": Entry(needs=P.CHAT_ANSWER, purpose="Close a chat", methods=SEND),
    "chats:decide": Entry(needs=P.CHAT_ANSWER, purpose="Decide after a chat broke off", methods=SEND),
    "people:people": Entry(needs=P.PEOPLE_READ, purpose="See who has which role"),
    "people:person": Entry(needs=P.PEOPLE_READ, purpose="See one account"),
    "people:add": Entry(needs=P.PEOPLE_ADMINISTER, purpose="Add an account", methods=READ_AND_SEND),
    "people:roles": Entry(needs=P.PEOPLE_ADMINISTER, purpose="Change a person's roles", methods=READ_AND_SEND),
    "people:access": Entry(needs=P.PEOPLE_ADMINISTER, purpose="Disable or enable an account", methods=READ_AND_SEND),
    "people:invite": Entry(needs=P.PEOPLE_ADMINISTER, purpose="Make a one-time code", methods=READ_AND_SEND),
    "referrals:referrals": Entry(needs=P.REFERRAL_READ, purpose="List referrals"),
    "referrals:referral": Entry(needs=P.REFERRAL_READ, purpose="See one referral"),
    "referrals:withdraw": Entry(needs=P.REFERRAL_SEND, purpose="Take a referral back", methods=READ_AND_SEND),
    "referrals:by_phone": Entry(needs=P.REFERRAL_SEND, purpose="Note an agency's answer", methods=READ_AND_SEND),
    "referrals:threshold": Entry(needs=P.TRIAGE_ROUTE, purpose="Test for a police role", methods=READ_AND_SEND),
    "referrals:refer": Entry(needs=P.REFERRAL_SEND, purpose="Send a referral", methods=READ_AND_SEND),
    "referrals:signpost": Entry(needs=P.REFERRAL_SEND, purpose="Show a caller the way", methods=READ_AND_SEND),
    "rules:tables": Entry(needs=P.RULES_READ, purpose="List policy tables"),
    "rules:table": Entry(needs=P.RULES_READ, purpose="See one policy table, and what an edition changed"),
    "rules:try": Entry(needs=P.RULES_READ, purpose="Try a table on facts"),
    "upkeep:intake": Entry(needs=P.CONFLICT_RESOLVE, purpose="See what the intake needs a person for"),
    "upkeep:conflict": Entry(needs=P.CONFLICT_RESOLVE, purpose="Decide between two texts", methods=READ_AND_SEND),
    "upkeep:retry": Entry(needs=P.CONFLICT_RESOLVE, purpose="Try a parked entry again", methods=READ_AND_SEND),
    "sources:sources": Entry(needs=P.SOURCE_ADMINISTER, purpose="List intake sources"),
    "sources:register": Entry(needs=P.SOURCE_ADMINISTER, purpose="Register a source", methods=READ_AND_SEND),
    "sources:renew": Entry(needs=P.SOURCE_ADMINISTER, purpose="Give a source a new key", methods=READ_AND_SEND),
    "sources:stop": Entry(needs=P.SOURCE_ADMINISTER, purpose="Stop a source", methods=READ_AND_SEND),
    "events:events": Entry(needs=P.EVENTLOG_READ, purpose="Search the event log"),
    "incidents:incidents": Entry(needs=P.INCIDENT_READ, purpose="List open incidents"),
    "incidents:incident": Entry(needs=P.INCIDENT_READ, purpose="See one incident"),
    "incidents:review": Entry(needs=P.ASSESSMENT_RECORD, purpose="Review a waiting risk", methods=READ_AND_SEND),
    "incidents:merge": Entry(needs=P.INCIDENT_MERGE, purpose="Merge two incidents", methods=READ_AND_SEND),
    "incidents:part": Entry(needs=P.INCIDENT_MERGE, purpose="Part two merged incidents again", methods=READ_AND_SEND),
    "incidents:link": Entry(needs=P.INCIDENT_MERGE, purpose="Link two incidents", methods=READ_AND_SEND),
    "incidents:unlink": Entry(needs=P.INCIDENT_MERGE, purpose="Undo a link of incidents", methods=READ_AND_SEND),
    "incidents:split": Entry(needs=P.INCIDENT_MERGE, purpose="Split a second matter off", methods=READ_AND_SEND),
    "dispatch:board": Entry(needs=P.UNIT_READ, purpose="See the dispatchers' board"),
    "dispatch:big": Entry(needs=P.UNIT_READ, purpose="See the board on a big screen, without personal data"),
    "dispatch:map": Entry(needs=P.UNIT_READ, purpose="See where incidents and units are"),
    "dispatch:ground": Entry(needs=P.UNIT_READ, purpose="See the force's ground for a map"),
    "dispatch:tile": Entry(needs=P.UNIT_READ, purpose="See a piece of the force's own map"),
    "dispatch:unit": Entry(needs=P.UNIT_READ, purpose="See one unit"),
    "dispatch:send": Entry(needs=P.INCIDENT_ASSIGN, purpose="Send a unit to an incident", methods=SEND),
    "dispatch:stand_down": Entry(needs=P.INCIDENT_ASSIGN, purpose="Stand a unit down", methods=READ_AND_SEND),
    "dispatch:status": Entry(needs=P.INCIDENT_ASSIGN, purpose="Note a status a unit gave by voice", methods=SEND),
    "dispatch:alarm": Entry(needs=P.INCIDENT_ASSIGN, purpose="Take up a call for assistance", methods=SEND),
    "dispatch:message": Entry(needs=P.INCIDENT_ASSIGN, purpose="Answer a unit's message", methods=SEND),
    "dispatch:settle": Entry(needs=P.INCIDENT_ASSIGN, purpose="Settle an unclear report", methods=SEND),
    "dispatch:book": Entry(needs=P.UNIT_BOOK, purpose="Book a unit on duty", methods=READ_AND_SEND),
    "dispatch:off": Entry(needs=P.UNIT_BOOK, purpose="Book a unit off duty", methods=SEND),
    "dispatch:mine": Entry(needs=P.UNIT_REPORT, purpose="See one's own unit and incident"),
    "dispatch:press": Entry(needs=P.UNIT_REPORT, purpose="Report the status of one's own unit", methods=SEND),
    "dispatch:result": Entry(needs=P.UNIT_REPORT, purpose="Write what came of one's incident", methods=SEND),
    "dispatch:log": Entry(needs=P.INCIDENT_LOG, purpose="Add to an incident's log", methods=READ_AND_SEND),
    "dispatch:describe": Entry(
        needs=P.INCIDENT_LOG, purpose="Say as what an incident is recorded", methods=READ_AND_SEND
    ),
    "dispatch:call_back": Entry(needs=P.INCIDENT_LOG, purpose="Write of a call-back", methods=READ_AND_SEND),
    "dispatch:close": Entry(needs=P.INCIDENT_RESOLVE, purpose="Close an incident", methods=READ_AND_SEND),
    "dispatch:agree": Entry(needs=P.INCIDENT_RESOLVE, purpose="Agree to close an incident", methods=SEND),
    "dispatch:refuse": Entry(needs=P.INCIDENT_RESOLVE, purpose="Refuse to close an incident", methods=READ_AND_SEND),
    "dispatch:reopen": Entry(needs=P.INCIDENT_REOPEN, purpose="Open an incident again", methods=READ_AND_SEND),
    "attendance:attendance": Entry(needs=P.ATTENDANCE_READ, purpose="See how long attendances took, and why"),
    "attendance:incidents": Entry(needs=P.ATTENDANCE_READ, purpose="List the incidents behind a figure of attendance"),
    "attendance:grades": Entry(needs=P.GRADE_WATCH, purpose="See downgrades without a new fact, and drift"),
    "measures:measures": Entry(needs=P.ASSESSMENT_MEASURE, purpose="See how all contacts were assessed"),
    "measures:contacts": Entry(needs=P.ASSESSMENT_TRACE, purpose="See the contacts behind such a number"),
    "wall:wall": Entry(needs=P.WALL_READ, purpose="See the contact centre's wall"),
    "wall:figures": Entry(needs=P.WALL_READ, purpose="See what each figure of the wall counts"),
    "api_contact": Entry(needs=P.CONTACT_READ, purpose="Ask where the contact of a reference is"),
    "wall:people": Entry(needs=P.CONTACT_TAKE_OVER, purpose="See who has how many contacts in hand"),
    "agency:referrals": Entry(needs=P.REFERRAL_ANSWER, purpose="List referrals to one's agency"),
    "agency:referral": Entry(needs=P.REFERRAL_ANSWER, purpose="See one referral to one's agency"),
    "incidents:doubt": Entry(needs=P.ASSESSMENT_RECORD, purpose="Doubt a vulnerability", methods=READ_AND_SEND),
    "agency:accept": Entry(needs=P.REFERRAL_ANSWER, purpose="Take a referral on", methods=SEND),
    "agency:decline": Entry(needs=P.REFERRAL_ANSWER, purpose="Decline a referral", methods=READ_AND_SEND),
    "agency:complete": Entry(needs=P.REFERRAL_ANSWER, purpose="Say what came of a referral", methods=READ_AND_SEND),
}

INTAKE: dict[str, Entry] = {
    "intake:send_contact": Entry(needs=Access.BY_KEY, purpose="Send a contact", methods=SEND),
    "intake:send_call_event": Entry(needs=Access.BY_KEY, purpose="Tell of a call in the queue", methods=SEND),
    "intake:send_unit_report": Entry(needs=Access.BY_KEY, purpose="Tell how a unit stands", methods=SEND),
    "intake:openapi-json": Entry(needs=Access.PUBLIC, purpose="Read the intake contract"),
    "intake:api-root": Entry(needs=Access.PUBLIC, purpose="Nothing: the root of the addresses above"),
    "healthz": Entry(needs=Access.PUBLIC, purpose="Ask whether the process is alive"),
    "readyz": Entry(needs=Access.PUBLIC, purpose="Ask where contacts go now"),
}

PUBLIC: dict[str, Entry] = {
    "front": Entry(needs=Access.PUBLIC, purpose="Say what the online form is for"),
    "question": Entry(needs=Access.PUBLIC, purpose="Answer one question of the form", methods=READ_AND_SEND),
    "advice": Entry(needs=Access.PUBLIC, purpose="Read advice after an answer, and go on", methods=READ_AND_SEND),
    "check": Entry(needs=Access.PUBLIC, purpose="Check the answers and send them", methods=READ_AND_SEND),
    "sent": Entry(needs=Access.BY_RECEIPT, purpose="See the receipt"),
    "talk_start": Entry(needs=Access.PUBLIC, purpose="Begin a chat, or write a report", methods=READ_AND_SEND),
    "talk": Entry(needs=Access.BY_RECEIPT, purpose="See one's own chat and write in it", methods=READ_AND_SEND),
    "talk_news": Entry(needs=Access.BY_RECEIPT, purpose="Ask what is new in one's own chat"),
    "talk_typing": Entry(needs=Access.BY_RECEIPT, purpose="Show that one is writing", methods=SEND),
    "talk_code": Entry(needs=Access.BY_RECEIPT, purpose="Make a code to come back with", methods=SEND),
    "talk_return": Entry(needs=Access.PUBLIC, purpose="Come back with a code", methods=READ_AND_SEND),
    "leave": Entry(needs=Access.PUBLIC, purpose="Delete what was written and go to a neutral page"),
    "about": Entry(needs=Access.PUBLIC, purpose="Say what is kept of a form"),
    "embed": Entry(needs=Access.PUBLIC, purpose="Copy a link for the force's own website"),
    "healthz": Entry(needs=Access.PUBLIC, purpose="Say that the process answers"),
    "readyz": Entry(needs=Access.PUBLIC, purpose="Say where reports go now"),
    "robots": Entry(needs=Access.PUBLIC, purpose="Keep search engines to the first page"),
    "security_text": Entry(needs=Access.PUBLIC, purpose="Say where to report a weakness"),
}

STREAM: dict[str, Entry] = {
    "talk_stream": Entry(needs=Access.BY_RECEIPT, purpose="Hear what is new in one's own chat"),
    "healthz": Entry(needs=Access.PUBLIC, purpose="Say that the process answers"),
}

LIVE: dict[str, Entry] = {
    "desk_stream": Entry(needs=P.CONTACT_READ, purpose="Hear that something on the desk or a contact changed"),
    "healthz": Entry(needs=Access.PUBLIC, purpose="Say that the process answers"),
}

# Process → what its addresses need.
ADDRESSES: dict[str, dict[str, Entry]] = {
    "staff": STAFF,
    "live": LIVE,
    "public": PUBLIC,
    "stream": STREAM,
    "intake": INTAKE,
    "worker": {},
    "sealer": {},
    "auditor": {},
    "migrator": {},
}

# What runs by itself because time passed (schedule.py), by the permission the worker must hold for it.
JOBS: dict[str, Entry] = {
    "end offers of chats nobody answered": Entry(needs=P.CHAT_FILE, purpose="Leave a chat nobody took with its owner"),
    "notice lost links of chats": Entry(needs=P.CHAT_FILE, purpose="Put a chat whose link is lost before a person"),
    "notice silent chats": Entry(needs=P.CHAT_FILE, purpose="Put a chat that fell silent before a person"),
    "notice visitors who are back": Entry(needs=P.CHAT_FILE, purpose="Let a chat that broke off go on"),
    "read contacts the machine did not read": Entry(
        needs=P.ASSESSMENT_RECORD, purpose="Read the words of a contact again that the detector failed on"
    ),
    "return chats left unanswered": Entry(needs=P.CHAT_FILE, purpose="Return a chat its owner does not answer"),
    "return chats of operators who are gone": Entry(needs=P.CHAT_FILE, purpose="Return chats nobody is there for"),
    "say how the chat desk stands": Entry(needs=P.CHAT_FILE, purpose="Tell the public page whether the desk is open"),
    "tell waiting visitors that nobody is there": Entry(
        needs=P.CHAT_FILE, purpose="Tell a visitor what to do meanwhile"
    ),
    "tell of incidents nobody attends": Entry(
        needs=P.INCIDENT_ESCALATE, purpose="Tell who must know of an incident nobody attends yet"
    ),
    "end offers of incidents nobody answered": Entry(
        needs=P.INCIDENT_ESCALATE, purpose="Leave an incident no other desk took where it is"
    ),
    "return unanswered referrals": Entry(needs=P.REFERRAL_EXPIRE, purpose="Return a referral nobody answered"),
}

# Commands of the command line, as typed. They are open to whoever may log in to the server, which the system decides.
COMMANDS: dict[str, Entry] = {
    "assess": Entry(needs=Access.OPERATOR, purpose="Find vulnerability in words, without a database"),
    "backtest": Entry(needs=Access.OPERATOR, purpose="Say how well a history would have been forecast"),
    "bench": Entry(needs=Access.OPERATOR, purpose="Measure beside a yardstick"),
    "database migrate": Entry(needs=Access.OPERATOR, purpose="Bring a database to this release"),
    "database prepare": Entry(needs=Access.OPERATOR, purpose="Make a database and its log-ins"),
    "demo chats": Entry(needs=Access.OPERATOR, purpose="Write as made-up visitors of the live chat"),
    "demo colleagues": Entry(needs=Access.OPERATOR, purpose="Work on contacts as made-up colleagues"),
    "demo feed": Entry(needs=Access.OPERATOR, purpose="Send the made-up day through the intake"),
    "detector train": Entry(needs=Access.OPERATOR, purpose="Train a detector for research, without a database"),
    "detector tune": Entry(needs=Access.OPERATOR, purpose="Make the packaged weights again, without a database"),
    "doctor": Entry(needs=Access.OPERATOR, purpose="Say how the installation stands"),
    "eventlog verify": Entry(needs=Access.OPERATOR, purpose="Walk the chain of seals"),
    "forecast": Entry(needs=Access.OPERATOR, purpose="Forecast demand from its history, without a database"),
    "geo import": Entry(needs=Access.OPERATOR, purpose="Load boundaries"),
    "journal replay": Entry(needs=Access.OPERATOR, purpose="Bring the journal into the database"),
    "people add": Entry(needs=Access.OPERATOR, purpose="Give the first administrator an account"),
    "replay": Entry(
        needs=Access.OPERATOR, purpose="Send the calls of a file through the intake, or its chats to the public pages"
    ),
    "resourcing forecast": Entry(needs=Access.OPERATOR, purpose="Publish a forecast of demand for units"),
    "resourcing list": Entry(needs=Access.OPERATOR, purpose="List published rosters and forecasts of units"),
    "resourcing roster": Entry(needs=Access.OPERATOR, purpose="Publish a roster of units"),
    "rules list": Entry(needs=Access.OPERATOR, purpose="List policy tables"),
    "rules show": Entry(needs=Access.OPERATOR, purpose="Print a policy table"),
    "rules try": Entry(needs=Access.OPERATOR, purpose="Try a policy table on some facts"),
    "seal": Entry(needs=Access.OPERATOR, purpose="Seal the event log until asked to stop"),
    "roster": Entry(needs=Access.OPERATOR, purpose="Find who works when, without a database"),
    "simulate": Entry(needs=Access.OPERATOR, purpose="Simulate a contact centre and units, without a database"),
    "source add": Entry(needs=Access.OPERATOR, purpose="Register an intake source"),
    "staffing": Entry(needs=Access.OPERATOR, purpose="Work out how many people a forecast takes, without a database"),
    "travel calibrate": Entry(
        needs=Access.OPERATOR, purpose="Fit travel times to attendance records, without a database"
    ),
    "up": Entry(needs=Access.OPERATOR, purpose="Start everything"),
    "verify": Entry(needs=Access.OPERATOR, purpose="Check every invariant"),
    "work": Entry(needs=Access.OPERATOR, purpose="File intake and run what time brings"),
}
