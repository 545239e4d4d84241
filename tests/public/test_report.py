"""Does a report arrive once, whatever happens on the way, and is nothing typed thrown away?"""

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest

from standfast.foundation.kernel import refs
from tests.public.conftest import Site, until
from tests.public.visitor import ANSWERS, Visitor

WORDS = ANSWERS["words"]["words"]


def stored(site: Site, reference: str) -> list[tuple[Any, ...]]:
    return site.ask(
        "SELECT s.body, s.channel, c.code, count(f.id) FROM intake_submission s JOIN intake_source c ON c.id = s.source_id"
        " JOIN intake_filing f ON f.submission_id = s.id WHERE s.reference = %s GROUP BY s.id, c.code",
        reference,
    )


def test_a_whole_report_is_stored_once_with_its_outbox_row(site: Site, visitor: Visitor) -> None:
    check = visitor.walk()
    for answer in ANSWERS.values():
        assert all(each in check.text for each in answer.values() if " " in each)
    done = visitor.send()
    assert done.heading == "We have stored what you wrote"
    assert refs.is_reference(done.reference)
    ((body, channel, source, filings),) = stored(site, done.reference)
    assert (channel, source, filings) == ("online", "website", 1)
    assert json.loads(body)["words"].startswith(WORDS)
    events = site.ask("SELECT kind FROM eventlog_entry WHERE about = %s", done.reference)
    assert events == [("intake.submission.stored",)]


def test_a_report_can_be_short_and_without_a_name(site: Site, visitor: Visitor) -> None:
    visitor.walk(device={"device": "short"}, now={"now": "yes"}, words={"words": "he is outside"})
    ((body, *_),) = stored(site, visitor.send().reference)
    kept = json.loads(body)
    assert kept["caller"] == {}
    assert "Now: yes" in kept["words"]


@pytest.mark.parametrize(
    ("step", "answer", "heading"),
    [
        ("device", "no", "If it is not safe to write here"),
        ("now", "yes", "If someone is in danger now, call 999"),
        ("now", "not_known", "If someone is in danger now, call 999"),
        ("topic", "money", "If money is leaving your account now"),
        ("topic", "cannot_find", "If you cannot find someone, call us now"),
    ],
)
def test_advice_is_shown_and_the_form_goes_on(visitor: Visitor, step: str, answer: str, heading: str) -> None:
    visitor.walk(to=f"/form/{step}")
    advised = visitor.send(**{step: answer})
    assert advised.heading == heading
    assert "tel:" in advised.text
    assert visitor.send().path.startswith("/form/")


@pytest.mark.parametrize("step", ["device", "now", "topic", "words", "reach"])
def test_a_question_that_is_needed_says_so_twice_and_keeps_what_was_typed(visitor: Visitor, step: str) -> None:
    visitor.walk(to=f"/form/{step}")
    page = visitor.send(reach_how="never ring")
    assert page.status == 422
    assert page.title.startswith("Problem: ")
    assert 'class="summary" role="alert"' in page.text
    assert f'id="{step}-error"' in page.text
    assert f'href="#{step}"' in page.text
    if step == "reach":
        assert "never ring" in page.text


def test_no_answer_is_chosen_beforehand(visitor: Visitor) -> None:
    for step in ("device", "now", "topic", "reach"):
        assert " checked" not in visitor.walk(to=f"/form/{step}").text


def test_an_answer_can_be_changed_from_the_last_page(site: Site, visitor: Visitor) -> None:
    visitor.walk()
    page = visitor.get("/form/words?change=1")
    assert WORDS in page.text
    assert visitor.send(words="A <b>red</b> bicycle").path == "/form/check"
    assert "A &lt;b&gt;red&lt;/b&gt; bicycle" in (visitor.page.text if visitor.page else "")
    ((body, *_),) = stored(site, visitor.send().reference)
    assert json.loads(body)["words"].startswith("A <b>red</b> bicycle")


def test_a_page_asked_for_too_early_leads_to_the_first_open_question(visitor: Visitor) -> None:
    visitor.walk(to="/form/topic")
    assert visitor.get("/form/check").path == "/form/topic"
    assert visitor.get("/form/reach").path == "/form/topic"


def test_pressing_send_ten_times_at_once_is_one_report(site: Site, visitor: Visitor) -> None:
    visitor.walk()
    check = visitor.page
    assert check
    seen: list[str] = []

    def press() -> None:
        twin = site.visitor()
        twin.cookies, twin.page = dict(visitor.cookies), check
        seen.append(twin.send().reference)

    before = site.ask("SELECT count(*) FROM intake_submission")
    presses = [threading.Thread(target=press) for _ in range(10)]
    for each in presses:
        each.start()
    for each in presses:
        each.join()
    assert len(seen) == 10
    assert len(set(seen)) == 1
    assert len(stored(site, seen[0])) == 1
    assert site.ask("SELECT count(*) FROM intake_submission")[0][0] == before[0][0] + 1
    assert site.ask("SELECT count(*) FROM intake_conflict") == [(0,)]


def test_after_sending_every_page_leads_to_the_receipt_and_no_words_stay(site: Site, visitor: Visitor) -> None:
    visitor.walk()
    reference = visitor.send().reference
    for path in ("/form/check", "/form/words", "/form/device"):
        again = visitor.get(path)
        assert (again.path, again.reference) == ("/form/done", reference)
        assert WORDS not in again.text


def test_words_typed_into_a_page_left_open_too_long_are_not_lost(site: Site, visitor: Visitor) -> None:
    visitor.walk(to="/form/place")
    site.ask("UPDATE public_draft SET expires_at = now() - interval '1 minute'")
    page = visitor.send(place="behind the mill")
    assert page.path == "/form/time"
    visitor.send()
    visitor.send()
    check = visitor.send(reach="no")
    assert WORDS in check.text
    assert "behind the mill" in check.text


def test_a_draft_is_unreadable_without_its_cookie_and_ends_after_an_hour(site: Site, visitor: Visitor) -> None:
    visitor.walk(to="/form/place")
    rows = site.ask("SELECT body, expires_at <= now() + interval '61 minutes' FROM public_draft WHERE ended_at IS NULL")
    assert rows
    for body, soon in rows:
        assert soon
        assert WORDS.encode() not in bytes(body)
        assert visitor.cookies["__Host-page"].encode() not in bytes(body)
    site.ask("UPDATE public_draft SET expires_at = now() - interval '1 second'")
    assert visitor.get("/form/words").status == 410


def test_a_whole_report_without_the_database_is_kept_and_brought_in_once(
    weak_site: Site, speak_to: Callable[[Any], None]
) -> None:
    site = weak_site
    visitor = site.visitor()
    with site.database_away():
        until(lambda: visitor.get("/form/device").status == 200, what="first page")
        page = visitor.get("/form/device")
        for step, answers in ANSWERS.items():
            assert page.action() == f"/form/{step}"
            page = visitor.send(**answers)
            assert page.status == 200, page.text
        assert page.heading == "Check your answers"
        assert WORDS in page.text
        check = page
        done = visitor.send()
        assert done.heading == "We have kept what you wrote"
        assert "Until then nobody can read it" in done.text
        visitor.page = check
        assert visitor.send().reference == done.reference
        (written,) = site.journal.glob("*.journal")
        assert WORDS.encode() not in written.read_bytes()
    until(lambda: bool(stored(site, done.reference)), what="report in the database")
    ((body, _, source, filings),) = stored(site, done.reference)
    assert json.loads(body)["words"].startswith(WORDS)
    assert (source, filings) == ("website", 1)
    speak_to(site)
    _file_twice()
    assert site.ask("SELECT channel, caller_name FROM contact_contact WHERE reference = %s", done.reference) == [
        ("online", "Ann Other")
    ]
    assert site.ask("SELECT count(*) FROM intake_submission WHERE reference = %s", done.reference) == [(1,)]


def _file_twice() -> None:
    from standfast.cli.worker import file_once

    while file_once():
        pass
    file_once()


def test_a_database_that_goes_away_in_the_middle_loses_no_answer(weak_site: Site) -> None:
    site = weak_site
    visitor = site.visitor()
    page = visitor.walk(to="/form/place")
    with site.database_away():
        page = visitor.send(place="behind the mill")
        assert page.heading == "When was it?"
        # What only the database knows is not made up: the page says so, and whom to ring.
        assert visitor.get("/form/words").status == 503
        visitor.page = page
        page = visitor.send(time="at noon")
        assert page.heading == "About you"
    visitor.page = page
    visitor.send()
    check = visitor.send(reach="no")
    assert check.heading == "Check your answers"
    assert all(each in check.text for each in (WORDS, "behind the mill", "at noon"))
    assert visitor.send().heading == "We have stored what you wrote"


def test_when_nothing_can_be_written_the_words_stay_on_the_page(weak_site: Site) -> None:
    site = weak_site
    visitor = site.visitor()
    visitor.walk()
    check = visitor.page
    site.journal.rename(site.journal.with_name("gone"))
    with site.database_away():
        refused = visitor.send()
        assert refused.status == 503
        assert "Nothing has been sent" in refused.text or "nothing has been sent" in refused.text
        assert WORDS in refused.text
        assert "999" in refused.text
    site.journal.with_name("gone").rename(site.journal)
    visitor.page = check
    assert visitor.send().heading == "We have stored what you wrote"


def test_one_address_that_floods_is_slowed_keeps_its_words_and_slows_nobody_else(site: Site) -> None:
    flood = {"X-Forwarded-For": "203.0.113.7"}
    first = site.visitor(**flood)
    first.get("/form/device")

    def press(times: int) -> None:
        mine = site.visitor(**flood)
        mine.cookies, mine.page = dict(first.cookies), first.page
        for _ in range(times):
            mine.send("/form/device", device="")
            mine.page = first.page

    threads = [threading.Thread(target=press, args=(170,)) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    statuses = []
    for _ in range(20):
        first.get("/form/device")
        statuses.append(first.send(device="no", follow=False).status)
        if statuses[-1] == 429:
            break
    assert statuses[-1] == 429
    assert first.page
    assert first.page.headers["retry-after"]
    assert all(each in first.page.text for each in ("101", "999", 'value="no" checked'))
    other = site.visitor(**{"X-Forwarded-For": "203.0.113.8"})
    other.walk()
    assert other.send().heading == "We have stored what you wrote"
