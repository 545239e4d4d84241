"""Who answers in the bench of the chat? Run as a program on a database: makes operators, or gives them what waits; prints JSON."""

import importlib
import json
import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import django

BACKEND = "standfast.faces.web.sign_in.backend.StaffBackend"
OPERATORS = 10
AT_FIRST, LATER = 70, 700
"""So many are there that the desk is not full while every chat waits: 200 at first, 2,000 later. The first ten work."""
PLENTY = 1_000_000
"""Load points and hours nobody has: the bench asks how fast the desk is, not whether it is full."""


def prepare() -> list[str]:
    """Bring a database to this release, with operators in it who are at the desk; return the names of those who work."""
    importlib.import_module("standfast.config.database").migrate_and_grant()
    names = _come(range(AT_FIRST))
    return names[:OPERATORS]


def reinforce() -> list[str]:
    """Let more operators come to the desk."""
    return _come(range(AT_FIRST, LATER))


def _come(numbers: range) -> list[str]:
    from standfast.foundation.kernel import clock
    from standfast.foundation.people import access, operations
    from standfast.foundation.people.roles import Role
    from standfast.journey.chat import operations as chat

    by, now = access.operator("bench"), clock.now()
    names = [f"bench.{number}" for number in numbers]
    for name in names:
        new = operations.NewStaffMember(username=name, name=name.title(), roles=frozenset([Role.CONTACT_OFFICER]))
        operations.add_staff_member(new=new, by=by, now=now)
        chat.start_taking_chats(by=_actor(name), now=now)
    return names


def share(names: list[str]) -> list[dict[str, Any]]:
    """Give every waiting chat to the operators in turn, and sign them in; return for each a session and the references."""
    from standfast.foundation.kernel import clock
    from standfast.journey.chat import operations as chat
    from standfast.journey.chat import queries

    now = clock.now()
    chats: list[list[str]] = [[] for _ in names]
    actors = [_actor(name) for name in names]
    for number, row in enumerate(queries.list_waiting(by=actors[0], now=now)):
        turn = number % len(names)
        chat.claim_chat(reference=row.reference, by=actors[turn], now=now)
        chats[turn].append(row.reference)
    return [{"session": _session(name), "chats": mine} for name, mine in zip(names, chats, strict=True)]


def _member(name: str) -> Any:
    return importlib.import_module("django.contrib.auth").get_user_model()._default_manager.get(username=name)


def _actor(name: str) -> Any:
    return _member(name).as_actor()


def _session(name: str) -> str:
    """Return a session as after the last step of signing in."""
    from django.contrib.auth import login
    from django.contrib.sessions.backends.db import SessionStore

    from standfast.faces.screens.session_life import DEMO_KEY, SEEN_KEY, STARTED_KEY
    from standfast.foundation.kernel import clock

    request = SimpleNamespace(session=SessionStore(), META={}, user=None)
    login(request, _member(name), backend=BACKEND)  # type: ignore[arg-type]
    instant = clock.now().timestamp()
    request.session.update({STARTED_KEY: instant, SEEN_KEY: instant, DEMO_KEY: True})
    request.session.save()
    return str(request.session.session_key)


def main(what: str, names: list[str]) -> None:
    """Do one of the three, and print what came of it."""
    ways: dict[str, Callable[[], object]] = {"prepare": prepare, "reinforce": reinforce, "share": lambda: share(names)}
    sys.stdout.write(json.dumps(ways[what]()) + "\n")


if __name__ == "__main__":
    django.setup()
    main(sys.argv[1], sys.argv[2:])
