"""Files fit in the head and functions on a screen."""

import ast
from pathlib import Path

from tests.architecture.source import APPS, python_files, relative, tree_of

LINES_OF_A_FILE = 250
LINES_OF_A_FUNCTION = 60

# Longer files, with the reason.
LONGER = {
    "incidents/choices.py": "the vocabularies are one list",
    "incidents/errors.py": "the catalogue of refusals is one list",
    "tracker/choices.py": "the vocabularies are one list",
}


def too_long(path: Path) -> int:
    """Return how many lines a file has, if they are too many, else 0."""
    lines = len(path.read_text().splitlines())
    return lines if lines > LINES_OF_A_FILE else 0


def long_functions(path: Path) -> dict[str, int]:
    """Return the functions of a file that have too many lines."""
    return {
        node.name: lines
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or 0) - node.lineno + 1) > LINES_OF_A_FUNCTION
    }


def test_no_file_is_too_long() -> None:
    found = {relative(path): lines for path in python_files(*APPS) if (lines := too_long(path))}

    assert {name: lines for name, lines in found.items() if name not in LONGER} == {}
    assert LONGER.keys() <= found.keys(), "the exception is no longer needed"


def test_no_function_is_too_long() -> None:
    found = {relative(path): names for path in python_files(*APPS) if (names := long_functions(path))}

    assert found == {}


def test_a_long_file_with_a_long_function_would_be_found(tmp_path: Path) -> None:
    path = tmp_path / "long.py"
    path.write_text("def long():\n" + "    pass\n" * LINES_OF_A_FILE)

    assert too_long(path) == LINES_OF_A_FILE + 1
    assert long_functions(path) == {"long": LINES_OF_A_FILE + 1}
