"""Where state and secrets are kept: in one place, made once, read by their owner only."""

import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from standfast.foundation.runtime.home import keep_secrets, locate_home
from standfast.foundation.runtime.logins import ROLES
from standfast.foundation.runtime.problems import RuntimeProblem


def test_the_given_home_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STANDFAST_HOME", str(tmp_path / "own" / "place"))
    assert locate_home() == tmp_path / "own" / "place"
    assert locate_home().is_dir()


def test_a_home_that_cannot_be_made_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("STANDFAST_HOME", str(tmp_path / "file" / "home"))
    with pytest.raises(RuntimeProblem, match="cannot be made"):
        locate_home()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become an ordinary user here")
@pytest.mark.parametrize("data", ["", "data"])
def test_an_ordinary_user_has_a_home_in_their_data_folder(folder: Path, data: str) -> None:
    user = 65534
    person = folder / f"person{data}"
    person.mkdir()
    os.chown(person, user, user)
    # Imported as root, who reaches this repository wherever it is; then an ordinary user for good.
    code = (
        "import os; from standfast.foundation.runtime.home import locate_home;"
        f"os.setgroups([]); os.setgid({user}); os.setuid({user}); print(locate_home())"
    )
    environment = {"HOME": str(person), "PYTHONPATH": str(Path(__file__).parents[2])}
    if data:
        environment["XDG_DATA_HOME"] = str(person / data)
    found = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=False, cwd="/")
    expected = person / data / "standfast" if data else person / ".local" / "share" / "standfast"
    assert found.stdout.decode().strip() == str(expected), found.stderr.decode()


def test_secrets_are_made_once_and_private(tmp_path: Path) -> None:
    made = keep_secrets(tmp_path, roles=ROLES)
    assert keep_secrets(tmp_path, roles=ROLES) == made
    assert set(made.passwords) == set(ROLES)
    assert len({made.session_key, made.reference_secret, *made.passwords.values()}) == len(ROLES) + 2
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600


def test_a_log_in_of_a_later_release_gets_a_password_and_the_others_keep_theirs(tmp_path: Path) -> None:
    before = keep_secrets(tmp_path, roles=ROLES)
    after = keep_secrets(tmp_path, roles=(*ROLES, "backup"))
    assert after.passwords.pop("backup")
    assert after == before
    assert keep_secrets(tmp_path, roles=(*ROLES, "backup")).reference_secret == before.reference_secret


def test_damaged_secrets_are_refused_and_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text("{", encoding="utf-8")
    with pytest.raises(RuntimeProblem, match="put it back from your backup"):
        keep_secrets(tmp_path, roles=ROLES)
    assert (tmp_path / "secrets.json").read_text(encoding="utf-8") == "{"


def test_many_first_starts_at_once_agree_on_one_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: keep_secrets(tmp_path, roles=ROLES).reference_secret, range(32)))
    assert len(made) == 1


def test_secrets_are_not_shown_in_a_traceback(tmp_path: Path) -> None:
    made = keep_secrets(tmp_path, roles=ROLES)
    assert made.reference_secret not in repr(made)
    assert made.passwords["migrator"] not in repr(made)
