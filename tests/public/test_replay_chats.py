"""Chats of a log reach the real public pages side by side; sent again, nothing is twice; a closed desk makes reports of them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from standfast.demo.replay_plan import Speed
from standfast.demo.replay_talk import ChatReplay, ChatTally, replay_chats
from tests.demo.test_replay_chats import HEADER
from tests.public.chat_site import ChatSite, free_port, new_chat_site
from tests.public.conftest import Site
from tests.threads import in_own_thread

CHATS = 12


@pytest.fixture(scope="module")
def desk(make_site: Callable[..., Site]) -> Iterator[ChatSite]:
    made = new_chat_site(make_site(), free_port())
    yield made
    made.stop()


@pytest.fixture
def log(tmp_path: Path) -> Path:
    rows = []
    for number in range(CHATS):
        seq = 1000 + 10 * number
        rows += [
            f"a,{seq},2004-11-15,10:00,v{number},msg,visitor {number} begins,{seq},1",
            f"a,{seq + 1},2004-11-15,10:00,o{number},msg,an answer,{seq},1",
            f"a,{seq + 2},2004-11-15,10:00,v{number},msg,visitor {number} goes on,{seq + 1},1",
        ]
    path = tmp_path / "channel.csv"
    path.write_text(HEADER + "\n".join(rows), encoding="utf-8")
    return path


def replayed(desk: ChatSite, path: Path) -> ChatTally:
    tally, told = ChatTally(), list[str]()
    given = ChatReplay(path=path, url=desk.site.address, speed=Speed(20.0), folder=path.parent / "replays")
    in_own_thread(lambda: replay_chats(given, tell=told.append, tally=tally))
    assert (told, tally.exit_code) == ([], 0)
    return tally


def test_every_chat_begins_goes_on_and_is_there_once_however_often_it_is_sent(desk: ChatSite, log: Path) -> None:
    with desk.staffed():
        for _ in range(2):
            tally = replayed(desk, log)
            assert (tally.chats, tally.lines, tally.answers) == (
                {"begun": CHATS},
                {"stored": CHATS},
                {"left out": CHATS},
            )
    rows = desk.site.ask(
        "SELECT array_agg(text ORDER BY seq) FROM intake_chat_line WHERE side = 'visitor' GROUP BY thread_id"
    )
    assert sorted(lines for (lines,) in rows) == sorted(
        [f"visitor {number} begins", f"visitor {number} goes on"] for number in range(CHATS)
    )
