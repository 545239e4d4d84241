"""How is long work shown? A bar on a terminal, nothing in a pipe."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

WIDE = 24


@contextmanager
def bar(stages: Sequence[str]) -> Iterator[Callable[[int, int], None]]:
    """Give what to tell how much of a stage is done; a stage that begins with nought is the next one named."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(WIDE), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not sys.stderr.isatty()) as shown:
        left = list(reversed(stages))
        task = shown.add_task("")

        def tell(done: int, whole: int) -> None:
            name = left.pop() if not done and left else None
            shown.update(task, completed=done, total=whole, description=name)

        yield tell
