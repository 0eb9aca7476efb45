"""The cache on disk: what is found again, what is not, and that no fault of files or processes changes a gradient.

A module whose text is imported once more has new functions, so it stands for the same program in another process; a few
tests start real ones.
"""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import threading
import traceback
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import s2sad
from s2sad import compiler
from s2sad.cache import folder, keys
from s2sad.cli import main
from s2sad.rules import registry

ROOT = Path(__file__).parent.parent
X = np.array([0.5, -1.0, 2.0])
LOSS = "def loss(x):\n    return np.sum(np.tanh(x) ** 2)\n"
COUNT = itertools.count()


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for the entries of one test."""
    monkeypatch.setenv("S2SAD_CACHE", "1")
    monkeypatch.setenv("S2SAD_CACHE_DIR", str(tmp_path / "entries"))
    registry.load()
    monkeypatch.setattr(registry, "_outside", [])  # other tests register rules
    return tmp_path / "entries"


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the functions that are compiled from now on."""
    names: list[str] = []
    plain = compiler.compile_gradient

    def compile_gradient(request: Any, *args: Any, **kwargs: Any) -> Any:
        names.append(request.name)
        return plain(request, *args, **kwargs)

    monkeypatch.setattr(compiler, "compile_gradient", compile_gradient)
    return names


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., types.ModuleType]:
    """Makes a module of a text: each time a new one, as in another process, but under the same name."""

    def module(text: str, name: str = "program", header: str = "import math\nimport numpy as np\n") -> types.ModuleType:
        path = tmp_path / str(next(COUNT)) / f"{name}.py"
        path.parent.mkdir()
        path.write_text(header + text)
        made = types.ModuleType(name)
        made.__file__ = str(path)
        monkeypatch.setitem(sys.modules, name, made)
        exec(compile(header + text, str(path), "exec"), made.__dict__)
        return made

    return module


def entries(cache: Path) -> list[Path]:
    return sorted(cache.glob("*.py")) if cache.is_dir() else []


# --- found again --------------------------------------------------------------------------------------------------------

PROGRAMS = {
    "formula": LOSS,
    "helper": "def helper(v):\n    return np.sin(v) * 2.0\ndef loss(x):\n    return np.sum(helper(x))\n",
    "global": "SCALE = 3.0\nNAMES = ('a', 2)\ndef loss(x):\n    return SCALE * NAMES[1] * np.sum(x ** 2)\n",
    "array": "W = np.arange(9.0).reshape(3, 3)\ndef loss(x):\n    return np.sum(np.tanh(W @ x))\n",
    "closure": "def outer(c, w):\n    def loss(x):\n        return c * np.sum(w * x ** 3)\n    return loss\nloss = outer(2.5, np.ones(3))\n",
    "helper's closure": "def outer(c):\n    def inner(v):\n        return c * v * v\n    return inner\nsquare = outer(4.0)\n"
                        "def loss(x):\n    return np.sum(square(x))\n",
    "default": "def loss(x, k=3.0, n=2):\n    return k * np.sum(x ** n)\n",
    "loop": "def loss(x, n=3):\n    s = 0.0\n    v = x.copy()\n    for i in range(n):\n        v[i] = math.sin(v[i])\n        s += v[i] * v[i - 1]\n    return s\n",
    "recursion": "def power(v, n):\n    return v if n == 1 else v * power(v, n - 1)\ndef loss(x):\n    return power(x[0], int(3)) + np.sum(x)\n",
    "lambda": "loss = lambda x: np.sum(np.cos(x) * x)\n",
    "named library function": "from math import exp\ndef loss(x):\n    return exp(x[0]) + np.linalg.norm(x)\n",
}  # fmt: skip


@pytest.mark.parametrize("text", PROGRAMS.values(), ids=PROGRAMS)
def test_another_process_compiles_nothing(text: str, load: Any, compiled: list[str], cache: Path) -> None:
    first = s2sad.grad(load(text).loss)
    expected, source = first(X), first.source
    assert compiled and entries(cache)
    compiled.clear()
    second = s2sad.grad(load(text).loss)
    assert np.array_equal(second(X), expected)
    assert not compiled
    assert second.source == source
    assert s2sad.check_grad(load(text).loss, X) < 1e-6


def test_lines_above_a_function_do_not_count(load: Any, compiled: list[str]) -> None:
    s2sad.grad(load(LOSS).loss)(X)
    compiled.clear()
    s2sad.grad(load("\n\n# a comment\nother = 1\n" + LOSS).loss)(X)
    assert not compiled


def test_kinds_of_arguments_and_options_are_apart(load: Any, compiled: list[str]) -> None:
    text = "def loss(x, y=1.0):\n    return np.sum(x * x) * y\n"

    def calls(f: Any) -> list[Any]:
        return [
            s2sad.grad(f)(X), s2sad.grad(f)(X.astype(np.float32)), s2sad.grad(f)(2.0), s2sad.grad(f)(np.ones((2, 2))),
            s2sad.grad(f, wrt=("x", "y"))(X), s2sad.grad(f, wrt=("x",))(X), s2sad.value_and_grad(f)(X), s2sad.vjp(f, X)[1](1.0),
            s2sad.grad(f, wrt="y")(X),
        ]  # fmt: skip

    expected = calls(load(text).loss)
    assert len(compiled) == len(expected)
    compiled.clear()
    found = calls(load(text).loss)
    assert not compiled
    assert repr(found) == repr(expected)


def test_one_entry_serves_all_sizes(load: Any, compiled: list[str], cache: Path) -> None:
    s2sad.grad(load(LOSS).loss)(X)
    compiled.clear()
    f = load(LOSS).loss
    longer = np.linspace(0.0, 1.0, 7)
    assert np.allclose(s2sad.grad(f)(longer), 2.0 * np.tanh(longer) / np.cosh(longer) ** 2)
    assert not compiled and len(entries(cache)) == 1


def test_tangents(load: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "def loss(x):\n    return x * x * x\n"
    expected = s2sad.jvp(load(text).loss, (2.0,), (1.0,))
    monkeypatch.setattr(compiler, "compile_tangent", None)  # a call of it fails
    assert s2sad.jvp(load(text).loss, (2.0,), (1.0,)) == expected == (8.0, 12.0)


def test_gradients_of_gradients(load: Any, compiled: list[str]) -> None:
    text = "def loss(x):\n    return x ** 4\n"
    assert s2sad.grad(s2sad.grad(load(text).loss))(2.0) == 48.0
    compiled.clear()
    assert s2sad.grad(s2sad.grad(load(text).loss))(2.0) == 48.0
    assert not compiled


def test_what_was_refused_for_all_integers_is_found_for_the_very_ones(load: Any, compiled: list[str]) -> None:
    text = "def loss(x, n):\n    ys = (x,) * n\n    return ys[0] * ys[n - 1]\n"
    assert s2sad.grad(load(text).loss)(0.5, 2) == 1.0
    assert len(compiled) == 2  # it was refused once
    compiled.clear()
    gradient = s2sad.grad(load(text).loss)
    assert gradient(0.5, 2) == 1.0
    assert not compiled
    assert gradient(0.5, 3) == 1.0
    assert len(compiled) == 1  # for 3


def test_arrays_of_other_contents(load: Any, compiled: list[str]) -> None:
    text = "W = np.full(3, {})\ndef loss(x):\n    return np.sum(W * x * x)\n"
    assert np.array_equal(s2sad.grad(load(text.format(1.0)).loss)(X), 2.0 * X)
    compiled.clear()
    assert np.array_equal(s2sad.grad(load(text.format(5.0)).loss)(X), 10.0 * X)
    assert not compiled


def test_guards_hold_for_what_was_found(load: Any) -> None:
    text = "SCALE = 2.0\ndef loss(x):\n    return SCALE * np.sum(x)\n"
    s2sad.grad(load(text).loss)(X)
    module = load(text)
    gradient = s2sad.grad(module.loss)
    assert gradient(X)[0] == 2.0
    module.SCALE = 7.0
    assert gradient(X)[0] == 7.0


# --- not found, because something is different --------------------------------------------------------------------------

CHANGES = {
    "the function": ("def loss(x):\n    return np.sum(x) * 2.0\n", "def loss(x):\n    return np.sum(x) * 3.0\n"),
    "a helper": ("def h(v):\n    return v * 2.0\ndef loss(x):\n    return np.sum(h(x))\n",
                 "def h(v):\n    return v * 3.0\ndef loss(x):\n    return np.sum(h(x))\n"),
    "a helper of a helper": ("def g(v):\n    return v * 2.0\ndef h(v):\n    return g(v)\ndef loss(x):\n    return np.sum(h(x))\n",
                             "def g(v):\n    return v * 3.0\ndef h(v):\n    return g(v)\ndef loss(x):\n    return np.sum(h(x))\n"),
    "an integer": ("N = 2\ndef loss(x):\n    return np.sum(x) * N\n", "N = 3\ndef loss(x):\n    return np.sum(x) * N\n"),
    "a flag": ("DOUBLE = True\ndef loss(x):\n    return np.sum(x) * (2.0 if DOUBLE else 3.0)\n",
               "DOUBLE = False\ndef loss(x):\n    return np.sum(x) * (2.0 if DOUBLE else 3.0)\n"),
    "a number of a helper's": ("N = 2\ndef h(v):\n    return v * N\ndef loss(x):\n    return np.sum(h(x))\n",
                               "N = 3\ndef h(v):\n    return v * N\ndef loss(x):\n    return np.sum(h(x))\n"),
    "a captured number": ("def outer(c):\n    def loss(x):\n        return c * np.sum(x)\n    return loss\nloss = outer(2)\n",
                          "def outer(c):\n    def loss(x):\n        return c * np.sum(x)\n    return loss\nloss = outer(3)\n"),
    "a helper's captured number": (
        "def outer(c):\n    def h(v):\n        return c * v\n    return h\nh = outer(2)\ndef loss(x):\n    return np.sum(h(x))\n",
        "def outer(c):\n    def h(v):\n        return c * v\n    return h\nh = outer(3)\ndef loss(x):\n    return np.sum(h(x))\n"),
    "a default": ("def loss(x, k=2.0):\n    return np.sum(x) * k\n", "def loss(x, k=3.0):\n    return np.sum(x) * k\n"),
    "a helper's default": ("def h(v, k=2):\n    return v * k\ndef loss(x):\n    return np.sum(h(x))\n",
                           "def h(v, k=3):\n    return v * k\ndef loss(x):\n    return np.sum(h(x))\n"),
    "a name that was Python's": ("def loss(x):\n    return abs(-2.0) * np.sum(x)\n",
                                 "def abs(v):\n    return 3.0\ndef loss(x):\n    return abs(-2.0) * np.sum(x)\n"),
    "a library's function": ("f = np.positive\ndef loss(x):\n    return 2.0 * np.sum(f(x))\n",
                             "f = np.negative\ndef loss(x):\n    return 2.0 * np.sum(f(x))\n"),
    "a module": ("import types\nlib = np\ndef loss(x):\n    return 2.0 * lib.sum(x)\n",
                 "import types\nlib = types.SimpleNamespace(sum=lambda v: 1.5 * np.sum(v))\ndef loss(x):\n    return 2.0 * lib.sum(x)\n"),
    "a type": ("W = np.full(3, 2)\ndef loss(x):\n    return np.sum(W / W * W * x)\n", "W = np.full((2, 3), 1.5)\ndef loss(x):\n    return np.sum(W / W * W * x)\n"),
    "a global that a function rebinds": ("N = 2.0\ndef loss(x):\n    return np.sum(x) * N\n",
                                         "N = 2.0\ndef again():\n    global N\n    N = 3.0\nagain()\ndef loss(x):\n    return np.sum(x) * N\n"),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after"), CHANGES.values(), ids=CHANGES)
def test_what_has_changed_is_compiled_again(before: str, after: str, load: Any, compiled: list[str]) -> None:
    for text, factor in ((before, 2.0), (after, 3.0), (before, 2.0)):
        compiled.clear()
        module = load(text)
        found = s2sad.grad(module.loss)(X)
        sign = -1.0 if "f = np.negative" in text else 1.0
        assert np.allclose(sign * found, factor * (2.0 / 3.0 if "f = np.negative" in text else 1.0)), text
        if factor == 3.0:
            assert compiled


def test_a_helper_in_another_file(load: Any, compiled: list[str]) -> None:
    text = "import tools\ndef loss(x):\n    return np.sum(tools.scaled(x))\n"
    for factor in (2.0, 5.0):
        load(f"FACTOR = {factor}\ndef scaled(v):\n    return FACTOR * v\n", "tools")
        compiled.clear()
        assert np.array_equal(s2sad.grad(load(text).loss)(X), np.full(3, factor))
        assert compiled


def test_a_module_that_is_not_imported(load: Any, compiled: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    load("def scaled(v):\n    return 2.0 * v\n", "tools")
    text = "import {} as tools\ndef loss(x):\n    return np.sum(tools.scaled(x))\n"
    s2sad.grad(load(text.format("tools")).loss)(X)
    load("def scaled(v):\n    return 3.0 * v\n", "others")
    monkeypatch.delitem(sys.modules, "tools")
    assert s2sad.grad(load(text.format("others")).loss)(X)[0] == 3.0


def test_another_module_under_the_name_of_an_attribute(load: Any) -> None:
    text = "import package\ndef loss(x):\n    return np.sum(package.part.scaled(x))\n"
    one = load("def scaled(v):\n    return 2.0 * v\n", "one")
    two = load("def scaled(v):\n    return 3.0 * v\n", "two")
    for part, factor in ((one, 2.0), (two, 3.0), (one, 2.0)):
        load("", "package").part = part  # type: ignore[attr-defined]
        assert np.array_equal(s2sad.grad(load(text).loss)(X), np.full(3, factor))


@pytest.mark.parametrize("owner", ["numpy", "builtins"])
def test_replaced_functions_of_libraries(owner: str, load: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    library = sys.modules[owner]
    name = "positive" if owner == "numpy" else "pow"
    call = "np.positive(x)" if owner == "numpy" else "pow(x, 1.0)"
    text = f"def loss(x):\n    return np.sum({call})\n"

    def tripled(v: Any, _: Any = None) -> Any:
        return 3.0 * v

    def gradient() -> float:
        return float(s2sad.grad(load(text).loss)(X)[0])

    assert gradient() == 1.0
    with monkeypatch.context() as patch:
        patch.setattr(library, name, tripled)
        assert gradient() == 3.0
        assert gradient() == 3.0
    assert gradient() == 1.0


def test_random_numbers(load: Any, compiled: list[str]) -> None:
    text = "def loss(x):\n    return np.sum(np.random.normal(size=3) * x)\n"
    for _ in range(2):
        compiled.clear()
        np.random.seed(3)
        found = s2sad.grad(load(text).loss)(X)
        np.random.seed(3)
        assert np.array_equal(found, np.random.normal(size=3))
    assert not compiled


def test_rules_of_the_user(load: Any, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "def twice(v):\n    return 2.0 * v\ndef loss(x):\n    return np.sum(twice(x))\n"
    assert s2sad.grad(load(text).loss)(X)[0] == 2.0
    monkeypatch.setattr(registry, "_adjoints", dict(registry._adjoints))
    module = load(text)

    @s2sad.adjoint(module.twice, elementwise=True)
    def twice(y, v):
        v_bar = 7.0 * y_bar  # noqa: F821, F841

    assert s2sad.grad(module.loss)(X)[0] == 7.0
    assert s2sad.grad(load(text).loss)(X)[0] == 2.0  # another function, without a rule
    before = len(entries(cache))

    @s2sad.adjoint(np.tanh, elementwise=True)
    def tanh(y, x):
        x_bar = 11.0 * y_bar  # noqa: F821, F841

    assert s2sad.grad(load("def loss(x):\n    return np.sum(np.tanh(x))\n").loss)(X)[0] == 11.0
    assert len(entries(cache)) == before


def test_derivatives_that_functions_bring_are_not_stored_and_hinder_nobody(load: Any, cache: Path) -> None:
    text = "import s2sad\n@s2sad.custom_vjp\ndef twice(v):\n    return 2.0 * v\n" \
           "twice.defvjp(lambda v: (2.0 * v, None), lambda r, bar: (5.0 * bar,))\ndef loss(x):\n    return np.sum(twice(x))\n" \
           "def other(x):\n    return np.sum(x * x)\n"
    module = load(text)
    assert s2sad.grad(module.loss)(X)[0] == 5.0
    assert not entries(cache)
    s2sad.grad(module.other)(X)
    assert len(entries(cache)) == 1


def test_the_package_itself_is_no_user(tmp_path: Path) -> None:
    command = "import s2sad; s2sad.grad(lambda x: x * x)(1.0); from s2sad.rules import registry; print(registry.registered_outside())"
    found = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True, cwd=ROOT)
    assert found.stdout == "[]\n"


def test_other_versions(load: Any, compiled: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    s2sad.grad(load(LOSS).loss)(X)
    for owner, name in ((np, "__version__"), (sys, "version")):
        with monkeypatch.context() as patch:
            patch.setattr(owner, name, "another")
            keys.versions.cache_clear()
            compiled.clear()
            s2sad.grad(load(LOSS).loss)(X)
            assert compiled
    keys.versions.cache_clear()


def test_another_s2sad(load: Any, compiled: list[str], tmp_path: Path) -> None:
    """A file of the package that changes is another version, whatever it is called."""
    package = tmp_path / "package"
    package.mkdir()
    (package / "rules.py").write_text("RULE = 1\n")
    before = list(keys._files(str(package)))
    (package / "rules.py").write_text("RULE = 12\n")
    assert list(keys._files(str(package))) != before


NOT_STORED = {
    "a class": "class Model:\n    def __init__(self, k):\n        self.k = k\n    def value(self, v):\n        return self.k * np.sum(v * v)\n"
               "model = Model(2.0)\ndef loss(x):\n    return model.value(x)\n",
    "a list": "WEIGHTS = [1.0, 2.0, 3.0]\ndef loss(x):\n    return WEIGHTS[1] * np.sum(x)\n",
    "a dictionary": "P = {'a': 2.0}\ndef loss(x):\n    return P['a'] * np.sum(x)\n",
    "an import": "def loss(x):\n    from math import sqrt\n    return sqrt(2.0) * np.sum(x)\n",
    "a wrapped helper": "import functools\n@functools.lru_cache\ndef k(n):\n    return n + 1\ndef loss(x):\n    return k(2) * np.sum(x)\n",
    "hasattr": "import config\ndef loss(x):\n    return (2.0 if hasattr(config, 'DOUBLE') else 1.0) * np.sum(x)\n",
}  # fmt: skip


@pytest.mark.parametrize("text", NOT_STORED.values(), ids=NOT_STORED)
def test_what_cannot_be_compared_is_not_stored(text: str, load: Any, cache: Path) -> None:
    load("", "config")
    assert s2sad.check_grad(load(text).loss, X) < 1e-6
    assert not entries(cache)


def test_methods_and_functions_as_arguments_are_not_stored(load: Any, cache: Path) -> None:
    module = load("class A:\n    k = 2.0\n    def loss(self, x):\n        return self.k * np.sum(x)\ndef apply(x, f):\n    return np.sum(f(x))\n")
    assert s2sad.grad(module.A().loss)(X)[0] == 2.0
    assert s2sad.grad(module.apply)(X, lambda v: 3.0 * v)[0] == 3.0
    assert not entries(cache)


# --- files --------------------------------------------------------------------------------------------------------------


def damaged(text: str) -> dict[str, bytes]:
    """What may become of a file."""
    plain = text.encode()
    return {
        "tampered with": plain.replace(b"2.0", b"9.0"),
        "another body": plain + b"\nimport os\nos._exit(3)\n",
        "truncated": plain[: len(plain) * 2 // 3],
        "empty": b"",
        "half a line": plain[:30],
        "binary": bytes(range(256)) * 4,
        "facts": plain.replace(b'"stores": false', b'"stores": true'),
        "zeros": b"\0" * len(plain),
    }


@pytest.mark.parametrize("kind", damaged(""))
def test_damaged_files_are_not_run(kind: str, load: Any, compiled: list[str], cache: Path) -> None:
    text = "def loss(x):\n    return 2.0 * np.sum(x)\n"
    s2sad.grad(load(text).loss)(X)
    (entry,) = entries(cache)
    whole = entry.read_text()
    assert damaged(whole)[kind] != whole.encode()
    entry.write_bytes(damaged(whole)[kind])
    compiled.clear()
    assert np.array_equal(s2sad.grad(load(text).loss)(X), np.full(3, 2.0))
    assert compiled
    assert entry.read_text() == whole  # and it is replaced


def test_the_entry_of_another_function_is_not_run(load: Any, compiled: list[str], cache: Path) -> None:
    s2sad.grad(load("def loss(x):\n    return 2.0 * np.sum(x)\n").loss)(X)
    (first,) = entries(cache)
    text = "def loss(x):\n    return 3.0 * np.sum(x)\n"
    s2sad.grad(load(text).loss)(X)
    (second,) = set(entries(cache)) - {first}
    second.write_bytes(first.read_bytes())
    assert s2sad.grad(load(text).loss)(X)[0] == 3.0


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="permissions of POSIX")
@pytest.mark.parametrize("what", ["folder", "file"])
def test_what_others_may_write_to_is_not_run(what: str, load: Any, compiled: list[str], cache: Path) -> None:
    s2sad.grad(load(LOSS).loss)(X)
    (entry,) = entries(cache)
    assert cache.stat().st_mode & 0o777 == 0o700 and entry.stat().st_mode & 0o777 == 0o600
    (cache if what == "folder" else entry).chmod(0o777)
    compiled.clear()
    s2sad.grad(load(LOSS).loss)(X)
    assert compiled


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="links")
def test_links_are_not_followed(load: Any, compiled: list[str], cache: Path, tmp_path: Path) -> None:
    s2sad.grad(load(LOSS).loss)(X)
    (entry,) = entries(cache)
    entry.rename(tmp_path / "elsewhere.py")
    entry.symlink_to(tmp_path / "elsewhere.py")
    compiled.clear()
    s2sad.grad(load(LOSS).loss)(X)
    assert compiled


def test_full_disk(load: Any, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folder.os, "replace", full)
    assert s2sad.check_grad(load(LOSS).loss, X) < 1e-6
    assert list(cache.iterdir()) == []  # nothing half done is left


@pytest.mark.parametrize("where", ["a file/entries", "/proc/nothing/here", "\0"])
def test_folders_that_cannot_be(where: str, load: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a file").write_text("")
    if "\0" not in where:
        monkeypatch.setenv("S2SAD_CACHE_DIR", str(tmp_path / where))
    else:
        monkeypatch.setattr(folder, "path", lambda: Path(where))
    assert s2sad.check_grad(load(LOSS).loss, X) < 1e-6


def test_no_home(load: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless(self: Path) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("S2SAD_CACHE_DIR")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "expanduser", homeless)
    assert s2sad.check_grad(load(LOSS).loss, X) < 1e-6


def test_killed_writers_leave_nothing_for_long(load: Any, cache: Path) -> None:
    cache.mkdir(mode=0o700)
    old, new = cache / ".old.tmp", cache / ".new.tmp"
    for file in (old, new):
        file.write_text("# half an en")
    os.utime(old, (1.0, 1.0))
    folder.shrink()
    assert not old.exists() and new.exists()
    s2sad.grad(load(LOSS).loss)(X)
    assert len(entries(cache)) == 1


def test_what_was_not_used_for_longest_goes(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for i in range(10):
        folder.write(f"f{i}.py", "x" * 1000)
        os.utime(cache / f"f{i}.py", (1000.0 + i, 1000.0 + i))
    folder.read("f0.py")  # it is the last that was used now
    monkeypatch.setenv("S2SAD_CACHE_SIZE", "0.008")
    folder.shrink()
    assert [file.name for file in entries(cache)] == ["f0.py", *(f"f{i}.py" for i in range(5, 10))]


def test_the_folder_stays_bounded(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("S2SAD_CACHE_SIZE", "0.02")
    for i in range(4 * folder.CROWDED):
        folder.write(f"f{i}.py", "x" * 1000)
    assert len(entries(cache)) <= 20 + folder.CROWDED


def test_switched_off(load: Any, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("S2SAD_CACHE", "0")
    assert s2sad.check_grad(load(LOSS).loss, X) < 1e-6
    assert not cache.exists()


def test_tracebacks_show_the_file(load: Any, cache: Path) -> None:
    text = "def loss(x):\n    if x > 3.0:\n        raise ValueError(\"too large\")\n    return x * x\n"
    s2sad.grad(load(text).loss)(1.0)
    gradient = s2sad.grad(load(text).loss)
    with pytest.raises(ValueError, match="too large") as caught:
        gradient(4.0)
    frame = traceback.extract_tb(caught.value.__traceback__)[-1]
    (entry,) = entries(cache)
    assert frame.filename == str(entry) and frame.lineno is not None
    assert entry.read_text().splitlines()[frame.lineno - 1].strip() == frame.line == 'raise ValueError("too large")'


# --- threads and processes ----------------------------------------------------------------------------------------------


def test_threads(load: Any, cache: Path) -> None:
    functions = [load(LOSS).loss for _ in range(8)]
    found: list[Any] = []
    threads = [threading.Thread(target=lambda f=f: found.append(s2sad.grad(f)(X))) for f in functions]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert len(found) == 8 and all(np.array_equal(g, found[0]) for g in found)
    assert len(entries(cache)) == 1 and not list(cache.glob(".*"))


PROCESS = """
import sys
import numpy as np
import s2sad
from s2sad import compiler
plain, count = compiler.compile_gradient, []
compiler.compile_gradient = lambda *a, **k: (count.append(1), plain(*a, **k))[1]
W = np.eye(3)
def helper(v):
    return np.tanh(W @ v)
def loss(x):
    return np.sum(helper(x) ** 2)
print(s2sad.grad(loss)(np.array([0.5, -1.0, 2.0])).tolist(), len(count))
"""


def start(tmp_path: Path) -> subprocess.Popen[str]:
    script = tmp_path / "script.py"
    script.write_text(PROCESS)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": str(next(COUNT))}
    return subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True, env=environment)


def test_processes(tmp_path: Path, cache: Path) -> None:
    together = [start(tmp_path) for _ in range(3)]
    texts = [p.communicate(timeout=120)[0] for p in together]
    later = start(tmp_path).communicate(timeout=120)[0]
    results = {text.rpartition(" ")[0] for text in (*texts, later)}
    assert len(results) == 1 and results != {""}
    assert later.split()[-1] == "0"
    assert len(entries(cache)) == 1 and not list(cache.glob(".*"))


# --- the command, and bare functions ------------------------------------------------------------------------------------


def test_command(load: Any, cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    s2sad.grad(load(LOSS).loss)(X)
    (entry,) = entries(cache)
    assert main(["cache", "--path"]) == 0
    assert capsys.readouterr().out == f"{cache}\n"
    assert main(["cache", "--list"]) == 0
    assert capsys.readouterr().out.split() == [str(entry.stat().st_size), entry.name]
    assert main(["cache"]) == 0
    assert "1 emitted function," in capsys.readouterr().out
    assert main(["cache", "--clear"]) == 0
    assert not entries(cache)
    assert main(["cache", "--clear"]) == 0
    assert "removed 0 emitted functions" in capsys.readouterr().out


def test_bare_functions(load: Any) -> None:
    module = load("class A:\n    k = 2.0\n    def loss(self, x):\n        return self.k * np.sum(x * x)\ndef loss(x, n=2):\n    return np.sum(x ** n)\n")
    bare = s2sad.differentiate(module.loss).grad.compiled(X)
    assert isinstance(bare, types.FunctionType)
    assert np.array_equal(bare(2.0 * X), 4.0 * X)
    assert np.array_equal(s2sad.grad(module.A().loss).compiled(X)(X), 4.0 * X)
    assert s2sad.grad(s2sad.grad(lambda x: x**3)).compiled(1.0)(2.0) == 12.0
