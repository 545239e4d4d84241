"""`standfast demo`: how does the made-up day reach the made-up force?"""

import asyncio
import os
import threading
from pathlib import Path
from typing import Annotated

import typer

from standfast.cli.connecting import connect
from standfast.foundation.runtime.home import locate_home
from standfast.foundation.runtime.problems import RuntimeProblem

demo = typer.Typer(help="The made-up force and its day.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Add the command group."""
    app.add_typer(demo, name="demo")


@demo.command("feed")
def feed(
    to: Annotated[str, typer.Option(help="Address of the intake")] = "http://127.0.0.1:8002",
    scale: Annotated[float, typer.Option(help="How busy: 1 is a whole force's day")] = 0.5,
) -> None:
    """Send the made-up day through the intake API, the last 45 minutes at once and the rest as it happens."""
    from standfast.demo.feed import KEY_FILE, feed_demo_day
    from standfast.demo.intake_client import Delivery

    path = locate_home() / KEY_FILE
    if not path.is_file():
        raise RuntimeProblem("There is no demonstration here; `standfast up --demo` makes one.")

    def tell(delivery: Delivery) -> None:
        if delivery.detail:
            typer.echo(f"{delivery.sending.about}: {delivery.detail}", err=True)

    if os.environ.get("DATABASE_URL"):
        _begin_patrol()
    asyncio.run(feed_demo_day(url=to, key=_key(path), on_delivery=tell, scale=scale))


def _begin_patrol() -> None:
    """Let the made-up crews report, where this process was given the database of its demonstration."""
    import django

    django.setup()
    from standfast.demo.patrol import patrol_until

    threading.Thread(target=patrol_until, args=(threading.Event(),), name="patrol", daemon=True).start()


def _key(path: Path) -> str:
    return path.read_text(encoding="utf-8").strip()


@demo.command("chats")
def chats(to: Annotated[str, typer.Option(help="Address of the public pages")] = "http://localhost:8001") -> None:
    """Write as made-up visitors of the live chat, and answer one of them as a colleague, until asked to stop."""
    import time

    import django

    django.setup()
    from django.db import close_old_connections

    from standfast.demo.visitors import LOOK_SECONDS, keep_chats_alive

    for _ in keep_chats_alive(site=to):
        close_old_connections()
        time.sleep(LOOK_SECONDS)


@demo.command("colleagues")
def colleagues() -> None:
    """Take, assess and send on contacts as made-up colleagues, until asked to stop; what stands first is left to you."""
    import time

    connect(role="worker")
    from django.db import close_old_connections

    from standfast.demo.colleagues import LOOK_SECONDS, work_once
    from standfast.foundation.kernel import clock
    from standfast.foundation.people import queries

    if not queries.is_demonstration():
        raise RuntimeProblem("This database is no demonstration; `standfast up --demo` makes one.")
    while True:
        work_once(now=clock.now())
        close_old_connections()
        time.sleep(LOOK_SECONDS)
