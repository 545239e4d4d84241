"""Is it told when the journal lies where the database does, and not told when it does not?"""

from pathlib import Path

import pytest

from standfast.cli.devices import JOURNAL_VARIABLE, device_warnings

ELSEWHERE = Path("/dev/shm")  # noqa: S108 - looked at, not written to


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv(JOURNAL_VARIABLE, raising=False)
    (tmp_path / "postgres").mkdir()
    return tmp_path


def test_a_journal_beside_the_database_is_told_before_it_is_written_to(home: Path) -> None:
    assert not (home / "journal").exists()
    (told,) = device_warnings(home)
    assert str(home / "journal") in told
    assert JOURNAL_VARIABLE in told


def test_a_journal_on_another_device_is_not(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not ELSEWHERE.is_dir() or ELSEWHERE.stat().st_dev == home.stat().st_dev:
        pytest.skip("this machine has no second device to try")
    monkeypatch.setenv(JOURNAL_VARIABLE, str(ELSEWHERE / "standfast" / "journal"))
    assert device_warnings(home) == []


def test_of_a_server_of_the_forces_own_nothing_is_known(home: Path) -> None:
    (home / "postgres").rmdir()
    assert device_warnings(home) == []
