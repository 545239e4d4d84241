"""What would a contact centre reach, over many replications, and what would a change make of it?"""

from collections.abc import Sequence
from dataclasses import dataclass

from standfast.science.planning.simulate.by_policy import run_by_policy
from standfast.science.planning.simulate.centre import Centre, changes_of, rules_of
from standfast.science.planning.simulate.kernel import run_kernel
from standfast.science.planning.simulate.measures import Figures, Window, measure
from standfast.science.planning.simulate.streams import Demand, draw_contacts

ENGINES = {"compiled": run_kernel, "general": run_by_policy}


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One contact centre, what comes to it, and which part of the time counts."""

    name: str
    centre: Centre
    demands: Sequence[Demand]
    window: Window


@dataclass(frozen=True, kw_only=True)
class Chance:
    """Where chance comes from, and how often it is tried."""

    seed: int = 1
    replications: int = 20


def simulate_centre(setting: Setting, *, chance: Chance, engine: str = "compiled") -> list[Figures]:
    """Return the figures of each replication. Two settings with the same chance see the same contacts."""
    return [_once(setting, chance.seed, replication, engine) for replication in range(chance.replications)]


def _once(setting: Setting, seed: int, replication: int, engine: str) -> Figures:
    contacts = draw_contacts(setting.centre, list(setting.demands), seed=seed, replication=replication)
    changes = changes_of(setting.centre)
    outcome = ENGINES[engine](contacts, rules_of(setting.centre), changes)
    return measure(setting.centre, contacts, outcome, changes=changes, window=setting.window)
