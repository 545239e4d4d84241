"""What does this tree still need before it can run, or be tested? Does that, and nothing twice. Standard library only."""

import fcntl
import sys
from collections.abc import Callable

from setting_up import assets, browser, engines, packages, postgresql
from setting_up.places import STATE
from setting_up.problem import SetUpProblem

STEPS: dict[str, list[Callable[[], None]]] = {
    "run": [packages.install_for_running, assets.build],
    "check": [packages.install_for_tests],
    "test": [
        browser.check_obtainable,
        packages.install_for_tests,
        assets.build,
        browser.find_or_install,
        postgresql.install_if_offered,
    ],
    "engines": [engines.install_if_offered],
    "assets": [assets.build],
}


def main(words: list[str]) -> int:
    """Take the steps of one purpose; a foreseen problem is one sentence and exit code 2."""
    if len(words) != 1 or words[0] not in STEPS:
        sys.stderr.write(f"set-up: say for what: {', '.join(STEPS)}.\n")
        return 2
    try:
        STATE.mkdir(exist_ok=True)
        with (STATE / "lock").open("w") as lock:
            # Two at once in one tree would tread on each other: the second waits, and then finds everything done.
            fcntl.flock(lock, fcntl.LOCK_EX)
            for step in STEPS[words[0]]:
                step()
    except SetUpProblem as problem:
        sys.stderr.write(f"set-up: {problem}\n")
        return 2
    except PermissionError as refused:
        sys.stderr.write(f"set-up: {refused.filename} belongs to another user: work in a copy of your own.\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
