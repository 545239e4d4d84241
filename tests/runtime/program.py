"""A supervisor to be killed: `program.py HOME POSTGRES_FOLDER|- CHILD...`, each child a line of Python."""

import os
import sys
from pathlib import Path

from standfast.foundation.runtime.postgres import EmbeddedPostgres
from standfast.foundation.runtime.supervisor import ProcessSpec, Supervisor

home, postgres, *children = sys.argv[1:]
server = EmbeddedPostgres(Path(postgres)) if postgres != "-" else None
if server:
    server.start()
specs = [
    ProcessSpec(
        name=f"child{number}",
        argv=[sys.executable, "-u", "-c", code],
        env=dict(os.environ),
        kill_after=1.0,
        essential="finish" not in code,
        after_ready="afterwards" in code,
    )
    for number, code in enumerate(children)
]


def say_ready() -> None:
    os.write(1, b"ready\n")


ready_urls = os.environ.get("READY_URLS", "").split()
Supervisor(specs, postgres=server, home=Path(home)).run(ready_urls=ready_urls, on_ready=say_ready)
