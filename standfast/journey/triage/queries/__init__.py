"""Where should a contact go, where did it go, and which referrals run?"""

from standfast.journey.triage import access  # noqa: F401 - registers the reach
from standfast.journey.triage.queries.referrals import (
    PartnerReferral,
    find_running_referral,
    get_referral,
    list_for_partner,
    list_referrals,
    lock_referral,
    partner_view,
    referrals_by_contact,
    referrals_due,
    require_agreement,
    shared_values,
)
from standfast.journey.triage.queries.routing import (
    Matter,
    NotGraded,
    RouteProposal,
    areas_of,
    list_decisions,
    proposal_for,
    propose_route,
    rank_for,
    request_for,
    standing_route,
    standing_threshold,
)

__all__ = [
    "Matter",
    "NotGraded",
    "PartnerReferral",
    "RouteProposal",
    "areas_of",
    "find_running_referral",
    "get_referral",
    "list_decisions",
    "list_for_partner",
    "list_referrals",
    "lock_referral",
    "partner_view",
    "proposal_for",
    "propose_route",
    "rank_for",
    "referrals_by_contact",
    "referrals_due",
    "request_for",
    "require_agreement",
    "shared_values",
    "standing_route",
    "standing_threshold",
]
