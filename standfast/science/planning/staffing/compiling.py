"""How is arithmetic over millions of cells compiled, once, and remembered between runs?"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Return the same function compiled at its first call; numba keeps the result beside the file, or in the user's cache."""
    return cast(Function, njit(cache=True, error_model="numpy")(function))
