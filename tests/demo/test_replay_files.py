"""A file of calls is read whole: good rows as calls, each bad one named with its line; the mapping covers the real files."""

import gzip
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from standfast.demo.replay_files import CallsFileWrong, read_calls
from standfast.demo.replay_mapping import CHANNELS, KINDS, SourceTerms, meaning_of
from standfast.demo.replay_plan import unmapped_types
from standfast.foundation.intake.rules.intake_channel import IntakeChannel

ON = date(2026, 11, 23)
ALEXANDRIA = "incident_id,agency,problem,priority,reception,start_time,phone_stop_time\n"
MONTGOMERY = "timestamp_local,lat,lon,title,township,address,zip,station\n"


def write(tmp_path: Path, text: str | bytes, name: str = "calls.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_each_bad_row_is_named_and_the_good_ones_are_read(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        ALEXANDRIA
        + "1,POLICE,NOISE COMPLAINT DELAY,4,Phone,2025-11-01 22:00:00,2025-11-01 22:03:00\n"
        + "2,POLICE,,4,Phone,2025-11-01 22:00:00,\n"
        + "3,POLICE,ALARM COMMERCIAL,2,Phone,yesterday,\n"
        + "4,POLICE,ALARM COMMERCIAL,high,Phone,2025-11-01 22:10:00,\n"
        + "5,POLICE,ALARM COMMERCIAL,2,Phone\n"
        + "1,POLICE,ALARM COMMERCIAL,2,Phone,2025-11-01 22:10:00,\n"
        + "6,POLICE,ALARM COMMERCIAL,2,Phone,2025-11-01 22:10:00,2025-11-01 22:09:00\n"
        + "\n"
        + "7,EMS,FALL BLS,3,E-911,2025-11-01 21:00:00,\n",
    )
    file = read_calls(path)
    assert [call.row_id for call in file.calls] == ["7", "1"]
    assert [(row.line, row.expected.split(" was ")[0].split(" were ")[0]) for row in file.bad] == [
        (3, "problem"),
        (4, "start_time"),
        (5, "priority"),
        (6, "7 columns"),
        (7, "an id of its own"),
        (8, "phone_stop_time"),
    ]


def test_a_torn_quote_costs_one_row_and_not_the_rest(tmp_path: Path) -> None:
    header = "received_at,channel,words\n"
    good = "2026-11-23T10:00:00+00:00,101,fine\n"
    file = read_calls(write(tmp_path, header + good + '2026-11-23T10:00:00+00:00,101,"torn\n' + good + good))
    assert [call.line for call in file.calls] == [2, 4, 5]
    assert [row.line for row in file.bad] == [3]


def test_text_that_is_no_utf8_is_a_bad_row(tmp_path: Path) -> None:
    text = b"received_at,channel,words\n2026-11-23T10:00:00Z,101,caf\xe9\n2026-11-23T10:00:00Z,101,caf\xc3\xa9\n"
    file = read_calls(write(tmp_path, text))
    assert [call.words for call in file.calls] == ["café"]
    assert [(row.line, row.expected) for row in file.bad] == [(2, "UTF-8 text was expected")]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ("2026-11-23T10:00:00,101,,,", "no offset"),
        ("2026-11-23T10:00:00Z,carrier pigeon,,,", "one of 999, 101, chat"),
        ("2026-11-23T10:00:00Z,101,91,,", "lat was expected"),
        ("2026-11-23T10:00:00Z,101,nan,,", "lat was expected"),
        ("2026-11-23T10:00:00Z,101,,2026-11-23T10:02:00Z,2026-11-23T10:01:00Z", "no earlier than answered_at"),
        (",101,,,", "received_at was expected"),
    ],
)
def test_a_bad_generic_row_says_what_was_expected(tmp_path: Path, cells: str, expected: str) -> None:
    file = read_calls(write(tmp_path, f"received_at,channel,lat,answered_at,ended_at\n{cells}\n"))
    assert not file.calls
    assert expected in file.bad[0].expected


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("calls.csv", b"", "line 1: the columns"),
        ("calls.csv", b"a,b\n1,2\n", "line 1: the columns"),
        ("calls.csv.gz", b"no gzip", "readable file"),
        ("calls.csv.gz", gzip.compress(b"received_at,channel\n" * 99, mtime=0)[:-10], "cut short"),
    ],
)
def test_a_file_of_no_known_layout_is_refused(tmp_path: Path, name: str, content: bytes, expected: str) -> None:
    with pytest.raises(CallsFileWrong, match=rf"^{name}.*{expected}"):
        read_calls(write(tmp_path, content, name))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CallsFileWrong, match=r"^none\.csv: a readable file was expected; No such file"):
        read_calls(tmp_path / "none.csv")


def test_eastern_wall_time_is_read_on_both_sides_of_the_clock_change(tmp_path: Path) -> None:
    rows = "".join(
        f"{time},40.1,-75.3,Fire: FIRE ALARM,,,,\n" for time in ("2015-12-10 17:40:00", "2016-03-13 03:10:00")
    )
    file = read_calls(write(tmp_path, MONTGOMERY + rows))
    assert [call.at for call in file.calls] == [
        datetime(2015, 12, 10, 22, 40, tzinfo=UTC),
        datetime(2016, 3, 13, 7, 10, tzinfo=UTC),
    ]


def test_two_rows_alike_are_two_calls(tmp_path: Path) -> None:
    row = "2015-12-10 17:40:00,40.1,-75.3,Fire: FIRE ALARM,,,,\n"
    file = read_calls(write(tmp_path, MONTGOMERY + row + row))
    assert len({call.row_id for call in file.calls}) == 2


def test_a_file_keeps_its_identity_when_copied_compressed_or_grown(tmp_path: Path) -> None:
    text = MONTGOMERY + "2015-12-10 17:40:00,40.1,-75.3,Fire: FIRE ALARM,,,,\n"
    plain = read_calls(write(tmp_path, text))
    packed = read_calls(write(tmp_path, gzip.compress(text.encode()), "other.csv.gz"))
    grown = read_calls(write(tmp_path, text + text.splitlines()[1].replace("17:40", "18:40"), "grown.csv"))
    assert plain.identity == packed.identity == grown.identity
    assert plain.calls[0].row_id == packed.calls[0].row_id == grown.calls[0].row_id
    assert read_calls(write(tmp_path, text.replace("40.1", "40.2"))).identity != plain.identity


@pytest.mark.parametrize(
    ("reception", "channel"),
    [
        ("E-911", "999"),
        ("Phone", "101"),
        ("Text", "chat"),
        ("OFFICER", "officer"),
        ("Radio", "officer"),
        ("", "officer"),
    ],
)
def test_alexandria_receptions_are_mapped_as_settled(reception: str, channel: str) -> None:
    terms = SourceTerms(layout="alexandria", agency="POLICE", type="FLAG DOWN", reception=reception, priority=2)
    assert meaning_of(terms, on=ON).channel == channel


@pytest.mark.parametrize(("given", "ours"), [(1, 1), (2, 2), (4, 4), (8, 5), (10, 5), (None, None)])
def test_priorities_are_mapped(given: int | None, ours: int | None) -> None:
    terms = SourceTerms(layout="alexandria", agency="FIRE", type="FIRE ALARM", reception="Phone", priority=given)
    assert meaning_of(terms, on=ON).priority == ours


@pytest.mark.parametrize(
    ("agency", "type_", "kind"),
    [
        ("POLICE", "DOMESTIC VIOL NO INJ", "Domestic incident"),
        ("POLICE", "MISSING PERSON RETURNED", "Missing person, returned"),
        ("POLICE", "MISSING PERSON CRITICAL", "Missing person"),
        ("POLICE", "ASSAULT NO INJURY DELAY", "Assault"),
        ("POLICE", "ASSAULT GUNSHOT IN PROG", "Violence"),
        ("POLICE", "MVC INJURY PED STRUCK", "Road traffic collision"),
        ("POLICE", "MVC PROPERTY DAMAGE", "Road traffic collision, damage only"),
        ("EMS", "STROKE ALS 2", "Medical emergency"),
        ("FIRE", "MVC ENTRAPMENT", "Road traffic collision"),
    ],
)
def test_types_are_mapped_to_kinds(agency: str, type_: str, kind: str) -> None:
    terms = SourceTerms(layout="alexandria", agency=agency, type=type_, reception="Phone", priority=2)
    assert meaning_of(terms, on=ON).kind == kind


def test_a_type_nobody_mapped_is_kept_and_told(tmp_path: Path) -> None:
    row = "1,POLICE,SOMETHING NEW,2,Phone,2025-11-01 22:00:00,\n"
    file = read_calls(write(tmp_path, ALEXANDRIA + row))
    assert unmapped_types(file, on=ON) == {"SOMETHING NEW": 1}
    terms = file.calls[0].terms
    assert terms
    assert meaning_of(terms, on=ON).kind == "Something new"


def test_the_mapping_names_channels_of_the_contract() -> None:
    assert {row.channel for row in CHANNELS.on(ON).rows} <= set(IntakeChannel)
    assert all(row.kind and row.matches for row in KINDS.on(ON).rows)


@pytest.mark.live_data
@pytest.mark.parametrize(
    ("name", "layout", "rows"),
    [
        ("alexandria_911_cad/incidents.csv.gz", "alexandria", 22_139),
        ("montgomery_911/calls.csv.gz", "montgomery", 78_277),
    ],
)
def test_the_mapping_covers_the_real_files(shared_data: Path, name: str, layout: str, rows: int) -> None:
    file = read_calls(shared_data / name)
    assert (file.layout, len(file.calls), file.bad) == (layout, rows, ())
    assert sum(unmapped_types(file, on=ON).values()) <= rows * 0.01
    assert len({call.row_id for call in file.calls}) == rows
