"""`standfast replay`: how do real calls of a file reach the intake API, and real chats the public pages, with their real times?"""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from standfast.cli.connecting import connect, readable
from standfast.foundation.runtime.home import locate_home
from standfast.foundation.runtime.problems import RuntimeProblem

if TYPE_CHECKING:
    from standfast.demo.replay import Replay

KEY_VARIABLE = "STANDFAST_INTAKE_KEY"
INTAKE, PAGES = "http://127.0.0.1:8002", "http://localhost:8001"


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("replay")(replay)


def replay(
    calls: Annotated[
        Path, typer.Argument(help="CSV, or CSV.gz, of calls or of a chat channel, in one of the known layouts")
    ],
    speed: Annotated[str, typer.Option(help="real, a factor such as 60x, or max")] = "60x",
    to: Annotated[
        str, typer.Option(help=f"Address of the intake, by default {INTAKE}; for chats of the public pages, {PAGES}")
    ] = "",
    key: Annotated[
        str, typer.Option(help=f"The source's key; by default ${KEY_VARIABLE}, or the demonstration's")
    ] = "",
    answer_as: Annotated[
        str,
        typer.Option(
            help="Who of the demonstration answers. Chats: writes what the other person wrote; else it is left out. "
            "Calls, at --speed max: sends units to those the police were sent to, at the file's times; else nobody goes"
        ),
    ] = "",
) -> None:
    """Send the calls or chats of a file as real ones come; bad rows are reported and the rest goes on (exit code 1 then)."""
    from standfast.demo.replay_chats import is_chat_log

    file = readable(calls)
    if is_chat_log(file):
        code = _chats(file, speed, to or PAGES, answer_as)
    elif answer_as:
        code = _attended_calls(_given(file, speed, to or INTAKE, key), answer_as)
    else:
        code = _calls(_given(file, speed, to or INTAKE, key))
    if code:
        raise typer.Exit(code)


def _calls(given: "Replay") -> int:
    from standfast.demo.replay import Tally, replay_calls

    tally = Tally()
    try:
        replay_calls(given, tell=_tell, tally=tally)
    finally:
        typer.echo(str(tally))
    return tally.exit_code


def _attended_calls(given: "Replay", dispatcher: str) -> int:
    connect(role="worker")
    from standfast.demo.replay_attended import replay_attended

    tallies = replay_attended(given, dispatcher=dispatcher, tell=_tell, say=typer.echo)
    return max(each.exit_code for each in tallies)


def _given(file: Path, speed: str, to: str, key: str) -> "Replay":
    from standfast.demo.replay import Replay
    from standfast.demo.replay_plan import read_speed

    home = locate_home()
    return Replay(path=file, url=to, key=key or _known_key(home), speed=read_speed(speed), folder=home / "replays")


def _chats(file: Path, speed: str, to: str, answer_as: str) -> int:
    from standfast.demo.replay_plan import read_speed
    from standfast.demo.replay_talk import ChatReplay, ChatTally, replay_chats

    answer = None
    factor = read_speed(speed)
    if answer_as:
        connect(role="worker")
        from standfast.demo.replay_answers import answers_of

        answer = answers_of(answer_as)
    given = ChatReplay(path=file, url=to, speed=factor, folder=locate_home() / "replays", answer=answer)
    tally = ChatTally()
    try:
        replay_chats(given, tell=_tell, tally=tally)
    finally:
        typer.echo(str(tally))
    return tally.exit_code


def _tell(line: str) -> None:
    typer.echo(line, err=True)


def _known_key(home: Path) -> str:
    from standfast.demo.feed import KEY_FILE

    if given := os.environ.get(KEY_VARIABLE):
        return given
    path = home / KEY_FILE
    if path.is_file():
        return path.read_text(encoding="utf-8").strip()
    raise RuntimeProblem(f"No key is known; give --key or {KEY_VARIABLE} (`standfast source add` makes one).")
