"""Golden tests: the emitted gradient of every primal under tests/golden, its text and its numbers.

A golden is `<topic>/<name>.py`: a header line `# s2sad: wrt=... value=... signature=...`, the primal `<name>`
and `EXAMPLES`, a list of argument tuples. With `signature=live`, the types are those of the first example, and the
module is imported instead of read. Beside it lies `<name>.grad.py`, the emitted text, written by
`pytest --update-golden`, and for some `<name>.hand.py`, a gradient by hand that sets the length to reach.
The golden text is executed against finite differences, so that a wrong text cannot be blessed.
"""

from __future__ import annotations

import ast
import builtins
import copy
import importlib.util
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import s2sad
from tests.helpers import aligned_floats, assert_close, assert_unchanged, bind, numeric_gradient

FOLDER = Path(__file__).parent / "golden"
HEADER = re.compile(
    r"# s2sad: wrt=(?P<wrt>\S+) value=(?P<value>True|False)(?: signature=(?P<signature>.+))?$"
)
ALLOWED_EXTRA_STATEMENTS = 2


@dataclass(frozen=True)
class Golden:
    """One primal of the golden folder and what is to be done with it."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def grad_path(self) -> Path:
        return self.path.with_name(f"{self.name}.grad.py")

    @property
    def hand_path(self) -> Path:
        return self.path.with_name(f"{self.name}.hand.py")

    @cached_property
    def header(self) -> dict[str, Any]:
        match = HEADER.match(self.path.read_text().splitlines()[0])
        assert match, f"{self.path} does not start with a '# s2sad:' line"
        return match.groupdict()

    @property
    def wrt(self) -> tuple[str, ...]:
        return tuple(self.header["wrt"].split(","))

    @property
    def value(self) -> bool:
        return bool(self.header["value"] == "True")

    @cached_property
    def module(self) -> ModuleType:
        spec = importlib.util.spec_from_file_location(self.name, self.path)
        assert spec and spec.loader
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module  # dataclasses look their module up, and emitted texts import from it
        spec.loader.exec_module(module)
        return module

    @property
    def primal(self) -> Callable[..., Any]:
        return getattr(self.module, self.name)

    def emit(self) -> str:
        wrt = self.wrt[0] if len(self.wrt) == 1 else self.wrt
        if self.header["signature"] == "live":
            return s2sad.differentiate(self.primal, wrt=wrt).source_for(*copy.deepcopy(self.module.EXAMPLES[0]))
        return s2sad.source_of_file(
            self.path, self.name, wrt=wrt, signature=self.header["signature"], value=self.value
        )


PRIMALS = sorted(path for path in FOLDER.rglob("*.py") if path.name.count(".") == 1)
GOLDENS = [Golden(path) for path in PRIMALS]
HAND_WRITTEN = [golden for golden in GOLDENS if golden.hand_path.exists()]


def name_of(golden: Golden) -> str:
    return f"{golden.path.parent.name}/{golden.name}"


def load(text: str, golden: Golden, filename: str) -> Callable[..., Any]:
    """Execute an emitted text next to the primal's own names and return its gradient function."""
    namespace = dict(vars(golden.module))
    exec(compile(text, filename, "exec"), namespace)
    return namespace[f"{golden.name}_value_and_grad" if golden.value else f"{golden.name}_grad"]


def unresolved_names(text: str, golden: Golden) -> set[str]:
    """Names that the text reads but neither binds, imports, nor can find in the primal's module.

    Modules do not count as found there: an emitted text imports what it uses.
    """
    tree = ast.parse(text)
    read = {
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }
    bound = {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
    }
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            bound |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            bound.add(node.name)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            bound.add(node.name)
        if isinstance(node, ast.arg):
            bound.add(node.arg)
    own = {name for name, item in vars(golden.module).items() if not isinstance(item, ModuleType)}
    return read - bound - own - set(dir(builtins))


def check_numbers(text: str, golden: Golden, filename: str) -> None:
    """Run a gradient's text on all examples: right numbers, right structure, arguments left alone."""
    assert not unresolved_names(text, golden), f"missing names: {unresolved_names(text, golden)}"
    gradient_function = load(text, golden, filename)
    for example in golden.module.EXAMPLES:
        args = copy.deepcopy(example)
        result = gradient_function(*args)
        assert_unchanged(example, args)
        if golden.value:
            value, result = result
            np.testing.assert_allclose(value, golden.primal(*copy.deepcopy(example)), rtol=1e-12)
        gradients = (result,) if len(golden.wrt) == 1 else result
        parameters = bind(golden.primal, example)
        for name, gradient in zip(golden.wrt, gradients, strict=True):
            found = aligned_floats(parameters[name], gradient, f"{name}'s gradient")
            single = is_single(parameters[name])
            expected = numeric_gradient(golden.primal, example, name, step=1e-2 if single else 1e-4)
            assert_close(found, expected, 1e-3 if single else 1e-6, f"{name} at {example}")


def is_single(parameter: Any) -> bool:
    return isinstance(parameter, np.ndarray) and parameter.dtype == np.float32


def statements(text: str) -> int:
    """Statements in a text's functions, docstrings and the `def` lines apart."""
    count = 0
    for function in (node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)):
        inner = [node for node in ast.walk(function) if isinstance(node, ast.stmt)]
        count += len(inner) - 1 - (ast.get_docstring(function) is not None)
    return count


def test_there_are_enough() -> None:
    assert len(GOLDENS) >= 70
    assert len(HAND_WRITTEN) >= 8


@pytest.mark.parametrize("golden", GOLDENS, ids=name_of)
def test_text(golden: Golden, update_golden: bool) -> None:
    text = golden.emit()
    if update_golden:
        check_numbers(text, golden, f"<gradient of {golden.name}>")
        golden.grad_path.write_text(text)
    assert golden.grad_path.exists(), "no golden text yet: run pytest --update-golden"
    assert text == golden.grad_path.read_text()


@pytest.mark.parametrize("golden", GOLDENS, ids=name_of)
def test_numbers(golden: Golden) -> None:
    assert golden.grad_path.exists(), "no golden text yet: run pytest --update-golden"
    check_numbers(golden.grad_path.read_text(), golden, str(golden.grad_path))


@pytest.mark.parametrize("golden", GOLDENS, ids=name_of)
def test_emission_is_deterministic(golden: Golden) -> None:
    assert golden.emit() == golden.emit()


@pytest.mark.parametrize("golden", HAND_WRITTEN, ids=name_of)
def test_hand_written_is_right(golden: Golden) -> None:
    check_numbers(golden.hand_path.read_text(), golden, str(golden.hand_path))


@pytest.mark.parametrize("golden", HAND_WRITTEN, ids=name_of)
def test_no_longer_than_hand_written(golden: Golden) -> None:
    found, target = statements(golden.emit()), statements(golden.hand_path.read_text())
    assert found <= target + ALLOWED_EXTRA_STATEMENTS, golden.emit()
