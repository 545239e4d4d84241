"""What does the sealer do? It seals events as they become final, and writes an anchor outside the database every minute."""

import signal
import threading
import time
from pathlib import Path

import structlog
from django.conf import settings
from django.db import close_old_connections

from standfast.foundation.eventlog import operations
from standfast.foundation.kernel import clock

PAUSE_SECONDS = 0.5
ANCHOR_SECONDS = 60
_log = structlog.get_logger(__name__)


def run_sealer() -> None:
    """Seal until asked to stop."""
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    anchored = 0.0
    folder = settings.ENVIRONMENT.anchor_dir
    while not stop.is_set():
        try:
            sealed = operations.seal_once()
            if folder and time.monotonic() - anchored >= ANCHOR_SECONDS:
                operations.write_anchor(folder=Path(folder), now=clock.now())
                anchored = time.monotonic()
        except Exception:  # noqa: BLE001 - the sealer outlives every fault; its lag is alarmed
            _log.exception("sealing failed")
            close_old_connections()
            sealed = 0
            stop.wait(1)
        if not sealed:
            stop.wait(PAUSE_SECONDS)
