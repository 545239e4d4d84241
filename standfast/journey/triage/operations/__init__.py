"""What may be done to decide where a contact goes."""

from standfast.journey.triage.operations.answering import (
    accept_by_phone,
    accept_referral,
    complete_by_phone,
    complete_referral,
    decline_by_phone,
    decline_referral,
    give_back_referral,
)
from standfast.journey.triage.operations.carrying import carry_strand, doubt_dismissed
from standfast.journey.triage.operations.checks import CallerNotTold, NotInHand, ReasonMissing
from standfast.journey.triage.operations.referring import (
    ConsentMissing,
    NewReferral,
    NoAgency,
    NothingShared,
    PartnerUnfit,
    note_referral_opened,
    send_referral,
    signpost_caller,
)
from standfast.journey.triage.operations.returning import expire_referral, withdraw_after_close, withdraw_referral
from standfast.journey.triage.operations.routing import (
    NotOnTheDesk,
    RouteClosed,
    RouteIsTheRules,
    RoutePlan,
    SlotMissing,
    choose_route,
    confirm_route,
    record_contact_back,
)
from standfast.journey.triage.operations.threshold import (
    NothingReliedOn,
    ThresholdAnswers,
    record_threshold_test,
)

__all__ = [
    "CallerNotTold",
    "ConsentMissing",
    "NewReferral",
    "NoAgency",
    "NotInHand",
    "NotOnTheDesk",
    "NothingReliedOn",
    "NothingShared",
    "PartnerUnfit",
    "ReasonMissing",
    "RouteClosed",
    "RouteIsTheRules",
    "RoutePlan",
    "SlotMissing",
    "ThresholdAnswers",
    "accept_by_phone",
    "accept_referral",
    "carry_strand",
    "choose_route",
    "complete_by_phone",
    "complete_referral",
    "confirm_route",
    "decline_by_phone",
    "decline_referral",
    "doubt_dismissed",
    "expire_referral",
    "give_back_referral",
    "note_referral_opened",
    "record_contact_back",
    "record_threshold_test",
    "send_referral",
    "signpost_caller",
    "withdraw_after_close",
    "withdraw_referral",
]
