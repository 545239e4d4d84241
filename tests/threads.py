"""How many threads has a process, and how does a test call what runs an event loop of its own where a browser's driver runs one here?"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

Result = TypeVar("Result")


def in_own_thread(call: Callable[[], Result]) -> Result:
    """Call it in a thread of its own and return what it returns, or raise what it raises."""
    with ThreadPoolExecutor(1) as own:
        return own.submit(call).result()


def threads_of(process: int) -> int:
    """Return how many threads a process and its children have."""
    found = 0
    for task in Path(f"/proc/{process}/task").iterdir():
        found += 1 + sum(threads_of(int(child)) for child in (task / "children").read_text().split())
    return found
