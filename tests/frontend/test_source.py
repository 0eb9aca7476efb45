"""Source lookup: the tree of a function is found where it stands, or refused."""

from __future__ import annotations

import ast
import functools
import importlib
import linecache
import subprocess
import sys
import textwrap
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gast
import pytest

from s2sad.errors import NoSourceError, UnsupportedSyntaxError
from s2sad.frontend.source import StaticModule, function_source

ROOT = Path(__file__).resolve().parents[2]
Loader = Callable[[str], types.ModuleType]


@pytest.fixture
def load(tmp_path: Path) -> Loader:
    """Writes a file and runs it as a module; a second call replaces the file but not the module."""

    def run(text: str) -> types.ModuleType:
        path = tmp_path / "written.py"
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        linecache.checkcache(str(path))
        module = types.ModuleType("written")
        module.__file__ = str(path)
        exec(compile(path.read_text(encoding="utf-8"), str(path), "exec", dont_inherit=True), vars(module))
        return module

    return run


def body_text(f: Any) -> str:
    return function_source(f).text.strip()


def identity(g: Any) -> Any:
    return g


def plain(x: float) -> float:
    return x * 2.0


def with_assert(x: float) -> float:
    assert x > 0, "pytest rewrites this line"
    return x


def test_function_of_this_file() -> None:
    source = function_source(plain)
    assert source.name == source.qualname == "plain"
    assert source.filename == __file__
    assert isinstance(source.node, gast.FunctionDef)
    assert source.lines[source.node.lineno - 1] == "def plain(x: float) -> float:"
    assert source.first_line == plain.__code__.co_firstlineno
    assert source.text == "def plain(x: float) -> float:\n    return x * 2.0\n"
    assert source.span().text.startswith("def plain")
    assert source.span(source.node.body[0]).text == "    return x * 2.0"


def test_function_that_an_import_hook_rewrote() -> None:
    assert "pytest rewrites" in body_text(with_assert)


def test_function_of_the_standard_library() -> None:
    import colorsys

    source = function_source(colorsys.rgb_to_hls)
    assert source.filename == colorsys.__file__
    assert source.lines[source.first_line - 1].startswith("def rgb_to_hls")


@pytest.mark.parametrize("name", ["statistics", "fractions", "unittest.mock", "inspect"])
def test_all_functions_of_a_module(name: str) -> None:
    module = importlib.import_module(name)
    classes = [c for c in vars(module).values() if isinstance(c, type) and c.__module__ == name]
    for scope in (module, *classes):
        for f in vars(scope).values():
            if isinstance(f, types.FunctionType) and f.__code__.co_filename == module.__file__:
                assert function_source(f).first_line == f.__code__.co_firstlineno


def test_decorated_function_starts_at_its_decorator(load: Loader) -> None:
    module = load(
        """
        def identity(g): return g

        @identity
        @identity
        def f(x):
            return x
        """
    )
    source = function_source(module.f)
    assert source.first_line == 4 and source.node.lineno == 6
    assert source.text.startswith("@identity\n@identity\ndef f(x):")


def test_nested_functions_methods_and_classes(load: Loader) -> None:
    module = load(
        """
        def outer(a):
            def inner(x):
                return a * x
            return inner

        class A:
            def method(self, x):
                return self.__hidden * x

            @staticmethod
            def static(x):
                return x

            @classmethod
            def made(cls, x):
                return cls

            class B:
                def deep(self):
                    return __class__

        class C(A):
            pass
        """
    )
    inner = function_source(module.outer(2.0))
    assert inner.qualname == "outer.<locals>.inner" and inner.defining_class is None
    assert inner.text == "def inner(x):\n    return a * x\n"
    assert inner.lines[inner.node.lineno - 1] == "    def inner(x):"
    for method in (module.A.method, module.A().method, module.C().method):
        assert function_source(method).defining_class is module.A
        assert function_source(method).qualname == "A.method"
    assert function_source(module.A.static).defining_class is module.A
    assert function_source(module.C.made).defining_class is module.A
    assert function_source(module.A.B.deep).defining_class is module.A.B


def test_lambdas_on_one_line(load: Loader) -> None:
    line = "fs = [lambda x: x + 1, lambda x: x + 2, lambda x: (lambda y: x * y)]; g = lambda x: x + 1.0"
    module = load(line)
    texts = [body_text(f) for f in [*module.fs, module.g]]
    assert texts == ["lambda x: x + 1", "lambda x: x + 2", "lambda x: (lambda y: x * y)", "lambda x: x + 1.0"]
    assert body_text(module.fs[2](3)) == "lambda y: x * y"


def test_lambdas_with_equal_code_are_told_apart_by_column(load: Loader) -> None:
    module = load("fs = [lambda x: 6 * x, lambda x: 2 * 3 * x]\n")
    if sys.version_info >= (3, 11):
        assert [body_text(f) for f in module.fs] == ["lambda x: 6 * x", "lambda x: 2 * 3 * x"]
    else:
        with pytest.raises(NoSourceError, match="same code"):
            function_source(module.fs[0])
    same = load("fs = [lambda x: x, lambda x: x]\n").fs
    assert body_text(same[0]) == "lambda x: x"


def test_lambda_over_several_lines(load: Loader) -> None:
    module = load("f = identity = (\n    lambda é, x:\n    é +\n    x)\n")
    assert body_text(module.f) == "lambda é, x:\n    é +\n    x"


def test_lambda_in_a_decorator_and_in_a_default(load: Loader) -> None:
    module = load("@lambda g: (g, 1)[0]\ndef f(x, h=lambda y: y + 1): return h(x)\n")
    assert body_text(module.f).endswith("return h(x)")
    assert body_text(module.f.__defaults__[0]) == "lambda y: y + 1"


def test_functions_of_one_name(load: Loader) -> None:
    branches = "if first:\n    def f(x): return 1\nelse:\n    def f(x): return 2\n"
    module = load("def f(x): return 1\nfirst = f\n" + branches)
    assert function_source(module.first).first_line == 1
    assert function_source(module.f).first_line == 4


def test_constants_that_only_look_equal(load: Loader) -> None:
    for old, new in [("0.0", "-0.0"), ("1", "1.0"), ("1", "True"), ("(1, 2)", "(1, 2.0)")]:
        module = load(f"def f(x): return x, {old}\n")
        assert old in body_text(module.f)
        fresh = load(f"def f(x): return x, {old}\n")
        linecache.clearcache()
        load(f"def f(x): return x, {new}\n")
        linecache.clearcache()
        with pytest.raises(NoSourceError):
            function_source(fresh.f)


def test_file_that_changed(load: Loader) -> None:
    module = load("def f(x):\n    return x\n")
    linecache.clearcache()
    load("# a new line\n\ndef f(x):\n    return x\n")
    assert function_source(module.f).first_line == 3  # moved, but the same
    linecache.clearcache()
    load("def f(x):\n    return 2 * x\n")
    with pytest.raises(NoSourceError, match=r"f is not what it was compiled from[\s\S]*hint: .*changed"):
        function_source(module.f)
    linecache.clearcache()
    Path(module.f.__code__.co_filename).write_text("def f(x:\n")
    with pytest.raises(NoSourceError):
        function_source(module.f)


def test_text_that_is_only_in_linecache() -> None:
    text = "from __future__ import annotations\ndef f(x: Unknown):\n    return x\n"
    name = "<ipython-input-7>"
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    namespace: dict[str, Any] = {}
    exec(compile(text, name, "exec", dont_inherit=True), namespace)
    source = function_source(namespace["f"])
    assert source.filename == name and source.first_line == 2


def test_statements_of_a_notebook_cell_are_compiled_one_by_one() -> None:
    text = "import math\n\ndef f(x):\n    return math.sin(x)\n\ng = lambda x: math.cos(x)\n"
    name = "<ipython-input-8>"
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    namespace: dict[str, Any] = {}
    for statement in ast.parse(text).body:
        exec(compile(ast.Module([statement], []), name, "exec", dont_inherit=True), namespace)
    assert function_source(namespace["f"]).first_line == 3
    assert function_source(namespace["g"]).node.body.func.attr == "cos"


def test_no_source() -> None:
    namespace: dict[str, Any] = {}
    exec(compile("def f(x): return x", "<no such text>", "exec"), namespace)
    with pytest.raises(NoSourceError, match="no source text for f"):
        function_source(namespace["f"])
    for thing in (len, 3.0, int, functools.partial(plain, 1)):
        with pytest.raises(NoSourceError, match="no Python source"):
            function_source(thing)


def test_code_object() -> None:
    assert function_source(plain.__code__).node.name == "plain"


@pytest.mark.parametrize("options", [["-c"], ["-B", "-c"], ["-Bc"]])
def test_text_of_the_command_line(options: list[str]) -> None:
    program = (
        "from s2sad.frontend.source import function_source\n"
        "def f(x):\n    return x * 3\n"
        "print(function_source(f).text, function_source(lambda x: x + 5).text)\n"
    )
    command = [sys.executable, *options, program, "-c", "other"]
    result = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert result.returncode == 0, result.stderr
    assert result.stdout == "def f(x):\n    return x * 3\n lambda x: x + 5\n"


# --- files that are only read -------------------------------------------------------------------------------


STATIC = '''\
import numpy as np, os.path
import os
from math import sin as sine, cos
from ..pkg import thing
from scipy import *
raise SystemExit("this file is never run")
try:
    import fast.linalg as backend
except ImportError as error:
    backend = None
if True:
    from a.b import c
TABLE = {"a": 1.0}
HALF: float = 0.5
DECLARED: int
counter = 0
square = lambda x: x * x
def f(x):
    """Doc."""
    def g(y):
        return y
    return g(x)
@decorator
class A:
    @property
    def m(self):
        return 1
def bump():
    global counter
    counter += 1
for i in range(3): pass
total: float = 1.0
total += 1.0
'''


def test_static_module(tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    path.write_text(STATIC)
    module = StaticModule(path)
    assert set(module.functions) == {"square", "f", "f.<locals>.g", "A.m", "bump"}
    assert module.functions["A.m"].first_line == module.functions["A.m"].node.lineno - 1
    assert module.functions["A.m"].text == "@property\ndef m(self):\n    return 1\n"
    assert module.functions["square"].text == "lambda x: x * x"
    assert module.functions["f"].span().line == 18
    assert module.imports == {
        "np": ("numpy", None),
        "os": ("os", None),
        "sine": ("math", "sin"),
        "cos": ("math", "cos"),
        "thing": ("..pkg", "thing"),
        "backend": ("fast.linalg", None),
        "c": ("a.b", "c"),
    }
    assert module.star_imports == ["scipy"]
    assert set(module.constants) == {"TABLE", "HALF", "counter", "square", "total"}
    assert set(module.classes) == {"A"}
    assert module.rebound == {"backend", "counter", "total"}


def test_static_module_with_a_syntax_error(tmp_path: Path) -> None:
    path = tmp_path / "broken.py"
    path.write_text("x = 1\ny = (2 +\n")
    with pytest.raises(UnsupportedSyntaxError, match=r"broken\.py:2:5: not valid Python"):
        StaticModule(path)
    path.write_bytes(b"x = '\xff'\n")
    with pytest.raises(UnsupportedSyntaxError):
        StaticModule(path)
    path.write_bytes("# -*- coding: latin-1 -*-\né = 1\n".encode("latin-1"))
    assert "é" in StaticModule(path).constants
