"""
What does policy say, since when, and why?

Policy is dated data: one TOML file an edition, in a folder beside the rule that reads it. A `DecisionTable` decides (first row
that matches wins, the last row is the catch-all) and explains itself; a `DatedTable` is a plain list of values. An edition in
force is never edited: a new one is added. A force lays its own editions over ours with `STANDFAST_POLICY_DIR`.
"""

from standfast.foundation.kernel.tables.dated import DatedTable, Edition
from standfast.foundation.kernel.tables.decision import Change, Decision, DecisionTable, Explanation, NearMiss, Unmet
from standfast.foundation.kernel.tables.files import NoEdition, PolicyError, known_tables

__all__ = [
    "Change",
    "DatedTable",
    "Decision",
    "DecisionTable",
    "Edition",
    "Explanation",
    "NearMiss",
    "NoEdition",
    "PolicyError",
    "Unmet",
    "known_tables",
]
