"""
How does a sender deliver to the intake API?

Under one key until it is answered: again on 5xx, 429 and broken connections, with back-off.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import ip_address
from random import Random

import httpx

from standfast.demo.sendings import Sending
from standfast.foundation.kernel.choices import Choice
from standfast.foundation.kernel.errors import Refusal

TOO_MANY_REQUESTS = 429
PROMISED_WAIT_AT_MOST = 30.0
TIMEOUT = httpx.Timeout(15.0, connect=5.0)
LOOK_AT_CLOCK_EVERY = 60.0
Line = asyncio.Queue[Sending | None]  # None: nothing more will come


class IntakeUnusable(Refusal):
    """The address is none, or the intake does not know the key: nothing would ever be taken."""


class Outcome(Choice):
    """What became of a sending."""

    STORED = "stored", "stored"
    JOURNALLED = "journalled", "taken into the journal"
    ALREADY = "already", "already there"
    REFUSED = "refused", "refused"
    FAILED = "failed", "failed"


_OUTCOMES = {200: Outcome.ALREADY, 201: Outcome.STORED, 202: Outcome.JOURNALLED, 204: Outcome.STORED}


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """What became of one sending: the contact's reference where one was taken, the intake's sentence where it was not."""

    sending: Sending
    outcome: Outcome
    detail: str = ""
    reference: str = ""


@dataclass(frozen=True, kw_only=True)
class BackOff:
    """How often a sender tries, and how long between: doubling from `first` to `longest` seconds, less up to half at random."""

    attempts: int = 8
    first: float = 0.2
    longest: float = 10.0

    def wait(self, attempt: int, rng: Random) -> float:
        """Return the seconds to wait after the attempt with this number (from 0)."""
        return float(min(self.longest, self.first * 2**attempt) * rng.uniform(0.5, 1.0))


@dataclass
class IntakeClient:
    """A registered source's connection to the intake."""

    http: httpx.AsyncClient
    back_off: BackOff = field(default_factory=BackOff)
    rng: Random = field(default_factory=Random)

    async def deliver(self, sending: Sending) -> Delivery:
        """
        Send until answered or out of attempts, always under the same key. Being asked to wait (429) is no failed attempt.

        :raises IntakeUnusable: if the intake does not know the source's key
        """
        failed = 0
        while True:
            answer, detail = await self._ask(sending)
            if answer is not None and answer.status_code == TOO_MANY_REQUESTS:
                await asyncio.sleep(max(self.back_off.wait(failed, self.rng), _promised_wait(answer)))
                continue
            if answer is not None and answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR:
                return _delivery(sending, answer)
            failed += 1
            if failed == self.back_off.attempts:
                return Delivery(sending=sending, outcome=Outcome.FAILED, detail=detail)
            await asyncio.sleep(self.back_off.wait(failed - 1, self.rng))

    async def _ask(self, sending: Sending) -> tuple[httpx.Response | None, str]:
        try:
            headers = {"Idempotency-Key": sending.key}
            answer = await self.http.post(sending.path, json=sending.body, headers=headers)
        except httpx.TransportError as error:
            return None, f"no answer ({type(error).__name__})"
        return answer, f"{answer.status_code} {_sentence(answer)}".strip()


@asynccontextmanager
async def open_intake(
    *, url: str, key: str, connections: int, back_off: BackOff | None = None
) -> AsyncIterator[IntakeClient]:
    """
    Open at most so many connections to the intake at `url` as the source that holds `key`.

    :raises IntakeUnusable: if `url` is no web address
    """
    if not re.match(r"https?://[^/\s]+", url):
        raise IntakeUnusable(f"“{url[:80]}” is no address; one such as http://127.0.0.1:8002 was expected.")
    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    async with httpx.AsyncClient(
        base_url=url, headers=headers, limits=limits, timeout=TIMEOUT, trust_env=not _is_this_machine(url)
    ) as http:
        yield IntakeClient(http, back_off or BackOff())


async def deliver_all(
    sendings: Iterable[Sending],
    *,
    client: IntakeClient,
    clock: Callable[[], datetime],
    at_once: int,
    on_delivery: Callable[[Delivery], None],
) -> None:
    """
    Deliver each sending when it is due, in that order, at most `at_once` under way; tell of each as it is settled.

    :raises IntakeUnusable: if the intake does not know the source's key
    """
    line: Line = asyncio.Queue(maxsize=at_once)
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(_queue_up(sendings, line, clock=clock, readers=at_once))
            for _ in range(at_once):
                group.create_task(_deliver_from(line, client, on_delivery))
    except* IntakeUnusable as unusable:
        refusal = unusable.exceptions[0]
    else:
        return
    raise refusal


async def _queue_up(sendings: Iterable[Sending], line: Line, *, clock: Callable[[], datetime], readers: int) -> None:
    for sending in sendings:
        while (wait := (sending.due_at - clock()).total_seconds()) > 0:
            await asyncio.sleep(min(wait, LOOK_AT_CLOCK_EVERY))
        await line.put(sending)
    for _ in range(readers):
        await line.put(None)


async def _deliver_from(line: Line, client: IntakeClient, on_delivery: Callable[[Delivery], None]) -> None:
    while (sending := await line.get()) is not None:
        on_delivery(await client.deliver(sending))


def _delivery(sending: Sending, answer: httpx.Response) -> Delivery:
    if answer.status_code == httpx.codes.UNAUTHORIZED:
        raise IntakeUnusable("The intake does not know this key; the key of a registered source was expected.")
    outcome = _OUTCOMES.get(answer.status_code, Outcome.REFUSED)
    detail = f"{answer.status_code} {_sentence(answer)}".strip() if outcome == Outcome.REFUSED else ""
    return Delivery(sending=sending, outcome=outcome, detail=detail, reference=_reference(answer))


def _reference(answer: httpx.Response) -> str:
    try:
        content = answer.json()
    except ValueError:
        return ""
    return str(content.get("reference") or "") if isinstance(content, dict) else ""


def _sentence(answer: httpx.Response) -> str:
    # A problem says what was wrong in `detail`; anything else that answers (a proxy, another server) is cut short.
    try:
        content = answer.json()
    except ValueError:
        return answer.reason_phrase
    return str(content.get("detail") or content.get("title") or "")[:300] if isinstance(content, dict) else ""


def _promised_wait(answer: httpx.Response) -> float:
    given = answer.headers.get("Retry-After", "")
    return min(float(given), PROMISED_WAIT_AT_MOST) if given.isdigit() else 0.0


def _is_this_machine(url: str) -> bool:
    # A proxy from the environment is right for another machine and wrong for this one.
    host = httpx.URL(url).host
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
