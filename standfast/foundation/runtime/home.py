"""Where does this installation keep its state and its secrets, and as which system user?"""

import contextlib
import json
import os
import pwd
import secrets as randomness
import subprocess
from dataclasses import asdict, dataclass, field
from pathlib import Path

from standfast.foundation.runtime.problems import RuntimeProblem

SYSTEM_USER = "standfast"
ROOTS_HOME = Path("/var/lib/standfast")
SECRETS_FILE = "secrets.json"
_KEY_BYTES = 32


@dataclass(frozen=True, kw_only=True)
class Secrets:
    """What nobody else may know: made once, then read back. `passwords` are those of the database log-ins by role."""

    session_key: str
    reference_secret: str
    passwords: dict[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Show nothing: a traceback must not tell what nobody may know."""
        return "Secrets(...)"


def is_root() -> bool:
    """Say whether this process runs as root."""
    return os.geteuid() == 0


def locate_home() -> Path:
    """
    Return the folder of this installation, made if it is not there: STANDFAST_HOME, else root's or the user's own data folder.

    :raises RuntimeProblem: if it cannot be made
    """
    given = os.environ.get("STANDFAST_HOME")
    data = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    home = Path(given) if given else ROOTS_HOME if is_root() else Path(data) / "standfast"
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o711)
    except OSError as error:
        raise RuntimeProblem(
            f"{home} cannot be made ({error.strerror}); set STANDFAST_HOME to a folder of yours."
        ) from None
    return home


def keep_secrets(home: Path, *, roles: tuple[str, ...]) -> Secrets:
    """
    Return the secrets of this installation, made on first use and kept in a file only its owner can read.

    :raises RuntimeProblem: if the file is there but is not one of ours
    """
    path = home / SECRETS_FILE
    if path.exists():
        return _read_secrets(path, roles)
    made = Secrets(
        session_key=randomness.token_urlsafe(_KEY_BYTES),
        reference_secret=randomness.token_urlsafe(_KEY_BYTES),
        passwords={role: randomness.token_urlsafe(_KEY_BYTES) for role in roles},
    )
    # A link, unlike a rename, fails where the name exists: of two first starts at once one makes the secrets and both read them.
    spare = path.with_suffix(f".{randomness.token_hex(4)}")
    write_private(spare, json.dumps(asdict(made), indent=1))
    with contextlib.suppress(FileExistsError):
        path.hardlink_to(spare)
    spare.unlink()
    _flush_names(home)
    return _read_secrets(path, roles)


def write_private(path: Path, text: str) -> None:
    """Write a file only its owner can read, whole or not at all."""
    temporary = path.with_name(f".{path.name}.{randomness.token_hex(4)}")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    _flush_names(path.parent)


def _flush_names(folder: Path) -> None:
    # Without this a power cut can lose the name of a file whose content is on the disk.
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def system_user() -> pwd.struct_passwd:
    """
    Return the system user that runs PostgreSQL where we are root, made if it is not there: PostgreSQL refuses to run as root.

    :raises RuntimeProblem: if it cannot be made
    """
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        pass
    command = ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER]
    made = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - fixed words
    if made.returncode:
        raise RuntimeProblem(f"The system user {SYSTEM_USER} cannot be made: {made.stderr.strip()}.")
    return pwd.getpwnam(SYSTEM_USER)


def _read_secrets(path: Path, roles: tuple[str, ...]) -> Secrets:
    try:
        kept = Secrets(**json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError):
        raise RuntimeProblem(f"{path} is not the secrets file Standfast wrote; put it back from your backup.") from None
    missing = {role: randomness.token_urlsafe(_KEY_BYTES) for role in roles if role not in kept.passwords}
    if not missing:
        return kept
    grown = Secrets(
        session_key=kept.session_key,
        reference_secret=kept.reference_secret,
        passwords={**kept.passwords, **missing},
    )
    write_private(path, json.dumps(asdict(grown), indent=1))
    return grown
