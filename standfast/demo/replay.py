"""
What does `standfast replay CALLS` do?

It sends the calls of a file to the public intake API with their real times and tells what became of each: a bad row is named and passed
over, and sent = stored + already there + refused + failed.
"""

import asyncio
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from standfast.demo.intake_client import BackOff, Delivery, Outcome, deliver_all, open_intake
from standfast.demo.replay_files import CallsFile, read_calls
from standfast.demo.replay_plan import Laying, Speed, lay_calls, sendings_of_calls, unmapped_types
from standfast.demo.sendings import Sending
from standfast.foundation.kernel import clock
from standfast.foundation.kernel.days import london_day

AT_ONCE = 16
FOUND_SOMETHING_WRONG = 1


def _end_of_time() -> datetime:
    return datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Replay:
    """What to replay, to where and how fast; `folder` keeps when each replay began, so that it can be taken up again."""

    path: Path
    url: str
    key: str
    speed: Speed
    folder: Path
    at_once: int = AT_ONCE
    back_off: BackOff = field(default_factory=BackOff)


@dataclass
class Tally:
    """What became of everything sent so far, and what could not be read; `references` are those of the contacts, by key."""

    contacts: Counter[Outcome] = field(default_factory=Counter)
    events: Counter[Outcome] = field(default_factory=Counter)
    bad_rows: int = 0
    references: dict[str, str] = field(default_factory=dict)

    def count(self, delivery: Delivery) -> None:
        """Count one delivery."""
        (self.contacts if delivery.sending.is_contact else self.events)[delivery.outcome] += 1
        if delivery.sending.is_contact and delivery.reference:
            self.references[delivery.sending.key] = delivery.reference

    @property
    def exit_code(self) -> int:
        """0 if everything was read and taken, else 1."""
        wrong = sum(counts[o] for counts in (self.contacts, self.events) for o in (Outcome.REFUSED, Outcome.FAILED))
        return FOUND_SOMETHING_WRONG if wrong or self.bad_rows else 0

    def __str__(self) -> str:
        return f"Contacts: {_sum(self.contacts)}. Call events: {_sum(self.events)}. Rows not read: {self.bad_rows}."


def replay_calls(replay: Replay, *, tell: Callable[[str], None], tally: Tally) -> tuple[CallsFile, Laying] | None:
    """
    Replay a file, telling of each bad row, refusal and failure as it comes, and counting into `tally`.

    Stopped half way, the tally stands; started again, it goes on where it was. Returned is what was read and where its times lie; None
    where there was nothing to send.

    :raises CallsFileWrong: if the file cannot be read at all
    :raises IntakeUnusable: if the address is none or the key is not known
    """
    file = read_calls(replay.path)
    tally.bad_rows = len(file.bad)
    for row in file.bad:
        tell(f"{file.name}, line {row.line}: {row.expected}.")
    if not file.calls:
        return None
    now = clock.now()
    for kind, number in sorted(unmapped_types(file, on=london_day(now)).items()):
        tell(f"{file.name}: no row of replay_kind fits “{kind}”; its {number} calls are sent with it as their kind.")
    laying = lay_calls(file, speed=replay.speed, target=replay.url, folder=replay.folder, now=now)
    with _progress(len(file.calls)) as advance:

        def settle(delivery: Delivery) -> None:
            tally.count(delivery)
            if delivery.detail:
                tell(f"{delivery.sending.about}: {delivery.outcome.label}: {delivery.detail}")
            if delivery.sending.is_contact:
                advance()

        asyncio.run(_deliver(replay, sendings_of_calls(file, laying), settle))
    return file, laying


async def _deliver(replay: Replay, sendings: Iterator[Sending], settle: Callable[[Delivery], None]) -> None:
    # As fast as the intake takes it means that nothing is waited for.
    due_by = clock.now if replay.speed.factor else _end_of_time
    async with open_intake(
        url=replay.url, key=replay.key, connections=replay.at_once, back_off=replay.back_off
    ) as client:
        await deliver_all(sendings, client=client, clock=due_by, at_once=replay.at_once, on_delivery=settle)


def _sum(counts: Counter[Outcome]) -> str:
    parts = " + ".join(f"{counts[o]:,} {o.label}" for o in Outcome if counts[o] or o != Outcome.JOURNALLED)
    return f"{counts.total():,} sent = {parts}"


@contextmanager
def _progress(total: int) -> Iterator[Callable[[], None]]:
    """A bar on a terminal, nothing in a pipe."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    with Progress(BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=total)
        yield lambda: bar.advance(task)
