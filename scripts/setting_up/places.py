"""Where does the set-up put things? Everything stays inside the tree, under names that git ignores."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STATE = ROOT / ".state"
"""What was done already, and the tools that only the set-up needs."""
ENVIRONMENT = ROOT / ".venv"
NODE_MODULES = ROOT / "node_modules"
STATIC = ROOT / "standfast" / "faces" / "screens" / "static"
BUILT = STATIC / "built"
REQUIREMENTS = ROOT / "scripts" / "requirements"
