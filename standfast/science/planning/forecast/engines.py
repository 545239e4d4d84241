"""Where does the work run: here, on every core, or on a cluster? The answers are the same wherever it is."""

import base64
import os
import pickle
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from importlib import import_module
from importlib.util import find_spec
from multiprocessing import get_context
from typing import Any, Protocol, TypeVar

from standfast.science.planning.series.problems import BadSeries

Given = TypeVar("Given")
Made = TypeVar("Made")
ENOUGH_FOR_EVERY_CORE = 100
PARTS = 8
NEEDED = {
    "dask": ("dask", "distributed"),
    "ray": ("fugue", "ray"),
    "spark": ("fugue", "pyspark"),
}
BROUGHT_BY = {"dask": "standfast[cluster]", "ray": "fugue[ray]", "spark": "fugue[spark]"}


class Tell(Protocol):
    """Who wants to know how far the work is."""

    def __call__(self, done: int, whole: int, /) -> None:
        """Take how many of how many are done; nought says that it begins."""


class Run(Protocol):
    """A way to do the same to each of many, answers in the order of what was given."""

    def __call__(self, do: Callable[[Given], Made], given: Sequence[Given], /) -> list[Made]:
        """Return what is made of each."""


def quiet(_done: int, _whole: int, /) -> None:
    """Tell nobody."""


def run_here(do: Callable[[Given], Made], given: Sequence[Given], /, *, tell: Tell = quiet) -> list[Made]:
    """Run in this process, or on every core where there is much to do."""
    cores = os.cpu_count() or 1
    steadily = partial(on_one_thread, do)
    if cores == 1 or len(given) < ENOUGH_FOR_EVERY_CORE:
        return _told(map(steadily, given), len(given), tell)
    with ProcessPoolExecutor(cores, mp_context=get_context("spawn")) as pool:
        made = pool.map(steadily, given, chunksize=max(1, len(given) // (cores * PARTS)))
        return _told(made, len(given), tell)


def on_one_thread(do: Callable[[Given], Made], given: Given) -> Made:
    """Do it with linear algebra on one thread: the matrices are small, and threads waiting for one another cost more than they save."""
    with _threads().limit(limits=1):
        return do(given)


@cache
def _threads() -> Any:
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


def _told(made: Iterable[Made], whole: int, tell: Tell) -> list[Made]:
    tell(0, whole)
    kept = []
    for done, each in enumerate(made, 1):
        kept.append(each)
        tell(done, whole)
    return kept


def engine_named(name: str, *, tell: Tell = quiet) -> Run:
    """
    Return a way to run: local, dask, ray or spark, that says how far it is.

    :raises BadSeries: if there is none of the name, or it is not installed
    """
    if name == "local":
        return partial(run_here, tell=tell)
    if name not in NEEDED:
        raise BadSeries(f"There is no engine “{name[:20]}”; local, dask, ray or spark was expected.")
    if missing := [each for each in NEEDED[name] if find_spec(each) is None]:
        raise BadSeries(f"{missing[0]} is not installed; “pip install {BROUGHT_BY[name]}” brings it.")
    return partial(run_on_dask, tell=tell) if name == "dask" else partial(run_by_fugue, name)


def run_on_dask(do: Callable[[Given], Made], given: Sequence[Given], /, *, tell: Tell = quiet) -> list[Made]:
    """Run on the scheduler DASK_SCHEDULER_ADDRESS names, or else on worker processes of this machine."""
    from dask import config
    from distributed import Client, as_completed

    here = {"n_workers": os.cpu_count(), "threads_per_worker": 1, "dashboard_address": None}
    with Client(**({} if config.get("scheduler-address", None) else here)) as client:  # type: ignore[no-untyped-call]
        futures = client.map(partial(on_one_thread, do), given, pure=False)
        _told(as_completed(futures), len(given), tell)  # type: ignore[no-untyped-call]
        return list(client.gather(futures))


def run_by_fugue(engine: str, do: Callable[[Given], Made], given: Sequence[Given], /) -> list[Made]:
    """Run through fugue, the layer by which statsforecast reaches Ray and Spark: one row a series."""
    import pandas as pd
    from fugue import api

    if engine != "native":
        import_module(f"fugue_{engine}.registry")
    packed = [{"place": place, "given": _packed((do, each))} for place, each in enumerate(given)]
    made = api.transform(  # type: ignore[attr-defined]
        pd.DataFrame(packed),
        _made_of_each,
        schema="place:int,made:str",
        partition={"by": "place"},
        engine=engine,
        as_local=True,
        as_fugue=True,
    )
    return [_unpacked(text) for _, text in sorted(made.as_array())]


def _made_of_each(rows: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    for row in rows:
        do, given = _unpacked(row["given"])
        yield {"place": row["place"], "made": _packed(on_one_thread(do, given))}


def _packed(value: Any) -> str:
    return base64.b64encode(pickle.dumps(value)).decode("ascii")


def _unpacked(text: str) -> Any:
    return pickle.loads(base64.b64decode(text))  # noqa: S301 - packed by ourselves in the same run
