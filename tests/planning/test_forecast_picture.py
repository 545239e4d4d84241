"""The picture of the how-to page, drawn by the command from made-up calls; `make screenshots` says where to."""

import os
from datetime import datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from standfast.cli.main import app
from tests.planning.demand import HOUR, counts, write

pytestmark = pytest.mark.picture
LINES = {"999": 9.0, "101": 22.0}
SMALLEST_PICTURE_BYTES = 20_000


def test_two_lines_by_the_hour(tmp_path):
    given = os.environ.get("STANDFAST_TEST_PICTURES")
    folder = Path(given) if given else tmp_path
    since = datetime(2026, 3, 2)
    rows = [[*row, line] for line, mean in LINES.items() for row in counts(26 * 168, step=HOUR, mean=mean, start=since)]
    history, picture = write(tmp_path / "calls.csv", rows, ("start", "count", "series")), folder / "forecast.png"
    asked = ["forecast", str(history), "--models", "cheap", "-o", str(tmp_path / "f.csv"), "--plot", str(picture)]
    assert CliRunner().invoke(app, asked, catch_exceptions=False).exit_code == 0
    assert picture.stat().st_size > SMALLEST_PICTURE_BYTES
