"""How does a bench run one of our processes, and who asks it? Pages and intake under granian, the worker; a signed-in client."""

import contextlib
import os
import re
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import httpx

from standfast.foundation.runtime.problems import RuntimeProblem
from standfast.foundation.runtime.supervisor import answers

START_SECONDS = 60
WORKER = (sys.executable, "-m", "standfast.cli.main", "work")
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


def environment(process: str, url: str, **also: str) -> dict[str, str]:
    """Return the variables of a process of ours with its log-in, and nothing of the ones this program runs with."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("STANDFAST_")},
        "DJANGO_SETTINGS_MODULE": "standfast.config.settings",
        "DATABASE_URL": url,
        "STANDFAST_PROCESS": process,
        "STANDFAST_SECRET_KEY": secrets.token_hex(16),
        "STANDFAST_REFERENCE_SECRET": secrets.token_hex(16),
        **also,
    }


def staff_environment(process: str, url: str) -> dict[str, str]:
    """Return the variables of a process of a demonstration, whose people sign in by a press."""
    return environment(process, url, STANDFAST_DEMO="true", STANDFAST_INSECURE_COOKIES="true")


@contextlib.contextmanager
def served(target: str, given: dict[str, str], *, workers: int = 1, threads: int = 4) -> Iterator[int]:
    """
    Serve a program on a port of its own, and give the port once every process of it may be expected to listen.

    :raises RuntimeProblem: if it does not start
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    granian = [
        "--interface",
        "wsgi",
        "--port",
        str(port),
        "--workers",
        str(workers),
        "--blocking-threads",
        str(threads),
    ]
    with running([sys.executable, "-m", "granian", *granian, f"{target}:application"], given) as process:
        until = time.monotonic() + START_SECONDS
        while not answers(f"http://127.0.0.1:{port}/healthz"):
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeProblem(f"{target} does not start.")
            time.sleep(0.1)
        if workers > 1:
            # Every process listens on the port from its start; the slower one may still be loading.
            time.sleep(1)
        yield port


@contextlib.contextmanager
def running(command: list[str], given: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program until it is not needed any longer."""
    process = subprocess.Popen(command, env=given, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def signed_in(port: int, role: str) -> httpx.Client:
    """
    Sign in as somebody of the demonstration, by role; what the client posts afterwards bears the token of its forms.

    :raises RuntimeProblem: if that is refused
    """
    home = f"http://localhost:{port}"
    client = httpx.Client(base_url=home, timeout=30, headers={"Origin": home})
    token = _TOKEN.search(client.get("/sign-in").text)
    form = {"csrfmiddlewaretoken": token[1] if token else "", "role": role}
    answer = client.post("/sign-in/demonstration", data=form)
    if answer.status_code != 302:
        raise RuntimeProblem(f"The {role} could not sign in: {answer.status_code}.")
    return client


def form_token(client: httpx.Client, page: str) -> str:
    """
    Return the token that forms of a page are sent with.

    :raises RuntimeProblem: if the page has no form
    """
    found = _TOKEN.search(client.get(page).text)
    if found is None:
        raise RuntimeProblem(f"{page} has no form.")
    return found[1]
