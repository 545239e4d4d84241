"""The house keeps its shape: sizes, names, file sets. What import-linter and ruff can hold, they hold."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "standfast"
LONGEST_FILE = 500
LONGEST_FUNCTION = 40
MOST_ARGUMENTS = 5
BANNED_VERBS = ("manage", "process", "handle", "update", "do")
BANNED_MODULES = {"utils", "helpers", "common", "misc", "services", "managers"}
CAPABILITY_FILES = {
    "__init__.py",
    "apps.py",
    "states.py",
    "events.py",
    "models.py",
    "access.py",
    "queries.py",
    "operations.py",
}
CAPABILITY_FOLDERS = {"rules", "tables", "migrations", "models", "queries", "operations"}
# Foundations that are more than records, with what else they hold.
ALSO_IN = {
    "people": {"permissions.py", "roles.py"},
    "eventlog": {"happening.py"},
    "intake": {"journal.py", "store.py", "journal", "limits.py"},
}
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts)


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_files_and_functions_stay_small(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE
    for function in functions(path):
        body = (function.end_lineno or 0) - function.lineno + 1 - _docstring_lines(function)
        assert body <= LONGEST_FUNCTION, f"{function.name} has {body} lines"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_function_takes_five_arguments_at_most_besides_by_and_now(path: Path) -> None:
    for function in functions(path):
        named = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
        counted = [each.arg for each in named if each.arg not in {"self", "cls", "by", "now", "request"}]
        options = _is_command(function)
        assert options or len(counted) <= MOST_ARGUMENTS, f"{function.name} takes {', '.join(counted)}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_every_module_says_which_question_it_answers(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not tree.body or ast.get_docstring(tree), "a module needs a docstring"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_banned_name(path: Path) -> None:
    assert path.stem not in BANNED_MODULES
    for function in functions(path):
        verb = function.name.lstrip("_").split("_")[0]
        if verb in BANNED_VERBS:
            # Django's own hooks keep their names.
            assert function.name in {
                "process_view",
                "process_exception",
                "process_request",
                "process_response",
                "handle",
            }


@pytest.mark.parametrize("floor", ["journey", "foundation"])
def test_every_capability_has_the_same_file_set(floor: str) -> None:
    for folder in sorted((PACKAGE / floor).iterdir()):
        if not folder.is_dir() or folder.name in {"kernel", "runtime", "__pycache__"}:
            continue
        allowed = CAPABILITY_FILES | CAPABILITY_FOLDERS | ALSO_IN.get(folder.name, set()) | {"__pycache__"}
        assert {each.name for each in folder.iterdir() if not each.name.startswith(".")} <= allowed, folder.name


def test_public_operations_and_queries_are_keyword_only() -> None:
    for path in MODULES:
        if not {"operations", "operations.py"} & set(path.parts):
            continue
        for function in functions(path):
            if function.name.startswith("_") or not any(each.arg == "by" for each in function.args.kwonlyargs):
                continue
            positional = [each.arg for each in function.args.args if each.arg not in {"self", "cls"}]
            # A reaction takes its event first; a piece shared inside a capability its record.
            assert len(positional) <= 1, f"{path.name}: {function.name}({', '.join(positional)})"


def _docstring_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = function.body[0]
    is_text = (
        isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    )
    return (first.end_lineno or 0) - first.lineno + 1 if is_text else 0


def _is_command(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    # An option of a command is an argument of its function: the command line, not the code, decides how many there are.
    return any("Annotated" in ast.dump(each.annotation) for each in function.args.args if each.annotation) or any(
        "command" in ast.dump(each) for each in function.decorator_list
    )
