"""What does a chat run on in the tests? The public pages, their stream and the worker, each a process with its own log-in."""

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.public.conftest import Site, free_port, until
from tests.public.visitor import Answer, Visitor

WORKER_LOG = "worker-log"


@dataclass(kw_only=True)
class ChatSite:
    """A site with what a chat needs besides its pages."""

    site: Site
    stream_port: int
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def stream(self) -> str:
        return f"http://localhost:{self.stream_port}/write/stream"

    def visitor(self, address: str = "") -> "ChatVisitor":
        """Return somebody who has just come, from an address of their own unless one is given."""
        where = address or f"10.{secrets.randbelow(250)}.{secrets.randbelow(250)}.7"
        return ChatVisitor(port=self.site.port, headers={"X-Forwarded-For": where})

    def newest(self) -> str:
        """Return the reference of the newest chat."""
        return str(self.site.ask("SELECT reference FROM intake_chat_thread ORDER BY id DESC LIMIT 1")[0][0])

    def start_stream(self) -> None:
        command = [sys.executable, "-m", "granian", "--interface", "asginl", "--host", "127.0.0.1", "--port"]
        command += [str(self.stream_port), "--workers-kill-timeout", "1", "standfast.config.asgi:application"]
        self._start("stream", command, log_in="public")
        until(self._stream_answers, what="public stream")

    def start_worker(self) -> None:
        self._start("worker", [sys.executable, "-m", "standfast.cli.main", "work"], log_in="worker")

    def kill(self, name: str) -> None:
        """Kill a process and its children as a power cut would."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(20)

    def stop(self) -> None:
        for name in list(self.processes):
            self.kill(name)

    @contextlib.contextmanager
    def staffed(self) -> Iterator[None]:
        """Say on the public page that somebody is there, as the worker does every two seconds while somebody is."""
        self.site.ask(
            "INSERT INTO people_staffmember (username, name, email, roles, partner, is_active, password)"
            " SELECT 'asha' || n, 'Asha Handler', '', '{contact_officer}', '', true, '' FROM generate_series(1, 100) n"
        )
        self.site.ask(
            "INSERT INTO chat_operator (member_id, is_taking, points, since, seen_at)"
            " SELECT id, true, 1000, now(), now() + interval '1 day' FROM people_staffmember WHERE username LIKE 'asha%%'"
        )
        self._until_said("open")
        yield
        self.site.ask("UPDATE chat_operator SET is_taking = false")

    def _until_said(self, state: str) -> None:
        until(lambda: self._says() == state, what=f"desk that is {state}")

    def _says(self) -> str:
        rows = self.site.ask("SELECT says ->> 'state' FROM intake_chat_standing")
        return str(rows[0][0]) if rows else ""

    def _start(self, name: str, command: list[str], *, log_in: str) -> None:
        environment = {
            **self.site.environment,
            "STANDFAST_PROCESS": name,
            "DATABASE_URL": self.site.urls[log_in],
            "STANDFAST_PUBLIC_URL": f"http://{{host}}:{self.site.port}",
        }
        with (self.site.folder / f"{name}-log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command, env=environment, stdout=log, stderr=log, start_new_session=True
            )

    def _stream_answers(self) -> bool:
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(f"http://127.0.0.1:{self.stream_port}/healthz") as answer,
        ):
            return bool(answer.status == 200)
        return False


class ChatVisitor(Visitor):
    """A visitor without script who chats."""

    def begin(self, words: str = "Hello, can somebody help me", **fields: str) -> Answer:
        self.get("/write")
        return self.send(device="yes", text=words, **fields)

    def say(self, words: str, **fields: str) -> Answer:
        return self.send("/write/page", text=words, **fields)


def new_chat_site(site: Site, stream_port: int) -> ChatSite:
    """Start what a chat needs besides its pages."""
    made = ChatSite(site=site, stream_port=stream_port)
    made.start_worker()
    made.start_stream()
    return made


__all__ = ["ChatSite", "ChatVisitor", "free_port", "new_chat_site"]
