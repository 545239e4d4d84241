"""What can happen while it is decided where a contact goes?"""

from dataclasses import dataclass

from standfast.foundation.eventlog.happening import Happening, Retention


@dataclass(frozen=True, kw_only=True)
class ThresholdTested(Happening):
    """Somebody asked whether a matter is for the police."""

    kind = "triage.threshold.tested"
    sentence = "Police threshold: {outcome}. {because} (row {row}, {table})"
    retention = Retention.WITH_RECORD

    about: str
    outcome: str
    because: str
    row: str
    table: str


@dataclass(frozen=True, kw_only=True)
class RouteConfirmed(Happening):
    """A person confirmed the route the rule proposed."""

    kind = "triage.route.confirmed"
    sentence = "Route {route}: {because} (row {row}, {table})"
    retention = Retention.WITH_RECORD

    about: str
    route: str
    because: str
    row: str
    table: str


@dataclass(frozen=True, kw_only=True)
class RouteOverridden(Happening):
    """A person chose another route than the rule's."""

    kind = "triage.route.overridden"
    sentence = "Route {route} instead of {rule_route} (row {row}, {table}): {reason}"
    retention = Retention.WITH_RECORD

    about: str
    route: str
    rule_route: str
    row: str
    table: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class CallerContacted(Happening):
    """The desk spoke to the caller; the matter was dealt with without a visit."""

    kind = "triage.desk.contacted"
    sentence = "Caller contacted by the desk"
    retention = Retention.WITH_RECORD

    about: str


@dataclass(frozen=True, kw_only=True)
class CallerSignposted(Happening):
    """The caller was given the way to another service."""

    kind = "triage.caller.signposted"
    sentence = "Caller told how to reach {partner}"
    retention = Retention.WITH_RECORD

    about: str
    partner: str


@dataclass(frozen=True, kw_only=True)
class ReferralSent(Happening):
    """A contact was passed to a partner agency: who shared which fields with whom, on what basis."""

    kind = "triage.referral.sent"
    sentence = "Referred to {partner}: shared {fields}; basis {lawful_basis}, consent {consent}"
    retention = Retention.WITH_RECORD

    about: str
    partner: str
    fields: str
    lawful_basis: str
    consent: str


@dataclass(frozen=True, kw_only=True)
class ReferralOpened(Happening):
    """Somebody opened a referral (a consultation in the sense of DPA 2018 s.62)."""

    kind = "triage.referral.opened"
    sentence = "Referral opened"
    retention = Retention.SIX_YEARS

    about: str


@dataclass(frozen=True, kw_only=True)
class ReferralAccepted(Happening):
    """The agency took the matter on."""

    kind = "triage.referral.accepted"
    sentence = "Accepted by {partner}"
    retention = Retention.WITH_RECORD

    about: str
    partner: str


@dataclass(frozen=True, kw_only=True)
class ReferralDeclined(Happening):
    """The agency does not take the matter, or gives it back."""

    kind = "triage.referral.declined"
    sentence = "Declined by {partner}: {reason}"
    retention = Retention.WITH_RECORD

    about: str
    partner: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ReferralTimedOut(Happening):
    """The agency did not answer in time: that counts as refused."""

    kind = "triage.referral.timed_out"
    sentence = "{partner} did not answer by {due_at}; back with the police"
    retention = Retention.WITH_RECORD

    about: str
    partner: str
    due_at: str


@dataclass(frozen=True, kw_only=True)
class ReferralWithdrawn(Happening):
    """The force took the matter back."""

    kind = "triage.referral.withdrawn"
    sentence = "Withdrawn from {partner}: {reason}"
    retention = Retention.WITH_RECORD

    about: str
    partner: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ReferralCompleted(Happening):
    """The agency dealt with the matter."""

    kind = "triage.referral.completed"
    sentence = "Completed by {partner}"
    retention = Retention.WITH_RECORD

    about: str
    partner: str


@dataclass(frozen=True, kw_only=True)
class VulnerabilityCarried(Happening):
    """A vulnerability seen after a referral was sent was carried into it."""

    kind = "triage.referral.vulnerability_carried"
    sentence = "Vulnerability {strand} carried into the referral"
    retention = Retention.WITH_RECORD

    about: str
    strand: str
