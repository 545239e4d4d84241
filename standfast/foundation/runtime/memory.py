"""
Why does a process not stop for a tenth of a second now and then? What it loaded at boot is never looked through for garbage again.

A full collection walks every object there is: 160,000 of them after boot, 90 ms during which nobody is answered.
"""

import gc

YOUNG, MIDDLE, OLD = 10_000, 10, 20
"""After how many new objects, and of how many smaller collections, the next larger one follows; Python's own are 700, 10 and 10."""


def settle_memory() -> None:
    """Keep what is loaded by now out of every later collection. Called once, when a process is ready to serve."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
