"""Is a server that has booted spared from looking through all it loaded again and again?"""

import os
import subprocess
import sys

import pytest

COUNTS = (
    "import gc, importlib; importlib.import_module({module!r}); print(gc.get_freeze_count(), len(gc.get_objects()))"
)


@pytest.mark.parametrize("module", ["standfast.config.wsgi", "standfast.config.asgi"])
def test_what_a_server_loads_at_boot_is_not_looked_through_again(module: str) -> None:
    given = {**os.environ, "STANDFAST_SECRET_KEY": "only for this test", "STANDFAST_PROCESS": "staff"}
    command = [sys.executable, "-c", COUNTS.format(module=module)]
    said = subprocess.run(command, env=given, check=True, capture_output=True, text=True).stdout
    kept_out, looked_through = map(int, said.split())
    assert kept_out > 20 * looked_through
