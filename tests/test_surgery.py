"""Blocks in the reverse sweep: `with adjoint_of(h) as h_bar`."""

from __future__ import annotations

import ast
import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import s2sad
from s2sad import adjoint_of, cli, compiler, errors
from s2sad.runtime import as_adjoint
from tests import surgery_programs
from tests.helpers import numeric_gradient

X = np.array([0.4, -0.7, 0.9])
SEEN: list[Any] = []
LIMIT = 1.0
MASK = np.array([1.0, 0.0, 1.0])


class Unblocked(ast.NodeTransformer):
    """Writes `h = scaled(h, factor)` for blocks that multiply the adjoint of `h` by a factor."""

    def visit_With(self, node: ast.With) -> Any:
        head = node.items[0].context_expr
        if not (isinstance(head, ast.Call) and isinstance(head.func, ast.Name) and head.func.id == "adjoint_of"):
            return self.generic_visit(node)
        change = node.body[0]
        factor = change.value if isinstance(change, ast.AugAssign) else change.value.right  # type: ignore[attr-defined]
        name = head.args[0].id  # type: ignore[attr-defined]
        return ast.parse(f"{name} = scaled({name}, {ast.unparse(factor)})").body[0]


@pytest.fixture(scope="module")
def unblocked(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """The programs without blocks."""
    tree = Unblocked().visit(ast.parse(Path(str(surgery_programs.__file__)).read_text()))
    path = tmp_path_factory.mktemp("unblocked") / "unblocked_programs.py"
    path.write_text(ast.unparse(tree))
    spec = importlib.util.spec_from_file_location("unblocked_programs", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert "adjoint_of(" not in path.read_text()
    return module


PROGRAMS = [n for n, f in vars(surgery_programs).items() if n.startswith(("in_", "of_", "read", "before", "one")) and callable(f)]


def test_there_are_programs() -> None:
    assert len(PROGRAMS) >= 20


@pytest.mark.parametrize("name", PROGRAMS)
def test_same_as_without_a_block(name: str, unblocked: ModuleType) -> None:
    program = vars(surgery_programs)[name]
    assert program(X) == pytest.approx(vars(unblocked)[name](X), rel=1e-12)
    value, expected = s2sad.value_and_grad(vars(unblocked)[name])(X)
    found = s2sad.value_and_grad(program)(X)
    assert found[0] == pytest.approx(value, rel=1e-12)
    np.testing.assert_allclose(found[1], expected, rtol=1e-10, atol=1e-14)
    assert not np.allclose(expected, numeric_gradient(program, (X,), "x"), rtol=1e-3)  # the block does something


@pytest.mark.parametrize("name", PROGRAMS)
def test_each_pass_may_be_left_out(name: str) -> None:
    program = vars(surgery_programs)[name]
    expected = s2sad.grad(program)(X)
    request = s2sad.api.Gradient(program, 0, "grad")._request()
    request.arguments = {"x": X}
    for skip in [frozenset({p}) for p in sorted(compiler.PASSES)] + [compiler.PASSES]:
        compiled = compiler.compile_gradient(request, skip=skip)
        gradient = s2sad.backend.load.load(compiled.definition, compiled.name, compiled.bindings)
        np.testing.assert_allclose(gradient(X), expected, rtol=1e-10, err_msg=str(skip))


@pytest.mark.parametrize("name", [n for n in PROGRAMS if "class" not in n])
def test_the_text_alone(name: str) -> None:
    """The same from the text of the file, with and without types."""
    program = vars(surgery_programs)[name]
    expected = s2sad.grad(program)(X)
    for signature in ("x: f8[n]", None):
        text = s2sad.source_of_file(str(surgery_programs.__file__), name, wrt="x", signature=signature)
        namespace: dict[str, Any] = {}
        exec(text, namespace)
        np.testing.assert_allclose(namespace[f"{name}_grad"](X), expected, rtol=1e-10)


@pytest.mark.parametrize("name", PROGRAMS)
def test_forward_mode_goes_without(name: str) -> None:
    program = vars(surgery_programs)[name]
    value, tangent = s2sad.jvp(program, (X,), (np.array([1.0, -0.5, 0.3]),))
    assert value == pytest.approx(program(X), rel=1e-12)
    if "complex" not in name:
        expected = numeric_gradient(program, (X,), "x") @ np.array([1.0, -0.5, 0.3])
        assert tangent == pytest.approx(expected, rel=1e-6, abs=1e-7)


@pytest.mark.parametrize("name", PROGRAMS)
def test_memory_is_restored(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    program = vars(surgery_programs)[name]
    expected = s2sad.grad(program)(X)
    monkeypatch.setenv("S2SAD_CHECK", "1")
    np.testing.assert_array_equal(s2sad.grad(program)(X), expected)


# --- what blocks see ------------------------------------------------------------------------------------------------------


def clipped(x):
    h = np.sin(x)
    with adjoint_of(h) as h_bar:
        h_bar = np.clip(h_bar, -LIMIT, LIMIT)
    return np.sum(h**2)


def test_clip_by_hand() -> None:
    expected = np.clip(2.0 * np.sin(X), -1.0, 1.0) * np.cos(X)
    np.testing.assert_allclose(s2sad.grad(clipped)(X), expected)
    _, back = s2sad.vjp(clipped, X)
    np.testing.assert_allclose(back(0.1)[0], 0.2 * np.sin(X) * np.cos(X))


def test_the_gradient_of_the_gradient_is_that_of_what_runs() -> None:
    def gradient(x: Any) -> Any:
        return np.sum(np.clip(2.0 * np.sin(x), -1.0, 1.0) * np.cos(x))

    found = s2sad.grad(lambda x: np.sum(s2sad.grad(clipped)(x)))(X)
    np.testing.assert_allclose(found, numeric_gradient(gradient, (X,), "x"), rtol=1e-6)


def test_the_adjoint_is_complete_and_blocks_run_backwards(capsys: pytest.CaptureFixture[str]) -> None:
    def f(x):
        h = np.sin(x)
        with adjoint_of(h) as h_bar:
            print("h", h_bar)
        s = h[0] * 2.0
        with adjoint_of(s) as s_bar:
            print("s", s_bar)
        for i in range(2):
            h = h * 2.0
            with adjoint_of(h) as h_bar:
                print(i, h, h_bar)
        return np.sum(h) * s

    h = np.sin(X)
    with np.printoptions(legacy=False):  # some libraries choose another way to print
        found = s2sad.grad(f)(X)
    s = 2.0 * h[0]
    complete = np.full(3, 4.0 * s) + np.array([2.0 * np.sum(4.0 * h), 0.0, 0.0])
    with np.printoptions(legacy=False):
        lines = [f"1 {4.0 * h} {np.full(3, s)}", f"0 {2.0 * h} {np.full(3, 2.0 * s)}", f"s {np.sum(4.0 * h)}", f"h {complete}"]
    assert capsys.readouterr().out.splitlines() == lines
    np.testing.assert_allclose(found, complete * np.cos(X))


def test_other_names_are_not_seen() -> None:
    def f(x):
        h = np.sin(x)
        other = h
        with adjoint_of(h) as h_bar:
            h_bar = 0.0  # noqa: F841
        return np.sum(h) + np.sum(other)

    np.testing.assert_allclose(s2sad.grad(f)(X), np.cos(X))


def test_a_number_stands_for_all_elements() -> None:
    def f(x):
        h = np.sin(x)
        with adjoint_of(h) as h_bar:
            h_bar = 2  # noqa: F841
        return np.sum(h) + h[0] * h[1]

    np.testing.assert_allclose(s2sad.grad(f)(X), 2.0 * np.cos(X))


def test_memory_of_the_forward_sweep_is_not_handed_on() -> None:
    def f(x):
        w = np.cos(x)
        h, g = np.sin(x), x * 1.0
        with adjoint_of(h) as h_bar:
            h_bar = w  # noqa: F841
        with adjoint_of(g) as g_bar:
            g_bar = MASK  # noqa: F841
        return np.sum(h * w) + np.sum(g[1:] * g[:-1]) + np.sum(x[1:])

    expected = np.cos(X) ** 2 - np.sin(X) ** 2 + [1.0, 0.0, 1.0] + [0.0, 1.0, 1.0]
    for _ in range(2):
        np.testing.assert_allclose(s2sad.grad(f)(X), expected)
    np.testing.assert_array_equal(MASK, [1.0, 0.0, 1.0])


def test_what_is_kept_of_an_adjoint_does_not_change() -> None:
    def f(x):
        y = x[0] * 3.0
        with adjoint_of(x) as x_bar:
            SEEN.append(x_bar)
            SEEN.append(x_bar[1:])
        return np.sum(x * x) + y

    SEEN.clear()
    np.testing.assert_allclose(s2sad.grad(f)(X), 2.0 * X + [3.0, 0.0, 0.0])
    np.testing.assert_allclose(SEEN[0], 2.0 * X)
    np.testing.assert_allclose(SEEN[1], 2.0 * X[1:])


def test_changes_in_place_do_not_reach_other_adjoints() -> None:
    def f(x):
        a, b = np.sin(x), np.cos(x)
        with adjoint_of(a) as a_bar:
            a_bar[0] = 5.0
        return np.sum((a + b) * x)  # both have the same adjoint

    np.testing.assert_allclose(s2sad.grad(f)(X), np.sin(X) + np.cos(X) + np.array([5.0, *X[1:]]) * np.cos(X) - X * np.sin(X))
    seed = np.ones(3)

    def g(x):
        with adjoint_of(x) as x_bar:
            x_bar *= 0.0
        return x

    np.testing.assert_array_equal(s2sad.vjp(g, X)[1](seed)[0], np.zeros(3))
    np.testing.assert_array_equal(seed, np.ones(3))


def test_an_adjoint_that_is_not_finite_is_caught() -> None:
    def f(x):
        h = np.sin(x)
        with adjoint_of(h) as h_bar:
            assert np.all(np.isfinite(h_bar)), "not finite"
        return np.sum(np.sqrt(h))

    with np.errstate(all="ignore"), pytest.raises(AssertionError, match="not finite"):
        s2sad.grad(f)(np.array([0.0, 1.0]))
    np.testing.assert_allclose(s2sad.grad(f)(np.array([1.0])), 0.5 / np.sqrt(np.sin(1.0)) * np.cos([1.0]))


def test_it_does_not_run_where_nothing_depends_on_the_variable(capsys: pytest.CaptureFixture[str]) -> None:
    def shown(w):
        with adjoint_of(w) as w_bar:
            print("runs", w_bar)
        for _ in range(3):
            w = w * np.sin(w) + np.cos(w) * np.tan(w)
        return np.sum(w)

    def f(x):
        h = np.sin(x)
        with adjoint_of(h) as h_bar:
            print("runs", h_bar)
        return np.sum(x) * shown(np.ones(3))

    s2sad.grad(f)(X)
    assert capsys.readouterr().out == ""


def test_loops_and_functions_in_a_block() -> None:
    def halved(v):
        return 0.5 * v

    def f(x):
        h = np.sin(x)
        with adjoint_of(h) as h_bar:
            while np.max(np.abs(h_bar)) > 0.5:
                h_bar = halved(h_bar)
            for i in range(3):
                if i == 1:
                    continue
                h_bar[i] = sum(v for v in h_bar[i:]) if i else 0.0
        return np.sum(h**2)

    bar = 2.0 * np.sin(X)
    while np.max(np.abs(bar)) > 0.5:
        bar = 0.5 * bar
    np.testing.assert_allclose(s2sad.grad(f)(X), np.array([0.0, bar[1], bar[2]]) * np.cos(X))


def test_precision_is_that_of_the_variable() -> None:
    def f(x):
        h = np.sin(x)
        with adjoint_of(h) as h_bar:
            SEEN.append(h_bar.dtype)
            h_bar = np.sign(h_bar).astype(int)
        return np.sum(h**2)

    SEEN.clear()
    found = s2sad.grad(f)(X.astype(np.float32))
    assert found.dtype == np.float32 and [np.float32] == SEEN
    np.testing.assert_allclose(found, np.sign(np.sin(X)) * np.cos(X), rtol=1e-6)


def test_a_variable_that_a_loop_does_not_change_is_not_taped() -> None:
    text = s2sad.grad(surgery_programs.of_a_parameter_in_a_loop).source_for(X)
    assert "x_tape" not in text and "y_tape" in text


# --- without differentiation ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [2.0, 3, 1j, np.float32(2.0), np.ones(3), np.ones((2, 0), np.float32), np.arange(3), np.array(2.0)])
def test_zeros_where_nothing_is_differentiated(value: Any) -> None:
    with adjoint_of(value) as bar:
        assert np.shape(bar) == np.shape(value) and not np.any(bar)
        dtype = np.asarray(value).dtype
        assert np.asarray(bar).dtype == (dtype if dtype.kind in "fc" else float)


def test_only_numbers_have_adjoints() -> None:
    for value in ("text", [1.0], None):
        with pytest.raises(TypeError, match="adjoint_of takes a number or an array"), adjoint_of(value):
            pass


def test_what_a_block_leaves_is_checked() -> None:
    x = np.zeros((2, 3), np.float32)
    assert as_adjoint(1, x).dtype == np.float32 and as_adjoint(1, x).shape == (2, 3)
    assert isinstance(as_adjoint(np.array(2), 1.0), float)
    with pytest.raises(ValueError, match="has the shape"):
        as_adjoint(np.zeros(3), x)
    for wrong in ("text", None, 1j):
        with pytest.raises(TypeError, match="at the end of an adjoint_of block"):
            as_adjoint(wrong, x)
    with pytest.raises(TypeError, match="not a list"):
        as_adjoint(1.0, [1.0])

    def shorter(x):
        h = np.sin(x)
        with adjoint_of(h) as h_bar:
            h_bar = h_bar[:2]
        return np.sum(h**2)

    with pytest.raises(ValueError, match="has the shape"):
        s2sad.grad(shorter)(X)


# --- what is refused --------------------------------------------------------------------------------------------------------

REFUSED = {
    "takes a plain variable": "    with adjoint_of(x * 2.0) as x_bar:\n        pass\n    return np.sum(x)",
    "takes a plain variable ": "    with adjoint_of(x[0]) as x_bar:\n        pass\n    return np.sum(x)",
    "takes one variable": "    with adjoint_of(x, x) as x_bar:\n        pass\n    return np.sum(x)",
    "not about a variable of this function": "    with adjoint_of(np) as x_bar:\n        pass\n    return np.sum(x)",
    "beside another context manager": "    with adjoint_of(x) as x_bar, np.errstate():\n        pass\n    return np.sum(x)",
    "within an adjoint_of block": "    with adjoint_of(x) as a:\n        with adjoint_of(x) as b:\n            pass\n    return np.sum(x)",
    "bound to a plain variable": "    with adjoint_of(x) as (a, b):\n        pass\n    return np.sum(x)",
    "cannot leave an adjoint_of block": "    with adjoint_of(x) as x_bar:\n        return 0.0\n    return np.sum(x)",
    "cannot leave an adjoint_of block ": "    for i in range(3):\n        with adjoint_of(x) as x_bar:\n            break\n    return np.sum(x)",
    "of 'x' assigns 'x'": "    with adjoint_of(x) as x:\n        pass\n    return np.sum(x)",
    "'t' is assigned in an adjoint_of block": "    t = 1.0\n    with adjoint_of(x) as x_bar:\n        t = 5.0\n    return np.sum(x * t)",
    "'x_bar' is assigned in an adjoint_of block": "    with adjoint_of(x) as x_bar:\n        pass\n    return np.sum(x * x_bar)",
    "is no number and no array": "    t = (x, x)\n    with adjoint_of(t) as t_bar:\n        pass\n    return np.sum(t[0])",
    "'x_bar' is no number and no array": "    with adjoint_of(x) as x_bar:\n        x_bar = None\n    return np.sum(x)",
    "has 2 dimensions, and the variable has 1": "    with adjoint_of(x) as b:\n        b = np.outer(b, b)\n    return np.sum(x)",
    "is complex, and the variable is real": "    with adjoint_of(x) as b:\n        b = b * 1j\n    return np.sum(x)",
    "always raises": "    with adjoint_of(x) as x_bar:\n        raise ValueError\n    return np.sum(x)",
    "is stored to": "    h = np.sin(x)\n    with adjoint_of(h) as b:\n        pass\n    h[0] = 0.0\n    return np.sum(h)",
    "is stored to ": "    h = np.zeros(3)\n    h[0] = x[0]\n    with adjoint_of(h) as b:\n        pass\n    return np.sum(h)",
    "is stored to  ": "    with adjoint_of(x) as b:\n        pass\n    v = x[1:]\n    v *= 2.0\n    return np.sum(x)",
    "changes 'w' of the forward sweep": "    w = np.cos(x)\n    with adjoint_of(x) as b:\n        w[0] = 0.0\n    return np.sum(x * w)",
    "changes 'w' of the forward sweep ": "    w = np.cos(x)\n    with adjoint_of(x) as b:\n        v = w[1:]\n        v += b[1:]\n    return np.sum(x * w)",
    "changes a list or dict": "    a = []\n    with adjoint_of(x) as b:\n        a.append(1.0)\n    return np.sum(x)",
    "for the head of a with statement": "    c = adjoint_of(x)\n    x = x * 2.0\n    with c as b:\n        pass\n    return np.sum(x)",
    "for the head of a with statement ": "    with made(x) as b:\n        pass\n    return np.sum(x)",
}
PREFIX = """import numpy as np
from s2sad import adjoint_of
def made(v):
    return adjoint_of(v)
def f(x):
"""


@pytest.mark.parametrize("message", REFUSED)
def test_refused(message: str, tmp_path: Path) -> None:
    path = tmp_path / "refused_block.py"
    path.write_text(PREFIX + REFUSED[message] + "\n")
    with pytest.raises(errors.DifferentiationError, match=message.strip()) as caught:
        s2sad.source_of_file(path, "f", signature="x: f8[n]")
    assert caught.value.span is None or "refused_block.py" in str(caught.value)


class Thing:
    def __init__(self) -> None:
        self.k = 2.0


def test_objects_of_the_forward_sweep_are_not_changed() -> None:
    def f(x):
        thing = Thing()
        with adjoint_of(x) as x_bar:  # noqa: F841
            thing.k = 1.0
        return np.sum(x) * thing.k

    with pytest.raises(errors.UnsupportedSyntaxError, match="changes 'k' of the forward sweep"):
        s2sad.grad(f)(X)


def test_what_is_refused_has_a_way_out() -> None:
    def f(x):
        h = np.zeros(3)
        h[:2] = x[:2]
        h = h.copy()
        with adjoint_of(h) as h_bar:
            h_bar = h_bar * 2.0
        h = h.copy()
        h[0] = h[1] * h[0]
        return np.sum(h * x)

    h = np.array([X[0] * X[1], X[1], 0.0])
    np.testing.assert_allclose(s2sad.grad(f)(X), h + 2.0 * np.array([X[1] * X[0], X[0] * X[0] + X[1], 0.0]))


def test_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "model.py"
    path.write_text(
        "import numpy as np\nimport s2sad as tool\n\ndef f(x):\n    h = np.tanh(x)\n    with tool.adjoint_of(h) as h_bar:\n"
        "        h_bar = np.clip(h_bar, -1.0, 1.0)\n    return np.sum(h**2)\n"
    )
    assert cli.main(["grad", f"{path}:f", "--signature", "x: f8[n]", "--standalone"]) == 0
    text = capsys.readouterr().out
    assert "    h_bar = np.clip(h_bar, -1.0, 1.0)\n" in text and "s2sad" not in text
    assert cli.main(["grad", f"{path}:f", "--standalone"]) == 0
    text = capsys.readouterr().out
    assert "def as_adjoint(" in text and "import s2sad" not in text
    namespace: dict[str, Any] = {}
    exec(text, namespace)
    np.testing.assert_allclose(namespace["f_grad"](X), np.clip(2.0 * np.tanh(X), -1.0, 1.0) * (1.0 - np.tanh(X) ** 2))
    assert cli.main(["grad", f"{path}:f", "--stage", "elementary"]) == 0
    assert "clip" not in capsys.readouterr().out
