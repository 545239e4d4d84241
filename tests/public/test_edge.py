"""Does every answer, whatever its status, carry its protections; and is what another site sends refused?"""

import re
import socket
from dataclasses import replace
from pathlib import Path

import pytest

from standfast.config.entry_points import ADDRESSES, Access
from standfast.faces.public.jinja import STATIC
from standfast.faces.public.steps import STEPS
from tests.public.conftest import Site, free_port
from tests.public.visitor import ANSWERS, Answer, Visitor

FIXED = {
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
# What browser history must not say (the reader of it may be the one it is about).
SENSITIVE = [
    "police",
    "crime",
    "report",
    "victim",
    "abuse",
    "violence",
    "violent",
    "assault",
    "rape",
    "sexual",
    "domestic",
    "stalk",
    "harass",
    "hate",
    "threat",
    "hurt",
    "danger",
    "afraid",
    "fear",
    "emergency",
    "999",
    "101",
    "weapon",
    "knife",
    "missing",
    "suicide",
    "harm",
    "refuge",
    "helpline",
    "safe",
    "help",
    "fraud",
    "scam",
    "officer",
    "incident",
    "witness",
    "knotshire",
]


def pages(visitor: Visitor) -> dict[str, Answer]:
    """Every page there is, by address, with the statuses it can have."""
    found = {}
    for path in ("/", "/about", "/embed", "/form/device", "/nothing", "/form/nothing", "/robots.txt", "/leave"):
        found[path] = visitor.get(path, follow=False)
    found["/form/check closed"] = visitor.get("/form/check")
    visitor.get("/form/device")
    found["422"] = visitor.send(follow=False)
    found["302"] = visitor.send(device="no", follow=False)
    found["note device"] = visitor.get("/form/device/note")
    for step, answers in ANSWERS.items():
        visitor.get(f"/form/{step}")
        found[step] = visitor.page  # type: ignore[assignment]
        visitor.send(**answers)
    found["check"] = visitor.get("/form/check")
    found["sent"] = visitor.send()
    found["405"] = visitor.request("OPTIONS", "/form/device")
    found["post front"] = visitor.request("POST", "/")
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    found["403"] = visitor.request("POST", "/form/device", b"device=yes", **kind)
    found["413"] = visitor.request("POST", "/form/words", b"words=" + b"a" * 600_000, **kind)
    found["415"] = visitor.request("POST", "/form/words", b"{}", **{"Content-Type": "application/json"})
    found["static"] = visitor.get("/static/plain/plain.css")
    found["static none"] = visitor.get("/static/plain/none.css")
    found["security"] = visitor.get("/.well-known/security.txt")
    for probe in ("/healthz", "/readyz"):
        found[probe] = visitor.get(probe)
    return found


def test_every_answer_of_every_status_has_every_protection(visitor: Visitor) -> None:
    found = pages(visitor)
    assert {each.status for each in found.values()} >= {200, 302, 303, 403, 404, 405, 410, 413, 415, 422}
    for name, answer in found.items():
        for header, value in FIXED.items():
            assert answer.headers.get(header) == value, (name, header)
        policy = dict(each.strip().split(" ", 1) for each in answer.headers["content-security-policy"].split(";"))
        assert (
            policy["default-src"] == policy["base-uri"] == policy["object-src"] == policy["frame-ancestors"] == "'none'"
        )
        assert policy["form-action"] == "'self'"
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert "trusted-types" in policy
        assert answer.headers["strict-transport-security"].startswith("max-age=63072000")
        assert answer.headers["x-request-id"]
        if name != "static":
            assert answer.headers["cache-control"] == "no-store", name
        if name != "/":
            assert "noindex" in answer.headers.get("x-robots-tag", ""), name


def test_no_page_has_script_or_style_in_line_or_anything_of_a_third_party(visitor: Visitor) -> None:
    for name, answer in pages(visitor).items():
        if "text/html" not in answer.headers.get("content-type", "") or not answer.text:
            continue
        assert not re.search(r"<[^>]+\s(?:style|on\w+)=", answer.text), name
        assert "<style" not in answer.text
        nonces = re.findall(r"<script[^>]*>", answer.text)
        assert all('nonce="' in each and 'src="/static/' in each for each in nonces)
        assert not re.search(r'<(?:link|script|img)[^>]+(?:href|src)="(?!/static/)', answer.text), name
        (nonce,) = re.findall(r'nonce="([^"]+)"', answer.text)
        assert f"'nonce-{nonce}'" in answer.headers["content-security-policy"]


def test_no_title_path_icon_or_cookie_says_what_it_is_about(visitor: Visitor) -> None:
    """SUR3."""
    found = pages(visitor)
    seen = [answer.title for answer in found.values()] + [answer.path for answer in found.values()]
    seen += [f"/form/{name}" for name in STEPS] + [path.name for path in Path(STATIC).rglob("*.*")]
    seen += [link for answer in found.values() for link in re.findall(r'<link rel="icon" href="([^"]+)"', answer.text)]
    seen += [*visitor.flags]
    for text in seen:
        assert not any(word in text.lower() for word in SENSITIVE), text


def test_every_address_of_the_process_is_open_to_anybody_or_to_whom_the_record_belongs() -> None:
    assert {entry.needs for entry in ADDRESSES["public"].values()} == {Access.PUBLIC, Access.BY_RECEIPT}


def test_cookies_end_with_the_browser_and_no_script_reads_them(visitor: Visitor) -> None:
    visitor.walk(to="/form/now")
    assert set(visitor.flags) == {"__Host-page", "__Host-form"}
    for line in visitor.flags.values():
        flags = {each.strip().lower() for each in line.split(";")[1:]}
        assert {"secure", "httponly", "samesite=lax", "path=/"} <= flags
        assert not any(each.startswith(("expires", "max-age", "domain")) for each in flags)


@pytest.mark.parametrize("path", [*(f"/form/{step}" for step in STEPS), "/form/check", "/form/device/note"])
@pytest.mark.parametrize(
    ("token", "headers"),
    [
        ("", {}),
        ("x" * 64, {}),
        ("own", {"Origin": "https://elsewhere.example"}),
        ("own", {"Sec-Fetch-Site": "cross-site"}),
        ("own", {"Sec-Fetch-Site": "same-site"}),
    ],
)
def test_what_another_site_sends_is_refused(
    site: Site, visitor: Visitor, path: str, token: str, headers: dict[str, str]
) -> None:
    visitor.walk()
    assert visitor.page
    before = site.ask("SELECT count(*) FROM intake_submission")
    given = visitor.page.hidden()["csrfmiddlewaretoken"] if token == "own" else token
    body = f"csrfmiddlewaretoken={given}&device=no&words=forged".encode()
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = visitor.request("POST", path, body, **kind, **headers)
    assert answer.status == 403
    assert "forged" not in answer.text
    assert "forged" not in visitor.get("/form/check").text
    assert site.ask("SELECT count(*) FROM intake_submission") == before


def test_a_page_whose_cookies_are_gone_keeps_the_words_and_asks_again(visitor: Visitor) -> None:
    visitor.walk(to="/form/words")
    visitor.cookies.clear()
    visitor.headers["Sec-Fetch-Site"] = "same-origin"
    again = visitor.send(words="He came back")
    assert again.status == 403
    assert "He came back" in again.text
    assert visitor.send(words="He came back").path == "/form/device"


def test_an_old_phone_that_says_nothing_of_the_sender_can_send(visitor: Visitor) -> None:
    visitor.headers["Origin"] = "null"
    visitor.walk()
    assert visitor.send().heading == "We have stored what you wrote"


def test_what_is_no_form_is_refused_in_plain_words(visitor: Visitor) -> None:
    for body, kind in (
        (b"\xff\xfe", "application/x-www-form-urlencoded; charset=utf-16"),
        (b"a", "multipart/form-data"),
    ):
        answer = visitor.request("POST", "/form/words", body, **{"Content-Type": kind})
        assert 400 <= answer.status < 500
        assert "999" in answer.text


@pytest.mark.parametrize(
    "line", ["GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", "GET /%00 HTTP/1.1\r\nHost: localhost\r\n\r\n"]
)
def test_odd_requests_get_a_plain_refusal(site: Site, line: str) -> None:
    with socket.create_connection(("127.0.0.1", site.port), timeout=10) as raw:
        raw.sendall(line.encode())
        answer = raw.recv(65536).decode("utf-8", "replace")
    assert re.match(r"HTTP/1.1 4\d\d ", answer)
    assert "frame-ancestors 'none'" in answer
    assert "Traceback" not in answer


def test_a_fault_of_ours_says_whom_to_ring_and_nothing_of_the_fault(site: Site, tmp_path: Path) -> None:
    faulty = replace(site, port=free_port(), folder=tmp_path, process=None)
    faulty.environment = {
        **site.environment,
        "DJANGO_SETTINGS_MODULE": "tests.public.faulty_settings",
        "STANDFAST_JOURNAL_DIR": str(tmp_path / "journal"),
    }
    faulty.start()
    answer = faulty.visitor().get("/about")
    faulty.stop()
    assert answer.status == 500
    assert answer.heading == "Something is wrong on our side"
    assert "999" in answer.text
    assert "planted" not in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "planted" in (tmp_path / "log").read_text()


def test_security_contact_and_robots(visitor: Visitor) -> None:
    told = visitor.get("/.well-known/security.txt").text
    assert "Contact: mailto:security@knotshire.example" in told
    assert re.search(r"Expires: \d{4}-\d\d-\d\dT00:00:00Z", told)
    assert "Disallow: /form/" in visitor.get("/robots.txt").text
    assert "noindex" not in visitor.get("/").text
    assert 'name="robots" content="noindex' in visitor.get("/form/device").text


def test_a_page_with_its_style_and_script_is_at_most_40_kilobytes(visitor: Visitor) -> None:
    page = visitor.walk(to="/form/topic")
    total = len(page.text.encode())
    for address in re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text):
        total += len(visitor.get(address).text.encode())
    assert total <= 40_000


def test_the_link_to_copy_has_no_script(visitor: Visitor) -> None:
    page = visitor.get("/embed")
    (link, button, chat) = re.findall(r"<code>(.*?)</code>", page.text, re.DOTALL)
    assert "script" not in link + button + chat
    assert "&lt;a href=" in link
