"""
What does a test of losing and doubling stand on? A database and intake processes of its own, which it may kill.

All are children of the test process: killed by process id, reaped, and started again until they answer.
"""

import atexit
import contextlib
import functools
import hashlib
import http.client
import json
import os
import random
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from standfast.foundation.intake.rules.words import digest_of
from standfast.foundation.runtime import home, postgres
from standfast.foundation.runtime.logins import ROLES, prepare_database

SERVER_VARIABLE = "STANDFAST_TEST_DATABASE_URL"
START_SECONDS = 60
SECRET = "a secret of the tests"


def until(true: Callable[[], bool], *, seconds: float = START_SECONDS, what: str) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise AssertionError(f"After {seconds:.0f} s there is still no {what}.")
        time.sleep(0.05)


class OwnPostgres:
    """A PostgreSQL of the test's own, of the version the other tests run on."""

    def __init__(self, folder: Path, *, data: Path | None = None, **settings: str) -> None:
        self._programs = _programs()
        self._folder = folder
        self._user: dict[str, Any] = {}
        if home.is_root():
            self._user = {"user": home.SYSTEM_USER, "group": home.SYSTEM_USER, "extra_groups": []}
            shutil.chown(folder, home.system_user().pw_name, home.system_user().pw_name)
        self._process: subprocess.Popen[bytes] | None = None
        if data:
            subprocess.run(["cp", "-a", data, folder / "data"], check=True)
        else:
            self._run("initdb", "-D", str(folder / "data"), "-U", "admin", "--auth=trust", "-EUTF8", "--locale=C.UTF-8")
        lines = {"listen_addresses": "", "unix_socket_directories": str(folder), "max_connections": "60", **settings}
        with (folder / "data" / "postgresql.conf").open("a") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in lines.items())

    @property
    def admin_url(self) -> str:
        return f"postgresql://admin@/postgres?host={self._folder}"

    def start(self) -> None:
        until(self._starts, what="PostgreSQL")

    def kill(self) -> None:
        """End it as a crash does; its own children notice and go."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def freeze(self) -> None:
        """Let it answer nobody, without ending it: every one of its processes stops where it is."""
        self._signal_all(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal_all(signal.SIGCONT)

    def stop(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(20)

    def _signal_all(self, sign: signal.Signals) -> None:
        assert self._process is not None
        for pid in [self._process.pid, *_children(self._process.pid)]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, sign)

    def _starts(self) -> bool:
        # Refused while a process of the killed one is still there: asked again.
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(self._programs / "postgres"), "-D", str(self._folder / "data")],
                stdout=log,
                stderr=log,
                cwd="/",
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
                preexec_fn=postgres.die_with_parent(signal.SIGINT),  # noqa: PLW1509 - one call, no locks
                **self._user,
            )
        while self._process.poll() is None:
            with contextlib.suppress(psycopg.OperationalError), psycopg.connect(self.admin_url) as connection:
                connection.execute("SELECT 1")
                return True
            time.sleep(0.02)
        return False

    def _run(self, program: str, *given: str) -> None:
        command = [str(self._programs / program), *given]
        environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
        subprocess.run(command, check=True, capture_output=True, cwd="/", env=environment, **self._user)


class Web:
    """One intake process as in a force, on a port of its own."""

    def __init__(self, *, url: str, journal: Path, **environment: str) -> None:
        self.port = _free_port()
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("STANDFAST_")},
            "DATABASE_URL": url,
            "STANDFAST_PROCESS": "intake",
            "STANDFAST_JOURNAL_DIR": str(journal),
            "STANDFAST_REFERENCE_SECRET": SECRET,
            "STANDFAST_SECRET_KEY": "a key of the tests",
            "DJANGO_SETTINGS_MODULE": "standfast.config.settings",
            **environment,
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.spawn()
        until(self.answers, what=f"intake on port {self.port}")

    def spawn(self) -> None:
        """Start it without waiting for its answer."""
        granian = ["--interface", "wsgi", "--port", str(self.port), "--blocking-threads", "6", "--log-level", "error"]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "granian", *granian, "standfast.config.wsgi:application"],
            env=self._environment,
            cwd=Path(__file__).parents[2],
            preexec_fn=postgres.die_with_parent(signal.SIGTERM),  # noqa: PLW1509 - one call, no locks
        )

    def answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, "the intake process ended by itself"
        with contextlib.suppress(OSError):
            return bool(urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2).status == 200)
        return False

    def journals(self) -> bool:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as reply:
            return bool(json.load(reply)["contacts_go_to"] == "journal")

    def kill(self) -> None:
        assert self._process is not None
        for pid in [*_children(self._process.pid), self._process.pid]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What the intake answered."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str]


def send(port: int, path: str, body: bytes, *, key: str = "", timeout: float = 10, **headers: str) -> Reply:
    """Send one request and return the answer, or fail as the network does."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        known = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
        connection.request("POST", path, body=body, headers={**known, **named})
        reply = connection.getresponse()
        text = reply.read()
        return Reply(status=reply.status, body=json.loads(text), headers=dict(reply.getheaders()))
    finally:
        connection.close()


@dataclass
class Site:
    """A prepared database on a server of its own, the key of one source, and a journal folder."""

    postgres: OwnPostgres
    urls: dict[str, str]
    journal: Path
    key: str
    webs: list[Web] = field(default_factory=list)

    def web(self, *, options: str = "", **environment: str) -> Web:
        """Make an intake process, not started yet."""
        url = make_conninfo(self.urls["intake"], options=options) if options else self.urls["intake"]
        made = Web(url=url, journal=self.journal, **environment)
        self.webs.append(made)
        return made

    def ask(self, query: str, given: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.urls["migrator"]) as owner:
            return owner.execute(query.encode(), given).fetchall()

    def one(self, query: str) -> Any:
        return self.ask(query)[0][0]

    def change(self, statement: str) -> None:
        with psycopg.connect(self.urls["migrator"], autocommit=True) as owner:
            owner.execute(statement.encode())

    def journal_is_in(self) -> bool:
        return not list(self.journal.glob("*.journal"))


@contextlib.contextmanager
def site(*, rate: int = 1_000_000, **settings: str) -> Iterator[Site]:
    """Make a site; whatever it started is ended and removed."""
    folder = _folder()
    server = OwnPostgres(folder / "postgres", data=_prepared(), **settings)
    webs: list[Web] = []
    try:
        server.start()
        urls = {role: f"postgresql://sf_{role}@/sf?host={folder / 'postgres'}" for role in ROLES}
        key = _register(urls["migrator"], rate)
        yield Site(postgres=server, urls=urls, journal=folder / "journal", key=key, webs=webs)
    finally:
        for web in webs:
            web.stop()
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@functools.lru_cache(maxsize=1)
def _prepared() -> Path:
    """Return a data folder with the log-ins, tables and grants, from which each site gets a copy."""
    folder = _folder()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    server = OwnPostgres(folder / "postgres")
    server.start()
    urls = prepare_database(
        admin_url=server.admin_url, database="sf", passwords={role: secrets.token_hex(8) for role in ROLES}
    )
    _migrate(urls["migrator"])
    server.stop()
    return folder / "postgres" / "data"


def _folder() -> Path:
    # Not pytest's own: as root the server runs as another user, and a socket's path must be short.
    folder = Path(tempfile.mkdtemp(prefix="standfast-chaos-", dir="/tmp"))
    folder.chmod(0o711)
    (folder / "postgres").mkdir()
    return folder


@dataclass(frozen=True, kw_only=True)
class Submission:
    """What one client wants stored: under which key, with which words."""

    key: str
    path: str
    body: bytes

    @property
    def digest(self) -> bytes:
        return digest_of(json.loads(self.body))


@dataclass
class Run:
    """Clients that send submissions until each is acknowledged, throwing some answers away after they came."""

    ports: list[int]
    key: str
    submissions: list[Submission]
    dropped: float = 0.05
    seed: int = 1
    acknowledged: dict[str, Reply] = field(default_factory=dict)
    references: dict[str, set[str]] = field(default_factory=dict)
    attempts: int = 0

    def start(self, *, clients: int = 6) -> None:
        self._left: list[Submission] = []
        self._held = list(reversed(self.submissions))
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._send_all, args=(number,)) for number in range(clients)]
        for thread in self._threads:
            thread.start()

    def has_acknowledged(self, count: int) -> bool:
        return len(self.acknowledged) >= count

    def release(self, count: int) -> None:
        """Let the clients send so many more."""
        with self._lock:
            self._left[:0] = [self._held.pop() for _ in range(min(count, len(self._held)))]

    def wait(self, *, seconds: float = 120) -> None:
        self.release(len(self.submissions))
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
            assert not thread.is_alive(), "a client still waits for its acknowledgement"

    def _send_all(self, number: int) -> None:
        chance = random.Random(f"{self.seed}-{number}")
        while True:
            with self._lock:
                mine = self._left.pop() if self._left else None
                if mine is None and not self._held:
                    return
            if mine:
                self._send_until_acknowledged(mine, chance)
            else:
                time.sleep(0.005)

    def _send_until_acknowledged(self, mine: Submission, chance: random.Random) -> None:
        while True:
            with self._lock:
                self.attempts += 1
            port = chance.choice(self.ports)
            try:
                reply = send(port, mine.path, mine.body, key=self.key, Idempotency_Key=mine.key)
            except (OSError, http.client.HTTPException, ValueError):
                time.sleep(0.02)
                continue
            if reply.status not in {200, 201, 202}:
                assert reply.status in {500, 503}, reply
                time.sleep(0.02)
                continue
            with self._lock:
                self.references.setdefault(mine.key, set()).add(reply.body.get("reference", ""))
            if chance.random() < self.dropped:
                continue
            with self._lock:
                self.acknowledged[mine.key] = reply
            return


def made_up(count: int, *, seed: int, calls: float = 0.1) -> list[Submission]:
    """Return contacts of every channel, and queue events of calls."""
    chance = random.Random(seed)
    return [_call_event(number) if chance.random() < calls else _contact(number, chance) for number in range(count)]


def _contact(number: int, chance: random.Random) -> Submission:
    body = {
        "channel": chance.choice(["999", "101", "online", "counter", "officer", "chat"]),
        "words": f"No {number}: “" + "".join(chance.choices('abc äöü 帮 🆘\n"\\', k=chance.randint(0, 400))) + "”",
        "caller": {"name": f"Made Up {number}", "phone": f"07700 9{number:05}"},
        "place": {"text": "12 High Street", "lat": 52 + chance.random(), "lon": -2 - chance.random()},
        "unknown": [number, {"deep": None}],
    }
    text = json.dumps(body, ensure_ascii=chance.random() < 0.5)
    return Submission(key=f"contact-{number}", path="/api/v1/contacts", body=text.encode())


def _call_event(number: int) -> Submission:
    body = json.dumps({"event": "presented", "at": "2026-11-23T14:00:00Z"}).encode()
    return Submission(key=f"call-{number}", path=f"/api/v1/calls/call-{number}/events", body=body)


def _programs() -> Path:
    if given := os.environ.get(SERVER_VARIABLE):
        with psycopg.connect(given) as connection:
            debian = Path(f"/usr/lib/postgresql/{connection.info.server_version // 10_000}/bin")
        if debian.is_dir():
            return debian
    return postgres.programs()


def _children(pid: int) -> list[int]:
    try:
        text = "".join(path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children"))
    except OSError:
        return []
    found = [int(word) for word in text.split()]
    return found + [below for child in found for below in _children(child)]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _migrate(url: str) -> None:
    program = "import django; django.setup(); from standfast.config.database import migrate_and_grant as m; m()"
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("STANDFAST_")},
        "DATABASE_URL": url,
        "STANDFAST_PROCESS": "migrator",
        "DJANGO_SETTINGS_MODULE": "standfast.config.settings",
    }
    subprocess.run([sys.executable, "-c", program], check=True, env=environment, cwd=Path(__file__).parents[2])


def _register(url: str, rate: int) -> str:
    key = secrets.token_urlsafe(32)
    with psycopg.connect(url) as owner:
        owner.execute(
            "INSERT INTO intake_source (code, name, key_hash, channels, rate_per_minute, active, made_at) VALUES"
            ' (\'ctrl\', \'Control room\', %s, \'["999", "101", "online", "counter", "officer", "chat"]\', %s, true, now())',
            [hashlib.sha256(key.encode()).digest(), rate],
        )
    return key
