"""Write the pages under docs/ that are made from the code: rules, lifecycles, permissions. `make docs`; a test keeps them in step."""

import os
import sys
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
NOTE = "<!-- Made from the code by `make docs`. Do not edit. -->\n\n"


def pages() -> dict[str, str]:
    """Return each generated page by its file name."""
    return {"rules.md": rules_page(), "lifecycles.md": lifecycles_page(), "permissions.md": permissions_page()}


def rules_page() -> str:
    """Return every policy table with the rows of its newest edition."""
    from standfast.foundation.kernel.tables import DecisionTable
    from standfast.foundation.kernel.tables.facts import load_tables

    parts = [NOTE, "# Policy tables\n\nThe newest edition of each. `standfast rules show NAME` prints any edition.\n"]
    for name, table in load_tables().items():
        edition = table.editions.all[-1]
        kind = "decides" if isinstance(table, DecisionTable) else "lists"
        about = f"{edition}, {kind} {edition.subject}. Owner: {edition.owner}. Source: {edition.source}."
        parts.append(f"\n## {name}\n\n{about}\n\n")
        parts.append(_decision_rows(edition) if isinstance(table, DecisionTable) else f"{len(edition.rows)} rows.\n")
    return "".join(parts)


def lifecycles_page() -> str:
    """Return every lifecycle as a table of moves."""
    from standfast.foundation.kernel.lifecycle import Lifecycle

    parts = [NOTE, "# Lifecycles\n"]
    for path in sorted((ROOT / "standfast").glob("**/states.py")):
        module = import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        for lifecycle in vars(module).values():
            if isinstance(lifecycle, Lifecycle):
                parts.append(
                    f"\n## {lifecycle.noun}\n\nStarts as `{lifecycle.start}`.\n\n| move | from | to | needs |\n|---|---|---|---|\n"
                )
                for name, move in lifecycle.moves.items():
                    starts = ", ".join(f"`{state}`" for state in sorted(move.starts))
                    parts.append(f"| {name} | {starts} | `{move.to}` | `{move.needs}` |\n")
    return "".join(parts)


def permissions_page() -> str:
    """Return which role holds which permission."""
    from standfast.foundation.people.permissions import Permission
    from standfast.foundation.people.roles import PERMISSIONS_OF

    parts = [NOTE, "# Permissions\n\n| permission | what | held by |\n|---|---|---|\n"]
    for permission in Permission:
        holders = ", ".join(f"`{role}`" for role, granted in PERMISSIONS_OF.items() if permission in granted)
        parts.append(f"| `{permission}` | {permission.label} | {holders} |\n")
    return "".join(parts)


def _decision_rows(edition: object) -> str:
    lines = ["| row | when | then | because |\n|---|---|---|---|\n"]
    for row in edition.rows:  # type: ignore[attr-defined]
        when = "; ".join(f"{want.fact.replace('_', ' ')} is {want.wanted}" for _, want in row.wants) or "otherwise"
        lines.append(f"| {row.id} | {when} | `{row.outcome}` | {row.because} |\n")
    return "".join(lines)


def main() -> None:
    """Write the pages."""
    for name, text in pages().items():
        (ROOT / "docs" / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "standfast.config.settings")
    main()
