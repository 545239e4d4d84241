"""
Is anything that cannot be taken refused in one clear sentence, counted and kept?

Five hundred kinds of bad input from a seed: none is answered with a 5xx, none disappears: in = stored + refused.
"""

import gzip
import http.client
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.intake.chaos import Site, Web, site, until

pytestmark = pytest.mark.database

GOOD = {"channel": "999", "words": "He is at the door"}
KINDS = 500
FOUR_HUNDREDS = range(400, 500)


@dataclass(frozen=True, kw_only=True)
class Bad:
    """One request that cannot be taken; `is_known` says that its sender is."""

    name: str
    body: bytes = json.dumps(GOOD).encode()
    headers: dict[str, str] = field(default_factory=dict)
    path: str = "/api/v1/contacts"
    is_known: bool = True
    without: tuple[str, ...] = ()


@pytest.fixture(scope="module")
def place() -> Iterator[Site]:
    with site() as made:
        yield made


@pytest.fixture(scope="module")
def web(place: Site) -> Web:
    made = place.web()
    made.start()
    return made


@pytest.fixture
def own() -> Iterator[tuple[Site, Web]]:
    """A site that nobody else sends to, to count at."""
    with site() as made:
        mine = made.web()
        mine.start()
        yield made, mine


def ask(web: Web, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=20)
    try:
        connection.putrequest(method, path)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        connection.send(body)
        reply = connection.getresponse()
        return reply.status, {name.lower(): value for name, value in reply.getheaders()}, reply.read()
    finally:
        connection.close()


def send_bad(web: Web, key: str, bad: Bad, number: int) -> tuple[int, dict[str, str], bytes]:
    headers = {
        "Authorization": f"Bearer {key}",
        "Content-Type": "application/json",
        "Idempotency-Key": f"bad-{number}",
        "Content-Length": str(len(bad.body)),
        **bad.headers,
    }
    kept = {name: value for name, value in headers.items() if name not in bad.without}
    return ask(web, "POST", bad.path, kept, bad.body)


def changed(**more: Any) -> bytes:
    return json.dumps({**GOOD, **more}).encode()


def plain_kinds() -> list[Bad]:
    """Kinds thought of by hand."""
    nested = b'{"channel": "999", "x": ' + b"[" * 30 + b"]" * 30 + b"}"
    deep = b'{"channel": "999", "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    bodies = {
        "empty": b"",
        "nothing": b"null",
        "list": b"[]",
        "text": b'"help"',
        "number": b"1",
        "half": b'{"channel": "999"',
        "two": b'{"channel": "999"}{"channel": "999"}',
        "twice": b'{"channel": "999", "channel": "101"}',
        "nan": b'{"channel": "999", "x": NaN}',
        "endless": b'{"channel": "999", "x": 1e999}',
        "digits": b'{"channel": "999", "x": ' + b"9" * 5000 + b"}",
        "bom": b"\xef\xbb\xbf" + json.dumps(GOOD).encode(),
        "utf16": json.dumps(GOOD).encode("utf-16"),
        "latin1": '{"channel": "999", "words": "café"}'.encode("latin-1"),
        "cp1252": '{"channel": "999", "words": "“help”"}'.encode("cp1252"),
        "overlong": b'{"channel": "999", "words": "\xc0\xaf"}',
        "surrogate bytes": b'{"channel": "999", "words": "\xed\xa0\x80"}',
        "half surrogate": b'{"channel": "999", "words": "\\ud800"}',
        "nul": b'{"channel": "999", "words": "a\\u0000b"}',
        "nul in an unknown field": b'{"channel": "999", "x": {"y": ["\\u0000"]}}',
        "nul in a name": b'{"channel": "999", "\\u0000": 1}',
        "raw nul": b'{"channel": "999", "words": "a\x00b"}',
        "control": b'{"channel": "999", "words": "a\x01b"}',
        "form": b"channel=999&words=help",
        "xml": b"<contact><channel>999</channel></contact>",
        "nested": nested,
        "deep": deep,
        "large": json.dumps({**GOOD, "words": "a" * 300_000}).encode(),
        "very large": b" " * 3_000_000,
    }
    wrong = {
        "no channel": {"channel": None},
        "unknown channel": {"channel": "telegram"},
        "channel a number": {"channel": 999},
        "channel with a blank": {"channel": "999 "},
        "words a number": {"words": 5},
        "words a list": {"words": ["help"]},
        "caller a text": {"caller": "Ann"},
        "caller's name a number": {"caller": {"name": 5}},
        "phone too long": {"caller": {"phone": "0" * 3000}},
        "place a list": {"place": []},
        "lat a text": {"place": {"lat": "52.8", "lon": -2}},
        "lat beyond": {"place": {"lat": 91, "lon": 0}},
        "lon beyond": {"place": {"lat": 0, "lon": -181}},
        "priority a text": {"priority": "1"},
        "priority a fraction": {"priority": 1.5},
        "priority yes": {"priority": True},
        "priority beyond": {"priority": 2**31},
        "reference too long": {"source_ref": "a" * 121},
        "time without offset": {"received_at": "2026-11-23T14:00:00"},
        "time a number": {"received_at": 1_700_000_000},
        "time in words": {"received_at": "yesterday"},
        "time that is none": {"received_at": "2026-02-30T14:00:00Z"},
        "second 60": {"received_at": "2026-06-30T23:59:60Z"},
        "year 0": {"received_at": "0000-01-01T00:00:00Z"},
        "year 1 east": {"received_at": "0001-01-01T00:00:00+14:00"},
        "time empty": {"received_at": ""},
    }
    headers = {
        "gzip": {"Content-Encoding": "gzip"},
        "brotli": {"Content-Encoding": "br"},
        "charset": {"Content-Type": "application/json; charset=utf-16"},
        "charset unknown": {"Content-Type": 'application/json; charset="klingon"'},
        "plain text": {"Content-Type": "text/plain"},
        "form type": {"Content-Type": "application/x-www-form-urlencoded"},
        "no type": {"Content-Type": ""},
        "key too long": {"Idempotency-Key": "k" * 65},
        "key blank": {"Idempotency-Key": "  "},
        "key with a tab": {"Idempotency-Key": "a\tb"},
        "key not ascii": {"Idempotency-Key": "schl\u00fcssel"},
    }
    calls = "/api/v1/calls/{}/events"
    event = b'{"event": "presented", "at": "2026-11-23T14:00:00Z"}'
    return [
        *(Bad(name=name, body=body) for name, body in bodies.items()),
        *(Bad(name=name, body=changed(**more)) for name, more in wrong.items()),
        *(Bad(name=name, headers=more) for name, more in headers.items()),
        Bad(name="compressed", body=gzip.compress(json.dumps(GOOD).encode()), headers={"Content-Encoding": "gzip"}),
        Bad(name="no key of the sender", without=("Authorization",), is_known=False),
        Bad(name="other scheme", headers={"Authorization": "Basic YTpi"}, is_known=False),
        Bad(name="wrong key", headers={"Authorization": "Bearer nobody"}, is_known=False),
        Bad(name="endless key", headers={"Authorization": "Bearer " + "a" * 5000}, is_known=False),
        Bad(name="no idempotency key", without=("Idempotency-Key",)),
        Bad(name="version 2", path="/api/v2/contacts"),
        Bad(name="no version", path="/api/contacts"),
        Bad(name="with a slash", path="/api/v1/contacts/"),
        Bad(name="upper case", path="/API/v1/contacts"),
        Bad(name="elsewhere", path="/%00"),
        Bad(name="event unknown", path=calls.format("1"), body=event.replace(b"presented", b"rung")),
        Bad(name="event on no line", path=calls.format("1"), body=event.replace(b"}", b', "channel": "911"}')),
        Bad(name="event without a time", path=calls.format("1"), body=b'{"event": "presented"}'),
        Bad(name="call's reference too long", path=calls.format("a" * 121), body=event),
        Bad(name="call's reference not printable", path=calls.format("a%00b"), body=event),
        Bad(name="call's reference a new line", path=calls.format("a%0ab"), body=event),
    ]


def broken_kinds(count: int, *, seed: int) -> list[Bad]:
    """Good requests, each broken at a random place."""
    chance = random.Random(seed)
    return [Bad(name=f"broken {number}", body=_broken(number, chance)) for number in range(count)]


def _broken(number: int, chance: random.Random) -> bytes:
    body = bytearray(json.dumps({**GOOD, "caller": {"name": f"Made Up {number}"}, "kind": "made up"}).encode())
    match number % 4:
        case 0:
            del body[chance.randrange(1, len(body)) :]
        case 1:
            body[chance.randrange(len(body))] = chance.choice([0x00, 0x80, 0xC0, 0xFF])
        case 2:
            body[0:1] = chance.choice([b"[", b"(", b"'", b"{{", b"{,"])
        case _:
            place = body.index(b'"channel"')
            body[place + 1 : place + 8] = bytes(chance.choices(b"abcdefghijklmnopqrstuvwxyz", k=7))
    return bytes(body)


def kinds() -> list[Bad]:
    by_hand = plain_kinds()
    return by_hand + broken_kinds(KINDS - len(by_hand), seed=7)


def incoming(place: Site) -> tuple[int, int, int]:
    stored = place.one("SELECT (SELECT count(*) FROM intake_submission) + (SELECT count(*) FROM intake_call_event)")
    refused = place.one("SELECT coalesce(sum(count), 0)::bigint FROM intake_refusal_count")
    return stored, refused, place.one("SELECT count(*) FROM intake_refused_body")


def test_five_hundred_kinds_of_bad_input_are_refused_counted_and_kept(own: tuple[Site, Web]) -> None:
    place, web = own
    sent = kinds()
    assert len({bad.name for bad in sent}) == KINDS
    before = incoming(place)
    for number, bad in enumerate(sent):
        status, headers, body = send_bad(web, place.key, bad, number)
        assert status in FOUR_HUNDREDS, (bad.name, status, body)
        assert headers["content-type"] == "application/problem+json", bad.name
        problem = json.loads(body)
        assert problem["status"] == status
        assert problem["expected"]
        assert problem["detail"].endswith("."), problem
        assert headers["x-request-id"] in problem["instance"]
    known = sum(bad.is_known for bad in sent)
    until(lambda: incoming(place)[1] - before[1] >= KINDS, seconds=20, what="count of every refusal")
    stored, refused, kept = (now - then for now, then in zip(incoming(place), before, strict=True))
    assert (stored, refused, kept) == (0, KINDS, known)


def test_what_is_kept_of_a_refusal_is_what_was_sent(place: Site, web: Web) -> None:
    body = b"\xff{not json \x00"
    assert send_bad(web, place.key, Bad(name="bytes", body=body), 10_000)[0] == 400
    assert bytes(place.one("SELECT body FROM intake_refused_body ORDER BY id DESC LIMIT 1")) == body


def test_each_answer_carries_its_protections(place: Site, web: Web) -> None:
    requests = [
        ("GET", "/healthz", 200),
        ("GET", "/readyz", 200),
        ("GET", "/api/v1/openapi.json", 200),
        ("GET", "/nowhere", 404),
        ("PUT", "/api/v1/contacts", 405),
        ("POST", "/api/v1/contacts", 401),
    ]
    for method, path, expected in requests:
        status, headers, _ = ask(web, method, path, {"Content-Length": "0"}, b"")
        assert status == expected, path
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
        assert len(headers["x-request-id"]) == 16


def test_a_body_whose_length_is_not_said_is_not_waited_for(place: Site, web: Web) -> None:
    chunked = b"2\r\n{}\r\n0\r\n\r\n"
    headers = {
        "Authorization": f"Bearer {place.key}",
        "Content-Type": "application/json",
        "Idempotency-Key": "chunked",
        "Transfer-Encoding": "chunked",
    }
    assert ask(web, "POST", "/api/v1/contacts", headers, chunked)[0] == 411


def test_a_time_ahead_of_ours_is_kept_with_the_words_and_not_believed(place: Site, web: Web) -> None:
    ahead = Bad(name="ahead", body=changed(received_at="9999-12-31T23:59:59+00:00"))
    status, _, body = send_bad(web, place.key, ahead, 20_000)
    assert (status, json.loads(body)["received_at"] < "2100") == (201, True)
    assert "9999" in place.one("SELECT body FROM intake_submission WHERE idempotency_key = 'bad-20000'")


def test_unknown_fields_are_kept_and_named(place: Site, web: Web) -> None:
    more = Bad(name="more", body=changed(mood="afraid", caller={"name": "Ann", "shoes": 38}, place={"w3w": "a.b.c"}))
    status, _, body = send_bad(web, place.key, more, 20_001)
    assert status == 201
    assert json.loads(body)["unknown_fields"] == ["mood", "caller.shoes", "place.w3w"]


def test_a_source_beyond_its_rate_waits_except_for_999() -> None:
    with site(rate=30) as place:
        web = place.web()
        web.start()
        online = Bad(name="online", body=changed(channel="online"))
        answers = [send_bad(web, place.key, online, number) for number in range(40)]
        statuses = [status for status, *_ in answers]
        assert statuses.count(429) >= 5
        assert statuses[:30] == [201] * 30
        refused = next(headers for status, headers, _ in answers if status == 429)
        assert int(refused["retry-after"]) >= 1
        emergency = [send_bad(web, place.key, Bad(name="999"), number)[0] for number in range(100, 160)]
        assert emergency == [201] * 60
