"""
Does a chat keep every line, in order and to the right person, however many write, whatever is killed and however bad the network?

Everything is real: pages, streams, staff pages and their stream in processes of their own, the worker, PostgreSQL; they and the load
share the machine. Beside it in the same run: a bare program that only passes messages on, to as many streams at the same rate.
"""

import asyncio
import json
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from standfast.bench.chat_control import PLANTS, breaches_seen
from standfast.bench.chat_crowd import Crowd, Row, faults_of, percentile, until, waits_of
from standfast.bench.chat_desk import Desk, replies_heard
from standfast.bench.chat_load import ChatVisitor, EchoVisitor, Ports
from standfast.bench.chat_proxy import bad_network
from standfast.bench.chat_site import PROCESSES_EACH, ChatServers, chat_servers

EVERY_SECONDS = 20.0
SERVERS = ("public", "stream", "worker", "staff", "live")
BACK_WITHIN = 60.0
SEED = 4
_LINES = """
SELECT encode(t.token_hash, 'hex'), l.seq, l.side, l.client_id, l.text
FROM intake_chat_line l JOIN intake_chat_thread t ON t.id = l.thread_id ORDER BY t.id, l.seq
"""
_WAITING_TO_BE_READ = """
SELECT coalesce(extract(epoch FROM max(clock_timestamp() - l.stored_at)), 0)::float8 FROM intake_chat_line l
JOIN intake_chat_filing f ON f.thread_id = l.thread_id
WHERE f.due_seq > f.filed_seq AND l.side = 'visitor' AND l.seq > f.filed_seq
"""
_PLACES = "SELECT encode(token_hash, 'hex'), seq FROM intake_chat_thread WHERE token_hash IS NOT NULL"


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """How many open chats in each part, and for how many seconds each is watched."""

    desk: int = 200
    half: int = 1_000
    full: int = 2_000
    faulty: int = 200
    settle: int = 15
    watched: int = 30
    long: int = 90
    away: int = 60


SHORT = Sizes(desk=40, half=100, full=200, faulty=40, settle=5, watched=20, long=30, away=20)


def run(*, urls: dict[str, str], short: bool = False) -> dict[str, Any]:
    """
    Measure on an empty prepared database, given by the address of each of its log-ins.

    :raises RuntimeProblem: if a server does not start
    """
    sizes = SHORT if short else Sizes()
    folder = Path(tempfile.mkdtemp(prefix="standfast-bench-chat-"))
    try:
        with chat_servers(urls, folder) as servers:
            figures, yardstick = asyncio.run(_measured(servers, sizes))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    ratios = {
        f"delivery_p99_to_echo_{size}": round(figures[f"delivery_{size}_p99_ms"] / yardstick[f"echo_{size}_p99_ms"], 2)
        for size in (sizes.half, sizes.full)
    }
    notes = [
        f"{PROCESSES_EACH} processes each of pages, streams, staff pages; a message each {EVERY_SECONDS:g} s a chat"
    ]
    return {
        "figures": figures,
        "yardstick": yardstick,
        "ratios": ratios,
        "goals": _goals(figures, ratios, sizes),
        "notes": notes,
    }


async def _measured(servers: ChatServers, sizes: Sizes) -> tuple[dict[str, float], dict[str, float]]:
    yardstick = await _told("the yardstick", _echo(servers, sizes))
    servers.start(*SERVERS)
    figures: dict[str, float] = {}
    ports = Ports(pages=servers.ports["public"], stream=servers.ports["stream"])
    async with _crowd(ports, every=EVERY_SECONDS) as crowd:
        figures |= await _told("the desk", _at_the_desk(servers, crowd, sizes))
        for size, seconds in ((sizes.half, sizes.watched), (sizes.full, sizes.long)):
            part = _delivered(servers, crowd, size=size, sizes=sizes, seconds=seconds)
            figures |= await _told(f"{size} chats", part)
        figures |= await _told("every server of the public killed", _killed(servers, crowd))
    figures |= await _told("a bad network, and none for a while", _through_a_bad_network(servers, sizes))
    return figures, yardstick


async def _told(what: str, part: Awaitable[dict[str, float]]) -> dict[str, float]:
    """Tell of each part as it ends: the whole takes minutes."""
    began = time.monotonic()
    found = await part
    sys.stderr.write(f"chat: {what} ({time.monotonic() - began:.0f} s): {json.dumps(found)}\n")
    return found


@asynccontextmanager
async def _crowd(
    ports: Ports, *, every: float, first: int = 0, kind: type[ChatVisitor] = ChatVisitor
) -> AsyncIterator[Crowd]:
    crowd = Crowd(make=lambda number: kind(number=first + number, ports=ports), every=every)
    try:
        yield crowd
    finally:
        await crowd.leave()


async def _echo(servers: ChatServers, sizes: Sizes) -> dict[str, float]:
    """Measure the yardstick at both sizes."""
    servers.start("echo")
    port = servers.ports["echo"]
    found: dict[str, float] = {}
    async with _crowd(Ports(pages=port, stream=port), every=EVERY_SECONDS, kind=EchoVisitor) as crowd:
        for size in (sizes.half, sizes.full):
            await crowd.grow(size)
            crowd.start_writing()
            await asyncio.sleep(sizes.settle / 2)
            began = time.monotonic()
            await asyncio.sleep(sizes.watched)
            await crowd.stop_writing(within=10)
            waits = waits_of(crowd.lines_since(began))
            found |= {f"echo_{size}_p50_ms": percentile(waits, 0.5), f"echo_{size}_p99_ms": percentile(waits, 0.99)}
            found[f"echo_{size}_messages"] = len(waits)
    servers.kill("echo")
    return found


async def _at_the_desk(servers: ChatServers, crowd: Crowd, sizes: Sizes) -> dict[str, float]:
    """Measure both ways through the desk, with every chat in somebody's hands."""
    refused = await crowd.grow(sizes.desk)
    await until(lambda: servers.ask("SELECT count(*) FROM chat_conversation")[0][0] >= sizes.desk - refused, within=60)
    desks = _desks(servers, crowd)
    crowd.start_writing()
    working = asyncio.gather(*(desk.work() for desk in desks))
    await asyncio.sleep(sizes.settle)
    began = time.monotonic()
    await asyncio.sleep(sizes.watched)
    for desk in desks:
        desk.is_quiet = True
    await crowd.stop_writing(within=30)
    await working
    await asyncio.to_thread(servers.people, "reinforce")
    servers.at_the_desk()
    # Not what was written before anybody was at the desk: that waited for them, not for us.
    visits = [wait for desk in desks for tried, wait in desk.seen if tried >= began]
    pressed = [answered - tried for desk in desks for _, tried, answered in desk.replies if tried >= began]
    heard = replies_heard(desks, since=began)
    return {
        "operator_to_visitor_p50_ms": percentile(heard, 0.5),
        "operator_to_visitor_p95_ms": percentile(heard, 0.95),
        "operator_reply_answered_p95_ms": percentile(pressed, 0.95),
        "operator_replies": len(heard),
        **{f"operator_replies_failed_{why}": count for why, count in _failures(desks).items()},
        "visitor_to_operator_page_p50_ms": percentile(visits, 0.5),
        "visitor_to_operator_page_p95_ms": percentile(visits, 0.95),
        "visitor_to_operator_page_p99_ms": percentile(visits, 0.99),
        "visitor_lines_seen_by_operator": len(visits),
    }


def _failures(desks: Sequence[Desk]) -> Counter[str]:
    return sum((desk.failed for desk in desks), Counter[str]())


def _desks(servers: ChatServers, crowd: Crowd) -> list[Desk]:
    by_hash = {
        row[0]: row[1] for row in servers.ask("SELECT encode(token_hash, 'hex'), reference FROM intake_chat_thread")
    }
    visitors = {by_hash[visitor.hash]: visitor for visitor in crowd.visitors if visitor.hash in by_hash}
    return [
        Desk(
            staff_port=servers.ports["staff"],
            live_port=servers.ports["live"],
            session=each["session"],
            chats={reference: visitors[reference] for reference in each["chats"] if reference in visitors},
            every=EVERY_SECONDS,
        )
        for each in servers.people("share")
    ]


async def _delivered(servers: ChatServers, crowd: Crowd, *, size: int, sizes: Sizes, seconds: int) -> dict[str, float]:
    """Measure how soon a visitor's line comes back on their stream as stored, with so many chats open."""
    refused = await crowd.grow(size)
    crowd.start_writing()
    await asyncio.sleep(sizes.settle)
    began, rss = time.monotonic(), servers.rss_mb("public", "stream")
    unread = []
    while time.monotonic() - began < seconds:
        await asyncio.sleep(1)
        # Elsewhere: whoever asks here keeps every visitor from reading meanwhile, and that is counted as delivery.
        unread.append((await asyncio.to_thread(servers.ask, _WAITING_TO_BE_READ))[0][0])
    after = servers.rss_mb("public", "stream")
    waits = waits_of(crowd.lines_since(began))
    await crowd.stop_writing(within=30)
    faults = await _checked(str(size), servers, crowd.visitors)
    return faults | {
        f"delivery_{size}_p50_ms": percentile(waits, 0.5),
        f"delivery_{size}_p99_ms": percentile(waits, 0.99),
        f"delivery_{size}_messages": len(waits),
        f"delivery_{size}_not_let_in": refused,
        f"memory_{size}_mb": after,
        f"memory_{size}_growth_percent": round(100 * (after / rss - 1), 1),
        f"read_for_risk_after_{size}_p99_ms": percentile(unread, 0.99),
    }


async def _killed(servers: ChatServers, crowd: Crowd) -> dict[str, float]:
    """Kill every server of the public with all chats open and lines under way, and return when all are back and caught up."""
    crowd.start_writing()
    await asyncio.sleep(EVERY_SECONDS / 2)
    servers.kill("public", "stream")
    began = time.monotonic()
    servers.spawn("public", "stream")
    await asyncio.to_thread(servers.wait_for, "public", "stream")
    started = time.monotonic() - began
    while not await _all_caught_up(servers, crowd.visitors) and time.monotonic() - began < 3 * BACK_WITHIN:
        await asyncio.sleep(0.3)
    back = time.monotonic() - began
    await crowd.stop_writing(within=60)
    faults = await _checked("after_kill", servers, crowd.visitors)
    return faults | {"kill_servers_started_seconds": round(started, 1), "kill_all_caught_up_seconds": round(back, 1)}


async def _all_caught_up(servers: ChatServers, visitors: Sequence[ChatVisitor]) -> bool:
    places = dict(await asyncio.to_thread(servers.ask, _PLACES))
    await asyncio.sleep(0.5)
    return all(each.is_listening and each.place >= places.get(each.hash, 0) for each in visitors)


async def _through_a_bad_network(servers: ChatServers, sizes: Sizes) -> dict[str, float]:
    """Chat through a network that resets or stalls three in ten connections and chunks, and is gone for a while in the middle."""
    async with (
        bad_network(servers.ports["public"], seed=SEED) as (pages, pages_port),
        bad_network(servers.ports["stream"], seed=SEED + 1) as (streams, stream_port),
        _crowd(Ports(pages=pages_port, stream=stream_port), every=EVERY_SECONDS / 2, first=sizes.full) as crowd,
    ):
        refused = await crowd.grow(sizes.faulty)
        crowd.start_writing()
        await asyncio.sleep(sizes.watched)
        pages.vanish()
        streams.vanish()
        await asyncio.sleep(sizes.away)
        pages.is_gone = streams.is_gone = False
        await asyncio.sleep(sizes.watched)
        await crowd.stop_writing(within=90)
        pages.is_bad = streams.is_bad = False
        failed = sum(each.failed for each in crowd.visitors)
        faults = await _checked("bad_network", servers, crowd.visitors)
        return faults | {
            "bad_network_messages": sum(len(each.sent) for each in crowd.visitors),
            "bad_network_given_up": failed,
            "bad_network_resets": pages.resets + streams.resets,
            "bad_network_stalls": pages.stalls + streams.stalls,
            "bad_network_streams_opened": sum(each.streams for each in crowd.visitors),
            "bad_network_not_let_in": refused,
        }


async def _checked(name: str, servers: ChatServers, visitors: Sequence[ChatVisitor]) -> dict[str, float]:
    """Wait until everybody has heard what is stored by now, at most a minute, then compare."""
    rows = await _stored(servers)
    last = {hash_: kept[-1][0] for hash_, kept in rows.items()}
    await until(lambda: all(each.place >= last.get(each.hash, 0) for each in visitors), within=BACK_WITHIN)
    still = [each.still() for each in visitors]
    found: Counter[str] = faults_of(still, rows, await _stored(servers))
    seen = breaches_seen(still, rows)
    return {
        **{f"{name}_{fault}": count for fault, count in found.items()},
        **{f"{name}_planted_{fault}_seen": count for fault, count in seen.items()},
    }


async def _stored(servers: ChatServers) -> dict[str, list[Row]]:
    """Return every line of every chat, in order, by the hash of the visitor's cookie."""
    rows: dict[str, list[Row]] = {}
    for hash_, *line in await asyncio.to_thread(servers.ask, _LINES):
        rows.setdefault(hash_, []).append((line[0], line[1], line[2], line[3]))
    return rows


def _goals(figures: dict[str, float], ratios: dict[str, float], sizes: Sizes) -> list[dict[str, Any]]:
    parts = (str(sizes.half), str(sizes.full), "after_kill", "bad_network")
    goals = [_none_wrong(figures, name) for name in parts] + [_would_be_seen(figures, parts)]
    for name, value, most in (
        (f"delivery p99 at {sizes.half} chats, ms", figures[f"delivery_{sizes.half}_p99_ms"], 500),
        (f"delivery p99 at {sizes.full} chats to the echo's", ratios[f"delivery_p99_to_echo_{sizes.full}"], 4),
        (f"operator's message p95 at {sizes.desk} chats, ms", figures["operator_to_visitor_p95_ms"], 250),
        (f"memory growth at {sizes.full} chats, %", figures[f"memory_{sizes.full}_growth_percent"], 10),
        (f"all {sizes.full} back and caught up after a kill, s", figures["kill_all_caught_up_seconds"], BACK_WITHIN),
        ("given up in a bad network and an outage", figures["bad_network_given_up"], 0),
    ):
        goals.append({"name": name, "value": value, "goal": f"<= {most:g}", "met": value <= most})
    return goals


def _none_wrong(figures: dict[str, float], name: str) -> dict[str, Any]:
    faults = {fault: int(figures[f"{name}_{fault}"]) for fault in ("lost", "doubled", "misrouted", "out_of_order")}
    told = ", ".join(f"{count} {fault.replace('_', ' ')}" for fault, count in faults.items())
    wanted = "0 lost, 0 doubled, 0 misrouted, 0 out of order"
    return {"name": f"lines of {name.replace('_', ' ')}", "value": told, "goal": wanted, "met": told == wanted}


def _would_be_seen(figures: dict[str, float], parts: Sequence[str]) -> dict[str, Any]:
    seen = int(sum(figures[f"{part}_planted_{fault}_seen"] for part in parts for fault in PLANTS))
    planted = sum(len(parts) * len(ways) for ways in PLANTS.values())
    return {"name": "planted breaches seen", "value": seen, "goal": f"{planted}", "met": seen == planted}
