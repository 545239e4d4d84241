"""How is a long search shown, and stopped with the best so far?"""

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

LOOK_EVERY_SECONDS = 0.2
BAR = 24


def run_apart(search: Callable[[], Any], *, look: Callable[[], None]) -> Any:
    """Run a search on a thread of its own, and look at it now and then: this one must hear Ctrl-C while compiled code runs."""
    found: list[Any] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            found.append(search())
        except BaseException as problem:  # noqa: BLE001 - raised again below, on the thread that can tell it
            failed.append(problem)

    thread = threading.Thread(target=run, name="roster", daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(LOOK_EVERY_SECONDS)
        look()
    if failed:
        raise failed[0]
    return found[0]


@contextmanager
def stopping(stop: Callable[[], None]) -> Iterator[None]:
    """Let Ctrl-C, or a kind kill, end the search with the best so far; a second one ends the program."""

    def hear(number: int, _frame: Any) -> None:
        stop()
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)

    before = {number: signal.signal(number, hear) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def telling(*, seconds: float | None, work: float | None) -> Iterator["Lines | Bar"]:
    """Show how far the search is, the best roster so far and the bound none can beat: a bar on a terminal, else lines."""
    if not sys.stderr.isatty():
        yield Lines()
        return
    try:
        yield Bar(seconds=seconds, work=work)
    finally:
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()


class Bar:
    """One line that is drawn again and again."""

    def __init__(self, *, seconds: float | None, work: float | None) -> None:
        self.seconds, self.work = seconds, work
        self.began = monotonic()
        self.progress: Any = None

    def __call__(self, progress: Any) -> None:
        """Take what the search tells."""
        self.progress = progress

    def look(self) -> None:
        """Draw the bar as it stands now."""
        gone = monotonic() - self.began
        done = 0.0 if self.progress is None else self.progress.work
        share = max(gone / self.seconds if self.seconds else 0.0, done / self.work if self.work else 0.0)
        full = round(BAR * min(1.0, share))
        bar = "█" * full + "·" * (BAR - full)
        best = "reading the rules" if self.progress is None else _standing(self.progress)
        sys.stderr.write(f"\r\x1b[K{bar} {gone:.0f} s  {best}  (Ctrl-C keeps the best)")
        sys.stderr.flush()


class Lines:
    """One line for each better roster."""

    def __init__(self) -> None:
        self.cost: int | None = None

    def look(self) -> None:
        """Say nothing: lines are written when there is something new."""

    def __call__(self, progress: Any) -> None:
        """Write a line if the roster is a better one."""
        if progress.cost != self.cost:
            self.cost = progress.cost
            sys.stderr.write(f"{progress.seconds:.1f} s  {_standing(progress)}\n")
            sys.stderr.flush()


def _standing(progress: Any) -> str:
    best = "no roster yet" if progress.cost is None else f"best {progress.cost}"
    return f"{best}, bound {progress.bound:.0f}" if progress.bound > float("-inf") else best
