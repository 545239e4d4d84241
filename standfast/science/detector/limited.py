"""
What do the words show, answered in time or not at all?

The detector is an extra: whoever waits for it waits so long and no longer, and then goes on with the rules alone. It runs in a thread of
its own, which cannot be stopped: one that is overdue goes on by itself, and until it ends nobody waits for another. A thread that is done
is kept for the next text, as starting one takes as long as a third of the reading.
"""

import os
import threading
from dataclasses import dataclass, field
from queue import SimpleQueue

from standfast.science.detector import assessment
from standfast.science.detector.assessment import Assessment

LIMIT_SECONDS = 4.0
"""
How long anybody waits: below the five seconds after which a transaction that stands idle is cut off, and in which a grade must come; long
enough to read the tables first, or a very long text, on a busy machine.
"""


class NotInTime(Exception):
    """The words were not assessed within the limit, or an earlier text keeps the detector busy."""


@dataclass(eq=False)
class _Run:
    """One text being read: what came of it, once it is over."""

    text: str
    found: Assessment | None = None
    fault: Exception | None = None
    over: threading.Event = field(default_factory=threading.Event)

    def read(self, reader: "_Reader") -> None:
        try:
            # By its module, so that what stands there when it is asked is asked.
            self.found = assessment.assess_words(self.text)
        except Exception as fault:  # noqa: BLE001 - raised again for whoever waits
            self.fault = fault
        finally:
            # First, so that whoever waits finds it for the next text.
            _idle.append(reader)
            self.over.set()


_Reader = SimpleQueue[_Run]
"""Where a thread is given its texts, one at a time."""
_idle: list[_Reader] = []
# A process that was forked has none of the threads of the one it came from.
os.register_at_fork(after_in_child=_idle.clear)
_overdue: set[_Run] = set()


def assess_in_time(text: str, *, seconds: float = LIMIT_SECONDS) -> Assessment:
    """
    Return what a text gives cause for. What the detector raises is raised here.

    :raises NotInTime: if it takes longer than that many seconds, or is still busy with a text that did
    """
    for run in list(_overdue):
        if run.over.is_set():
            _overdue.discard(run)
    if _overdue:
        raise NotInTime("The detector is still busy with an earlier text.")
    run = _Run(text)
    _free_reader().put(run)
    if not run.over.wait(seconds):
        _overdue.add(run)
        raise NotInTime(f"The detector took longer than {seconds:g} s.")
    if run.fault is not None:
        raise run.fault
    return run.found  # type: ignore[return-value] # of whatever shape it is: who asked looks


def _free_reader() -> _Reader:
    try:
        return _idle.pop()
    except IndexError:
        reader = _Reader()
        threading.Thread(target=_read_in_turn, args=(reader,), name="detector", daemon=True).start()
        return reader


def _read_in_turn(reader: _Reader) -> None:
    while True:
        # Under no name of its own: nobody's words are kept here until the next ones come.
        reader.get().read(reader)
