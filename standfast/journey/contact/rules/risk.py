"""How dangerous does a contact look? The one scale by which every list is ordered."""

from standfast.foundation.kernel.choices import Choice


class Risk(Choice):
    """The risk of a contact, most dangerous first."""

    IMMEDIATE = "immediate", "Immediate"
    HIGH = "high", "High"
    MEDIUM = "medium", "Medium"
    STANDARD = "standard", "Standard"


_ORDER = {risk: rank for rank, risk in enumerate(Risk)}


def risk_rank(risk: Risk) -> int:
    """Return 0 for the most dangerous, counting up."""
    return _ORDER[risk]


def higher_risk(one: Risk, other: Risk) -> Risk:
    """Return the more dangerous of two."""
    return min(one, other, key=risk_rank)
