"""How does the set-up run other programs: quietly, told in one line each, and again when only the network faltered?"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from setting_up.places import ROOT
from setting_up.problem import SetUpProblem

PAUSES = (3.0, 10.0)
"""Seconds before the second and the third attempt."""
LOG_LINES = 25
NETWORK_WORDS = (
    "timed out",
    "timeout",
    "connection reset",
    "connection refused",
    "connection aborted",
    "could not resolve",
    "temporary failure",
    "name resolution",
    "dns error",
    "econnreset",
    "econnrefused",
    "etimedout",
    "eai_again",
    "enotfound",
    "network is unreachable",
    "error sending request",
    "failed to fetch",
    "unable to connect",
    "502 bad gateway",
    "503 service",
    "504 gateway",
)


class Failed(SetUpProblem):
    """A program ended with an error; its last lines say which."""

    def __init__(self, command: Sequence[str], output: str) -> None:
        self.was_network = any(word in output.lower() for word in NETWORK_WORDS)
        tail = "\n".join(output.strip().splitlines()[-LOG_LINES:])
        advice = " The network is needed the first time." if self.was_network else ""
        super().__init__(f"`{' '.join(command)}` failed.{advice}\n{tail}")


def run(command: Sequence[str], *, variables: Mapping[str, str] | None = None) -> str:
    """
    Run a program in the tree and return what it printed. It never waits for an answer on standard input.

    :raises Failed: if it ends with an error
    """
    try:
        done = subprocess.run(  # noqa: S603 - the set-up's own commands
            command,
            cwd=ROOT,
            env={**os.environ, **(variables or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
    except OSError as error:
        raise Failed(command, str(error)) from None
    if done.returncode:
        raise Failed(command, done.stdout)
    return done.stdout


def run_over_network(command: Sequence[str], *, variables: Mapping[str, str] | None = None) -> str:
    """
    Run a program that downloads, and run it again when it was the network that failed.

    :raises Failed: if it fails for another reason, or for the third time
    """
    for pause in PAUSES:
        try:
            return run(command, variables=variables)
        except Failed as failed:
            if not failed.was_network:
                raise
            say(f"the network faltered; again in {pause:.0f} s")
            time.sleep(pause)
    return run(command, variables=variables)


def can_run(*command: str) -> bool:
    """Say whether a program is there and succeeds."""
    try:
        run(command)
    except Failed:
        return False
    return True


def say(sentence: str) -> None:
    """Tell the person what the set-up is at."""
    sys.stdout.write(f"set-up: {sentence}\n")
    sys.stdout.flush()


@contextmanager
def told(what: str) -> Iterator[None]:
    """Say what begins, and how long it took."""
    say(f"{what} …")
    begun = time.monotonic()
    yield
    say(f"{what}: {time.monotonic() - begun:.0f} s")
