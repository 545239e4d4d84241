"""The documents keep step with the code: generated pages, every command with help and a mention, every link with a target."""

import re
from collections.abc import Iterator
from pathlib import Path
from runpy import run_path

import pytest
from typer.main import get_command

from standfast.cli.main import app

ROOT = Path(__file__).parents[2]
PROSE = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("name", ["rules.md", "lifecycles.md", "permissions.md"])
def test_a_generated_page_is_what_the_code_says(name: str) -> None:
    made = run_path(str(ROOT / "scripts" / "make_docs.py"))["pages"]()
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == made[name], "run `make docs`"


def commands() -> Iterator[tuple[str, str]]:
    """Each command by its words, with its help."""
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]
        parts = getattr(command, "commands", None)
        if parts is None:
            yield name, command.help or ""
        else:
            yield from ((f"{name} {part}", each.help or "") for part, each in parts.items())


@pytest.mark.parametrize(("words", "help_text"), list(commands()))
def test_every_command_has_help_and_is_mentioned(words: str, help_text: str) -> None:
    assert help_text.strip().endswith((".", ")")), words
    written = "\n".join(path.read_text(encoding="utf-8") for path in PROSE)
    assert re.search(rf"\b{words}\b", written), f"`standfast {words}` is mentioned nowhere"


@pytest.mark.parametrize("path", PROSE, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (path.parent / target).exists(), f"{path.name} links to {target}"
