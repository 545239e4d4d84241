"""Would the bench of the chat see a line that is lost, doubled, told to somebody else or out of order?"""

import pytest

from standfast.bench import chat_control
from standfast.bench.chat_control import PLANTS, breaches_seen
from standfast.bench.chat_crowd import Row, faults_of
from standfast.bench.chat_load import ChatVisitor, Line, Ports

LINES = ("hello", "are you there", "please answer")


def visitor_and_rows(number: int = 1) -> tuple[ChatVisitor, dict[str, list[Row]]]:
    """Return a visitor who wrote three lines, was answered, and heard everything; and what the database has of it."""
    visitor = ChatVisitor(number=number, ports=Ports(pages=0, stream=0))
    visitor.sent = [
        Line(id=f"{number}-{place}", text=text, tried_at=0.0, is_kept=True) for place, text in enumerate(LINES)
    ]
    rows = [(place + 1, "visitor", line.id, line.text) for place, line in enumerate(visitor.sent)]
    rows.append((4, "staff", "reply", "we are"))
    visitor.heard = [(place, side, text) for place, side, _, text in rows]
    return visitor, {visitor.hash: rows}


def test_where_nothing_is_wrong_nothing_is_counted() -> None:
    visitor, rows = visitor_and_rows()
    assert not +faults_of([visitor], rows)


def test_a_breach_of_each_kind_is_seen_in_what_was_stored_and_in_what_was_heard() -> None:
    visitor, rows = visitor_and_rows()
    before = (list(visitor.heard), list(rows[visitor.hash]))
    assert breaches_seen([visitor], rows) == dict.fromkeys(PLANTS, 2)
    assert (visitor.heard, rows[visitor.hash]) == before, "planted in copies"


def test_what_is_said_while_it_is_looked_at_is_no_breach_and_a_strange_line_still_is() -> None:
    visitor, rows = visitor_and_rows()
    later = {
        visitor.hash: [*rows[visitor.hash], (5, "notice", "", "nobody is here"), (6, "notice", "", "still nobody")]
    }
    visitor.heard.append((5, "notice", "nobody is here"))
    assert not +faults_of([visitor], rows, later)
    assert faults_of([visitor], rows)["misrouted"] == 1
    visitor.heard[-1] = (5, "notice", "said to another")
    assert faults_of([visitor], rows, later)["misrouted"] == 1


def test_a_check_that_looks_at_nothing_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    visitor, rows = visitor_and_rows()
    monkeypatch.setattr(chat_control, "faults_of", lambda _, __: faults_of([], {}))
    assert breaches_seen([visitor], rows) == dict.fromkeys(PLANTS, 0)


def test_a_crowd_in_which_nobody_wrote_proves_nothing() -> None:
    silent = ChatVisitor(number=1, ports=Ports(pages=0, stream=0))
    assert breaches_seen([silent], {}) == dict.fromkeys(PLANTS, 0)
