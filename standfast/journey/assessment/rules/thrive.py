"""Is an assessment complete enough to grade on?"""

from collections.abc import Mapping

from standfast.foundation.kernel.choices import Choice


class Limb(Choice):
    """The six limbs of THRIVE, in order."""

    THREAT = "threat", "Threat"
    HARM = "harm", "Harm"
    RISK = "risk", "Risk"
    INVESTIGATION = "investigation", "Investigation"
    VULNERABILITY = "vulnerability", "Vulnerability"
    ENGAGEMENT = "engagement", "Engagement"


MUST_BE_WRITTEN = (Limb.THREAT, Limb.HARM, Limb.RISK, Limb.VULNERABILITY)


def limbs_missing(written: Mapping[str, str]) -> tuple[Limb, ...]:
    """Return the limbs that must have a rationale in words before a grade is confirmed and do not: a tick is not an assessment."""
    return tuple(limb for limb in MUST_BE_WRITTEN if not written.get(limb, "").strip())
