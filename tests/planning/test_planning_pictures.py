"""The pictures of the page on planning a month, from made-up calls by the four commands; `make screenshots` says where to."""

import csv
import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.planning.demand import HOUR, counts
from tests.planning.planner import walk

pytestmark = [pytest.mark.browser, pytest.mark.picture]
LINES = {"999": 8.0, "101": 14.0}
SMALLEST_PICTURE_BYTES = 20_000


def test_need_against_roster_and_the_page_to_print(tmp_path, browser):
    given = os.environ.get("STANDFAST_TEST_PICTURES")
    folder = Path(given) if given else tmp_path
    since = datetime(2026, 9, 21)
    with (tmp_path / "calls.csv").open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["received", "line"])
        for line, mean in LINES.items():
            for start, number in counts(8 * 168, step=HOUR, mean=mean, start=since):
                at = datetime.fromisoformat(start)
                writer.writerows([at + place * timedelta(hours=1) / (number + 1), line] for place in range(number))
    picture, page = folder / "need-against-roster.png", tmp_path / "roster.html"
    walk(tmp_path, people=40, work=4, zone="Europe/London", forms={"plot": picture, "page": page})
    assert picture.stat().st_size > SMALLEST_PICTURE_BYTES
    shown = browser.new_page(viewport={"width": 1180, "height": 700})
    shown.goto(page.as_uri())
    assert shown.locator("tbody tr").count() == 40
    shown.screenshot(path=folder / "roster-page.png")
    shown.close()
    assert (folder / "roster-page.png").stat().st_size > SMALLEST_PICTURE_BYTES
