"""Does the package hold everything a force needs, and nothing of the workshop? Its user has no Node and no source tree."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "standfast"
BUILT = "standfast/faces/screens/static/built"


def build(target: str, *, tree: Path, into: Path) -> Path:
    """Build one package of a tree without the network, in this environment."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(into)]
    made = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout + made.stderr
    (package,) = into.iterdir()
    return package


def names_in(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", tree=ROOT, into=tmp_path_factory.mktemp("wheel"))


def test_every_file_of_the_package_is_in_the_wheel(wheel: Path) -> None:
    ours = {
        str(path.relative_to(ROOT))
        for path in PACKAGE.rglob("*")
        if path.is_file() and not any(part.startswith((".", "__pycache__")) for part in path.relative_to(ROOT).parts)
    }
    names = names_in(wheel)
    assert ours <= names, sorted(ours - names)
    for suffix in (".html", ".css", ".js", ".toml", "0001_begin.py"):
        assert any(name.endswith(suffix) for name in names), suffix


def test_the_built_files_are_in_the_wheel(wheel: Path) -> None:
    built = {name.rsplit("/", 1)[-1] for name in names_in(wheel) if name.startswith(BUILT)}
    scripts = {"govuk-frontend.js", "htmx.js", "leaflet.js", "protomaps-leaflet.js"}
    assert built == {"govuk.css", "leaflet.css", "LICENCES.txt", *scripts}


def test_nothing_of_the_workshop_is_in_the_wheel(wheel: Path) -> None:
    assert {name.split("/", 1)[0].partition("-")[0] for name in names_in(wheel)} == {"standfast"}
    assert not [name for name in names_in(wheel) if "node_modules" in name or "/tests/" in name]


def test_the_wheel_brings_the_command(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (entry_points,) = (name for name in archive.namelist() if name.endswith("entry_points.txt"))
        assert "standfast = standfast.cli.main:run" in archive.read(entry_points).decode()


def test_a_wheel_made_from_the_source_package_is_the_same(wheel: Path, tmp_path: Path) -> None:
    source = build("sdist", tree=ROOT, into=tmp_path / "source")
    (tmp_path / "tree").mkdir()
    subprocess.run(["tar", "-xzf", str(source), "-C", str(tmp_path / "tree")], check=True)
    (tree,) = (tmp_path / "tree").iterdir()
    assert names_in(build("wheel", tree=tree, into=tmp_path / "wheel")) == names_in(wheel)


@pytest.mark.parametrize("target", ["wheel", "sdist"])
def test_a_tree_without_its_built_files_is_not_packed(target: str, tmp_path: Path) -> None:
    for name in ("pyproject.toml", "README.md", "scripts/build_hook.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "standfast").mkdir()
    (tmp_path / "standfast/__init__.py").touch()
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(tmp_path / "out")]
    refused = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert refused.returncode != 0
    assert "run `make assets` first" in refused.stdout + refused.stderr
