"""On what does the matrix of the other processes stand? Each of them running as in a force, on one database, and every kind of caller."""

import contextlib
import http.client
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from psycopg import sql
from psycopg.conninfo import make_conninfo

from standfast.foundation.people.roles import Role
from tests.databases import copy_database, pristine
from tests.public.conftest import free_port
from tests.public.visitor import Visitor

START_SECONDS = 60
STREAM_SECONDS = 20
INTERFACES = {"public": "wsgi", "intake": "wsgi", "live": "asginl", "stream": "asginl"}
LOG_INS = {"public": "public", "stream": "public", "intake": "intake", "live": "staff"}
VISITOR_COOKIE = "__Host-page"
FORM_COOKIE, FORM_TOKEN = "__Host-form", "a" * 32
FORM = "application/x-www-form-urlencoded"
CHANGING = re.compile(
    r'(nonce|value|content)="[^"]*"|[0-9A-Za-z_-]{16,}|[0-9A-Z]{4}(-[0-9A-Z]{2,4}){3}|\d\d:\d\d(:\d\d(\.\d+)?)?'
)
# Who may do what at the intake is told by key; who a member of staff is, by a session. Both are made as an administrator would.
FILL = """
import json
import django; django.setup()
from standfast.foundation.intake import operations as intake
from standfast.foundation.kernel import clock
from standfast.foundation.people import operations as people
from tests.entering import ADMINISTRATOR, PEOPLE, account, signed_in
now = clock.now()
def session(member): return next(iter(signed_in(member).cookies.values())).value
def key(code): return intake.register_source(new=intake.NewSource(code=code, name=code), by=ADMINISTRATOR, now=now)
found = {"roles": {role.value: session(account(role)) for role in PEOPLE}, "no role": session(account(None))}
found["disabled"] = session(account(PEOPLE[0], username="gone"))
people.disable_account(username="gone", reason="left", by=ADMINISTRATOR, now=now)
found["keys"] = {code: key(code) for code in ("ours", "another", "stopped", "replaced")}
intake.stop_source(code="stopped", reason="over", by=ADMINISTRATOR, now=now)
intake.renew_key(code="replaced", reason="lost", by=ADMINISTRATOR, now=now)
print(json.dumps(found))
"""


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Somebody who asks: with which credential, of which role, and which visitor or source they are."""

    name: str
    cookies: Mapping[str, str] = field(default_factory=dict)
    key: str = ""
    role: Role | None = None
    visitor: str = ""
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back: a stream as far as it was read."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def shape(self) -> tuple[int, str, str]:
        """What two callers can tell apart: without what is new in every answer."""
        return self.status, CHANGING.sub("", self.headers.get("location", "")), CHANGING.sub("", self.text)


@dataclass(kw_only=True)
class Running:
    """The processes, by name, and every caller."""

    ports: dict[str, int]
    urls: dict[str, str]
    callers: list[Caller]
    canaries: dict[str, str]

    def ask(self, process: str, method: str, path: str, caller: Caller, *, body: bytes = b"", **headers: str) -> Answer:
        """Ask once, as the caller, the way our own pages would."""
        port = self.ports[process]
        cookies = {**caller.cookies, FORM_COOKIE: FORM_TOKEN, settings.CSRF_COOKIE_NAME: FORM_TOKEN}
        sent = {
            "Host": f"localhost:{port}",
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            "Sec-Fetch-Site": "same-origin",
            "X-CSRFToken": FORM_TOKEN,
            **({"Authorization": f"Bearer {caller.key}"} if caller.key else {}),
            **headers,
        }
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=STREAM_SECONDS)
        try:
            connection.request(method, path, body=body or None, headers=sent)
            response = connection.getresponse()
            named = {name.lower(): value for name, value in response.getheaders()}
            text = b"" if method == "HEAD" else self._read(response, named)
            return Answer(status=response.status, headers=named, text=text.decode("utf-8", "replace"))
        finally:
            connection.close()

    def _read(self, response: http.client.HTTPResponse, headers: Mapping[str, str]) -> bytes:
        if not headers.get("content-type", "").startswith("text/event-stream"):
            return response.read()
        found = b""
        while b"data:" not in found and (line := response.readline()):
            found += line
        return found


@contextlib.contextmanager
def running(migrated: Any, server_url: str) -> Iterator[Running]:
    """Start every process on a database of its own, and make every caller."""
    name = f"{migrated.database}_m{secrets.token_hex(3)}"
    copy_database(server_url, pristine(migrated.database), name)
    urls = {role: make_conninfo(url, dbname=name) for role, url in migrated.urls.items()}
    folder = Path(tempfile.mkdtemp(prefix="standfast-matrix-"))
    ports = {process: free_port() for process in INTERFACES}
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("STANDFAST_")},
        "DJANGO_SETTINGS_MODULE": "standfast.config.settings",
        "STANDFAST_JOURNAL_DIR": str(folder / "journal"),
        "STANDFAST_SECRET_KEY": "a key of the tests, as long as Django wants one to be",
        "STANDFAST_REFERENCE_SECRET": "a secret of the tests, no other",
        "STANDFAST_SECURITY_CONTACT": "mailto:security@knotshire.example",
    }
    filled = subprocess.run(
        [sys.executable, "-c", FILL],
        env={**environment, "STANDFAST_PROCESS": "staff", "DATABASE_URL": urls["staff"]},
        cwd=Path(__file__).parents[2],
        check=True,
        capture_output=True,
        text=True,
    )
    started = [_started(process, environment, urls, ports, folder) for process in INTERFACES]
    try:
        for process, port in ports.items():
            _until_it_answers(port, started, folder / process)
        yield _with_callers(json.loads(filled.stdout), ports=ports, urls=urls)
    finally:
        for each in started:
            each.terminate()
        for each in started:
            each.wait(20)
        shutil.rmtree(folder)
        with psycopg.connect(server_url, autocommit=True) as admin:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _started(
    process: str, environment: dict[str, str], urls: dict[str, str], ports: dict[str, int], folder: Path
) -> subprocess.Popen[bytes]:
    application = "wsgi" if INTERFACES[process] == "wsgi" else "asgi"
    command = [sys.executable, "-m", "granian", "--interface", INTERFACES[process], "--host", "127.0.0.1"]
    command += ["--port", str(ports[process]), "--log-level", "warning", "--workers-kill-timeout", "1"]
    own = {**environment, "STANDFAST_PROCESS": process, "DATABASE_URL": urls[LOG_INS[process]]}
    with (folder / process).open("ab") as log:
        return subprocess.Popen(
            [*command, f"standfast.config.{application}:application"], env=own, stdout=log, stderr=log
        )


def _until_it_answers(port: int, started: list[subprocess.Popen[bytes]], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        assert all(each.poll() is None for each in started), log.read_text()[-3000:]
        assert time.monotonic() < deadline, f"It does not start: {log.read_text()[-3000:]}"
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer,
        ):
            if answer.status == 200:
                return
        time.sleep(0.1)


def _with_callers(made: dict[str, Any], *, ports: dict[str, int], urls: dict[str, str]) -> Running:
    session = settings.SESSION_COOKIE_NAME
    canaries = {visitor: f"CANARY{visitor}{secrets.token_hex(4)}" for visitor in ("A", "B", "left")}
    cookies = {visitor: _visited(ports["public"], words) for visitor, words in canaries.items()}
    leaver = Visitor(port=ports["public"], cookies={VISITOR_COOKIE: cookies["left"]})
    leaver.get("/leave", follow=False)
    callers = [
        Caller(name="nobody"),
        *(Caller(name=role, cookies={session: value}, role=Role(role)) for role, value in made["roles"].items()),
        Caller(name="staff of no role", cookies={session: made["no role"]}),
        Caller(name="staff who left", cookies={session: made["disabled"]}),
        Caller(name="a made-up session", cookies={session: "m" * 32}),
        Caller(name="a made-up visitor", cookies={VISITOR_COOKIE: secrets.token_urlsafe(32)}),
        Caller(name="a visitor who left", cookies={VISITOR_COOKIE: cookies["left"]}, visitor="left"),
        *(Caller(name=f"the key {code}", key=key, source=code) for code, key in made["keys"].items()),
        Caller(name="a made-up key", key=secrets.token_urlsafe(32)),
        Caller(name="another visitor", cookies={VISITOR_COOKIE: cookies["B"]}, visitor="B"),
        Caller(name="the visitor", cookies={VISITOR_COOKIE: cookies["A"]}, visitor="A"),
    ]
    return Running(ports=ports, urls=urls, callers=callers, canaries=canaries)


def _visited(port: int, words: str) -> str:
    # One person who has half a form and a chat, both with words nobody else may read.
    visitor = Visitor(port=port)
    visitor.walk(words={"words": f"In the form {words}"})
    visitor.get("/write")
    page = visitor.send(device="yes", where="", text=f"In the chat {words}")
    assert words in page.text, page.text
    return visitor.cookies[VISITOR_COOKIE]
