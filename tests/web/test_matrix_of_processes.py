"""
AUZ1 beyond the staff pages: every caller at every entry point of the public, stream, intake and live processes, through their real stacks.

A caller has one credential and shows it everywhere: a session of staff of each role, a visitor's cookie, a source's key, each also spent
or made up. What belongs to one visitor or one source is never told to another, whatever they show.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import ModuleType
from typing import Any

import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.urls import get_resolver, path, reverse
from django.utils.module_loading import import_string
from psycopg import sql

from standfast.config import routes
from standfast.config.entry_points import ADDRESSES, Access, Entry
from standfast.config.middleware import EntryPoints
from standfast.config.settings import MIDDLEWARE_OF
from standfast.foundation.people.permissions import Permission
from standfast.foundation.people.roles import PERMISSIONS_OF
from tests.entering import named_patterns
from tests.web.processes import FORM, FORM_TOKEN, Answer, Caller, Running, running

pytestmark = pytest.mark.database
METHODS = ("GET", "HEAD", "POST", "DELETE")
SAMPLES = {"step": "words", "source_ref": "call-1", "callsign": "KN01"}
# Sending ends a form, and leaving ends all that a visitor has: they come last.
LAST = ("check", "sent", "leave")
PROCESSES = ("stream", "public", "intake", "live")
AT_ONCE = 4
STANDING_SOURCES = frozenset({"ours", "another"})
SENT = {"channel": "999", "words": "Only ours knows: KEPTWORDS", "event": "presented", "at": "2026-11-23T14:00:00Z"}
SENT |= {"source_ref": "call-1"}
Cell = tuple[str, str, str, Caller, Answer]


@pytest.fixture(scope="module")
def met(migrated: Any, django_db_setup: None, server_url: str) -> Iterator[tuple[Running, list[Cell]]]:
    """Every cell there is, asked once."""
    with running(migrated, server_url) as made:
        # First as its own source, so that every other key meets what is there already; last as the visitors, who end what is theirs.
        first = [caller for caller in made.callers if caller.source == "ours"]
        last = [caller for caller in made.callers if caller.visitor in {"A", "B"}]
        others = [caller for caller in made.callers if caller not in [*first, *last]]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            groups = [pool.map(lambda caller: cells(made, caller), group) for group in (first, others)]
            found = [cell for group in groups for each in group for cell in each]
        yield made, [*found, *(cell for caller in last for cell in cells(made, caller))]


def cells(made: Running, caller: Caller) -> list[Cell]:
    """Ask every address of every process by every method as one caller."""
    return [
        (process, name, method, caller, asked(made, process, method, address, caller))
        for process in PROCESSES
        for name, address in sorted(
            addresses(process).items(), key=lambda each: each[0] in LAST and LAST.index(each[0]) + 1
        )
        for method in METHODS
    ]


def addresses(process: str) -> dict[str, str]:
    """Return every address of a process by name, its arguments filled."""
    urlconf = f"standfast.config.urls.{process}"
    return {
        name: reverse(name, urlconf=urlconf, kwargs={each: SAMPLES[each] for each in arguments})
        for name, arguments in named_patterns(get_resolver(urlconf))
    }


def asked(made: Running, process: str, method: str, address: str, caller: Caller) -> Answer:
    """Ask one cell; what is sent is a form to pages and a contact to the intake."""
    if method != "POST":
        return made.ask(process, method, address, caller)
    if process == "intake":
        headers = {"Content-Type": "application/json", "Idempotency-Key": "the same key"}
        return made.ask(process, method, address, caller, body=json.dumps(SENT).encode(), **headers)
    body = f"csrfmiddlewaretoken={FORM_TOKEN}".encode()
    return made.ask(process, method, address, caller, body=body, **{"Content-Type": FORM})


def wanted(entry: Entry, caller: Caller, method: str) -> str:
    """What the policy page says of one cell, worked out here again."""
    if method not in entry.methods and not (method == "HEAD" and "GET" in entry.methods):
        return "no such method"
    if isinstance(entry.needs, Permission):
        if caller.role is None and caller.name != "staff of no role":
            return "who are you"
        return "open" if caller.role and entry.needs in PERMISSIONS_OF[caller.role] else "not yours"
    if entry.needs is Access.BY_KEY:
        return "open" if caller.source in STANDING_SOURCES else "who are you"
    return "open"


def seen(answer: Answer) -> str:
    """What the stack said."""
    told = {401: "who are you", 403: "not yours", 405: "no such method"}
    return "broken" if answer.status >= 500 else told.get(answer.status, "open")


def wrong(found: list[Cell], policy: Mapping[str, Mapping[str, Entry]]) -> list[str]:
    """Return the cells that are not as the policy says."""
    return [
        f"{caller.name}: {method} {process} {name}: {seen(answer)} ({answer.status}), wanted {want}"
        for process, name, method, caller, answer in found
        if (want := wanted(policy[process][name], caller, method)) != seen(answer)
    ]


def crossed(found: list[Cell], canaries: Mapping[str, str]) -> list[str]:
    """Return the cells in which somebody reads what a visitor wrote, and is not that visitor."""
    return [
        f"{caller.name}: {method} {process} {name} tells what visitor {visitor} wrote"
        for process, name, method, caller, answer in found
        for visitor, words in canaries.items()
        if words in answer.text and (caller.visitor != visitor or visitor == "left")
    ]


def count_by_source(owner: psycopg.Connection, table: str) -> Counter[str]:
    """Return how many rows of a table each source sent."""
    query = sql.SQL("SELECT code, count(*) FROM {} JOIN intake_source ON intake_source.id = source_id GROUP BY 1")
    return Counter(dict(owner.execute(query.format(sql.Identifier(table))).fetchall()))


def test_every_cell_is_as_the_policy_says(met: tuple[Running, list[Cell]]) -> None:
    _, found = met
    assert len({name for _, name, _, _, _ in found}) >= 24
    assert len(found) >= 2_500
    assert wrong(found, ADDRESSES) == []


def test_nobody_reads_what_another_visitor_wrote_and_each_reads_their_own(met: tuple[Running, list[Cell]]) -> None:
    made, found = met
    assert crossed(found, made.canaries) == []
    for visitor, words in made.canaries.items():
        own = {name for _, name, _, caller, answer in found if caller.visitor == visitor and words in answer.text}
        assert own == (set() if visitor == "left" else {"talk", "talk_news", "talk_stream", "question", "check"})


def test_no_other_credential_shows_more_than_none_at_all(met: tuple[Running, list[Cell]]) -> None:
    """What is open to anybody is the same for all: a session of staff, a key or a spent cookie opens nothing on the public pages."""
    _, found = met
    by_cell = {(process, name, method, caller.name): answer for process, name, method, caller, answer in found}
    for process, name, method, caller, answer in found:
        needs = ADDRESSES[process][name].needs
        if process == "stream" or needs not in {Access.PUBLIC, Access.BY_RECEIPT} or caller.visitor:
            continue
        nobody = by_cell[process, name, method, "nobody"]
        assert answer.shape == nobody.shape, f"{caller.name}: {method} {process} {name}"


def test_a_spent_cookie_is_answered_like_a_made_up_one(met: tuple[Running, list[Cell]]) -> None:
    _, found = met
    by_cell = {(process, name, method, caller.name): answer for process, name, method, caller, answer in found}
    for process, name, method, caller, answer in found:
        if caller.visitor == "left" and ADDRESSES[process][name].needs is Access.BY_RECEIPT:
            made_up = by_cell[process, name, method, "a made-up visitor"]
            assert answer.shape == made_up.shape, f"{method} {process} {name}"


def test_one_key_of_two_sources_is_two_contacts_and_two_calls(met: tuple[Running, list[Cell]]) -> None:
    made, found = met
    sent = {
        caller.source: json.loads(answer.text)
        for _, name, method, caller, answer in found
        if name == "intake:send_contact" and method == "POST" and caller.source in STANDING_SOURCES
    }
    assert sent["ours"]["reference"] != sent["another"]["reference"]
    with psycopg.connect(made.urls["migrator"]) as owner:
        stored = count_by_source(owner, "intake_submission")
        calls = count_by_source(owner, "intake_call_event")
    assert (stored["ours"], stored["another"], stored["stopped"], stored["replaced"]) == (1, 1, 0, 0)
    assert calls == {"ours": 1, "another": 1}


def test_both_answers_are_seen_wherever_somebody_is_refused(met: tuple[Running, list[Cell]]) -> None:
    _, found = met
    for process in PROCESSES:
        for name, entry in ADDRESSES[process].items():
            if entry.needs not in {Access.PUBLIC, Access.BY_RECEIPT}:
                answers = {
                    seen(a) for p, n, method, _, a in found if (p, n) == (process, name) and method in entry.methods
                }
                assert "open" in answers, name
                assert answers & {"who are you", "not yours"}, name


def test_no_page_is_a_stream_and_no_file_is_taken_away_unlisted(met: tuple[Running, list[Cell]]) -> None:
    _, found = met
    streams = {name for _, name, _, _, answer in found if "event-stream" in answer.headers.get("content-type", "")}
    assert streams == {"desk_stream", "talk_stream"}
    assert not [
        name for _, name, _, _, answer in found if "attachment" in answer.headers.get("content-disposition", "")
    ]


def test_what_is_on_no_list_is_absent_for_everybody(met: tuple[Running, list[Cell]]) -> None:
    made, _ = met
    for process in PROCESSES:
        for caller in made.callers:
            assert made.ask(process, "GET", "/secret", caller).status == 404, f"{caller.name} at {process}"


def test_nothing_sent_without_proof_breaks_a_stream(met: tuple[Running, list[Cell]]) -> None:
    made, _ = met
    for process in ("live", "stream"):
        for caller in made.callers:
            answer = made.ask(process, "POST", "/healthz", caller, **{"X-CSRFToken": "b" * 32})
            assert answer.status in {403, 405}, f"{caller.name} at {process}"


# --- controls: the same checks, made to fail every time -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("process", "name", "needs"),
    [
        ("live", "desk_stream", Access.PUBLIC),
        ("live", "desk_stream", Permission.RULES_READ),
        ("intake", "intake:send_contact", Access.PUBLIC),
        ("intake", "intake:openapi-json", Access.BY_KEY),
    ],
)
def test_a_wrong_policy_line_is_seen(
    met: tuple[Running, list[Cell]], process: str, name: str, needs: Access | Permission
) -> None:
    _, found = met
    line = replace(ADDRESSES[process][name], needs=needs)
    assert wrong(found, {**ADDRESSES, process: {**ADDRESSES[process], name: line}})


def test_another_visitors_cookie_in_the_wrong_hand_is_seen(met: tuple[Running, list[Cell]]) -> None:
    made, found = met
    taken = [
        (p, n, m, replace(caller, visitor="B") if caller.visitor == "A" else caller, a) for p, n, m, caller, a in found
    ]
    assert crossed(taken, made.canaries)


@pytest.mark.parametrize("process", [process for process, entries in ADDRESSES.items() if entries])
def test_an_unlisted_address_stops_the_boot_of_every_process(process: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib
    import sys

    module = ModuleType(f"urls_of_{process}_and_one_more")
    own = importlib.import_module(f"standfast.config.urls.{process}").urlpatterns
    module.urlpatterns = [*own, path("secret", lambda _request: HttpResponse("seen"), name="secret")]  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    with pytest.raises(ImproperlyConfigured, match="secret"):
        routes.refuse_unlisted(process, module.__name__)


def test_every_process_that_answers_has_the_choke_point() -> None:
    for process, entries in ADDRESSES.items():
        if entries:
            passed = [import_string(name) for name in MIDDLEWARE_OF[process]]
            assert any(issubclass(each, EntryPoints) for each in passed if isinstance(each, type)), process
