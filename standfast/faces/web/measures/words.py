"""How are shares and teams written on these pages?"""

from standfast.journey.assessment.rules.counted_share import CountedShare, interval_of

ANY = ""
NO_TEAM = "-"
"""How an address names the contacts that no team has taken."""
NO_TEAM_LABEL = "Nobody, or no team"


def percent(share: float | None) -> str:
    """Return a share as whole per cent; never 100 % while anything is missing, nor 0 % while there is anything."""
    if share is None:
        return "–"
    rounded = round(100 * share)
    if share < 1:
        rounded = min(99, rounded)
    if share > 0:
        rounded = max(1, rounded)
    return f"{rounded}%"


def of_counts(counted: CountedShare) -> str:
    """Return the counts of a share in words."""
    return f"{counted.part:,} of {counted.whole:,}"


def surely(counted: CountedShare) -> str:
    """Return between which shares the true one lies 95 times in 100."""
    if not counted.whole:
        return ""
    least, most = interval_of(counted)
    return f"{round(100 * least)}–{round(100 * most)}%"
