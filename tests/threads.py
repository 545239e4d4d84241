"""How does a test call what runs an event loop of its own, where a browser is open and its driver's loop runs in this thread?"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Result = TypeVar("Result")


def in_own_thread(call: Callable[[], Result]) -> Result:
    """Call it in a thread of its own and return what it returns, or raise what it raises."""
    with ThreadPoolExecutor(1) as own:
        return own.submit(call).result()
