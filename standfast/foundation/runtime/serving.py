"""Which command serves one process of pages or of streams?"""

import sys

HOST = "127.0.0.1"
STREAMS_EACH = 8_192
"""
Streams one process takes. A stream is one request for as long as its page is open, and the server takes 1,024 at once unless told more:
visitor 1,025 would wait before an open door.
"""


def server(*, interface: str, port: int, workers: int, threads: int = 1, target: str = "") -> list[str]:
    """
    Return the command line of one server with so many processes.

    `interface` is `wsgi` for pages, with so many threads a process, or `asginl` for streams; `target` what is served, Standfast's own
    program by default.
    """
    own = {
        "wsgi": ("standfast.config.wsgi:application", ("--blocking-threads", str(threads))),
        "asginl": ("standfast.config.asgi:application", ("--backlog", "4096", "--backpressure", str(STREAMS_EACH))),
    }
    program, options = own[interface]
    return [
        *(sys.executable, "-m", "granian", "--interface", interface),
        *("--host", HOST, "--port", str(port), "--workers", str(workers)),
        *options,
        *("--workers-kill-timeout", "3", "--log-level", "warning", target or program),
    ]
