"""What do the tests of the set-up share? Copies of the tree, and commands run as another user, cut off from the network."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DEBIANS_PYTHON = "/usr/bin/python3"
ORDINARY = "nobody"
LEFT_OUT = (
    ".git",
    ".venv",
    ".state",
    "node_modules",
    "dist",
    "build",
    "built",
    "__pycache__",
    ".*_cache",
    ".hypothesis",
)
WITH_LOOPBACK = """
import fcntl, os, socket, struct, sys
with socket.socket() as probe:
    fcntl.ioctl(probe, 0x8914, struct.pack("16sh", b"lo", 0x1 | 0x40))  # SIOCSIFFLAGS: up and running
os.execvp(sys.argv[1], sys.argv[1:])
"""
"""What a new network namespace lacks: its loopback is down."""


@dataclass(frozen=True, kw_only=True)
class Home:
    """A folder of an ordinary user's own, with a copy of the tree in it."""

    folder: Path

    @property
    def tree(self) -> Path:
        """Return where the copy lies."""
        return self.folder / "standfast"

    def run(
        self, *command: str, wrapped_in: Sequence[str] = (), path: str = "/usr/bin:/bin"
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in the copy as that user, with Debian's Python, an empty cache and nothing else of ours."""
        certificates = {
            name: value for name, value in os.environ.items() if name.endswith(("_CERT", "_CERT_FILE", "_CERTS"))
        }
        return subprocess.run(
            [*wrapped_in, "setpriv", f"--reuid={ORDINARY}", "--clear-groups", "--regid=nogroup", *command],
            cwd=self.tree,
            env={"HOME": str(self.folder), "PATH": path, "PYTHON": DEBIANS_PYTHON, "LANG": "C.UTF-8", **certificates},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def run_offline(self, *command: str, path: str = "/usr/bin:/bin") -> subprocess.CompletedProcess[str]:
        """Run a command that can reach nothing but this machine."""
        return self.run(*command, wrapped_in=["unshare", "-n", sys.executable, "-c", WITH_LOOPBACK], path=path)


@pytest.fixture
def home() -> Iterator[Home]:
    """Give an ordinary user a copy of the tree; only root can become another user."""
    if os.geteuid() != 0 or not shutil.which("setpriv") or not Path(DEBIANS_PYTHON).exists():
        pytest.skip("only root can try this as another user, with setpriv and Debian's Python")
    # Not below pytest's own folder, which is closed to other users.
    folder = Path(tempfile.mkdtemp(prefix="standfast-home-"))
    made = Home(folder=folder)
    shutil.copytree(ROOT, made.tree, ignore=shutil.ignore_patterns(*LEFT_OUT))
    for path in (folder, *folder.rglob("*")):
        shutil.chown(path, ORDINARY, "nogroup")
    yield made
    shutil.rmtree(folder)


@pytest.fixture
def namespaces() -> None:
    """Some containers forbid even root a network or a mount table of its own."""
    if subprocess.run(["unshare", "-n", "-m", "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine forbids namespaces (unshare), so nothing can be cut off or hidden")


@pytest.fixture
def bare_path() -> Iterator[str]:
    """Give a PATH with every program of the system except Node and browsers."""
    folder = Path(tempfile.mkdtemp(prefix="standfast-path-"))
    folder.chmod(0o755)
    hidden = {"node", "nodejs", "npm", "npx", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}
    for program in Path("/usr/bin").iterdir():
        if program.name not in hidden:
            (folder / program.name).symlink_to(program)
    yield str(folder)
    shutil.rmtree(folder)
