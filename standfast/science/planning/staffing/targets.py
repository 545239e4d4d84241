"""What must a queue reach, and which targets can no staffing reach?"""

import math
import re
from dataclasses import dataclass

from standfast.foundation.kernel.errors import Refusal


class NoStaffingMeets(Refusal):
    """A target that no number of people reaches, or none that can be counted to."""


class BadStaffing(Refusal):
    """A figure that staffing cannot be worked out from."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """
    What the queue must reach: all of it, with the fewest people.

    `answered` is the share of all callers answered `within` seconds; those who hang up count as not answered. `average_wait` is in
    seconds over all callers. `abandoned` is the largest share that may hang up, `occupancy` the largest share of their time people
    may be busy.
    """

    answered: float = 0.0
    within: float = 0.0
    average_wait: float = math.inf
    abandoned: float = 1.0
    occupancy: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Work:
    """What one caller takes: the mean handling time, and the mean patience (infinite: nobody hangs up), in seconds."""

    aht: float
    patience: float = math.inf


def check_target(target: Target) -> None:
    """
    Refuse a target that no staffing meets, or that asks for nothing.

    :raises NoStaffingMeets: if no number of people would do
    :raises BadStaffing: if a figure is out of its range
    """
    for name, value in (
        ("answered", target.answered),
        ("abandoned", target.abandoned),
        ("occupancy", target.occupancy),
    ):
        if not 0 <= value <= 1:
            raise BadStaffing(f"{name} is {value:g}; a share from 0 to 1 was expected.")
    if not (math.isfinite(target.within) and target.within >= 0):
        raise BadStaffing(f"The answer time is {target.within:g}; seconds from 0 were expected.")
    if not target.average_wait >= 0:
        raise BadStaffing(f"The mean wait is {target.average_wait:g}; seconds from 0 were expected.")
    never = {
        "every single call in time": target.answered == 1,
        "no wait at all": target.average_wait == 0,
        "not one caller who hangs up": target.abandoned == 0,
        "people who are never busy": target.occupancy == 0,
    }
    if impossible := [told for told, is_asked in never.items() if is_asked]:
        raise NoStaffingMeets(f"No staffing meets a target of {impossible[0]}; a target short of that was expected.")


def check_work(work: Work) -> None:
    """
    Refuse a handling time or a patience that is none.

    :raises BadStaffing: if one is not above 0
    """
    if not (math.isfinite(work.aht) and work.aht > 0):
        raise BadStaffing(f"The handling time is {work.aht:g}; seconds above 0 were expected.")
    if not work.patience > 0:
        raise BadStaffing(f"The patience is {work.patience:g}; seconds above 0 were expected.")


def read_answer(text: str) -> tuple[float, float]:
    """
    Read a target such as 0.9/10 or 90%/10: the share, and the seconds it is to be answered within.

    :raises BadStaffing: if it is none
    """
    found = re.fullmatch(r"\s*(\d*\.?\d+)\s*(%?)\s*/\s*(\d*\.?\d+)\s*s?\s*", text)
    if not found:
        raise BadStaffing(
            f"“{text[:40]}” is no answer target; one such as 0.9/10 (90 % within 10 seconds) was expected."
        )
    share = float(found[1]) / (100 if found[2] else 1)
    if share > 1:
        raise BadStaffing(f"“{text[:40]}” asks for more than every call; a share up to 1 was expected, as in 0.9/10.")
    return share, float(found[3])
