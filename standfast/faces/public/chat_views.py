"""
What do the pages of the chat do?

A line is stored before it is shown as stored. What cannot be stored stays in the box; what nobody can chat about now becomes a report.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from standfast.faces.public import chat_pages, crowding, gate, pages, visits
from standfast.faces.public.chat_forms import CodePage, LinePage, StartPage
from standfast.faces.public.chats import NotCommitted, Opening, Said, Unacceptable, new_client_id
from standfast.faces.public.choices import Device
from standfast.faces.public.drafts import Receipt, new_token
from standfast.faces.public.report import SOURCE
from standfast.foundation.intake.operations.journal import JournalUnwritable
from standfast.foundation.intake.rules.arrival import ContactArrival
from standfast.foundation.intake.rules.words import Unreadable, digest_of
from standfast.foundation.kernel import clock

CROWDED = (
    "Very much is being sent from your network. Your words are kept on this page: press the button again in {wait} seconds. "
    "If someone is in danger, ring 999."
)
TOO_FAST = (
    "That was faster than we can take. Your words are kept on this page: send them again in {wait} seconds. "
    "If someone is in danger, ring 999."
)
AWAY = (
    "We could not store this just now, so it has not been sent. Your words are still in the box: send them again in a minute. "
    "If someone is in danger, ring 999."
)
OTHER_WORDS = "Something else was sent from this page before. Both are kept. What you wrote last is in the box: send it again if you like."
ENDED = "This chat has ended, so your last words were not sent. They are in the box below: you can begin a new chat with them."
NO_CODE = "That code opens no chat. It may have been used already, or be more than a day old. You can begin a new chat at any time."
EMPTY = "Write something first, or press one of the quick answers"
SPENT = frozenset({"closed", "unknown"})


def start(request: HttpRequest) -> HttpResponse:
    """Ask whether it is safe, where and what; then open the chat, or take a report where nobody can chat."""
    if request.method == "POST":
        return _opened(request, now=clock.now())
    with suppress(NotCommitted):
        if (look := gate.chats().look(visits.token_of(request))) and not look["closed"]:
            return redirect("talk")
    return _start(request, StartPage(initial={"text": ""}))


def talk(request: HttpRequest) -> HttpResponse:
    """Show the visitor's own chat, or take its next line."""
    if request.method == "POST":
        return _said(request, now=clock.now())
    return _talk(request, LinePage())


def news(request: HttpRequest) -> HttpResponse:
    """Return what is new after a place, for pages without a stream."""
    after = request.GET.get("after", "0")
    place = int(after) if after.isdecimal() and len(after) < 16 else 0
    try:
        look = gate.chats().look(visits.token_of(request), after=place)
    except NotCommitted:
        return _data({"error": AWAY}, status=503)
    if look is None:
        return _data({"gone": True}, status=410)
    return _data(chat_pages.data_of(look, after=place))


def typing(request: HttpRequest) -> HttpResponse:
    """Note that the visitor writes. What they write is not sent."""
    with suppress(NotCommitted):
        gate.chats().note_typing(visits.token_of(request))
    return HttpResponse(status=204)


def code(request: HttpRequest) -> HttpResponse:
    """Make a code to come back with, because the visitor asked for one, and show it once."""
    try:
        made = gate.chats().make_code(visits.token_of(request), now=clock.now())
    except NotCommitted:
        return _talk(request, LinePage(), notice=AWAY, status=503)
    if not made:
        return _gone(request)
    return render(request, "public/chat_code.html", {"code": made})


def come_back(request: HttpRequest) -> HttpResponse:
    """Open a chat again with its code, once."""
    form = CodePage(request.POST or None)
    if request.method != "POST":
        return render(request, "public/chat_return.html", {"form": form, "notice": ""})
    if wait := crowding.seconds_to_wait(request):
        return _later(_return_page(request, CROWDED.format(wait=wait), status=429), wait)
    token = new_token()
    try:
        if form.is_valid() and gate.chats().come_back(form.cleaned_data["code"], token, now=clock.now()):
            return visits.remember_token(redirect("talk"), token)
    except NotCommitted:
        return _return_page(request, AWAY, status=503)
    return _return_page(request, NO_CODE, status=422)


def unproven(request: HttpRequest, notice: str) -> HttpResponse:
    """Show the words of a form again that did not demonstrably come from our own page."""
    if request.resolver_match and request.resolver_match.view_name == "talk_start":
        return _start(request, StartPage(request.POST), notice=notice, status=403)
    return _talk(request, LinePage(request.POST), notice=notice, status=403)


def _opened(request: HttpRequest, *, now: datetime) -> HttpResponse:
    form = StartPage(request.POST)
    if wait := crowding.seconds_to_wait(request):
        return _later(_start(request, form, notice=CROWDED.format(wait=wait), status=429), wait)
    if not form.is_valid():
        return _start(request, form, status=422)
    asked = form.cleaned_data
    if gate.chats().standing().get("state") in {"closed", "full"}:
        return _reported(request, form, now=now)
    token = visits.token_of(request) or new_token()
    opening = Opening(
        client_id=asked["id"],
        reference=gate.intake().reference_of(source=SOURCE, key=asked["id"]),
        asked={"device": asked["device"], "where": asked["where"]},
        text=asked["text"],
    )
    try:
        said = gate.chats().open(token, opening, now=now)
        if said.outcome == "taken":
            token = new_token()
            said = gate.chats().open(token, opening, now=now)
    except (NotCommitted, Unacceptable):
        return _reported(request, form, now=now)
    if not said.is_kept:
        return _start(request, form, notice=OTHER_WORDS, status=409)
    return visits.remember_token(redirect("talk"), token)


def _reported(request: HttpRequest, form: StartPage, *, now: datetime) -> HttpResponse:
    """Take what was typed as a report: the desk is closed or full, or the database is away and the journal takes it."""
    asked, intake = form.cleaned_data, gate.intake()
    body = _report_of(asked)
    arrival = ContactArrival(
        source=SOURCE,
        key=asked["id"],
        reference=intake.reference_of(source=SOURCE, key=asked["id"]),
        channel="online",
        received_at=now,
        body=json.dumps(body, ensure_ascii=False),
        digest=digest_of(body),
        at=now,
    )
    try:
        stored = intake.accept_contact(arrival)
    except (JournalUnwritable, Unacceptable, Unreadable):
        return _start(request, form, notice=AWAY, status=503)
    receipt = Receipt(
        reference=stored.reference,
        received_at=stored.received_at.isoformat(),
        journalled=stored.outcome == "journalled",
    )
    return render(request, "public/sent.html", {"page": pages.sent_page(receipt)})


def _report_of(asked: Mapping[str, str]) -> dict[str, object]:
    lines = [asked["text"], "", "[Asked before a chat that could not begin]"]
    lines.append(f"This device: {Device(asked['device']).label}.")
    lines.append(f"How and when is it safe to be in touch: {asked['reach'] or 'not said, so not at all'}.")
    return {
        "channel": "online",
        "words": "\n".join(lines),
        "kind": "",
        "caller": {"safe_to_call": "not_known" if asked["reach"] else "no"},
        "place": {"text": asked["where"]} if asked["where"] else {},
        "form": "chat 1",
    }


def _said(request: HttpRequest, *, now: datetime) -> HttpResponse:
    form = LinePage(request.POST)
    if "look" in request.POST:
        # Without script: look for an answer, keeping what is half written in the box. It is not stored.
        return _talk(request, LinePage(initial={"text": request.POST.get("text", "")}))
    if not form.is_valid() or not form.words():
        text = "; ".join(str(message) for messages in form.errors.values() for message in messages) or EMPTY
        return _refused(request, form, text, status=422)
    try:
        token = visits.token_of(request)
        said = gate.chats().say(token, client_id=form.cleaned_data["id"], text=form.words(), now=now)
    except NotCommitted:
        return _refused(request, form, AWAY, status=503)
    except Unacceptable:
        return _refused(request, form, "This holds characters that cannot be stored.", status=422)
    return _answered(request, form, said)


def _answered(request: HttpRequest, form: LinePage, said: Said) -> HttpResponse:
    if said.outcome in SPENT:
        return _spent(request, form, said)
    if said.outcome == "too_many":
        wait = int(said.wait_seconds) + 1
        return _later(_refused(request, form, TOO_FAST.format(wait=wait), status=429), wait)
    if said.outcome == "conflict":
        return _refused(request, form, OTHER_WORDS, status=409)
    if _wants_data(request):
        return _data({"stored": True, "seq": said.seq, "ring": said.floor == "immediate"})
    return redirect("talk")


def _spent(request: HttpRequest, form: LinePage, said: Said) -> HttpResponse:
    if _wants_data(request):
        return _data(
            {"error": ENDED, "closed": said.outcome == "closed", "gone": said.outcome == "unknown"}, status=410
        )
    if said.outcome == "unknown":
        return _gone(request)
    return _start(request, StartPage(initial={"text": form.words()}), notice=ENDED, status=410)


def _refused(request: HttpRequest, form: LinePage, text: str, *, status: int) -> HttpResponse:
    if _wants_data(request):
        return _data({"error": text}, status=status)
    return _talk(request, form, notice=text, status=status)


def _start(request: HttpRequest, form: StartPage, *, notice: str = "", status: int = 200) -> HttpResponse:
    says = gate.chats().standing()
    given = form.data.get("id", "") if form.is_bound else ""
    shown = chat_pages.StartShown(
        form=form,
        client_id=given if given and status not in {409, 410} else new_client_id(),
        is_report=says.get("state") in {"closed", "full"},
        standing=chat_pages.standing_told(says, now=clock.now()),
        notice=notice,
    )
    return render(request, "public/chat_start.html", {"page": shown}, status=status)


def _talk(request: HttpRequest, form: LinePage, *, notice: str = "", status: int = 200) -> HttpResponse:
    try:
        look = gate.chats().look(visits.token_of(request))
    except NotCommitted:
        look = _UNKNOWN
        notice, status = notice or AWAY, 503
    if look is None:
        return _gone(request)
    given = form.data.get("id", "") if form.is_bound and status != 409 else ""
    shown = chat_pages.talk_shown(request, look, form, client_id=given or new_client_id(), notice=notice)
    return render(request, "public/chat.html", {"page": shown}, status=status)


_UNKNOWN: dict[str, Any] = {
    "lines": [],
    "seq": 0,
    "seen": 0,
    "told": "waiting",
    "closed": False,
    "typing": False,
    "ring": False,
    "device": "",
    "code": False,
}


def _gone(request: HttpRequest) -> HttpResponse:
    return visits.forget(render(request, "public/closed.html", status=410))


def _return_page(request: HttpRequest, notice: str, *, status: int) -> HttpResponse:
    return render(request, "public/chat_return.html", {"form": CodePage(), "notice": notice}, status=status)


def _later(response: HttpResponse, wait: int) -> HttpResponse:
    response.headers["Retry-After"] = str(wait)
    return response


def _wants_data(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


def _data(found: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
    return HttpResponse(json.dumps(found, ensure_ascii=False), status=status, content_type="application/json")
