"""What is an ordinary user told when something is missing that only the system's owner can install? One line to type, at once."""

from pathlib import Path

import pytest
from setting_up.machine import APT_LINE

from tests.setup.conftest import DEBIANS_PYTHON, ROOT, Home


def test_the_line_is_the_one_we_promise() -> None:
    assert APT_LINE == "sudo apt-get install -y python3-venv make chromium"


@pytest.mark.usefixtures("namespaces")
def test_without_the_means_to_make_environments_the_line_is_named(home: Home) -> None:
    (folder,) = Path("/usr/lib").glob("python3.*/ensurepip")
    hide = ["unshare", "-m", "sh", "-c", f'mount -t tmpfs none {folder} && exec "$@"', "sh"]
    refused = home.run("scripts/set_up.sh", "run", wrapped_in=hide)
    assert (refused.returncode, APT_LINE in refused.stderr) == (2, True), refused.stdout + refused.stderr
    assert not (home.tree / ".venv").exists()


@pytest.mark.usefixtures("namespaces")
def test_without_a_browser_the_line_is_named_before_anything_is_fetched(home: Home, bare_path: str) -> None:
    refused = home.run_offline("scripts/set_up.sh", "test", path=bare_path)
    assert (refused.returncode, APT_LINE in refused.stderr) == (2, True), refused.stdout + refused.stderr
    assert refused.stdout == ""


@pytest.mark.usefixtures("namespaces")
def test_without_network_the_first_time_it_says_so(home: Home) -> None:
    pauses = home.tree / "scripts/setting_up/running.py"
    pauses.write_text(
        pauses.read_text(encoding="utf-8").replace("PAUSES = (3.0, 10.0)", "PAUSES = (0.0,)"), encoding="utf-8"
    )
    refused = home.run_offline("scripts/set_up.sh", "run")
    assert refused.returncode == 2
    assert "The network is needed the first time." in refused.stderr, refused.stderr


def test_a_python_that_is_too_old_is_refused(home: Home) -> None:
    old = home.tree / "python-of-2019"
    old.write_text(
        f'#!/bin/sh\ncase "$2" in *version_info*) exit 1;; esac\nexec {DEBIANS_PYTHON} "$@"\n', encoding="utf-8"
    )
    old.chmod(0o755)
    refused = home.run("env", f"PYTHON={old}", "scripts/set_up.sh", "run")
    assert (refused.returncode, "is not a Python 3.11 or newer" in refused.stderr) == (2, True)


def test_another_users_tree_is_left_alone(home: Home) -> None:
    (home.tree / ".state").mkdir(mode=0o700)
    refused = home.run("scripts/set_up.sh", "run")
    assert (refused.returncode, "work in a copy of your own" in refused.stderr) == (2, True), refused.stderr


def test_the_build_machine_runs_the_readmes_command_and_nothing_else() -> None:
    lines = (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()
    assert lines[-1] == "exec make test </dev/null"
