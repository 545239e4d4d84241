"""What can words of a chat be taken as, and what do they fill, so that nobody types them again?"""

import re

from standfast.foundation.kernel.choices import Choice
from standfast.journey.assessment.rules.thrive import Limb


class FactKind(Choice):
    """What selected words say. The order is that of the keys 1 to 9."""

    THREAT = "threat", "Threat"
    HARM = "harm", "Harm"
    SUSPECT = "suspect", "Suspect"
    PLACE = "place", "Place"
    WRITER = "writer", "Who writes"
    VULNERABLE = "vulnerable", "Vulnerable"
    VEHICLE = "vehicle", "Vehicle"
    TIME = "time", "Time"
    PHONE = "phone", "Number"


FILLS = {FactKind.PLACE: "place_text", FactKind.WRITER: "caller_name", FactKind.PHONE: "caller_phone"}
"""The field of the contact that a fact fills where nobody filled it yet."""

LIMB_OF = {
    FactKind.THREAT: Limb.THREAT,
    FactKind.HARM: Limb.HARM,
    FactKind.SUSPECT: Limb.RISK,
    FactKind.VULNERABLE: Limb.VULNERABILITY,
    FactKind.VEHICLE: Limb.INVESTIGATION,
    FactKind.TIME: Limb.INVESTIGATION,
    FactKind.PHONE: Limb.ENGAGEMENT,
}
"""The limb of THRIVE a fact is put forward for; its level is a person's judgement."""


def words_at(text: str, selected: str) -> tuple[int, int] | None:
    """Return where selected words stand in a line, whatever the white space between them, or None."""
    words = [re.escape(word) for word in selected.split()]
    found = re.search(r"\s+".join(words), text) if words else None
    return found.span() if found else None
