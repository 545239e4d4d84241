"""Is the answer the same wherever the work runs, and is an engine that is not there named?"""

from functools import partial
from importlib.util import find_spec

import pytest

from standfast.foundation.kernel.errors import Refusal
from standfast.science.planning.forecast.engines import run_by_fugue
from tests.planning.demand import ask, counts, write

DASK = pytest.mark.skipif(find_spec("distributed") is None, reason="the extra standfast[cluster] is not installed")


@DASK
@pytest.mark.processes
def test_dask_gives_the_same_forecast_as_this_process(tmp_path):
    rows = [[*row, name] for name in ("N", "S", "W") for row in counts(100, seed=len(name))]
    history = write(tmp_path / "h.csv", rows, ("start", "count", "series"))
    options = ["--models", "regression,mean8", "--totals"]
    assert ask(history, *options, "--engine", "dask") == ask(history, *options)


@DASK
def test_the_layer_under_ray_and_spark_keeps_the_order_of_what_it_was_given():
    assert run_by_fugue("native", partial(pow, 2), list(range(12))) == [2**each for each in range(12)]


@pytest.mark.parametrize(
    ("engine", "sentence"),
    [
        ("ray", r"ray is not installed; “pip install fugue\[ray\]” brings it"),
        ("spark", r"pyspark is not installed; “pip install fugue\[spark\]” brings it"),
        ("abacus", "no engine “abacus”; local, dask, ray or spark was expected"),
    ],
)
def test_an_engine_that_is_not_there_is_named_and_leaves_no_file(tmp_path, engine, sentence):
    if find_spec({"spark": "pyspark"}.get(engine, engine)):
        pytest.skip(f"{engine} is installed here")
    history = write(tmp_path / "h.csv", counts(60))
    with pytest.raises(Refusal, match=sentence):
        ask(history, "--engine", engine, "-o", str(tmp_path / "f.csv"))
    assert [each.name for each in tmp_path.iterdir()] == ["h.csv"]
