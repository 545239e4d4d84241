"""A log of a channel becomes chats between two, with its own gaps; what is no row is named; nothing of it is sent twice."""

import gzip
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from standfast.cli.main import app
from standfast.demo.replay_chats import ChatsFileWrong, is_chat_log, read_chats
from tests.threads import in_own_thread

HEADER = "log_id,seq,date,hhmm,user,type,text,replies_to,annotated\n"
LOG = HEADER + (
    "a,999,2004-11-15,23:57,u1,msg,before what is linked,,0\n"
    "a,1000,2004-11-15,23:58,u1,msg,my bike is gone,1000,1\n"
    "a,1001,2004-11-15,23:58,,system,joined,1001,1\n"
    "a,1002,2004-11-15,23:58,u2,msg,where was it,1000,1\n"
    "a,1003,2004-11-15,23:58,u3,msg,mine too,1000,1\n"
    'a,1004,2004-11-16,00:03,u1,msg,"in the shed, locked",1002,1\n'
    "a,1005,2004-11-16,00:03,u4,msg,nobody answers me,1005,1\n"
    "b,1000,2007-01-01,09:00,u1,msg,hello,1000,1\n"
    "b,1001,2007-01-01,09:01,u9,action,waves,1000,1\n"
)


def written(tmp_path: Path, text: str, name: str = "channel.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_who_begins_and_who_first_answers_are_one_chat_and_the_logs_begin_together(tmp_path: Path) -> None:
    found = read_chats(written(tmp_path, LOG))
    assert found.bad == []
    told = [[(is_visitor, text) for _, is_visitor, text in chat.lines] for chat in found.chats]
    assert sorted(told) == [
        [(True, "hello"), (False, "waves")],
        [(True, "my bike is gone"), (False, "where was it"), (True, "in the shed, locked")],
    ]
    assert [chat.lines[0][0] for chat in found.chats] == [timedelta(0), timedelta(0)]


def test_lines_of_a_minute_are_laid_over_it_and_midnight_is_passed(tmp_path: Path) -> None:
    (longest,) = [chat for chat in read_chats(written(tmp_path, LOG)).chats if len(chat.lines) == 3]
    assert [after for after, _, _ in longest.lines] == [timedelta(0), timedelta(seconds=20), timedelta(minutes=5)]


def test_a_copy_has_the_same_keys_and_a_row_that_is_none_is_named(tmp_path: Path) -> None:
    first = read_chats(written(tmp_path, LOG))
    packed = tmp_path / "copy.csv.gz"
    packed.write_bytes(gzip.compress((LOG + "a,x,2004-11-16,25:03,u1,msg,never,1002,1\nb\n").encode()))
    second = read_chats(packed)
    assert [chat.key for chat in first.chats] == [chat.key for chat in second.chats]
    assert [row for row, _ in second.bad] == [11, 12]
    assert first.identity == second.identity


def test_which_files_are_logs_is_told_by_the_columns(tmp_path: Path) -> None:
    assert is_chat_log(written(tmp_path, LOG))
    assert not is_chat_log(written(tmp_path, "received_at,channel\n", "calls.csv"))
    broken = tmp_path / "broken.csv.gz"
    broken.write_bytes(gzip.compress(LOG.encode())[:40])
    assert not is_chat_log(broken)
    with pytest.raises(ChatsFileWrong, match=r"calls.csv, line 1: the columns log_id"):
        read_chats(tmp_path / "calls.csv")


def test_no_pages_and_no_speed_are_each_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STANDFAST_HOME", str(tmp_path / "home"))
    path = str(written(tmp_path, LOG))
    nowhere = in_own_thread(lambda: CliRunner().invoke(app, ["replay", path, "--to", "http://127.0.0.1:9"]))
    assert "No public pages answer at http://127.0.0.1:9" in f"{nowhere.exception}{nowhere.output}"
    wrong = CliRunner().invoke(app, ["replay", path, "--speed", "fast"])
    assert "is no speed" in f"{wrong.exception}{wrong.output}"
