"""
Can an ordinary user set Standfast up with Debian's Python and no Node, and again without any network?

Nightly, for the first half downloads what `make test` must never ask for a second time.
"""

import filecmp

import pytest

from tests.setup.conftest import ROOT, Home

BUILT = "standfast/faces/screens/static/built"
RUN_UNTIL_IT_ANSWERS = """
import os, signal, subprocess, time, urllib.request
ADDRESSES = [f"http://127.0.0.1:{port}/" for port in (8000, 8001)]
run = subprocess.Popen(["make", "run"], start_new_session=True)
waiting, deadline = list(ADDRESSES), time.monotonic() + 120
while waiting and run.poll() is None and time.monotonic() < deadline:
    try:
        with urllib.request.urlopen(waiting[0]) as answer:
            print("answered", answer.status, waiting.pop(0), flush=True)
    except OSError:
        time.sleep(0.2)
os.killpg(run.pid, signal.SIGINT)
run.wait()
"""
"""Starts in the same cut-off machine as it asks: there the usual ports are free."""


@pytest.mark.nightly
@pytest.mark.usefixtures("namespaces")
def test_an_ordinary_user_sets_up_online_then_offline(home: Home, bare_path: str) -> None:
    first = home.run("make", "setup", path=bare_path)
    assert first.returncode == 0, first.stdout + first.stderr
    assert "fetch node" in first.stdout
    again = home.run_offline("make", "setup", path=bare_path)
    assert (again.returncode, again.stdout) == (0, ""), again.stdout + again.stderr
    started = home.run_offline("python3", "-c", RUN_UNTIL_IT_ANSWERS, path=bare_path)
    for port in (8000, 8001):
        assert f"answered 200 http://127.0.0.1:{port}/" in started.stdout, started.stdout + started.stderr
    names = sorted(path.name for path in (ROOT / BUILT).iterdir())
    assert filecmp.cmpfiles(ROOT / BUILT, home.tree / BUILT, names, shallow=False)[0] == names


@pytest.mark.nightly
@pytest.mark.usefixtures("namespaces")
def test_pip_installs_the_same_where_uv_cannot_be_had(home: Home) -> None:
    first = home.run("env", "WITHOUT_UV=1", "make", "setup")
    assert first.returncode == 0, first.stdout + first.stderr
    assert not (home.tree / ".state/tools/uv").exists()
    again = home.run_offline("make", "setup")
    assert (again.returncode, again.stdout) == (0, ""), again.stdout + again.stderr
