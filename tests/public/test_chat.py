"""Can somebody write with us without script, is nothing typed thrown away, and does a session that ended stay dead?"""

import json
import re
import secrets
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from standfast.foundation.kernel import refs
from tests.public.chat_site import ChatSite, ChatVisitor, free_port, new_chat_site
from tests.public.conftest import Site, until
from tests.public.test_edge import FIXED, SENSITIVE
from tests.public.visitor import Answer

DANGER = "he has a knife and he is here"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def desk(make_site: Callable[..., Site]) -> Iterator[ChatSite]:
    port = free_port()
    made = new_chat_site(make_site(STANDFAST_LIVE_URL=f"http://{{host}}:{port}"), port)
    with made.staffed():
        yield made
    made.stop()


@pytest.fixture
def visitor(desk: ChatSite) -> ChatVisitor:
    return desk.visitor()


def test_a_chat_without_script_becomes_a_contact(desk: ChatSite, visitor: ChatVisitor) -> None:
    page = visitor.begin("My neighbour shouts at night", where="12 Made Up Road")
    assert (page.status, page.path) == (200, "/write/page")
    page = visitor.say("It has been going on for weeks")
    assert re.findall(r'class="said">([^<]+)<', page.text) == [
        "My neighbour shouts at night",
        "It has been going on for weeks",
    ]
    assert page.text.count(">Stored<") == 2
    reference = desk.newest()
    until(
        lambda: bool(
            desk.site.ask("SELECT 1 FROM chat_conversation WHERE reference = %s AND visitor_seq = 2", reference)
        ),
        what="conversation",
    )
    assert desk.site.ask("SELECT channel, words, place_text FROM contact_contact WHERE reference = %s", reference) == [
        ("chat", "My neighbour shouts at night\nIt has been going on for weeks", "12 Made Up Road")
    ]


def test_yes_no_and_looking_need_no_words_and_keep_what_is_half_written(visitor: ChatVisitor) -> None:
    visitor.begin()
    page = visitor.send("/write/page", look="1", text="half a sentence")
    assert "half a sentence</textarea>" in page.text
    assert page.text.count('class="line ') == 1
    page = visitor.send("/write/page", quick="yes", text="")
    assert re.findall(r'class="said">([^<]+)<', page.text)[-1] == "Yes"
    assert visitor.say("").status == 422


def test_words_of_danger_bring_advice_at_once_an_alert_within_a_second_and_leave_the_chat_open(
    desk: ChatSite, visitor: ChatVisitor
) -> None:
    visitor.begin()
    assert "data-ring hidden" in visitor.page.text  # type: ignore[union-attr]
    page = visitor.say(DANGER)
    assert "data-ring>" in page.text
    assert 'call <a href="tel:999">999</a> if you can' in page.text
    reference = desk.newest()
    raised = "SELECT 1 FROM eventlog_entry WHERE about = %s AND kind = 'contact.risk.changed' AND facts ->> 'after' = 'immediate'"
    until(lambda: bool(desk.site.ask(raised, reference)), what="alert")
    ((lag,),) = desk.site.ask(
        "SELECT extract(epoch FROM e.stored_at - l.stored_at) FROM intake_chat_line l JOIN intake_chat_thread t ON t.id = l.thread_id"
        " JOIN eventlog_entry e ON e.about = t.reference AND e.kind = 'contact.risk.changed'"
        " WHERE t.reference = %s AND l.floor = 'immediate'",
        reference,
    )
    # A safety deadline; how fast it usually is, the bench says.
    assert float(lag) < 5
    assert visitor.say("still here").status == 200


def test_leaving_kills_the_session_and_the_page_behind_back(
    desk: ChatSite, visitor: ChatVisitor, neutral_page: str
) -> None:
    visitor.begin("words nobody else may see")
    cookies, reference = dict(visitor.cookies), desk.newest()
    left = visitor.get("/leave", follow=False)
    assert (left.status, left.headers["location"]) == (303, neutral_page)
    assert left.headers["clear-site-data"] == '"cache", "storage"'
    thief = desk.visitor()
    thief.cookies = cookies
    for path in ("/write/page", "/write/news"):
        answer = thief.get(path)
        assert (answer.status, "words nobody" in answer.text) == (410, False)
    until(
        lambda: (
            desk.site.ask("SELECT broken_how FROM chat_conversation WHERE reference = %s", reference) == [("left",)]
        ),
        what="record of the exit",
    )


def test_a_return_code_is_made_on_request_only_and_works_once(desk: ChatSite, visitor: ChatVisitor) -> None:
    """SUR4."""
    visitor.begin("I may have to go")
    assert desk.site.ask("SELECT return_hash FROM intake_chat_thread WHERE reference = %s", desk.newest()) == [(None,)]
    page = visitor.send("/write/code")
    code = page.reference
    assert refs.is_reference(code)
    assert desk.site.ask(
        "SELECT return_until <= now() + interval '24 hours' FROM intake_chat_thread ORDER BY id DESC LIMIT 1"
    ) == [(True,)]
    visitor.get("/leave", follow=False)
    back = desk.visitor()
    back.get("/write/return")
    page = back.send(code=code.lower().replace("-", " "))
    assert (page.path, "I may have to go" in page.text) == ("/write/page", True)
    again = desk.visitor()
    again.get("/write/return")
    wrong = refs.new_reference()
    used, unknown, no_code = (again.send("/write/return", code=each) for each in (code, wrong, "abc"))
    assert {used.status, unknown.status, no_code.status} == {422}
    same = [re.sub(r'nonce="[^"]+"|value="[^"]+"', "", each.text) for each in (used, unknown, no_code)]
    assert same[0] == same[1] == same[2]
    assert code not in " ".join(each.headers.get("location", "") for each in (page, used))


def test_an_old_code_opens_nothing(desk: ChatSite, visitor: ChatVisitor) -> None:
    """SUR4."""
    visitor.begin()
    code = visitor.send("/write/code").reference
    desk.site.ask(
        "UPDATE intake_chat_thread SET return_until = now() - interval '1 second' WHERE reference = %s", desk.newest()
    )
    back = desk.visitor()
    back.get("/write/return")
    assert back.send(code=code).status == 422


def test_the_same_page_sent_twice_is_one_line_and_other_words_are_refused_and_kept(
    desk: ChatSite, visitor: ChatVisitor
) -> None:
    visitor.begin()
    given = visitor.page.hidden()  # type: ignore[union-attr]
    first = visitor.send("/write/page", text="once", id=given["id"])
    assert first.status == 200
    assert visitor.send("/write/page", text="once", id=given["id"]).text.count(">once<") == 1
    other = visitor.send("/write/page", text="twice", id=given["id"])
    assert (other.status, "twice</textarea>" in other.text) == (409, True)
    assert desk.site.ask("SELECT text FROM intake_chat_other_words ORDER BY id DESC LIMIT 1") == [("twice",)]


def test_a_first_and_a_later_line_sent_again_after_a_restart_are_the_same_lines(
    desk: ChatSite, visitor: ChatVisitor
) -> None:
    """DEL3: the same id after the server came back has the same reference and place, and no new row."""
    start = visitor.get("/write")
    assert visitor.send(device="yes", text="first").status == 200
    reference, given = desk.newest(), visitor.page.hidden()  # type: ignore[union-attr]
    assert visitor.send("/write/page", text="once", id=given["id"]).status == 200
    stored = (
        "SELECT l.seq, l.client_id, l.text FROM intake_chat_line l JOIN intake_chat_thread t ON t.id = l.thread_id "
    )
    stored += "WHERE t.reference = %s AND l.side = 'visitor' ORDER BY l.seq"
    before, threads = desk.site.ask(stored, reference), desk.site.ask("SELECT count(*) FROM intake_chat_thread")
    assert [text for _, _, text in before] == ["first", "once"]
    desk.site.stop()
    desk.site.start()
    assert visitor.send("/write/page", text="once", id=given["id"]).text.count(">once<") == 1
    visitor.page = start
    assert visitor.send(device="yes", text="first").text.count(">first<") == 1
    assert (desk.newest(), desk.site.ask(stored, reference)) == (reference, before)
    assert desk.site.ask("SELECT count(*) FROM intake_chat_thread") == threads
    # The control: under another id the same words are another line.
    visitor.say("once")
    assert len(desk.site.ask(stored, reference)) == 3


@pytest.mark.parametrize(
    "state", [{"state": "closed", "opens_at": "2099-01-05T08:00:00+00:00"}, {"state": "full"}], ids=["closed", "full"]
)
def test_closed_and_full_are_said_first_and_the_same_words_become_a_report(
    make_site: Callable[..., Site], state: dict[str, str]
) -> None:
    site = make_site()
    site.ask("INSERT INTO intake_chat_standing (id, says, written_at) VALUES (1, %s, now())", json.dumps(state))
    visitor = ChatVisitor(port=site.port)
    page = visitor.get("/write")
    assert "becomes a report" in page.text
    page = visitor.send(device="yes", text="He took my phone", where="the park", reach="text my sister")
    assert page.heading == "We have stored what you wrote"
    ((body,),) = site.ask("SELECT body FROM intake_submission WHERE reference = %s", page.reference)
    found = json.loads(body)
    assert found["words"].startswith("He took my phone\n")
    assert "text my sister" in found["words"]
    assert (found["channel"], found["place"]) == ("online", {"text": "the park"})


def test_while_the_database_is_away_a_first_line_is_journalled_and_a_later_one_stays_in_the_box(
    make_site: Callable[..., Site],
) -> None:
    site = make_site()
    talking, new = ChatVisitor(port=site.port), ChatVisitor(port=site.port)
    talking.begin()
    new.get("/write")
    with site.database_away():
        page = new.send(device="yes", text="Nobody answers the phone")
        assert page.heading == "We have kept what you wrote"
        reference = page.reference
        kept = talking.say("these words must stay")
        assert (kept.status, "these words must stay</textarea>" in kept.text) == (503, True)
    until(lambda: talking.send("/write/page", text="these words must stay").status == 200, what="stored line")
    assert site.ask("SELECT count(*) FROM intake_chat_line WHERE text = 'these words must stay'") == [(1,)]
    until(
        lambda: bool(site.ask("SELECT 1 FROM intake_submission WHERE reference = %s", reference)),
        what="journalled words",
    )


def test_fifty_chats_from_one_address_are_all_served_while_another_floods(desk: ChatSite) -> None:
    """LOD9."""
    flooder = desk.visitor("192.0.2.7")
    flooder.begin("flood")
    stop, refused, told = threading.Event(), [], []

    def flood() -> None:
        given = flooder.page.hidden()  # type: ignore[union-attr]
        while not stop.is_set():
            body = f"csrfmiddlewaretoken={given['csrfmiddlewaretoken']}&id={secrets.token_hex(8)}&text=flood"
            answer = flooder.request("POST", "/write/page", body.encode(), Accept="application/json", **FORM)
            if answer.status == 429:
                refused.append(answer)
                told.append("999" in answer.text and int(answer.headers["retry-after"]) > 0)

    def chat(number: int) -> int:
        genuine = desk.visitor("192.0.2.7")
        genuine.begin(f"genuine {number}")
        return sum(genuine.say(f"line {each} of {number}").status == 200 for each in range(3))

    flooding = [threading.Thread(target=flood) for _ in range(3)]
    for each in flooding:
        each.start()
    with ThreadPoolExecutor(4) as pool:
        served = list(pool.map(chat, range(50)))
    until(lambda: bool(refused), what="refusal of the flood")
    stop.set()
    for each in flooding:
        each.join()
    assert served == [3] * 50
    assert refused
    assert all(told)
    ((stored,),) = desk.site.ask(
        "SELECT count(*) FROM intake_chat_line l JOIN intake_chat_thread t ON t.id = l.thread_id WHERE l.text LIKE 'genuine %%'"
        " OR l.text LIKE 'line %% of %%'"
    )
    assert stored == 200


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"text": "a" * 4_001}, 422),
        ({"text": "a" * 400_000}, 422),
        ({"text": "\x00\x01 \u202e\u2066 \x1b"}, 422),
        ({"id": "'; DROP TABLE x; --", "text": "hello"}, 422),
        ({"id": "", "text": "hello"}, 422),
        ({"quick": "maybe", "text": "hello"}, 422),
    ],
)
def test_what_cannot_be_taken_is_refused_in_words(visitor: ChatVisitor, given: dict[str, str], status: int) -> None:
    visitor.begin()
    assert visitor.send("/write/page", **given).status == status


def test_odd_bodies_never_fault_and_odd_characters_are_stored_as_plain_text(
    desk: ChatSite, visitor: ChatVisitor
) -> None:
    visitor.begin()
    deep = b'{"a":' * 10_000 + b"1" + b"}" * 10_000
    for body, kind in (
        (deep, "application/json"),
        (b"text=" + b"a" * 600_000, FORM["Content-Type"]),
        (b"\xff\xfe\x00", FORM["Content-Type"]),
        (b"a", "multipart/form-data; boundary=x"),
    ):
        assert 400 <= visitor.request("POST", "/write/page", body, **{"Content-Type": kind}).status < 500
    page = visitor.say("<b>bold</b> \u202egnp.exe\u202c & 'quotes' 🙂")
    assert "&lt;b&gt;bold&lt;/b&gt; gnp.exe &amp; &#39;quotes&#39; 🙂" in page.text


def chat_pages(visitor: ChatVisitor) -> dict[str, Answer]:
    """Every page of the chat, by name, with the statuses it can have."""
    found = {"start": visitor.get("/write"), "422": visitor.send(text="x"), "return": visitor.get("/write/return")}
    found["302"] = visitor.request("POST", "/write/page", b"", **FORM)
    found["gone"] = visitor.get("/write/page")
    found["chat"] = visitor.begin("Some words")
    found["empty"] = visitor.say("")
    found["news"] = visitor.get("/write/news")
    visitor.get("/write/page")
    found["code"] = visitor.send("/write/code")
    found["405"] = visitor.request("DELETE", "/write/page")
    return found


def test_every_page_of_the_chat_has_every_protection_and_a_neutral_title(visitor: ChatVisitor) -> None:
    """SUR3 and WEB2."""
    for name, answer in chat_pages(visitor).items():
        for header, value in FIXED.items():
            assert answer.headers.get(header) == value, (name, header)
        policy = answer.headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert "require-trusted-types-for 'script'" in policy
        assert answer.headers["cache-control"] == "no-store"
        assert "noindex" in answer.headers["x-robots-tag"]
        assert not re.search(r"<[^>]+\s(?:style|on\w+)=", answer.text), name
        assert len(set(re.findall(r'nonce="([^"]+)"', answer.text))) <= 1
        for text in (answer.title, answer.path):
            assert not any(word in text.lower() for word in SENSITIVE), (name, text)


@pytest.mark.parametrize("path", ["/write", "/write/page", "/write/typing", "/write/code", "/write/return"])
@pytest.mark.parametrize(
    ("token", "headers"),
    [
        ("", {}),
        ("x" * 64, {}),
        ("own", {"Origin": "https://elsewhere.example"}),
        ("own", {"Sec-Fetch-Site": "cross-site"}),
    ],
)
def test_what_another_site_sends_is_refused(
    desk: ChatSite, visitor: ChatVisitor, path: str, token: str, headers: dict[str, str]
) -> None:
    page = visitor.begin("own words")
    before = desk.site.ask("SELECT count(*) FROM intake_chat_line")
    given = page.hidden()["csrfmiddlewaretoken"] if token == "own" else token
    body = f"csrfmiddlewaretoken={given}&device=yes&id={'f' * 32}&text=forged&code=x".encode()
    answer = visitor.request("POST", path, body, **FORM, **headers)
    assert answer.status == 403
    assert "forged" not in answer.text
    assert desk.site.ask("SELECT count(*) FROM intake_chat_line") == before


def test_a_form_whose_cookies_are_gone_keeps_the_words(desk: ChatSite) -> None:
    visitor = desk.visitor()
    visitor.get("/write")
    visitor.cookies.clear()
    visitor.headers["Sec-Fetch-Site"] = "same-origin"
    page = visitor.send(device="yes", text="do not lose this")
    assert (page.status, "do not lose this</textarea>" in page.text) == (403, True)
    assert visitor.send(device="yes", text="do not lose this").path == "/write/page"


def test_cookies_and_addresses_carry_no_token_and_end_with_the_browser(visitor: ChatVisitor) -> None:
    visitor.begin()
    assert set(visitor.flags) == {"__Host-page", "__Host-form"}
    for line in visitor.flags.values():
        flags = {each.strip().lower() for each in line.split(";")[1:]}
        assert {"secure", "httponly", "samesite=lax", "path=/"} <= flags
        assert not any(each.startswith(("expires", "max-age", "domain")) for each in flags)
    token = visitor.cookies["__Host-page"]
    assert token not in visitor.page.text  # type: ignore[union-attr]
    assert "?" not in visitor.page.path  # type: ignore[union-attr]


def test_a_visitor_sees_nothing_of_other_visitors_or_of_who_writes_back(desk: ChatSite) -> None:
    """SUR10."""
    one, other = desk.visitor(), desk.visitor()
    one.begin("secret of one")
    reference = desk.newest()
    desk.site.ask(
        "SELECT intake_chat_add(id, 'staff', 's1', 'How can we help?', '', 'staff:asha', now())"
        " FROM intake_chat_thread WHERE reference = %s",
        reference,
    )
    other.begin("secret of other")
    seen = one.get("/write/page").text + one.get("/write/news").text
    assert "How can we help?" in seen
    for hidden in ("secret of other", "asha", "Asha", "staff:", "queue", "position", desk.newest()):
        assert hidden not in seen, hidden
    assert "secret of one" not in other.get("/write/page").text + other.get("/write/news").text


def test_the_chat_page_with_its_style_and_script_is_at_most_40_kilobytes(visitor: ChatVisitor) -> None:
    page = visitor.begin()
    files = re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)
    assert any("chat.js" in each for each in files)
    assert len(page.text.encode()) + sum(len(visitor.get(each).text.encode()) for each in files) <= 40_000


def test_the_stream_is_read_by_our_own_page_with_its_own_cookie_only(desk: ChatSite, visitor: ChatVisitor) -> None:
    visitor.begin("only mine")
    ours = {"Origin": desk.site.address, "Cookie": f"__Host-page={visitor.cookies['__Host-page']}"}
    with httpx.Client(timeout=20) as client:
        for origin in ("https://elsewhere.example", "null", ""):
            headers = {**ours, "Origin": origin} if origin else {"Cookie": ours["Cookie"]}
            assert client.get(desk.stream, headers=headers).status_code == 403
        with client.stream("GET", desk.stream, headers=ours) as stream:
            assert stream.headers["cache-control"] == "no-store"
            data = next(json.loads(line[6:]) for line in stream.iter_lines() if line.startswith("data: "))
        assert [line["text"] for line in data["lines"]] == ["only mine"]
        nobody = client.get(desk.stream, headers={**ours, "Cookie": "__Host-page=made-up"})
        assert "data:" not in nobody.text
