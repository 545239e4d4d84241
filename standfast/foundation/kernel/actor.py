"""Who is doing this? Passed to every operation as `by`."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Actor:
    """A person or a machine that acts. `ref` is stable and stored; `partner` is the agency code of a partner's staff."""

    ref: str
    name: str
    roles: frozenset[str]
    team: str = ""
    partner: str = ""

    def __str__(self) -> str:
        return self.name
