"""Files that are read and not run: what the text settles is used, everything else is refused."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import s2sad
from s2sad.errors import DifferentiationError, IntegerInputError, NameResolutionError, NoRuleError

Emit = Callable[..., str]

HELPER = "FACTOR = 1.5\nRATES = [1.0, 2.0]\ndef scale(x): return FACTOR * x\n"


@pytest.fixture
def emit(tmp_path: Path) -> Emit:
    """The text for the function `f` of a file, beside which there is a module `helper_module`."""
    (tmp_path / "helper_module.py").write_text(HELPER)

    def text(source: str, name: str = "f", **options: Any) -> str:
        path = tmp_path / "static_module.py"
        path.write_text("raise SystemExit('this file is never run')\n" + source)
        return s2sad.source_of_file(path, name, **options)

    return text


def run(text: str, *args: Any, name: str = "f_grad") -> Any:
    names: dict[str, Any] = {}
    exec(text, names)
    return names[name](*args)


REFUSED = {
    "a global that a function assigns": (
        "K = 1.0\ndef bump():\n    global K\n    K += 1\ndef f(x: float): return x * K\n", "'K'.*a function assigns it in line 4"),
    "a name assigned twice": ("K = 1.0\nK = 2.0\ndef f(x: float): return x * K\n", "'K'.*more than once"),
    "augmented assignment": ("K = 1.0\nK += 2.0\ndef f(x: float): return x * K\n", "'K'.*more than once"),
    "assigned under if": ("if len('a'): K = 1.0\ndef f(x: float): return x * K\n", "'K'.*under `if` in line 2"),
    "assigned by a loop": ("for K in (1.0, 2.0): pass\ndef f(x: float): return x * K\n", "'K'.*under `for`"),
    "a builtin that may be shadowed": ("if 0 < 1:\n    def abs(x): return 2 * x\ndef f(x: float): return abs(x)\n", "'abs'.*under `if`"),
    "definitions in branches": ("if 1:\n    def f(x: float): return x\nelse:\n    def f(x: float): return 2 * x\n", "'f'.*more than once"),
    "a helper defined twice": ("def g(x): return x\ng = abs\ndef f(x: float): return g(x)\n", "'g'.*more than once"),
    "a list that grows": ("T = [1.0]\nT.append(2.0)\ndef f(x: float): return x * T[-1]\n", "'T'.*changes it"),
    "a list that is stored to": ("T = [1.0]\ndef g(): T[0] = 3.0\ndef f(x: float): return x * T[-1]\n", "'T'.*changes it"),
    "a list under another name": ("T = [1.0]\nU = T\nU[0] = 3.0\ndef f(x: float): return x * T[-1]\n", "'T'.*changes it"),
    "a list given to a function": (
        "T = [1.0]\ndef g(t): t.append(1.0)\ng(T)\ndef f(x: float): return x * T[-1]\n", "'T'.*changes it"),
    "a list given to who knows": ("import random\nT = [1.0, 2.0]\nrandom.shuffle(T)\ndef f(x: float): return x * T[-1]\n", "'T'.*changes it"),
    "a nested list": ("T = [[1.0]]\nfor row in T: row.append(2.0)\ndef f(x: float): return x * T[0][-1]\n", "'T'.*changes it"),
    "a list of another module": ("from helper_module import RATES\nRATES.append(1.0)\ndef f(x: float): return x * RATES[-1]\n", "changes it"),
    "a list in another module": ("import helper_module as h\nh.RATES[0] = 1.0\ndef f(x: float): return x * h.RATES[0]\n", "changes what"),
    "a name in another module": ("import helper_module as h\nh.FACTOR = 1.0\ndef f(x: float): return x * h.FACTOR\n", "changes what"),
    "a list from a star import": ("from helper_module import *\nRATES[0] = 1.0\ndef f(x: float): return x * RATES[0]\n", "changes it"),
    "names as text": ("K = 1.0\nglobals()['K'] = 2.0\ndef f(x: float): return x * K\n", "globals"),
    "text that is run": ("K = 1.0\nexec('K = 2.0')\ndef f(x: float): return x * K\n", "globals"),
    "a decorator": ("def d(g): return lambda x: 2 * g(x)\n@d\ndef f(x: float): return x\n", "what the decorator makes of f"),
    "a decorated helper": ("def d(g): return lambda x: 2 * g(x)\n@d\ndef g(x): return x\ndef f(x: float): return g(x)\n", "decorator"),
    "a known name with another meaning": ("def staticmethod(g): return abs\n@staticmethod\ndef f(x: float): return x\n", "decorator"),
    "a default computed by a call": ("def f(x: float, g=dict()): return x\n", "default value is not known"),
    "a default that is rebound": ("K = 1.0\ndef f(x: float, k=K): return x * k\nK = 2.0\n", "'K'.*more than once"),
    "a default that the function changes": ("def f(x: float, g=[]):\n    g.append(x)\n    return sum(g)\n", "default value"),
    "a helper's default that it changes": (
        "def g(x, l=[]):\n    l.append(x)\n    return sum(l)\ndef f(x: float): return g(x) + g(x)\n", "default value"),
    "a module that is not there": ("import no_such_module as m\ndef f(x: float): return m.g(x)\n", "no module 'no_such_module' here"),
    "a name that a module lacks": ("from helper_module import nothing\ndef f(x: float): return nothing(x)\n", "does not define 'nothing'"),
    "a star import from who knows": ("from no_such_module import *\ndef f(x: float): return sin(x)\n", "'sin' may come from"),
    "a star import later": ("K = 1.0\nfrom no_such_module import *\ndef f(x: float): return K * x\n", "'K' is not known"),
    "an object array": ("import numpy as np\ndef f(x):\n    a = np.array([x, x], dtype=object)\n    return a[0]\n", "array of objects"),
    "a cast to objects": ("def f(x): return x.astype(object)[0]\n", "array of objects"),
    "any number of arguments": ("def f(x, *args): return x * len(args)\n", "the number of arguments in \\*args"),
    "an attribute of a class": ("class C:\n    K = 2.0\ndef f(x: float): return x * C.K\n", "what the class C holds"),
    "a function as a result": ("def f(x):\n    def g(y): return x * y\n    return g\n", "returns a function, not a number"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_the_text_does_not_settle_is_refused(emit: Emit, case: str) -> None:
    source, message = REFUSED[case]
    with pytest.raises(DifferentiationError, match=message) as info:
        emit(source)
    assert info.value.span is not None
    assert info.value.hint or case == "a name that a module lacks"


RIGHT = {
    "a constant": ("K = 3.0\ndef f(x: float): return x * K\n", 3.0),
    "a list that is only read": (
        "T = [1.0, 2.0]\ndef show(): print(T, len(T))\ndef g(t): return t[0]\ndef f(x: float): return x * T[-1] + x * g(T) + x * sum(T)\n", 6.0),
    "a table of rows": ("T = [(1.0, 2.0), (3.0, 4.0)]\ndef f(x: float):\n    s = 0.0\n    for a, b in T:\n        s += a * b * x\n    return s\n", 14.0),
    "known decorators": ("import functools as ft\n@ft.lru_cache(maxsize=None)\ndef g(x): return 2 * x\n@ft.cache\ndef f(x: float): return g(x)\n", 2.0),
    "a module beside the file": ("import helper_module as hm\ndef f(x: float): return hm.scale(x) * hm.FACTOR\n", 2.25),
    "a name of a module beside the file": ("from helper_module import scale\ndef f(x: float): return scale(x)\n", 1.5),
    "a list of a module beside the file": ("import helper_module as hm\ndef f(x: float): return hm.RATES[1] * sum(hm.RATES) * x\n", 6.0),
    "a star import": ("from math import *\nfrom helper_module import *\ndef f(x: float): return scale(x) * cos(0.0) * x**0\n", 1.5),
    "a definition after a star import": ("from math import *\ndef exp(x): return 3 * x\ndef f(x: float): return exp(x)\n", 3.0),
    "a function under if": ("if 1 > 0:\n    def g(x): return 4.0 * x\ndef f(x: float): return g(x)\n", 4.0),
    "a default": ("K = 3.0\ndef f(x: float, k=K, w=(1.0, 2.0), v=-2.0): return x * k * w[1] * v\n", -12.0),
}  # fmt: skip


@pytest.mark.parametrize("case", RIGHT)
def test_what_the_text_settles_is_right(emit: Emit, case: str) -> None:
    source, expected = RIGHT[case]
    assert run(emit(source, standalone=True), 0.7) == pytest.approx(expected)
    emit(source)


def test_standalone_texts_import_nothing_of_the_program(emit: Emit, tmp_path: Path) -> None:
    source = "import numpy as np\nfrom helper_module import scale, RATES\nG = 3.0\n"
    source += "def f(x: np.ndarray) -> float: return np.sum(np.tanh(scale(x)) * G) * sum(RATES)\n"
    text = emit(source, standalone=True)
    assert "_module" not in text
    path = tmp_path / "alone" / "gradient.py"
    path.parent.mkdir()
    path.write_text(text + "\nprint(f_grad(np.zeros(2)))\n")
    done = subprocess.run([sys.executable, "-I", str(path)], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("[13.5 13.5]", "")
    assert not emit("def f(x: float): return 2 * x\n", standalone=True).startswith("\n")
    with pytest.raises(DifferentiationError, match="default value G"):
        emit("import numpy as np\nG = np.ones(2)\ndef f(x: float, g=G): return x * np.sum(g)\n", standalone=True)


def live_array(x: float) -> Any:
    return x * np.sum(LIVE)


LIVE = np.ones(2)


def test_standalone_text_of_a_live_function() -> None:
    with pytest.raises(DifferentiationError, match="standalone text cannot import 'LIVE'"):
        s2sad.source(live_array, standalone=True)


def test_defaults_that_are_names_are_imported(emit: Emit) -> None:
    text = emit("import numpy as np\nG = np.array([1.0, 2.0]); H = 3.0\ndef f(x: float, g=G, h=H): return x * np.sum(g) * h\n")
    assert "from static_module import G, H" in text
    assert "def f_grad(x, g=G, h=H, f_bar=1.0)" in text


def test_one_name_in_two_modules(emit: Emit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = "import helper_module as h\nFACTOR = 4.0\ndef f(x: float): return x * FACTOR + h.scale(x)\n"
    text = emit(source)
    (tmp_path / "static_module.py").write_text(source)
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("static_module", "helper_module"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    assert run(text, 1.0) == 5.5


@pytest.mark.parametrize("head", ["n: int", "s: str", "b: bool"])
def test_parameters_that_hold_no_floats(emit: Emit, head: str) -> None:
    name = head[0]
    with pytest.raises(IntegerInputError, match=f"the parameter '{name}' of f\\(\\) holds no floats"):
        emit(f"def f({head}, x: float): return x\n", wrt=name)
    assert "with respect to x" in emit(f"def f({head}, x: float): return x\n")
    assert f"with respect to {name}" in emit(f"def f({head}, x: float): return x * {name}\n", signature=f"{name}: float")


METHODS = """
class C:
    K = 2.0
    def m(self, x): return self.K * x
    @classmethod
    def c(cls, x): return cls.K * x
    @property
    def p(self): return 1.0
    @p.setter
    def p(self, x): pass
    def plain(self, x: float): return 2.0 * x
    @staticmethod
    def s(x: float): return 3.0 * x
"""


def test_methods(emit: Emit) -> None:
    for name, receiver in [("C.m", "self"), ("C.c", "cls")]:
        with pytest.raises(DifferentiationError, match=f"what '{receiver}' holds is not known") as info:
            emit(METHODS, name)
        assert "source_for" in info.value.hint
    with pytest.raises(NameResolutionError, match="more than once"):
        emit(METHODS, "C.p")
    assert run(emit(METHODS, "C.plain"), None, 1.0, name="plain_grad") == 2.0
    assert run(emit(METHODS, "C.s"), 1.0, name="s_grad") == 3.0


def test_vectorize_has_no_rule(emit: Emit) -> None:
    with pytest.raises(NoRuleError, match=r"np\.vectorize has no derivative rule"):
        emit("import numpy as np\ndef f(x):\n    g = np.vectorize(lambda t: t * t)\n    return np.sum(g(x))\n")


def test_powers_of_known_scalars_need_no_broadcasting(emit: Emit) -> None:
    source = "def f(x: float, n: int):\n    t = 0.0\n    for i in range(n): t += x ** i\n    return t\n"
    text = emit(source)
    assert "unbroadcast" not in text
    assert run(text, 0.0, 4) == 1.0
    assert run(text, 2.0, 4) == 1.0 + 4.0 + 12.0
