"""How does a test sign in as a role, and which sample stands for each argument of an address?"""

from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from allauth.core.context import request_context
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from standfast.faces.screens.session_life import SEEN_KEY, STARTED_KEY
from standfast.foundation.kernel import clock
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.parties import operations as parties
from standfast.foundation.people import operations
from standfast.foundation.people.access import operator
from standfast.foundation.people.roles import MACHINE_ROLES, Role
from tests.chat.steps import opened
from tests.dispatch.steps import reported, unit_on_duty
from tests.incidents.steps import opened_incident
from tests.triage.steps import sent_referral
from tests.web.intake_steps import conflict, parked, registered_source

BACKEND = "standfast.faces.web.sign_in.backend.StaffBackend"
PEOPLE = [role for role in Role if role not in MACHINE_ROLES]
ADMINISTRATOR = operator("test")
PASSWORD = "a long walk by the canal"
# Agencies have hours: what is sent to one in a test is sent on a Monday at noon.
A_MONDAY_NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def account(role: Role | None, *, username: str = "") -> Any:
    """Return the account that holds exactly this role (None: no role), with password and second factor, made when it is not there yet."""
    name = username or (role.value.replace("_", ".") if role else "zed")
    members = get_user_model()._default_manager
    if not members.filter(username=name).exists():
        operations.add_staff_member(
            new=operations.NewStaffMember(
                username=name,
                name=name.title(),
                roles=frozenset([role] if role else []),
                partner="adult_social_care" if role is Role.PARTNER else "",
            ),
            by=ADMINISTRATOR,
            now=clock.now(),
        )
        operations.set_password(username=name, password=PASSWORD, by=ADMINISTRATOR, now=clock.now())
        with request_context(None):
            member = members.get(username=name)
            TOTP.activate(member, SECRET)
            RecoveryCodes.activate(member)
    return members.get(username=name)


def signed_in(member: Any, *, now: datetime | None = None) -> Client:
    """Return a browser with a session of this person, as after the last step of signing in."""
    client = Client()
    request = SimpleNamespace(session=SessionStore(), META={}, user=None)
    login(request, member, backend=BACKEND)  # type: ignore[arg-type]
    instant = (now or clock.now()).timestamp()
    request.session.update({STARTED_KEY: instant, SEEN_KEY: instant})
    request.session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = request.session.session_key
    return client


def actor_of(role: Role) -> Actor:
    """Return a person of this role as the one who acts."""
    made: Actor = account(role).as_actor()
    return made


def sample_arguments() -> dict[str, object]:
    """Return a value for each argument an address of the staff pages takes, of a record that exists."""
    referral = sent_referral(by=actor_of(Role.CONTACT_OFFICER), now=A_MONDAY_NOON)
    return {
        "username": account(Role.TRAINER).username,
        "contact": referral.journey,
        "ref": referral.journey,
        "referral": referral.reference,
        "chat": opened(now=A_MONDAY_NOON).reference,
        "own_referral": referral.reference,
        "incident": opened_incident(by=actor_of(Role.CONTACT_OFFICER), now=A_MONDAY_NOON).reference,
        **party_samples(),
        "callsign": unit_on_duty("ND52", now=A_MONDAY_NOON).callsign,
        "report": reported("ZZ1", 2, A_MONDAY_NOON).pk,
        "zoom": 0,
        "column": 0,
        "row": 0,
        "table": "response_grade",
        "code": "dash_style",
        "conflict": conflict(now=A_MONDAY_NOON),
        "filing": parked(now=A_MONDAY_NOON),
        "source": registered_source(now=A_MONDAY_NOON),
    }


def party_samples() -> dict[str, object]:
    """Return a person on record and a standing merge of theirs."""
    by, now = actor_of(Role.CONTACT_SUPERVISOR), A_MONDAY_NOON
    kept, merged = (
        parties.add_person(facts=parties.NewPerson(given_names="Jon", family_name=family), by=by, now=now).reference
        for family in ("Smyth", "Smith")
    )
    merge = parties.merge_persons(keep=kept, merge=merged, reason="Same man", by=by, now=now)
    return {"person": kept, "merge": merge.reference}


def addresses(urlconf: str) -> Iterator[tuple[str, str]]:
    """Yield (name, path) of every address of a URL configuration, its arguments filled with the samples."""
    samples = sample_arguments()
    for name, arguments in named_patterns(get_resolver(urlconf)):
        lacking = sorted(arguments - samples.keys())
        assert not lacking, f"{name} takes {lacking}: add a sample to sample_arguments()"
        yield name, reverse(name, urlconf=urlconf, kwargs={each: samples[each] for each in arguments})


def named_patterns(resolver: URLResolver, spaces: tuple[str, ...] = ()) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield the name of every address below a resolver, with the arguments it takes."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from named_patterns(pattern, (*spaces, pattern.namespace) if pattern.namespace else spaces)
        elif isinstance(pattern, URLPattern):
            yield ":".join([*spaces, str(pattern.name)]), frozenset(pattern.pattern.converters)
