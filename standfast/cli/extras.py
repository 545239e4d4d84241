"""What does a command say whose libraries are not installed?"""

from collections.abc import Iterator
from contextlib import contextmanager

from standfast.foundation.kernel.errors import Refusal


class NotInstalled(Refusal):
    """A part that is installed apart, and is not here."""


@contextmanager
def needing(extra: str) -> Iterator[None]:
    """
    Turn the lack of a library into one sentence that names what to install.

    :raises NotInstalled: naming the extra
    """
    try:
        yield
    except ModuleNotFoundError as missing:
        if (missing.name or "").startswith("standfast"):
            raise
        sentence = f"{missing.name} is not installed; “pip install standfast[{extra}]” brings it."
        raise NotInstalled(sentence) from None
