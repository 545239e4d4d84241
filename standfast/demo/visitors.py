"""
Who writes to the demonstration's live chat? Made-up people, through the public pages, as a browser without script would.

A colleague is at the desk, so that the chat is open, and answers one of them; the others wait for whoever looks at the demonstration.
"""

import html
import re
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from secrets import token_urlsafe

import httpx

from standfast.foundation.kernel import clock
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import Refusal
from standfast.foundation.people import queries as people
from standfast.journey.chat import operations as chat
from standfast.journey.chat import queries as chats
from standfast.journey.chat.states import ChatState

COLLEAGUE = "amir"
ENOUGH_WAITING = 3
LOOK_SECONDS = 5.0
HERE_SECONDS = 30.0
ANSWERS = (
    "Hello, this is the police. Thank you for writing. When did you last see her, and does anybody have a key?",
    "Somebody will look in on her today. Please stay where you are, and write here if anything changes.",
)
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


class PageAway(Refusal):
    """The public pages do not take a chat now."""


@dataclass(kw_only=True)
class Visitor:
    """One made-up visitor: what they write, and how far they have come."""

    site: str
    device: str
    where: str
    first: str
    pause: float
    then: list[str]
    colleague: bool = False
    cookies: dict[str, str] = field(default_factory=dict)
    answers: int = 0
    spoke_at: float = 0.0

    def begin(self, *, now: float) -> None:
        """
        Begin the chat.

        :raises PageAway: if the desk is closed or full
        """
        page = self._get("/write")
        if "Write with somebody now" not in page:
            raise PageAway("The chat is closed or full.")
        told = {"device": self.device, "where": self.where, "text": self.first, "reach": ""}
        self._post("/write", page, told)
        self.spoke_at = now

    def look(self, *, now: float) -> None:
        """Look for an answer, and write the next line when one came, or when it takes too long."""
        page = self._get("/write/page")
        answers = page.count('<li class="line ours"')
        waited = now - self.spoke_at
        if self.then and ((answers > self.answers and waited > LOOK_SECONDS) or waited > self.pause):
            self.answers, self.spoke_at = answers, now
            self._post("/write/page", page, {"text": self.then.pop(0), "send": "1"})

    def _get(self, path: str) -> str:
        return self._kept(httpx.get(f"{self.site}{path}", headers=self._headers(), timeout=20.0))

    def _post(self, path: str, page: str, given: dict[str, str]) -> None:
        hidden = {name: html.unescape(value) for name, value in _HIDDEN.findall(page)}
        sent = {**hidden, "id": hidden.get("id") or token_urlsafe(16), **given}
        self._kept(httpx.post(f"{self.site}{path}", data=sent, headers=self._headers(), timeout=20.0))

    def _headers(self) -> dict[str, str]:
        # Cookies of these pages are for secure connections; on its own machine the demonstration has none.
        said = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"Origin": self.site, **({"Cookie": said} if said else {})}

    def _kept(self, answer: httpx.Response) -> str:
        for line in answer.headers.get_list("set-cookie"):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return answer.text


def made_up_visitors(*, site: str) -> list[Visitor]:
    """Return the made-up visitors, those in most danger first."""
    text = Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
    return [Visitor(site=site, **row) for row in tomllib.loads(text)["visitor"]]


def keep_chats_alive(*, site: str) -> Iterator[None]:
    """Keep a colleague at the desk, begin the made-up chats unless enough wait from before, and go on with them; a step each time."""
    by = _colleague()
    left_over = sum(row.state == ChatState.WAITING for row in chats.list_open(by=by, now=clock.now()))
    waiting = made_up_visitors(site=site) if left_over < ENOUGH_WAITING else []
    talking: list[Visitor] = []
    here_at = 0.0
    chat.start_taking_chats(by=by, now=clock.now())
    while True:
        now = time.monotonic()
        if now - here_at > HERE_SECONDS:
            chat.note_at_desk(by=by, now=clock.now())
            here_at = now
        try:
            if waiting:
                waiting[-1].begin(now=now)
                talking.append(waiting.pop())
            for visitor in talking:
                visitor.look(now=now)
        except (PageAway, httpx.HTTPError):
            pass  # the pages may just be starting, or ending: the next look may succeed
        _answer(by)
        yield


def _colleague() -> Actor:
    member = people.find_member(COLLEAGUE)
    if member is None:
        raise PageAway("There is no demonstration here; `standfast up --demo` makes one.")
    return member.as_actor()


def _answer(by: Actor) -> None:
    theirs = next(each for each in made_up_visitors(site="") if each.colleague)
    for row in chats.list_open(by=by, now=clock.now()):
        mine = row.owner == COLLEAGUE
        lines = chats.list_messages(chats.get_conversation(reference=row.reference, by=by), by=by)
        if not lines or lines[0].text != theirs.first:
            continue
        if row.state == ChatState.WAITING:
            chat.claim_chat(reference=row.reference, by=by, now=clock.now())
        said = sum(line.author == COLLEAGUE for line in lines)
        if mine and row.unanswered_since and said < len(ANSWERS):
            line = chat.Outgoing(client_id=f"demo-{said}", text=ANSWERS[said], after=lines[-1].seq)
            chat.send_message(reference=row.reference, line=line, by=by, now=clock.now())
