"""What does `standfast replay CALLS --speed max --answer-as ben` do? It sends the calls, has them attended, and says how long that took."""

from collections.abc import Callable
from datetime import timedelta

from standfast.demo.attendance_table import attendance_lines
from standfast.demo.replay import Replay, Tally, replay_calls
from standfast.demo.replay_attending import AttendTally, Cast, Desk, attend_calls, open_feed
from standfast.demo.replay_chain import steps_of
from standfast.foundation.kernel.days import london_day
from standfast.foundation.kernel.errors import Refusal
from standfast.journey.incidents import queries

MILLISECOND = timedelta(milliseconds=1)


class SpeedUnfit(Refusal):
    """People cannot act faster than life: with compressed times no attendance would take as long as it took."""


def replay_attended(
    replay: Replay, *, dispatcher: str, tell: Callable[[str], None], say: Callable[[str], None]
) -> tuple[Tally, AttendTally]:
    """
    Replay a file, have a dispatcher of the demonstration send units, and say what became of everything and the attendance by grade.

    :raises SpeedUnfit: if the times are not to be the file's own
    :raises NobodyAttends: if this is no demonstration
    :raises CallsFileWrong: if the file cannot be read at all
    :raises NothingFiled: if no worker files what was sent
    """
    if replay.speed.factor:
        raise SpeedUnfit(
            "Calls are attended at --speed max: all at once, with the file's own times, the last call being now."
        )
    cast, sent, attended = Cast.of_the_demonstration(dispatcher), Tally(), AttendTally()
    try:
        laid = replay_calls(replay, tell=tell, tally=sent)
    finally:
        say(str(sent))
    if laid is None:
        return sent, attended
    file, laying = laid
    known = frozenset(each.callsign for each in queries.list_off_duty(by=cast.dispatcher)) | frozenset(
        each.callsign for each in queries.list_units(by=cast.dispatcher)
    )
    steps = steps_of(file, laying, on=london_day(laying.starts_at), taken=known)
    try:
        with open_feed(url=replay.url, key=replay.key) as post:
            desk = Desk(cast=cast, references=sent.references, tell=tell, tally=attended, post=post)
            attend_calls(steps, desk=desk)
    finally:
        say(str(attended))
    # Times are stored to the millisecond, so the first call may stand a little before where it was laid.
    since, until = laying.at(laying.first) - MILLISECOND, laying.starts_at + MILLISECOND
    for line in attendance_lines(since=since, until=until, by=cast.second, now=laying.starts_at):
        say(line)
    return sent, attended
