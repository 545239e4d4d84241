"""Made-up demand for the tests of forecasts, and the command asked about it."""

import csv
import io
import math
from collections import defaultdict
from datetime import datetime, timedelta

import numpy as np
from typer.testing import CliRunner

from standfast.cli.main import app

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def counts(number, *, step=DAY, mean=40.0, seed=1, start=datetime(2025, 1, 1)):
    """Made-up counts: busier by day and at weekends."""
    chance = np.random.default_rng(seed)
    rows = []
    for place in range(number):
        at = start + place * step
        shape = 1 + 0.3 * (at.weekday() >= 5) + (0.6 * math.sin((at.hour - 9) / 24 * 2 * math.pi) if step < DAY else 0)
        rows.append([at.isoformat(" ", "minutes") if step < DAY else str(at.date()), int(chance.poisson(mean * shape))])
    return rows


def write(path, rows, header=("start", "count")):
    with path.open("w", newline="") as stream:
        csv.writer(stream).writerows([header, *rows])
    return path


def ask(history, *options):
    """Return the forecast as rows by series; a refusal is raised as it is."""
    found = CliRunner().invoke(app, ["forecast", str(history), *options], catch_exceptions=False)
    assert found.exit_code == 0, found.output
    by_series = defaultdict(list)
    for row in csv.DictReader(io.StringIO(found.stdout)):
        by_series[row.pop("series")].append(
            {key: value if key == "start" else float(value) for key, value in row.items()}
        )
    return by_series
