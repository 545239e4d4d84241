"""
Which chats between two people does a log of a public channel hold, and when was each line written?

A channel in which everybody talks at once, with links from each line to those it answers, becomes many chats side by side: somebody who
begins, whoever first answers them, and the lines of these two that hang together. Gaps are the log's own; its stamps are of whole
minutes, so the lines of a minute are laid evenly over it. All logs of a file begin together, so that their chats run side by side.
"""

import csv
import hashlib
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from standfast.demo.replayed_text import text_of
from standfast.foundation.kernel.errors import Refusal

NEEDS = ("log_id", "seq", "date", "hhmm", "user", "type", "text", "replies_to", "annotated")
SAID = frozenset({"msg", "action"})
LONGEST = 4_000
_DAY = timedelta(days=1)


class ChatsFileWrong(Refusal):
    """A file that holds no chats we can read; says the file and what was expected."""


@dataclass(frozen=True, kw_only=True)
class LineOfLog:
    """One line: where it stands in the file, how long after the beginning of its log it was written, and what it answers."""

    row: int
    seq: int
    after: timedelta
    user: str
    text: str
    answers: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class TwoPartyChat:
    """A chat as it was: its key, the same for the same lines wherever the file lies, and its lines; `is_visitor` is whoever began."""

    key: str
    about: str
    lines: tuple[tuple[timedelta, bool, str], ...]


@dataclass(kw_only=True)
class ChatsFile:
    """The chats of a file in order of when they begin, and the rows that could not be read, each with what was expected."""

    name: str
    chats: list[TwoPartyChat] = field(default_factory=list)
    bad: list[tuple[int, str]] = field(default_factory=list)

    @property
    def identity(self) -> str:
        """Return what copies of the file share."""
        return hashlib.sha256("".join(chat.key for chat in self.chats).encode()).hexdigest()[:32]


def is_chat_log(path: Path) -> bool:
    """Say whether a file has the columns of a log of a channel; one that cannot be read has not."""
    try:
        header = next(csv.reader(io.StringIO(text_of(path, wrong=ChatsFileWrong).partition("\n")[0])), [])
    except ChatsFileWrong:
        return False
    return set(NEEDS) <= {name.strip() for name in header}


def read_chats(path: Path) -> ChatsFile:
    """
    Read the chats of a log.

    :raises ChatsFileWrong: if the file cannot be read at all, or its columns are not those of a log
    """
    found = ChatsFile(name=path.name)
    logs: dict[str, _Log] = {}
    rows = csv.reader(io.StringIO(text_of(path, wrong=ChatsFileWrong), newline=""))
    header = [name.strip() for name in next(rows, [])]
    if not set(NEEDS) <= set(header):
        raise ChatsFileWrong(f"{path.name}, line 1: the columns {', '.join(NEEDS)} were expected.")
    try:
        for cells in rows:
            _take(dict(zip(header, cells, strict=False)), rows.line_num, logs, found)
    except csv.Error as error:
        found.bad.append((rows.line_num, f"a row of CSV was expected; {error}"))
    found.chats = sorted(
        (chat for name, log in logs.items() for chat in _chats_of(name, log, path.name)),
        key=lambda chat: (chat.lines[0][0], chat.key),
    )
    return found


@dataclass
class _Log:
    """One log as it is read: its lines that were said, with the minute of each counted from midnight of its first day."""

    lines: list[tuple[int, int, int, str, str, tuple[int, ...]]] = field(default_factory=list)
    days: int = 0
    last: int = -1


def _take(row: dict[str, str], number: int, logs: dict[str, _Log], found: ChatsFile) -> None:
    if len(row) < len(NEEDS) or not row["log_id"]:
        found.bad.append((number, f"{len(NEEDS)} columns with a log_id were expected"))
        return
    if row["annotated"] != "1" or row["type"] not in SAID:
        return
    clock = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)", row["hhmm"])
    answers = row["replies_to"].split("|") if row["replies_to"] else []
    if not clock or not all(each.isascii() and each.isdecimal() for each in (row["seq"], *answers)):
        found.bad.append((number, "seq and replies_to as whole numbers and hhmm such as 09:41 were expected"))
        return
    log = logs.setdefault(row["log_id"], _Log())
    minute = int(clock[1]) * 60 + int(clock[2])
    # A log may run past midnight; a minute or two back is a clock put right.
    if log.last - minute > 12 * 60:
        log.days += 1
    log.last = minute
    place = log.days * 24 * 60 + minute
    log.lines.append((number, int(row["seq"]), place, row["user"], row["text"].strip(), tuple(map(int, answers))))


def _chats_of(name: str, log: _Log, file: str) -> Iterator[TwoPartyChat]:
    """Yield the chats of one log: each line belongs to the chat of the first line it answers."""
    chat_of: dict[int, list[LineOfLog]] = {}
    begun: list[list[LineOfLog]] = []
    for line in _placed(log):
        earlier = next((chat_of[seq] for seq in line.answers if seq != line.seq and seq in chat_of), None)
        if earlier is None:
            earlier = []
            begun.append(earlier)
        earlier.append(line)
        chat_of[line.seq] = earlier
    for lines in begun:
        if chat := _of_two(name, lines, file):
            yield chat


def _of_two(name: str, lines: Sequence[LineOfLog], file: str) -> TwoPartyChat | None:
    """Return the chat of whoever began and whoever first answered, or None where nobody did."""
    visitor = lines[0].user
    other = next((line.user for line in lines if line.user != visitor), None)
    said = [line for line in lines if line.user in {visitor, other} and line.text]
    if other is None or not said or said[0].user != visitor:
        return None
    key = hashlib.sha256("\x1f".join([name, *(f"{line.seq}:{line.text}" for line in said)]).encode()).hexdigest()[:32]
    return TwoPartyChat(
        key=key,
        about=f"{file}, line {said[0].row}",
        lines=tuple((line.after, line.user == visitor, line.text[:LONGEST]) for line in said),
    )


def _placed(log: _Log) -> Iterator[LineOfLog]:
    """Yield the lines of a log with their times from its beginning, those of a minute evenly over it."""
    minutes: dict[int, int] = {}
    for _, _, minute, *_ in log.lines:
        minutes[minute] = minutes.get(minute, 0) + 1
    turn: dict[int, int] = {}
    first = min(minutes, default=0)
    for row, seq, minute, user, text, answers in log.lines:
        index = turn[minute] = turn.get(minute, -1) + 1
        after = timedelta(minutes=minute - first, seconds=60 * index / minutes[minute])
        yield LineOfLog(row=row, seq=seq, after=after, user=user, text=text, answers=answers)
