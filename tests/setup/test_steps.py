"""Is a step done once, and again exactly when what it works on has changed or its outcome is gone?"""

import sys
from pathlib import Path

import pytest
from setting_up import running, stamps
from setting_up.running import Failed


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stamps, "STATE", tmp_path)


def test_a_step_is_done_for_the_inputs_it_had_and_no_others() -> None:
    assert not stamps.is_done("a", "one")
    stamps.mark_done("a", "one")
    assert stamps.is_done("a", "one")
    assert not stamps.is_done("a", "two")
    assert not stamps.is_done("b", "one")


def test_a_forgotten_step_is_not_done() -> None:
    stamps.mark_done("a", "one")
    stamps.forget("a")
    assert not stamps.is_done("a", "one")


def test_the_digest_follows_every_file_and_word(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.write_text("lock", encoding="utf-8")
    second.write_text("sheet", encoding="utf-8")
    before = stamps.digest_of(files=[first, second], words=["run"])
    assert before == stamps.digest_of(files=[first, second], words=["run"])
    assert before != stamps.digest_of(files=[first, second], words=["test"])
    second.write_text("sheet, changed", encoding="utf-8")
    assert before != stamps.digest_of(files=[first, second], words=["run"])


def test_text_moved_from_one_file_to_the_next_changes_the_digest(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.write_text("ab", encoding="utf-8")
    second.write_text("c", encoding="utf-8")
    before = stamps.digest_of(files=[first, second])
    first.write_text("a", encoding="utf-8")
    second.write_text("bc", encoding="utf-8")
    assert before != stamps.digest_of(files=[first, second])


def flaky(tmp_path: Path, *, failures: int, says: str) -> list[str]:
    """Return a command that fails some times before it succeeds, counting its runs in a file."""
    program = f"""
import pathlib, sys
runs = pathlib.Path({str(tmp_path / "runs")!r})
count = len(runs.read_text()) if runs.exists() else 0
runs.write_text("x" * (count + 1))
if count < {failures}:
    sys.exit({says!r})
print("done")
"""
    return [sys.executable, "-c", program]


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "PAUSES", (0.0, 0.0))


@pytest.mark.usefixtures("no_pauses")
def test_a_network_that_falters_is_tried_again(tmp_path: Path) -> None:
    command = flaky(tmp_path, failures=2, says="error: operation timed out")
    assert running.run_over_network(command) == "done\n"
    assert (tmp_path / "runs").read_text(encoding="utf-8") == "xxx"


@pytest.mark.usefixtures("no_pauses")
def test_a_network_that_stays_away_is_given_up_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Failed, match="The network is needed the first time"):
        running.run_over_network(flaky(tmp_path, failures=9, says="Temporary failure in name resolution"))
    assert (tmp_path / "runs").read_text(encoding="utf-8") == "xxx"


@pytest.mark.usefixtures("no_pauses")
def test_another_failure_is_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(Failed, match="hash mismatch"):
        running.run_over_network(flaky(tmp_path, failures=9, says="hash mismatch"))
    assert (tmp_path / "runs").read_text(encoding="utf-8") == "x"
