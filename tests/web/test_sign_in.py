"""SES: signing in, staying in, being put out; never a word more to a guesser than to anybody."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.core.internal import ratelimit
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client, RequestFactory, override_settings

from standfast.faces.screens.session_life import ABSOLUTE, IDLE
from standfast.foundation.eventlog.models import Entry
from standfast.foundation.kernel import clock
from standfast.foundation.people import operations
from standfast.foundation.people.models import StaffMember
from standfast.foundation.people.roles import Role
from tests.entering import ADMINISTRATOR, PASSWORD, SECRET, account, signed_in

SESSION = "__Host-standfast-session"
pytestmark = pytest.mark.django_db


def code(secret: str = SECRET) -> str:
    """The code an authenticator app shows now."""
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def give(client: Client, username: str, password: str) -> Any:
    return client.post("/sign-in", {"login": username, "password": password})


def told(response: Any) -> str:
    page = response.content.decode()
    return page.split('class="error-summary"')[1].split("</div>")[0] if "error-summary" in page else ""


def kinds() -> list[str]:
    return list(Entry.objects.order_by("id").values_list("kind", flat=True))


def test_a_person_signs_in_with_password_and_code_and_gets_a_new_session_at_each_step() -> None:
    account(Role.ADMINISTRATOR)
    client = Client()
    client.cookies[SESSION] = "chosen-by-somebody-else"
    assert give(client, "Administrator", PASSWORD)["Location"] == "/sign-in/code"
    between = client.cookies[SESSION].value
    assert client.get("/people").status_code == 302, "the password alone opens nothing"
    assert client.post("/sign-in/code", {"code": code()}).status_code == 302
    assert client.get("/people").status_code == 200
    assert client.cookies[SESSION].value not in {between, "chosen-by-somebody-else"}
    assert kinds()[-1] == "people.session.started"


def test_a_code_works_once_and_a_wrong_one_never() -> None:
    account(Role.ADMINISTRATOR)
    used = code()
    first, second = Client(), Client()
    give(first, "administrator", PASSWORD)
    first.post("/sign-in/code", {"code": used})
    give(second, "administrator", PASSWORD)
    assert second.post("/sign-in/code", {"code": used}).status_code == 422
    assert second.post("/sign-in/code", {"code": "000000"}).status_code == 422
    assert second.get("/people").status_code == 302
    assert kinds().count("people.session.refused") == 2


def test_a_wrong_name_a_wrong_password_and_a_disabled_account_are_told_the_same() -> None:
    account(Role.TRAINER)
    account(Role.PLANNER)
    operations.disable_account(username="planner", reason="left", by=ADMINISTRATOR, now=clock.now())
    answers = [
        give(Client(), "trainer", "wrong password here"),
        give(Client(), "nobody.at.all", "wrong password here"),
        give(Client(), "planner", "wrong password here"),
        give(Client(), "planner", PASSWORD),
    ]
    assert {response.status_code for response in answers} == {422}
    assert len({told(response) for response in answers}) == 1
    assert "do not fit together" in told(answers[0])


def test_a_name_that_is_no_accounts_is_not_kept() -> None:
    give(Client(), "my-secret-password", "oops")
    assert "my-secret-password" not in str(list(Entry.objects.values("about", "facts")))


def test_after_five_wrong_tries_even_the_right_password_waits_whatever_the_headers() -> None:
    account(Role.TRAINER)
    headers = [
        {"x-forwarded-for": f"10.0.0.{n}", "host": host} for n, host in enumerate(["localhost", "127.0.0.1"] * 3)
    ]
    tries = [
        Client().post("/sign-in", {"login": name, "password": "wrong"}, headers=header)
        for name, header in zip(["trainer", "TRAINER", " trainer "] * 2, headers, strict=True)
    ]
    assert ["Too many tries" in told(response) for response in tries] == [False] * 5 + [True]
    assert "Too many tries" in told(give(Client(), "trainer", PASSWORD))
    account(Role.PLANNER)
    assert give(Client(), "planner", PASSWORD).status_code == 302, "others are not locked out"


def test_a_hundred_wrong_tries_from_one_address_are_enough() -> None:
    # The hundred are counted by the limiter itself; only the first and the last go through a whole sign-in.
    give(Client(), "guess", "x")
    request = RequestFactory().post("/sign-in")
    for number in range(99):
        assert ratelimit.consume(request, app="allauth.account", action="login_failed", key=f"guess{number}")
    assert "Too many tries" in told(give(Client(), "guess-again", "x"))


def test_without_a_second_factor_only_adding_one_is_open() -> None:
    member = account(Role.ADMINISTRATOR)
    Authenticator.objects.filter(user=member).delete()
    client = Client()
    give(client, "administrator", PASSWORD)
    for address in ("/", "/people", "/find", "/account", "/account/recovery-codes", "/account/password"):
        assert client.get(address)["Location"] == "/account/second-factor/add"
    page = client.get("/account/second-factor/add").content.decode()
    secret = page.split('<span class="mono">')[1].split("</span>")[0]
    assert "<svg role" in page
    assert 'style="' not in page
    assert client.post("/account/second-factor/add", {"code": "000000"}).status_code == 422
    added = client.post("/account/second-factor/add", {"code": code(secret)})
    assert added["Location"] == "/account/recovery-codes"
    assert client.get("/people").status_code == 200
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in stored, "secrets are stored encrypted"
    assert "people.factor.changed" in kinds()


def test_recovery_codes_are_shown_once_when_asked_for_and_looking_changes_nothing() -> None:
    account(Role.ADMINISTRATOR)
    client = Client()
    give(client, "administrator", PASSWORD)
    client.post("/sign-in/code", {"code": code()})
    assert client.get("/account/recovery-codes")["Location"].startswith("/account/confirm"), "the password again first"
    client.post("/account/confirm", {"password": PASSWORD})
    before = list(Authenticator.objects.order_by("pk").values())
    for _ in range(3):
        looked = client.get("/account/recovery-codes")
        assert looked.status_code == 200
        assert '<ul class="codes">' not in looked.content.decode()
    assert list(Authenticator.objects.order_by("pk").values()) == before, "a page that is looked at has no effect"
    shown = client.post("/account/recovery-codes")
    assert shown.status_code == 200
    assert shown.content.decode().count("<li>") == 10
    again = client.post("/account/recovery-codes")
    assert again.status_code == 422
    assert '<ul class="codes">' not in again.content.decode()
    client.post("/account/recovery-codes/new")
    assert '<ul class="codes">' in client.post("/account/recovery-codes").content.decode(), "new codes are shown too"


@pytest.mark.parametrize(("over", "why"), [(IDLE, "idle"), (ABSOLUTE, "old")])
def test_a_session_ends_when_idle_or_old(over: timedelta, why: str) -> None:
    member = account(Role.ADMINISTRATOR)
    before = clock.now() - over
    assert (
        signed_in(member, now=before + timedelta(minutes=1) if why == "idle" else None).get("/people").status_code
        == 200
    )
    response = signed_in(member, now=before - timedelta(seconds=1)).get("/people")
    assert response["Location"].startswith("/sign-in?")
    assert "ended=" in response["Location"]


def test_a_page_that_refreshes_itself_keeps_no_session_awake(monkeypatch: pytest.MonkeyPatch) -> None:
    client = signed_in(account(Role.ADMINISTRATOR))
    for minutes, headers in ((10, {"standfast-background": "1"}), (16, {})):
        monkeypatch.setenv("STANDFAST_CLOCK_OFFSET_SECONDS", str(60 * minutes))
        response = client.get("/people", headers=headers)
    assert response["Location"].startswith("/sign-in")


def test_a_person_who_works_stays_in_until_the_session_is_old(monkeypatch: pytest.MonkeyPatch) -> None:
    client = signed_in(account(Role.ADMINISTRATOR))
    for minutes in range(10, 12 * 60, 10):
        monkeypatch.setenv("STANDFAST_CLOCK_OFFSET_SECONDS", str(60 * minutes))
        assert client.get("/people").status_code == 200
    monkeypatch.setenv("STANDFAST_CLOCK_OFFSET_SECONDS", str(12 * 3600 + 1))
    assert client.get("/people")["Location"].startswith("/sign-in")


@pytest.mark.parametrize("change", ["disable", "roles", "password", "invite"])
def test_a_disabled_or_changed_account_is_out_at_the_next_request(change: str) -> None:
    member = account(Role.DATA_PROTECTION)
    client = signed_in(member)
    assert client.get("/people").status_code == 200
    given = {"username": member.username, "by": ADMINISTRATOR, "now": clock.now()}
    {
        "disable": lambda: operations.disable_account(reason="left", **given),
        "roles": lambda: operations.change_roles(roles=[Role.TRAINER], reason="moved", **given),
        "password": lambda: operations.set_password(password="another long pass phrase", **given),
        "invite": lambda: operations.invite_again(reason="telephone lost", **given),
    }[change]()
    assert client.get("/people")["Location"].startswith("/sign-in")


def test_signing_out_ends_the_session_for_every_copy_of_it() -> None:
    client = signed_in(account(Role.ADMINISTRATOR))
    copy = Client()
    copy.cookies[SESSION] = client.cookies[SESSION].value
    client.post("/sign-out")
    assert copy.get("/people").status_code == 302


def test_a_one_time_code_sets_a_password_once() -> None:
    account(Role.TRAINER)
    made = operations.invite_again(username="trainer", reason="new", by=ADMINISTRATOR, now=clock.now())
    given = {"username": "Trainer", "code": made.lower().replace("-", " "), "password": "w", "again": "w"}
    assert Client().post("/sign-in/first-time", given).status_code == 422, "too weak; the code stays good"
    given |= {"password": "a much longer phrase", "again": "a different phrase"}
    assert "not the same" in told(Client().post("/sign-in/first-time", given))
    given["again"] = given["password"]
    assert Client().post("/sign-in/first-time", given)["Location"] == "/sign-in"
    assert Client().post("/sign-in/first-time", given).status_code == 422, "used"
    client = Client()
    give(client, "trainer", given["password"])
    assert client.get("/")["Location"] == "/account/second-factor/add", "the old factor is void"


def test_an_old_a_replaced_and_a_foreign_code_open_nothing() -> None:
    account(Role.TRAINER)
    account(Role.PLANNER)
    past = clock.now() - timedelta(days=3, seconds=1)
    old = operations.invite_again(username="trainer", reason="new", by=ADMINISTRATOR, now=past)
    replaced = operations.invite_again(username="planner", reason="new", by=ADMINISTRATOR, now=clock.now())
    operations.invite_again(username="planner", reason="again", by=ADMINISTRATOR, now=clock.now())
    for username, tried in (("trainer", old), ("planner", replaced), ("trainer", replaced), ("nobody", old)):
        with pytest.raises(operations.invitations.BadCode):
            operations.accept_invitation(username=username, code=tried, password="a longer phrase", now=clock.now())


def demonstration() -> None:
    operations.note_installation(demo=True, now=clock.now())
    account(Role.CONTACT_OFFICER)


def click(client: Client, role: str = "contact_officer", **headers: Any) -> Any:
    return client.post("/sign-in/demonstration", {"role": role}, headers={"host": "localhost"}, **headers)


@override_settings(DEMO=True)
def test_one_click_signs_in_to_a_demonstration_on_its_own_computer() -> None:
    demonstration()
    client = Client()
    assert "Or look around as" in client.get("/sign-in", headers={"host": "localhost"}).content.decode()
    assert click(client)["Location"] == "/"
    assert client.get("/find", headers={"host": "localhost"}).status_code == 200, "no second factor is asked"
    assert "Demonstration." in client.get("/find", headers={"host": "localhost"}).content.decode()


@override_settings(DEMO=True)
def test_one_click_is_refused_from_elsewhere_through_a_proxy_and_under_another_name() -> None:
    demonstration()
    for given in (
        {"REMOTE_ADDR": "10.1.2.3"},
        {"REMOTE_ADDR": ""},
        {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"HTTP_FORWARDED": "for=127.0.0.1"},
    ):
        assert click(Client(), **given).status_code == 404, given
    with override_settings(ALLOWED_HOSTS=["demo.force.example"]):
        response = Client().post(
            "/sign-in/demonstration", {"role": "contact_officer"}, headers={"host": "demo.force.example"}
        )
        assert response.status_code == 404


@override_settings(DEMO=True)
def test_one_click_is_refused_on_a_database_made_in_earnest() -> None:
    operations.note_installation(demo=False, now=clock.now())
    account(Role.CONTACT_OFFICER)
    assert click(Client()).status_code == 404
    assert "Or look around as" not in Client().get("/sign-in", headers={"host": "localhost"}).content.decode()


def test_one_click_is_refused_in_earnest_even_on_a_demonstration_database() -> None:
    demonstration()
    assert click(Client()).status_code == 404


def test_a_database_with_staff_cannot_become_a_demonstration() -> None:
    account(Role.TRAINER)
    with pytest.raises(operations.installation.AlreadyInstalled):
        operations.note_installation(demo=True, now=clock.now())


def test_there_is_no_account_by_default() -> None:
    assert StaffMember.objects.count() == 0
