"""How long may a duty take, and from when on is it nearly late? The limits are a dated table."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from standfast.foundation.kernel.choices import Choice
from standfast.foundation.kernel.tables import DatedTable


class ObligationKind(Choice):
    """The duties that have a time limit."""

    ANSWER = "answer", "Answer"
    CLAIM = "claim", "Claim"
    RISK_READ = "risk_read", "Read for risk"
    ASSESS = "assess", "Assess and grade"
    ROUTE = "route", "Decide the route"
    ABANDONED_DECISION = "abandoned_decision", "Decide on the abandoned contact"
    REVIEW = "review", "Review the waiting risk (re-THRIVE)"
    CHAT_ANSWER = "chat_answer", "Answer the chat"
    CHAT_REPLY = "chat_reply", "Go on answering the chat"
    CHAT_TRANSFER = "chat_transfer", "Accept or refuse the chat"
    ATTEND = "attend", "Attend"
    ATTEND_POLICY = "attend_policy", "Attend, by the force's own clock"
    REDEPLOY = "redeploy", "Send another unit: the incident lost its only one"
    UNIT_ALARM = "unit_alarm", "Take up the unit's call for assistance"
    TRANSFER_ANSWER = "transfer_answer", "Answer the offered incident"
    CALL_BACK = "call_back", "Call the caller back: attendance will be late"
    REFERRAL_ANSWER = "referral_answer", "Partner to answer the referral"
    CONTACT_BACK = "contact_back", "Contact the caller"
    OFFER_AGAIN = "offer_again", "Offer the structured assessment again"
    REFER_TO_MEETING = "refer_to_meeting", "Refer to the multi-agency risk meeting"
    SETTLE_CONTRADICTION = "settle_contradiction", "Settle a contradicted vulnerability"


@dataclass(frozen=True, kw_only=True)
class LimitRow:
    """One limit: the duty, the case it is for (a code the caller of the rule knows, or `any`), seconds, and the warning share."""

    id: str
    kind: ObligationKind
    case: str
    seconds: int
    warn_at_share: float = 0.75
    because: str


@dataclass(frozen=True, kw_only=True)
class Limit:
    """When a duty is due and when it is nearly late, with the row that says so."""

    due_at: datetime
    warn_at: datetime
    row: str
    table: str
    because: str


class NoLimit(LookupError):
    """The table has no row for this duty and case: a fault in the policy, not in what a person did."""


TABLE = DatedTable.beside(__file__, "obligation_limit", row=LimitRow)


def obligation_due_at(*, kind: ObligationKind, case: str, starts_at: datetime, on: date) -> Limit:
    """
    Return when a duty that starts at an instant is due, under the edition in force on a London day.

    The row for the case wins over the row for `any`. Time is elapsed time, so a clock change moves nothing.

    :raises NoLimit: if neither row is there
    """
    edition = TABLE.on(on)
    rows = {row.case: row for row in edition.rows if row.kind == kind}
    row = rows.get(case) or rows.get("any")
    if row is None:
        raise NoLimit(f"{edition} has no limit for {kind} in the case {case}.")
    return Limit(
        due_at=starts_at + timedelta(seconds=row.seconds),
        warn_at=starts_at + timedelta(seconds=row.seconds * row.warn_at_share),
        row=row.id,
        table=str(edition),
        because=row.because,
    )
