"""`standfast up`: how does everything start, on one machine, from nothing?"""

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from standfast.cli.devices import DATABASE_FOLDER, device_warnings, journal_folder
from standfast.foundation.runtime.checks import durability_warnings, refuse_weak_durability
from standfast.foundation.runtime.home import Secrets, keep_secrets, locate_home
from standfast.foundation.runtime.logins import ROLES, prepare_database, write_addresses
from standfast.foundation.runtime.ports import require_free_ports
from standfast.foundation.runtime.postgres import EmbeddedPostgres
from standfast.foundation.runtime.serving import HOST, server
from standfast.foundation.runtime.supervisor import ProcessSpec, Supervisor, end_leftovers

DATABASE = "standfast"
DEMO_DATABASE = "standfast_demo"
# The processes of streams read with the log-in of the pages they belong to.
LOG_IN_OF = {"live": "staff", "stream": "public"}


@dataclass(frozen=True, kw_only=True)
class Ports:
    """The ports the processes listen on."""

    staff: int
    live: int
    public: int
    stream: int
    intake: int

    def by_option(self) -> dict[str, int]:
        """Return the ports by the option that changes them."""
        return {
            "--staff-port": self.staff,
            "--live-port": self.live,
            "--public-port": self.public,
            "--stream-port": self.stream,
            "--intake-port": self.intake,
        }


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("up")(up)


def up(
    demo: Annotated[bool, typer.Option("--demo", help="A made-up force, with its day")] = False,  # noqa: FBT002 - option
    staff_port: int = 8000,
    live_port: int = 8003,
    stream_port: int = 8004,
    public_port: int = 8001,
    intake_port: int = 8002,
) -> None:
    """Start everything: PostgreSQL (unless DATABASE_URL is set), staff, live, public and intake servers, worker and sealer."""
    ports = Ports(staff=staff_port, live=live_port, public=public_port, stream=stream_port, intake=intake_port)
    home = locate_home()
    end_leftovers(home)
    require_free_ports(ports.by_option())
    secrets = keep_secrets(home, roles=ROLES)
    database = DEMO_DATABASE if demo else DATABASE
    postgres = None if os.environ.get("DATABASE_URL") else EmbeddedPostgres(home / DATABASE_FOLDER)
    try:
        if postgres:
            typer.echo("Starting PostgreSQL …")
            postgres.start()
        admin_url = postgres.address(database="postgres") if postgres else os.environ["DATABASE_URL"]
        urls = prepare_database(admin_url=admin_url, database=database, passwords=secrets.passwords)
        write_addresses(home, urls)
        for role in ("staff", "worker", "intake", "public"):
            refuse_weak_durability(urls[role])
        for warning in durability_warnings(urls["staff"]):
            typer.echo(f"warning: {warning}", err=True)
        settings = Settings(home=home, ports=ports, secrets=secrets, demo=demo)
        prepare_tables(urls, settings)
        for warning in device_warnings(home):
            typer.echo(f"warning: {warning}", err=True)
        typer.echo("Starting the processes …")
        run(settings, urls, postgres)
    finally:
        if postgres:
            postgres.stop()


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What every process is told besides its own log-in."""

    home: Path
    ports: Ports
    secrets: Secrets
    demo: bool

    def variables(self, process: str, url: str) -> dict[str, str]:
        """Return the environment of one process."""
        is_public = process in {"public", "stream"}
        found = {
            **os.environ,
            "STANDFAST_HOME": str(self.home),
            "STANDFAST_PROCESS": process,
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "standfast.config.settings",
            "STANDFAST_SECRET_KEY": self.secrets.session_key,
            "STANDFAST_REFERENCE_SECRET": self.secrets.reference_secret,
            "STANDFAST_JOURNAL_DIR": str(journal_folder(self.home)),
            "STANDFAST_ANCHOR_DIR": os.environ.get("STANDFAST_ANCHOR_DIR", str(self.home / "anchors")),
            "STANDFAST_LIVE_URL": f"http://{{host}}:{self.ports.stream if is_public else self.ports.live}",
            "STANDFAST_PUBLIC_URL": f"http://{{host}}:{self.ports.public}",
            "STANDFAST_STAFF_URL": f"http://{{host}}:{self.ports.staff}",
        }
        if self.demo:
            found |= {"STANDFAST_DEMO": "true", "STANDFAST_FORCE_NAME": "Knotshire Police (demonstration)"}
        return found


def prepare_tables(urls: dict[str, str], settings: Settings) -> None:
    """Bring the database to this release, and fill a demonstration one with its made-up force."""
    os.environ.update(settings.variables("migrator", urls["migrator"]))
    import django

    django.setup()
    from standfast.config.database import migrate_and_grant

    typer.echo("Bringing the tables to this release …")
    migrate_and_grant()
    if settings.demo:
        from standfast.demo.loading import is_loaded, load_demo_force

        if not is_loaded():
            typer.echo("Making up a force, its people and its day (the first time only) …")
        load_demo_force(home=settings.home)


def run(settings: Settings, urls: dict[str, str], postgres: EmbeddedPostgres | None) -> None:
    """Run the processes until asked to stop, and say where they are once they answer."""
    supervisor = Supervisor(specs_of(settings, urls), postgres=postgres, home=settings.home)
    ports = settings.ports

    def say_ready() -> None:
        typer.echo(
            f"Standfast is ready: staff http://localhost:{ports.staff}  public http://localhost:{ports.public}  intake http://localhost:{ports.intake}"
        )

    supervisor.run(
        ready_urls=[
            f"http://{HOST}:{port}/healthz"
            for port in (ports.staff, ports.live, ports.public, ports.stream, ports.intake)
        ],
        on_ready=say_ready,
    )


def specs_of(settings: Settings, urls: dict[str, str]) -> list[ProcessSpec]:
    """Return every process with its program, its environment and its own log-in."""
    ports = settings.ports
    served = {
        "staff": ("wsgi", ports.staff, 1),
        "live": ("asginl", ports.live, 1),
        "public": ("wsgi", ports.public, 1),
        "stream": ("asginl", ports.stream, 1),
        "intake": ("wsgi", ports.intake, 1),
    }
    specs = [
        ProcessSpec(
            name=name,
            argv=server(interface=interface, port=port, workers=workers, threads=4),
            env=settings.variables(name, urls[LOG_IN_OF.get(name, name)]),
        )
        for name, (interface, port, workers) in served.items()
    ]
    own = [sys.executable, "-m", "standfast.cli.main"]
    specs.append(ProcessSpec(name="worker", argv=[*own, "work"], env=settings.variables("worker", urls["worker"])))
    specs.append(ProcessSpec(name="sealer", argv=[*own, "seal"], env=settings.variables("sealer", urls["sealer"])))
    if settings.demo:
        feed = [*own, "demo", "feed", "--to", f"http://{HOST}:{ports.intake}"]
        chats = [*own, "demo", "chats", "--to", f"http://localhost:{ports.public}"]
        colleagues = [*own, "demo", "colleagues"]
        for name, argv in {"demo": feed, "demo-chats": chats, "demo-colleagues": colleagues}.items():
            env = settings.variables("worker", urls["worker"])
            specs.append(ProcessSpec(name=name, argv=argv, env=env, after_ready=True))
    return specs
