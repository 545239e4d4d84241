"""What came of everything a crowd of visitors sent? Nothing lost, doubled or told to somebody else, and each chat in its order."""

import asyncio
import gc
import random
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from standfast.bench.chat_load import ChatVisitor, Line
from standfast.foundation.runtime.memory import settle_memory

OPEN_AT_ONCE = 8
Row = tuple[int, str, str, str]
"""One line as the database has it: its place, side, id and text."""


@dataclass(kw_only=True)
class Crowd:
    """Visitors who read and write at once, each a line every so many seconds."""

    make: Callable[[int], ChatVisitor]
    every: float
    visitors: list[ChatVisitor] = field(default_factory=list)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)
    _writing: list[asyncio.Task[None]] = field(default_factory=list)

    async def grow(self, size: int) -> int:
        """Let visitors come until there are so many, each with an open stream; return how many did not get in."""
        new = [self.make(number) for number in range(len(self.visitors), size)]
        turn = asyncio.Semaphore(OPEN_AT_ONCE)

        async def come(visitor: ChatVisitor) -> bool:
            async with turn:
                return await visitor.open()

        came = await asyncio.gather(*map(come, new))
        self.visitors += new
        for number, visitor in enumerate(new):
            self._tasks.append(asyncio.create_task(visitor.listen()))
            if number % 50 == 49:
                await asyncio.sleep(0.2)
        await until(lambda: all(each.is_listening for each in new), within=60)
        return came.count(False)

    def start_writing(self) -> None:
        """
        Let everybody write from now on, each at moments of their own. Until they stop, nothing is collected in this process.

        It holds all that was said: looking through that took up to a third of a second, which everybody's lines would have waited.
        """
        settle_memory()
        gc.disable()
        self._writing = [asyncio.create_task(self._write(each)) for each in self.visitors]

    async def stop_writing(self, *, within: float) -> None:
        """Let nobody begin another line, and wait until those under way are stored or given up."""
        for visitor in self.visitors:
            visitor.is_quiet = True
        if self._writing:
            await asyncio.wait(self._writing, timeout=within)
        self._writing = []
        gc.enable()
        for visitor in self.visitors:
            visitor.is_quiet = False

    async def leave(self) -> None:
        """Close every page."""
        for task in (*self._tasks, *self._writing):
            task.cancel()
        await asyncio.gather(*self._tasks, *self._writing, return_exceptions=True)

    def lines_since(self, moment: float) -> list[Line]:
        """Return what was first tried after a moment."""
        return [line for each in self.visitors for line in each.sent if line.tried_at >= moment]

    async def _write(self, visitor: ChatVisitor) -> None:
        due = time.monotonic() + random.uniform(0, self.every)
        number = len(visitor.sent)
        while not visitor.is_quiet:
            await asyncio.sleep(min(0.5, max(0.0, due - time.monotonic())))
            # As on the page: while it is behind, nothing is sent.
            if time.monotonic() < due or not visitor.is_listening or visitor.is_quiet:
                continue
            await visitor.say(f"visitor {visitor.number} says line {number}")
            number += 1
            due = max(due + self.every, time.monotonic())


async def until(true: Callable[[], bool], *, within: float) -> float:
    """Wait until something is true, or that many seconds; return how many it took."""
    began = time.monotonic()
    while not true() and time.monotonic() - began < within:
        await asyncio.sleep(0.1)
    return time.monotonic() - began


def faults_of(
    visitors: Sequence[ChatVisitor], rows: Mapping[str, Sequence[Row]], later: Mapping[str, Sequence[Row]] | None = None
) -> Counter[str]:
    """
    Compare what each visitor sent and heard with what the database has, by the hash of their cookie, and count what is wrong.

    A chat goes on while it is looked at: everybody had caught up with `rows`, and whatever they have from after that is in `later`.
    """
    found = Counter[str](lost=0, doubled=0, misrouted=0, out_of_order=0)
    for visitor in visitors:
        kept = rows.get(visitor.hash, [])
        known = (rows if later is None else later).get(visitor.hash, [])
        found.update(_stored_faults(visitor, kept, known))
        found.update(_heard_faults(visitor, kept, known))
    return found


def _stored_faults(visitor: ChatVisitor, kept: Sequence[Row], known: Sequence[Row]) -> Counter[str]:
    mine = [(seq, id_, text) for seq, side, id_, text in kept if side == "visitor"]
    ids = [id_ for _, id_, _ in mine]
    texts = Counter(text for _, _, text in mine)
    sent = {line.id: line for line in visitor.sent}
    in_turn = [id_ for id_ in sent if id_ in set(ids)]
    stored = {id_ for _, side, id_, _ in known if side == "visitor"}
    return Counter(
        lost=sum(line.is_kept and line.id not in stored for line in visitor.sent),
        doubled=sum(count - 1 for count in texts.values()),
        misrouted=sum(id_ not in sent or sent[id_].text != text for _, id_, text in mine),
        out_of_order=int(ids != in_turn),
    )


def _heard_faults(visitor: ChatVisitor, kept: Sequence[Row], known: Sequence[Row]) -> Counter[str]:
    places = [seq for seq, _, _ in visitor.heard]
    due = {seq for seq, side, _, _ in kept if side != "signal"}
    shown = {seq: text for seq, side, _, text in known if side != "signal"}
    return Counter(
        lost=len(due - set(places)),
        doubled=len(places) - len(set(places)),
        misrouted=sum(shown.get(seq) != text for seq, _, text in visitor.heard),
        out_of_order=int(places != sorted(places)),
    )


def percentile(values: Sequence[float], part: float) -> float:
    """Return a percentile of seconds, in ms; of nothing, none can be said: infinity."""
    if not values:
        return float("inf")
    ordered = sorted(values)
    return round(1000 * ordered[min(len(ordered) - 1, int(len(ordered) * part))], 1)


def waits_of(lines: Sequence[Line]) -> list[float]:
    """Return how long each line took from its first try until it came back; one that did not counts as until now."""
    now = time.monotonic()
    return [(line.heard_at or now) - line.tried_at for line in lines]
