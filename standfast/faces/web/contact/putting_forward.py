"""What do facts taken from a chat put forward for THRIVE, so that nobody types again what was written?"""

from collections.abc import Sequence
from dataclasses import replace

from standfast.faces.web.contact.judging import Judgement, LimbShown
from standfast.journey.chat.queries import FactRecord
from standfast.journey.chat.rules.fact_kind import LIMB_OF, FactKind


def put_forward(judgement: Judgement, facts: Sequence[FactRecord]) -> Judgement:
    """Return the judgement with the facts standing in the limbs nobody wrote yet; a person judges the level and writes them."""
    if not facts:
        return judgement
    return replace(judgement, limbs=[_limb(limb, facts) for limb in judgement.limbs])


def _limb(limb: LimbShown, facts: Sequence[FactRecord]) -> LimbShown:
    said = [fact for fact in facts if LIMB_OF.get(FactKind(fact.kind)) == limb.code]
    if limb.text or not said:
        return limb
    words = "; ".join(f"{FactKind(fact.kind).label}: “{fact.text}”" for fact in said)
    return replace(limb, text=f"{words} (their words in the chat)", note="from the chat: choose a level and write it")
