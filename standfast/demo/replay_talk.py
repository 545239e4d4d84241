"""
How do the chats of a log reach the public pages, each with its real gaps, all side by side?

Each chat is a visitor of its own with a cookie of its own. Every line has an id made from the file, so that the same replay started
again doubles nothing and goes on where it was. What the other person wrote is written by an operator, where one is given.
"""

import asyncio
import hashlib
import json
import os
import re
import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import httpx

from standfast.demo.replay_chats import ChatsFile, TwoPartyChat, read_chats
from standfast.demo.replay_plan import Speed
from standfast.foundation.kernel import clock
from standfast.foundation.kernel.days import parse_instant
from standfast.foundation.kernel.errors import Refusal

TIMEOUT = 20.0
TRIES = 8
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 15.0
AT_ONCE = 64
"""Requests under way, however many chats are open."""
FORM = "a" * 32
"""A cookie that is its own form value: no page is fetched first to pass the check of where a form comes from."""

Answer = Callable[[str, str, str], str]
"""Given the id of the chat's first line, the id and the words of an answer: stored, or why it was not."""


class PagesUnusable(Refusal):
    """No public pages are at the address."""


@dataclass(frozen=True, kw_only=True)
class ChatReplay:
    """What to replay, to where and how fast; `folder` keeps when each replay began, so that it can be taken up again."""

    path: Path
    url: str
    speed: Speed
    folder: Path
    answer: Answer | None = None


@dataclass
class ChatTally:
    """What became of every chat and every line so far."""

    chats: Counter[str] = field(default_factory=Counter)
    lines: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    bad_rows: int = 0

    @property
    def exit_code(self) -> int:
        """0 if everything was read and taken, else 1."""
        wrong = sum(counts[each] for counts in (self.chats, self.lines, self.answers) for each in ("refused", "failed"))
        return 1 if wrong or self.bad_rows else 0

    def __str__(self) -> str:
        return (
            f"Chats: {_sum(self.chats)}. Lines: {_sum(self.lines)}. Answers: {_sum(self.answers)}. "
            f"Rows not read: {self.bad_rows}."
        )


def replay_chats(replay: ChatReplay, *, tell: Callable[[str], None], tally: ChatTally) -> None:
    """
    Replay a log, telling of each bad row, refusal and failure as it comes, and counting into `tally`.

    :raises ChatsFileWrong: if the file cannot be read at all
    :raises PagesUnusable: if nothing answers at the address
    """
    if not re.match(r"https?://[^/\s]+", replay.url):
        raise PagesUnusable(f"“{replay.url[:80]}” is no address; one such as http://localhost:8001 was expected.")
    file = read_chats(replay.path)
    tally.bad_rows = len(file.bad)
    for row, expected in file.bad:
        tell(f"{file.name}, line {row}: {expected}.")
    if file.chats:
        asyncio.run(_replay(replay, file, tell, tally))


async def _replay(replay: ChatReplay, file: ChatsFile, tell: Callable[[str], None], tally: ChatTally) -> None:
    begins, secret = _laid(replay, file)
    limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
    async with httpx.AsyncClient(base_url=replay.url, limits=limits, timeout=httpx.Timeout(TIMEOUT, pool=None)) as http:
        try:
            (await http.get("/healthz")).raise_for_status()
        except httpx.HTTPError:
            raise PagesUnusable(f"No public pages answer at {replay.url}; `standfast up` starts them.") from None
        talks = [
            _Talk(chat=chat, replay=replay, http=http, secret=secret, tell=tell, tally=tally) for chat in file.chats
        ]
        async with asyncio.TaskGroup() as group:
            for talk in talks:
                await _sleep_until(_due(talk.chat.lines[0][0], begins, replay.speed))
                group.create_task(talk.take_place(begins))


@dataclass(frozen=True, kw_only=True)
class _Talk:
    """One chat as it is taken to the public pages."""

    chat: TwoPartyChat
    replay: ChatReplay
    http: httpx.AsyncClient
    secret: str
    tell: Callable[[str], None]
    tally: ChatTally

    @property
    def headers(self) -> dict[str, str]:
        token = hashlib.sha256(f"{self.secret}|{self.chat.key}".encode()).hexdigest()
        # The cookies of a secure connection and those a demonstration keeps without one.
        names = (f"{prefix}{name}" for prefix in ("__Host-", "") for name in (f"page={token}", f"form={FORM}"))
        return {"Cookie": "; ".join(names), "Sec-Fetch-Site": "same-origin", "Accept": "application/json"}

    async def take_place(self, begins: datetime) -> None:
        """Send every line when it is due."""
        opened = await self._send("/write", {"device": "yes", "where": "", "reach": ""}, 0)
        outcome = {302: "begun", 200: "taken as a report", 409: "already there"}.get(opened, "refused")
        self._count(self.tally.chats, outcome, opened)
        if outcome != "begun":
            return
        for number, (after, is_visitor, text) in enumerate(self.chat.lines[1:], 1):
            await _sleep_until(_due(after, begins, self.replay.speed))
            if is_visitor:
                status = await self._send("/write/page", {}, number)
                self._count(self.tally.lines, {200: "stored", 410: "too late"}.get(status, "refused"), status)
            elif self.replay.answer is None:
                self.tally.answers["left out"] += 1
            else:
                given = (self._id(0), self._id(number), text)
                self._count(self.tally.answers, await asyncio.to_thread(self.replay.answer, *given), 0)

    async def _send(self, path: str, fields: dict[str, str], number: int) -> int:
        """Send a line until it is answered; return the status, 0 if it never was."""
        body = {"csrfmiddlewaretoken": FORM, "id": self._id(number), "text": self.chat.lines[number][2], **fields}
        pause = FIRST_PAUSE
        for _ in range(TRIES):
            try:
                answer = await self.http.post(path, data=body, headers=self.headers)
            except httpx.HTTPError:
                answer = None
            if answer is not None and answer.status_code != 429 and answer.status_code < 500:
                return answer.status_code
            asked = answer.headers.get("Retry-After", "") if answer is not None else ""
            await asyncio.sleep(min(float(asked) if asked.isdecimal() else pause, LONGEST_PAUSE))
            pause = min(2 * pause, LONGEST_PAUSE)
        return 0

    def _count(self, counts: Counter[str], outcome: str, status: int) -> None:
        outcome = "failed" if outcome == "refused" and status == 0 else outcome
        counts[outcome] += 1
        if outcome in {"refused", "failed"}:
            self.tell(f"{self.chat.about}: {outcome}{f' with {status}' if status else ''}")

    def _id(self, number: int) -> str:
        return f"{self.chat.key}-{number}"


def _due(after: timedelta, begins: datetime, speed: Speed) -> datetime:
    return begins + after / speed.factor if speed.factor else begins


async def _sleep_until(due: datetime) -> None:
    while (wait := (due - clock.now()).total_seconds()) > 0:
        await asyncio.sleep(min(wait, 1.0))


def _laid(replay: ChatReplay, file: ChatsFile) -> tuple[datetime, str]:
    """Return when the replay began and what its cookies are made from: as the last time for this target and speed, else from now on."""
    name = hashlib.sha256(f"{file.identity}|{replay.speed}|{replay.url}".encode()).hexdigest()[:32]
    path = replay.folder / f"chats-{name}.json"
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        return parse_instant(kept["begins"]), str(kept["secret"])
    except (OSError, ValueError, KeyError, TypeError, Refusal):
        pass
    begins, secret = clock.now(), secrets.token_hex(16)
    replay.folder.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps({"begins": begins.isoformat(), "secret": secret}), encoding="utf-8")
    draft.replace(path)
    return begins, secret


def _sum(counts: Counter[str]) -> str:
    return f"{counts.total():,} = " + (" + ".join(f"{count:,} {name}" for name, count in counts.items()) or "none")
