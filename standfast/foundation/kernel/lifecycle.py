"""Which states can a record be in, and which moves lead from one to another?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from standfast.foundation.kernel.errors import Refusal


class IllegalMove(Refusal):
    """The record is not in a state from which this can be done."""


@dataclass(frozen=True)
class Move:
    """One move: the states it may start from, the state it leads to, and the permission it needs."""

    starts: frozenset[str]
    to: str
    needs: str

    def __init__(self, starts: Iterable[str], to: str, *, needs: str) -> None:
        object.__setattr__(self, "starts", frozenset(starts))
        object.__setattr__(self, "to", to)
        object.__setattr__(self, "needs", needs)


@dataclass(frozen=True)
class Lifecycle:
    """The states of one kind of record as a table of named moves. `noun` is used in the sentence of a refusal."""

    noun: str
    start: str
    moves: Mapping[str, Move] = field(default_factory=dict)

    def after(self, state: str, move: str) -> str:
        """
        Return the state a move leads to.

        :raises IllegalMove: if the move does not start from this state
        """
        if state not in self.moves[move].starts:
            raise IllegalMove(f"This {self.noun} is {state.replace('_', ' ')}, so it cannot {move.replace('_', ' ')}.")
        return self.moves[move].to

    def open_moves(self, state: str) -> dict[str, Move]:
        """Return the moves that start from this state, in the order of the table."""
        return {name: move for name, move in self.moves.items() if state in move.starts}

    def states(self) -> tuple[str, ...]:
        """Return every state, the first one first."""
        found = dict.fromkeys([self.start])
        for move in self.moves.values():
            found.update(dict.fromkeys(sorted(move.starts)))
            found[move.to] = None
        return tuple(found)
