"""Which threshold tests, route decisions and referrals may a person reach?"""

from django.db.models import Q

from standfast.foundation.kernel.actor import Actor
from standfast.foundation.people.access import EVERYTHING, may, reach_of
from standfast.foundation.people.permissions import Permission
from standfast.journey.triage.models import Referral, RouteDecision, ThresholdTest


@reach_of(Referral)
def referrals_of(by: Actor) -> Q | None:
    """The force's staff and the worker reach every referral; an agency's staff those sent to their own agency."""
    if may(by, Permission.REFERRAL_READ) or may(by, Permission.REFERRAL_EXPIRE):
        return EVERYTHING
    if may(by, Permission.REFERRAL_ANSWER) and by.partner:
        return Q(partner=by.partner)
    return None


@reach_of(ThresholdTest)
@reach_of(RouteDecision)
def decisions_of(by: Actor) -> Q | None:
    """Everybody who may read contacts reaches where they went, and why; a partner agency does not."""
    return EVERYTHING if may(by, Permission.CONTACT_READ) else None
