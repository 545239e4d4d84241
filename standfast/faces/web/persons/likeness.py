"""How is a person shown whom a look-up found outside a contact?"""

from datetime import datetime

from standfast.faces.screens.parts import PIPS, Agreement, Evidence, Match
from standfast.foundation.kernel import days
from standfast.foundation.parties.queries import Candidate
from standfast.foundation.parties.rules.likeness import Agreement as Weighed
from standfast.foundation.parties.rules.match_level import MatchLevel

AGREEMENT = {
    Weighed.AGREES: Agreement.AGREES,
    Weighed.NEAR: Agreement.AGREES,
    Weighed.DIFFERS: Agreement.DIFFERS,
}
SURENESS = {MatchLevel.CERTAIN: PIPS, MatchLevel.PROBABLE: 2, MatchLevel.POSSIBLE: 1}


def match_of(found: Candidate, *, now: datetime, href: str = "") -> Match:
    """Return a person a look-up found: how sure, on which evidence, and what decided."""
    return Match(
        name=", ".join(part for part in (found.full_name, _age(found, now=now)) if part),
        level=found.level.label,
        pips=SURENESS[found.level],
        evidence=[
            Evidence(agreement=AGREEMENT[piece.agreement], text=piece.because)
            for piece in found.evidence
            if piece.agreement in AGREEMENT
        ],
        note=found.decision.because,
        href=href,
    )


def _age(found: Candidate, *, now: datetime) -> str:
    if found.born_on is None:
        return ""
    on = days.london_day(now)
    return str(on.year - found.born_on.year - ((on.month, on.day) < (found.born_on.month, found.born_on.day)))
