"""Is a chat marked by risk, so that its breaking off may mean danger?"""

from standfast.journey.contact.rules.risk import Risk

MARKED = frozenset({Risk.IMMEDIATE, Risk.HIGH})


def is_marked(risk: str) -> bool:
    """Say whether a break-off of a chat of this risk is decided on within minutes."""
    return risk in MARKED
