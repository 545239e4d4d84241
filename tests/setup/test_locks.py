"""Does pip install what uv would? The exported lists are those of the lock."""

import hashlib
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PIN = re.compile(r"^([a-z0-9-]+)==(\S+)")
HASH = re.compile(r"--hash=(sha256:[0-9a-f]{64})")


@pytest.mark.parametrize("name", ["run.txt", "test.txt"])
def test_an_export_was_made_from_this_lock(name: str) -> None:
    text = (ROOT / "scripts/requirements" / name).read_text(encoding="utf-8")
    digest = hashlib.sha256((ROOT / "uv.lock").read_bytes()).hexdigest()
    assert f"uv.lock sha256: {digest}\n" in text, "run `make lock`"


@pytest.mark.parametrize("name", ["run.txt", "test.txt"])
def test_every_pin_and_hash_of_an_export_stands_in_the_lock(name: str) -> None:
    lock = (ROOT / "uv.lock").read_text(encoding="utf-8")
    locked = {(each["name"], each["version"]) for each in tomllib.loads(lock)["package"]}
    text = (ROOT / "scripts/requirements" / name).read_text(encoding="utf-8")
    pins = {found.groups() for line in text.splitlines() if (found := PIN.match(line))}
    assert pins
    assert pins <= locked
    assert set(HASH.findall(text)) <= set(re.findall(r"sha256:[0-9a-f]{64}", lock))


@pytest.mark.parametrize("name", ["uv.txt", "node.txt", "engines.txt", "run.txt", "test.txt"])
def test_everything_is_pinned_by_hash(name: str) -> None:
    text = (ROOT / "scripts/requirements" / name).read_text(encoding="utf-8")
    for requirement in re.split(r"\n(?=[a-z])", text):
        if PIN.match(requirement):
            assert HASH.search(requirement), requirement
