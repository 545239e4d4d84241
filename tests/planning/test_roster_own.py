"""Is a force's own roster right: its rules, its leave and training, its need, its calendar; and is what is wrong told in a sentence?"""

import csv
import json
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from standfast.cli.main import app
from standfast.foundation.kernel.errors import Refusal
from standfast.science.planning.roster import coverage, finding, grid
from standfast.science.planning.roster.effort import Budget
from standfast.science.planning.roster.limits import TABLE, Limit, edition_for, limits_on
from standfast.science.planning.roster.problem import OFF
from standfast.science.planning.roster.rules import hard_breaches

START = date(2026, 11, 30)
TIMES = {"E": (7, 15), "L": (15, 23), "N": (23, 31), "T": (9, 17)}
PROBLEM = """[roster]
name = "Desk"
start = 2026-11-30
days = 14
people = "people.csv"
absences = "absences.csv"
requests = "requests.csv"

[[shift]]
id = "E"
starts = 07:00:00
ends = 15:00:00
[[shift]]
id = "L"
starts = 15:00:00
ends = 23:00:00
[[shift]]
id = "N"
starts = 23:00:00
ends = 07:00:00
[[shift]]
id = "T"
starts = 09:00:00
ends = 17:00:00
training = true

[[need]]
shift = "E"
people = 3
[[need]]
file = "need.csv"
column = "required"
skill = "999"

[[minimum]]
shift = "N"
people = 1
[[minimum]]
shift = "L"
people = 1
skill = "supervisor"
days = ["Sat"]
"""
PEOPLE = """person,name,hours_a_week,skills,shifts,most_weekends
A,Asha Ali,37,supervisor|999,,
B,Ben Bell,37,999,,
C,Chidi Cole,37,999,,
D,Dee Dunn,37,supervisor,,1
E,Efa Evans,37,999,,
F,Farid Fox,20,,E|L,
G,Gwen Gray,37,999,,
H,Hari Hunt,37,,,
"""
ABSENCES = "person,from,to,kind,shift\nB,2026-12-01,2026-12-04,leave,\nC,2026-12-09,2026-12-09,training,T\n"
REQUESTS = "person,day,wants,weight\nA,2026-12-05,off,20\nE,2026-12-03,not N,5\nG,2026-12-02,E,must\n"
NEED = "series,start,required\n" + "".join(
    f"all,{START + timedelta(days=day)} {hour:02d}:00,{2 if 8 <= hour < 22 else 1}\n"
    for day in range(14)
    for hour in range(24)
)


@pytest.fixture
def desk(tmp_path):
    files = {
        "problem.toml": PROBLEM,
        "people.csv": PEOPLE,
        "absences.csv": ABSENCES,
        "requests.csv": REQUESTS,
        "need.csv": NEED,
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def change(desk, name, old, new):
    text = (desk / name).read_text()
    assert old in text
    (desk / name).write_text(text.replace(old, new, 1))


def invoke(desk, *options):
    return CliRunner().invoke(
        app, ["roster", str(desk / "problem.toml"), "-o", str(desk / "roster.csv"), "--work", "3", *options]
    )


def rows_of(path):
    rows = list(csv.reader(path.read_text().splitlines()))
    return rows[0][1:], {row[0]: row[1:] for row in rows[1:]}


def plainly_wrong(rows):
    """What no roster of the desk may do, worked out from its cells and the times of its duties alone."""
    for name, row in rows.items():
        duties = [(day * 24 + TIMES[cell][0], day * 24 + TIMES[cell][1], cell) for day, cell in enumerate(row) if cell]
        for (_, ended, _), (began, _, _) in pairwise(duties):
            if began - ended < 11:
                yield f"{name} rests {began - ended} h"
        text = "".join(cell or "-" for cell in row)
        if "NNNNN" in text or any(len(run) > 6 for run in text.split("-")):
            yield f"{name} works too long in a row: {text}"
        if any(text[n - 1] != "-" and text[n] == "-" and text[n + 1] != "-" for n in range(1, len(text) - 1)):
            yield f"{name} has a single rest day: {text}"
        if sum(8 for cell in row if cell) > 96:
            yield f"{name} works more than 48 h a week"


def test_a_roster_in_every_form(desk):
    forms = ["--page", "r.html", "--calendar", "r.ics", "--coverage", "c.csv", "--plot", "p.svg"]
    done = invoke(desk, *(each if each.startswith("--") else str(desk / each) for each in forms))
    assert done.exit_code == 0, done.output
    days, rows = rows_of(desk / "roster.csv")
    assert days[0] == "2026-11-30"
    assert len(days) == 14
    assert list(plainly_wrong(rows)) == []
    assert rows["B"][1:5] == [""] * 4
    assert rows["C"][9] == "T"
    assert rows["G"][2] == "E"
    assert all(any(row[day] == "N" for row in rows.values()) for day in range(14))
    assert all("L" in {rows["A"][day], rows["D"][day]} for day in (5, 12))
    assert set(rows["F"]) <= {"", "E", "L"}
    about = json.loads((desk / "roster.about.json").read_text())
    assert {each["name"] for each in about["inputs"]} >= {"problem.toml", "people.csv", "need.csv"}
    assert about["hard_breaches"] == 0
    assert sum(about["costs"].values()) == about["objective"]
    events = (desk / "r.ics").read_text().split("BEGIN:VEVENT")[1:]
    assert len(events) == sum(bool(cell) for row in rows.values() for cell in row)
    assert max(len(line.encode()) for line in (desk / "r.ics").read_text().splitlines()) <= 75
    page = (desk / "r.html").read_text()
    assert "Asha Ali" in page
    assert "<script" not in page
    assert (desk / "p.svg").read_text().lstrip().startswith("<?xml")
    covered = list(csv.DictReader((desk / "c.csv").read_text().splitlines()))
    there = sum(row[1] == "E" for name, row in rows.items() if name in "ABCEG")
    assert next(int(row["rostered"]) for row in covered if row["start"] == "2026-12-01 09:00") == there
    # Who worked the night before the first day is not known, so nothing is said of its hours.
    assert {row["start"][:10] for row in covered} == {f"{START + timedelta(days=day)}" for day in range(14)}
    assert min(row["start"] for row in covered) == "2026-11-30 07:00"


def test_the_calendar_tells_true_time_over_the_clock_change(desk):
    change(desk, "problem.toml", "2026-11-30", "2026-10-19")
    for name, old in (("absences.csv", ABSENCES), ("requests.csv", REQUESTS)):
        change(
            desk,
            name,
            old,
            old.splitlines()[0]
            + "\n"
            + {"absences.csv": "A,2027-01-01,2027-01-01,leave,\n", "requests.csv": "A,2027-01-01,off,1\n"}[name],
        )
    change(desk, "problem.toml", '[[need]]\nfile = "need.csv"\ncolumn = "required"\nskill = "999"\n', "")
    asked = finding.read_problem(desk / "problem.toml")
    calendar, night = asked.duties.calendar, asked.duties.shifts[2]
    assert calendar.ends(5, night) - calendar.begins(5, night) == timedelta(hours=9)
    assert calendar.begins(6, night) == datetime(2026, 10, 25, 23, tzinfo=ZoneInfo("Europe/London"))


def test_rest_is_counted_in_true_hours_when_clocks_go_forward(desk):
    # Ten minutes past eleven hours by the clock on the wall, ten past ten in truth: clocks go forward in the night to 28 March 2027.
    change(desk, "problem.toml", "2026-11-30", "2027-03-22")
    change(desk, "problem.toml", "starts = 07:00:00", "starts = 10:10:00")
    change(desk, "problem.toml", "ends = 15:00:00", "ends = 18:10:00")
    change(desk, "problem.toml", "[[need]]", "[limits]\nforward_rotation = false\n\n[[need]]")
    for name in ("absences", "requests"):
        change(desk, "problem.toml", f'{name} = "{name}.csv"\n', "")
    change(desk, "problem.toml", '[[need]]\nfile = "need.csv"\ncolumn = "required"\nskill = "999"\n', "")
    barred = finding.read_problem(desk / "problem.toml").problem.barred_by["rest_between_duties"]
    assert not barred[5, 1, 0]
    assert barred[6, 1, 0]


def test_a_need_at_several_quantiles_counts_by_the_chance_each_stands_for(desk):
    (desk / "high.csv").write_text(NEED.replace(",2\n", ",4\n"))
    change(desk, "problem.toml", 'skill = "999"\n', 'quantile = 0.5\n[[need]]\nfile = "high.csv"\nquantile = 0.9\n')
    asked = finding.read_problem(desk / "problem.toml")
    shares = sorted(need.share for need in asked.needs if need.quantile)
    assert shares == pytest.approx([0.3, 0.7])
    found = finding.find_roster(asked.problem, budget=Budget(work=2))
    rows = [
        each
        for each in coverage.covered(asked, found.cells)
        if each.label == "Tue 1 Dec 2026 09:00" and len(each.wanted) == 2
    ]
    assert rows[0].wanted == (2, 4)
    assert rows[0].chance == {True: 1.0, False: pytest.approx(0.7)}.get(
        rows[0].rostered >= 4 or None, 0.7 if rows[0].rostered >= 2 else 0.0
    )


def test_what_is_impossible_is_told_by_the_smallest_clash(desk):
    change(
        desk,
        "absences.csv",
        "C,2026-12-09",
        "A,2026-12-01,2026-12-06,leave,\nD,2026-12-05,2026-12-05,sickness,\nC,2026-12-09",
    )
    done = invoke(desk)
    assert done.exit_code != 0
    told = str(done.exception)
    assert "L on Sat 5 Dec 2026 (supervisor) has at least 1" in told
    assert "Asha Ali has leave on Tue 1 Dec 2026 to Sun 6 Dec 2026" in told
    assert "Dee Dunn has sickness on Sat 5 Dec 2026" in told
    assert told.count(";") == 2
    assert "shorter list" not in told
    assert not (desk / "roster.csv").exists()


def test_a_repair_changes_what_it_must_and_no_more(desk):
    assert invoke(desk).exit_code == 0
    published = (desk / "roster.csv").read_text()
    (desk / "published.csv").write_text(published)
    _, before = rows_of(desk / "published.csv")
    unchanged = invoke(desk, "--repair", str(desk / "published.csv"))
    assert unchanged.exit_code == 0, unchanged.output
    assert "0 changes" in unchanged.output
    assert (desk / "roster.csv").read_text() == published
    # Somebody on nights falls sick: their duty goes, and a night must still be worked by somebody.
    sick, day = next(
        (name, day) for name, row in before.items() for day, cell in enumerate(row) if cell == "N" and day > 1
    )
    others = sum(row[day] == "N" for row in before.values()) - 1
    at = START + timedelta(days=day)
    with (desk / "absences.csv").open("a") as stream:
        stream.write(f"{sick},{at},{at},sickness,\n")
    done = invoke(desk, "--repair", str(desk / "published.csv"))
    assert done.exit_code == 0, done.output
    _, after = rows_of(desk / "roster.csv")
    about = json.loads((desk / "roster.about.json").read_text())
    changed = sum(a != b for name in before for a, b in zip(before[name], after[name], strict=True))
    assert changed == about["changes"] == len(about["changed"])
    assert about["fewest_is_proven"]
    assert changed >= (1 if others else 2)
    assert list(plainly_wrong(after)) == []
    assert any(row[day] == "N" for row in after.values())


def test_what_was_worked_before_counts(desk):
    eve = [START - timedelta(days=back) for back in range(7, 0, -1)]
    (desk / "before.csv").write_text(
        "employee," + ",".join(map(str, eve)) + "\nA,,,,N,N,N,N\nB,,E,E,E,E,E,E\nC,,,,,,,L\nD,,,,,,,\n"
    )
    change(desk, "problem.toml", 'people = "people.csv"', 'people = "people.csv"\nbefore = "before.csv"')
    asked = finding.read_problem(desk / "problem.toml")
    cells = finding.find_roster(asked.problem, budget=Budget(work=2)).cells
    assert cells[0, 0] == OFF
    assert cells[0, 1] == OFF
    assert cells[1, 0] == OFF
    assert cells[2, 0] != 0
    first_hours = [each.rostered for each in coverage.covered(asked, cells) if each.start == "2026-11-30 03:00"]
    assert first_hours == [1]
    wrong = cells.copy()
    wrong[0, 0] = 2
    assert "nights_in_a_row" in {breach.rule for breach in hard_breaches(asked.problem, wrong)}


@settings(max_examples=8)
@given(
    hours=st.lists(st.sampled_from([20, 30, 37]), min_size=8, max_size=8),
    leave=st.lists(st.tuples(st.sampled_from("ABCDEFGH"), st.integers(0, 13)), max_size=4),
    nights=st.integers(0, 2),
)
def test_no_roster_breaks_a_hard_rule(tmp_path_factory, hours, leave, nights):
    desk = tmp_path_factory.mktemp("desk")
    head, *rows = PEOPLE.splitlines()
    people = [row.split(",") for row in rows]
    for row, each in zip(people, hours, strict=True):
        row[2] = str(each)
    (desk / "people.csv").write_text("\n".join([head, *(",".join(row) for row in people)]) + "\n")
    days = [(who, START + timedelta(days=day)) for who, day in leave] or [("A", START)]
    (desk / "absences.csv").write_text(
        "person,from,to,kind\n" + "".join(f"{who},{day},{day},leave\n" for who, day in days)
    )
    (desk / "requests.csv").write_text("person,day,wants,weight\nA,2026-12-05,off,20\n")
    (desk / "need.csv").write_text(NEED)
    (desk / "problem.toml").write_text(PROBLEM.replace("people = 1\n[[", f"people = {nights}\n[["))
    asked = finding.read_problem(desk / "problem.toml")
    try:
        found = finding.find_roster(asked.problem, budget=Budget(work=0.6))
    except finding.NoRoster:
        return
    (desk / "out.csv").write_text(grid.as_csv(asked.problem, found.cells))
    _, after = rows_of(desk / "out.csv")
    assert list(plainly_wrong(after)) == []
    assert all(after[who][(day - START).days] == "" for who, day in days)
    assert all(sum(row[day] == "N" for row in after.values()) >= nights for day in range(14))


def test_every_limit_has_a_value_and_a_source():
    edition = TABLE.on(START)
    assert set(limits_on(START)) == set(Limit)
    assert edition_for(date(2019, 1, 1)) is TABLE.editions.all[0]
    assert all(row.source for row in edition.rows)


BAD = [
    ("problem.toml", "days = 14", "days = 0", "line 4"),
    ("problem.toml", "start = 2026-11-30", 'start = "soon"', "line 3"),
    ("problem.toml", 'people = "people.csv"', 'people = "nobody.csv"', "nobody.csv"),
    ("problem.toml", "starts = 07:00:00", 'starts = "dawn"', "line 11"),
    ("problem.toml", 'id = "L"', 'id = "E"', "line 14"),
    ("problem.toml", 'shift = "E"', 'shift = "X"', "line 28"),
    ("problem.toml", 'skill = "supervisor"', 'skill = "diver"', "line 41"),
    ("problem.toml", 'days = ["Sat"]', 'days = ["Someday"]', "line 42"),
    ("problem.toml", "[[minimum]]", "[[minimums]]", "line 35"),
    ("problem.toml", "[[need]]", "[limits]\nrest = 3\n[[need]]", "line 28"),
    ("problem.toml", "[[need]]", "[[need", "line 27"),
    ("people.csv", "B,Ben Bell,37", "B,Ben Bell,lots", "line 3"),
    ("people.csv", "C,Chidi", "B,Chidi", "line 4"),
    ("people.csv", "E|L", "E|Q", "line 7"),
    ("people.csv", "person,name", "who,name", "line 1"),
    ("absences.csv", "2026-12-04,leave", "2026-11-04,leave", "line 2"),
    ("absences.csv", "leave", "holiday", "line 2"),
    ("absences.csv", "training,T", "training,E", "line 3"),
    ("absences.csv", "B,2026", "Z,2026", "line 2"),
    ("requests.csv", "off,20", "sleep,20", "line 2"),
    ("requests.csv", "not N,5", "not N,-5", "line 3"),
    ("requests.csv", "2026-12-05", "2026-02-30", "line 2"),
    ("need.csv", "08:00,2", "08:00,two", "line 10"),
]


@pytest.mark.parametrize(("name", "old", "new", "told"), BAD, ids=[f"{each[0]}: {each[2]}" for each in BAD])
def test_bad_input_is_told_in_one_sentence_with_file_and_line(desk, name, old, new, told):
    change(desk, name, old, new)
    with pytest.raises(Refusal) as refused:
        finding.read_problem(desk / "problem.toml")
    sentence = str(refused.value)
    assert told in sentence
    assert "expected" in sentence
    assert "\n" not in sentence


def test_a_place_that_cannot_be_written_to_is_told_before_the_search(desk):
    done = CliRunner().invoke(app, ["roster", str(desk / "problem.toml"), "-o", str(desk / "no" / "roster.csv")])
    assert isinstance(done.exception, Refusal)
    assert "expected" in str(done.exception)
    over = CliRunner().invoke(app, ["roster", str(desk / "problem.toml"), "-o", str(desk / "need.csv")])
    assert "need.csv: the result would overwrite its own input" in str(over.exception)
    assert (desk / "need.csv").read_text() == NEED
