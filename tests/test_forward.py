"""Forward mode: tangents against gradients and finite differences, on all programs and goldens and on small nasty ones."""

from __future__ import annotations

import copy
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import s2sad
from s2sad.errors import AmbiguousMemoryError, NoRuleError
from tests.helpers import aligned_floats, bind, floats_of, with_floats
from tests.programs.case import Case
from tests.test_golden import GOLDENS, Golden, name_of
from tests.test_programs import SEED, all_cases

EPS = 1e-6


def direction_of(x: Any, rng: np.random.Generator) -> Any:
    """A random tangent with the structure of `x`."""
    return with_floats(copy.deepcopy(x), rng.normal(size=floats_of(x).size))


@pytest.mark.parametrize("case", all_cases())
def test_programs(case: Case) -> None:
    """The tangent along a direction is the gradient's product with it, and the value is the program's."""
    args = case.make_args(np.random.default_rng(SEED))
    gradients = s2sad.grad(case.func, wrt=case.wrt)(*copy.deepcopy(args))
    parameters = bind(case.func, args)
    directions = {n: direction_of(parameters[n], np.random.default_rng(3)) for n in case.wrt}
    expected = scale = 0.0
    for name, g in zip(case.wrt, gradients):
        terms = aligned_floats(parameters[name], g, name) * floats_of(directions[name])
        expected, scale = expected + float(np.sum(terms)), scale + float(np.sum(np.abs(terms)))
    given = copy.deepcopy(args)
    value, tangent = s2sad.directional.Tangent(case.func, case.wrt)(args, tuple(directions[n] for n in case.wrt))
    for a, b in zip(args, given):
        np.testing.assert_array_equal(floats_of(a), floats_of(b), err_msg="an argument was changed")
    assert tangent == pytest.approx(expected, rel=1e-9, abs=1e-9 * (1.0 + scale))
    np.testing.assert_allclose(value, case.func(*copy.deepcopy(args)), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("golden", GOLDENS, ids=name_of)
def test_goldens(golden: Golden, update_golden: bool) -> None:
    """The emitted text is the one that is kept, and gives the tangents that the gradients promise."""
    path = golden.path.with_name(f"{golden.name}.jvp.py")
    wrt = golden.wrt[0] if len(golden.wrt) == 1 else golden.wrt
    if golden.header["signature"] == "live":
        tangent = s2sad.directional.Tangent(golden.primal, wrt)
        text = tangent.source_for(*copy.deepcopy(golden.module.EXAMPLES[0]))
    else:
        text = s2sad.source_of_file(golden.path, golden.name, wrt=wrt, signature=golden.header["signature"], mode="forward")
    namespace = dict(vars(golden.module))
    exec(compile(text, str(path), "exec"), namespace)
    function = namespace[f"{golden.name}_jvp"]
    for example in golden.module.EXAMPLES:
        args = copy.deepcopy(example)
        parameters = bind(golden.primal, args)
        single = any(isinstance(parameters[n], np.ndarray) and parameters[n].dtype == np.float32 for n in golden.wrt)
        directions = {n: direction_of(parameters[n], np.random.default_rng(5)) for n in golden.wrt}
        value, dot = function(*args, **{f"{n}_dot": d for n, d in directions.items()})
        primal = golden.primal(*copy.deepcopy(example))
        np.testing.assert_allclose(value, primal, rtol=1e-5 if single else 1e-12, atol=1e-14)
        gradients = s2sad.grad(golden.primal, wrt=golden.wrt)(*copy.deepcopy(example))
        terms = [aligned_floats(parameters[n], g, n) * floats_of(directions[n]) for n, g in zip(golden.wrt, gradients)]
        scale = 1.0 + sum(float(np.sum(np.abs(t))) for t in terms)
        assert float(dot) == pytest.approx(sum(float(np.sum(t)) for t in terms), abs=(1e-4 if single else 1e-9) * scale)
    if update_golden:
        path.write_text(text)
    assert path.exists(), "no golden text yet: run pytest --update-golden"
    assert text == path.read_text()


# --- small programs, each with something that could go wrong --------------------------------------------------------------


def stored_number(x: np.ndarray) -> float:
    s = np.asarray(x[0])
    before = s * 1.0
    s -= x[1]
    return before * s


def number_of_an_array(x: np.ndarray) -> float:
    c = np.asarray(x[0])
    r = x[1] if x[0] > 5.0 else float(c)
    r += x[1]
    r += x[2]
    return r * c


def handed_on(x: np.ndarray) -> float:
    y = x + 0.0
    z = +x
    x[0] = 3.0
    return float(np.sum(y * z * x))


def swapped(x: np.ndarray, n: int = 3) -> float:
    a, b = x.copy(), np.zeros_like(x)
    for _ in range(n):
        b[1:] = np.sin(a[:-1])
        b[0] = a[-1]
        a, b = b, a
    return a @ a


def either(x: np.ndarray) -> float:
    y = np.zeros(3)
    z = x if x[0] > 0.0 else y
    z[1:] *= 2.0
    z[0] = 5.0
    return float(x @ x + y @ y)


def flattened(x: np.ndarray) -> float:
    m = np.outer(x, x).T
    flat = m.ravel()
    flat[2] = x[0] ** 2
    m.reshape(-1)[1] = 7.0
    return float(np.sum(m * m) + flat @ flat)


def repeated(x: np.ndarray) -> float:
    y = np.ones(4)
    y[[0, 2, 0]] = x
    y[[1, 1, 2]] += x
    np.add.at(y, [3, 3, 0], x)
    return float(y @ y)


def no_trip(x: np.ndarray, n: int = 0) -> float:
    y = x * 2.0
    for i in range(n):
        y[i] = x[i] ** 2
    while n > 0:
        n -= 1
    return float(np.sum(y))


def left_early(x: np.ndarray) -> float:
    y = np.zeros(5)
    for i in range(5):
        y[i] = x[i % 3] * (y[i - 1] if i else 1.0)
        if y[i] < -0.1:
            break
        y[0] += x[1]
    else:
        return float(np.sum(y))
    return float(y @ y)


def of_lists(x: np.ndarray) -> float:
    rows = [x * float(k) for k in range(3)]
    rows[1][0] = 4.0
    rows.append(rows[0] + rows[1])
    last = rows.pop()
    items: list[float] = []
    for row in rows:
        items.extend(row.tolist())
        items.insert(0, 2.0 * items[-1])
    return float(last @ rows[1]) + sum(items) * items[0]


@dataclass
class Particle:
    at: np.ndarray
    speed: float = 1.0

    def step(self, h: float) -> None:
        self.at[...] = self.at + h * self.speed
        self.speed *= 0.9


def moved(x: np.ndarray) -> float:
    p = Particle(x.copy(), x[0])
    for _ in range(3):
        p.step(0.1)
    return float(p.at @ p.at) * p.speed


def caught(x: np.ndarray) -> float:
    total = x[0]
    for v in x:
        try:
            total = total * 2.0
            if v < 0.0:
                raise ValueError
            total += math.sqrt(v)
        except ValueError:
            total -= v**3
        finally:
            total *= 0.5
    return float(total)


def halving(v: np.ndarray) -> float:
    if len(v) < 2:
        return float(np.sin(v).sum())
    return halving(v[:1]) * halving(v[1:]) + halving(v[1:])


def in_place_recursion(x: np.ndarray) -> float:
    def sweep(v: np.ndarray, k: int) -> None:
        if k < len(v):
            v[k] = v[k - 1] * v[k]
            sweep(v, k + 1)

    y = x.copy()
    sweep(y, 1)
    return float(np.sum(y))


def zero_part(x: np.ndarray) -> float:
    c = s2sad.stop_gradient(x)
    y = np.where(c > 0.0, x, c)
    return float(np.sum(y * np.floor(x + 0.5) + c))


NASTY: list[Callable[..., float]] = [
    stored_number, number_of_an_array, handed_on, swapped, either, flattened, repeated, no_trip, left_early, of_lists, moved, caught, halving, in_place_recursion,
]  # fmt: skip


@pytest.mark.parametrize("x", [np.array([0.7, -0.4, 1.3]), np.array([-0.7, 0.4, -0.3])], ids=["first", "second"])
@pytest.mark.parametrize("f", NASTY)
def test_nasty_programs(f: Callable[..., float], x: np.ndarray) -> None:
    v = np.array([0.3, 1.0, -0.6])
    given = x.copy()
    value, tangent = s2sad.jvp(f, (x,), (v,))
    np.testing.assert_array_equal(x, given)
    assert value == pytest.approx(f(x.copy()), rel=1e-14)
    expected = (f(x + EPS * v) - f(x - EPS * v)) / (2 * EPS)
    assert tangent == pytest.approx(expected, rel=1e-6, abs=1e-7)


def test_constants_have_no_tangent() -> None:
    x = np.array([0.7, -0.4, 1.3])
    _, tangent = s2sad.jvp(zero_part, (x,), (np.ones(3),))
    assert tangent == pytest.approx(float(np.sum(np.where(x > 0, np.floor(x + 0.5), 0.0))))


# --- the interface ----------------------------------------------------------------------------------------------------------


def test_results_have_the_structure_of_the_value() -> None:
    def f(p: dict[str, Any], k: int) -> Any:
        return {"a": p["u"] * k, "n": k, "t": (p["s"], [p["s"] ** 2])}

    value, tangent = s2sad.jvp(f, ({"u": np.ones(2), "s": 3.0}, 2), ({"u": np.array([1.0, 0.0]), "s": 1.0}, None))
    np.testing.assert_array_equal(tangent["a"], [2.0, 0.0])
    assert tangent["n"] is None and tangent["t"] == (1.0, [6.0])
    assert value["t"] == (3.0, [9.0])


def test_results_own_their_memory() -> None:
    x, v = np.ones(3), np.arange(3.0)
    value, tangent = s2sad.jvp(lambda x: (x, x[:2]), (x,), (v,))
    for a in value:
        for b in (x, v, *tangent):
            assert not np.shares_memory(a, b)
    assert not np.shares_memory(value[0], value[1]) and not np.shares_memory(tangent[0], tangent[1])
    assert not np.shares_memory(tangent[0], v)


def test_tangents_of_integers() -> None:
    assert s2sad.jvp(lambda x, n: x * n, (2.0, 3), (1.0, 0)) == (6.0, 3.0)
    with pytest.raises(s2sad.errors.IntegerInputError, match=r"the argument 1 of .* is an integer"):
        s2sad.jvp(lambda x, n: x * n, (2.0, 3), (1.0, 1.0))


@pytest.mark.parametrize("f", [np.std, np.var, np.median, np.mean])
def test_functions_of_numpy_themselves(f: Any) -> None:
    """Parameters behind one that cannot be given (out) are not given by position."""
    x, v = np.array([0.7, -0.4, 1.3]), np.array([0.3, 1.0, -0.6])
    expected = (f(x + EPS * v) - f(x - EPS * v)) / (2 * EPS)
    assert s2sad.jvp(f, (x,), (v,))[1] == pytest.approx(expected, rel=1e-7)
    assert s2sad.grad(f)(x) @ v == pytest.approx(expected, rel=1e-7)


def test_single_precision_stays_single() -> None:
    x = np.ones(3, np.float32)
    value, tangent = s2sad.jvp(lambda x: np.sin(x) * 2.0, (x,), (np.ones(3),))
    assert value.dtype == tangent.dtype == np.float32


def test_complex_numbers() -> None:
    z, v = np.array([1.0 + 2.0j, 0.5j]), np.array([0.3 - 1.0j, 1.0])
    _, tangent = s2sad.jvp(lambda z: z**2 * np.exp(z), (z,), (v,))
    np.testing.assert_allclose(tangent, (2 * z + z**2) * np.exp(z) * v)


@pytest.mark.parametrize(
    ("primals", "tangents", "message"),
    [
        ((1.0,), (1.0, 2.0), "1 arguments and 2 tangents"),
        (1.0, 1.0, "takes a tuple"),
        ((np.ones(3),), (np.ones(2),), r"has the shape \(2,\)"),
        ((1.0,), (1j,), "is complex"),
        ((1.0,), ("1",), "should be a number"),
        (([1.0, 2.0],), ([1.0],), "should be a list of 2"),
    ],
)
def test_wrong_tangents(primals: Any, tangents: Any, message: str) -> None:
    with pytest.raises((TypeError, ValueError), match=message):
        s2sad.jvp(lambda x: x, primals, tangents)


def test_a_handler_that_would_catch_an_error_of_the_tangent() -> None:
    def f(x: float) -> float:
        try:
            y = math.sqrt(x)
        except ArithmeticError:
            y = 5.0
        return y

    with pytest.raises(AmbiguousMemoryError, match="a handler may catch an error of the derivative"):
        s2sad.jvp(f, (0.0,), (1.0,))


def test_a_function_without_a_forward_rule() -> None:
    def halved(x: Any) -> Any:
        return x / 2

    @s2sad.adjoint(halved)
    def halved_rule(y, x):  # type: ignore[no-untyped-def]
        x_bar = y_bar / 2  # type: ignore[name-defined]  # noqa: F821, F841

    with pytest.raises(NoRuleError, match="halved has no forward rule"):
        s2sad.jvp(lambda x: halved(x), (1.0,), (1.0,))

    @s2sad.tangent(halved)
    def halved_tangent(y, x):  # type: ignore[no-untyped-def]
        y_dot = x_dot / 2  # type: ignore[name-defined]  # noqa: F821, F841

    assert s2sad.jvp(lambda x: halved(x), (1.0,), (1.0,)) == (0.5, 0.5)


def view_in_try(x: np.ndarray) -> Any:
    y = x + 1.0
    try:
        z = y.T.ravel()
        z[0] = x[1, 1] ** 2
    except ValueError:
        return y * 3.0
    return y * y + z[0]


def test_a_check_for_views_is_not_caught_by_the_author() -> None:
    x = np.arange(6.0).reshape(2, 3) + 1.0
    with pytest.raises(AmbiguousMemoryError, match="copied where its gradient needs a view"):
        s2sad.jvp(view_in_try, (np.asfortranarray(x),), (x,))
    value, _ = s2sad.jvp(view_in_try, (x,), (x,))
    np.testing.assert_allclose(value, view_in_try(x))

    def everything(x: np.ndarray) -> Any:
        y = np.array(x)
        try:
            z = y.T.ravel()
            z[0] = 2.0
        except BaseException:
            return y * 3.0
        return y * z[0]

    with pytest.raises(AmbiguousMemoryError, match="in a try block"):
        s2sad.jvp(everything, (x,), (x,))


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("other", ["C", "F"])
def test_tangents_in_another_layout(order: Any, other: Any) -> None:
    def f(x: np.ndarray) -> Any:
        y = x.ravel()
        y[0] = x[1, 1] ** 2
        return x * x + y[0]

    x, v = np.arange(6.0).reshape(2, 3), np.ones((2, 3))
    at = [np.array(x + h * v, order=order) for h in (0.0, EPS, -EPS)]
    _, tangent = s2sad.jvp(f, (at[0],), (np.array(v, order=other),))
    np.testing.assert_allclose(tangent, (f(at[1]) - f(at[2])) / (2 * EPS), atol=1e-8)


# --- many directions at once ------------------------------------------------------------------------------------------------


def stacked(tangents: list[Any]) -> Any:
    """Tangents of one structure as one batch: an axis of directions in front of each array."""
    first = tangents[0]
    if isinstance(first, (np.ndarray, float, np.floating)):
        return np.stack(tangents)
    if isinstance(first, (list, tuple)):
        items = [stacked([t[i] for t in tangents]) for i in range(len(first))]
        return type(first)._make(items) if hasattr(first, "_fields") else type(first)(items)
    if isinstance(first, dict):
        return {k: stacked([t[k] for t in tangents]) for k in first}
    if hasattr(first, "__dict__"):
        made = copy.copy(first)
        for k in vars(first):
            object.__setattr__(made, k, stacked([getattr(t, k) for t in tangents]))
        return made
    return first


REFUSED = "number of axes|not followed along a batch|a depth that is not known"


@pytest.mark.parametrize("case", all_cases())
def test_batches(case: Case) -> None:
    args = case.make_args(np.random.default_rng(SEED))
    parameters = bind(case.func, args)
    single = s2sad.directional.Tangent(case.func, case.wrt)
    directions = [tuple(direction_of(parameters[n], np.random.default_rng(j)) for n in case.wrt) for j in range(3)]
    expected = [single(copy.deepcopy(args), d)[1] for d in directions]
    dots = {n: stacked([d[i] for d in directions]) for i, n in enumerate(case.wrt)}
    try:
        value, found = s2sad.directional.Directions(case.func, case.wrt).along(copy.deepcopy(args), {}, dots)
    except s2sad.DifferentiationError as refusal:
        assert re.search(REFUSED, str(refusal)), refusal
        return
    assert np.shape(found) == (3,)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9 * (1.0 + float(np.max(np.abs(expected)))))
    np.testing.assert_allclose(value, case.func(*copy.deepcopy(args)), rtol=1e-12, atol=1e-14)


def test_most_programs_take_batches() -> None:
    cases = [p.values[0] for p in all_cases() if not p.marks]  # type: ignore[attr-defined]
    taken = 0
    for case in cases[::5]:
        args = case.make_args(np.random.default_rng(SEED))
        try:
            s2sad.directional.Directions(case.func, case.wrt).source_for(*args)
            taken += 1
        except s2sad.DifferentiationError:
            pass
    assert taken >= 0.8 * len(cases[::5])


def test_wrong_batches() -> None:
    with pytest.raises(ValueError, match=r"along 2 directions \(2, 3\)"):
        s2sad.jvp(lambda x, y: x * y, (1.0, np.ones(3)), (np.ones(2), np.ones(3)), batch=True)
    with pytest.raises(TypeError, match="an axis of directions"):
        s2sad.jvp(lambda x: x, (1.0,), (1.0,), batch=True)
    value, tangents = s2sad.jvp(lambda x, y: (x * y, 3), (1.0, np.ones(3)), (np.ones(2), None), batch=True)
    assert tangents[0].shape == (2, 3) and tangents[1] is None


def starred(x: np.ndarray) -> Any:
    first, *others, last = x
    return others[0] * first


def items_of_a_list(x: np.ndarray) -> Any:
    y = np.outer(x, x)
    rows = list(y)
    numbers = list(x)
    rows[1] *= 2.0
    x[0] = 5.0
    return y * rows[0] + numbers[0]


def one_tuples(x: np.ndarray) -> Any:
    y = x.copy()
    q = y[1, ...]
    q[()] = x[0] ** 2
    return y[:,] * np.sin(y[0, ...])[()]


@pytest.mark.parametrize("f", [*NASTY, starred, items_of_a_list, one_tuples])
def test_nasty_batches(f: Callable[..., Any]) -> None:
    x = np.array([0.7, -0.4, 1.3])
    directions = np.array([[0.3, 1.0, -0.6], [1.0, 0.0, 0.2]])
    try:
        _, found = s2sad.jvp(f, (x,), (directions,), batch=True)
    except s2sad.DifferentiationError as refusal:
        assert re.search(REFUSED, str(refusal)) and f in NASTY, refusal
        return
    for v, tangent in zip(directions, found):
        np.testing.assert_allclose(tangent, (f(x + EPS * v) - f(x - EPS * v)) / (2 * EPS), rtol=1e-6, atol=1e-7)
        np.testing.assert_allclose(tangent, s2sad.jvp(f, (x,), (v,))[1], rtol=1e-12)


def test_unread_columns_are_not_computed() -> None:
    def f(x: np.ndarray) -> Any:
        return x[0] * np.sign(np.diagonal(x) + 0.1)

    text = s2sad.directional.Directions(f).source_for(np.eye(3))
    assert "for " not in text
    _, found = s2sad.jvp(f, (np.eye(3),), (np.ones((2, 3, 3)),), batch=True)
    np.testing.assert_array_equal(found, np.ones((2, 3)))


def test_what_an_array_of_indices_selects_is_no_view() -> None:
    def f(x: Any, s: float) -> Any:
        picked = [x[[0, 2, 2]]]
        picked[0] -= s
        return np.sum(picked[0] * picked[0])

    x, direction = np.array([0.5, -0.4, 0.3, 1.2]), np.array([1.0, 2.0, -0.5, 0.7])
    given = direction.copy()
    _, slope = s2sad.jvp(f, (x, 0.2), (direction, 1.5))
    assert np.array_equal(direction, given)
    bars = s2sad.grad(f, wrt=("x", "s"))(x, 0.2)
    assert slope == pytest.approx(float(bars[0] @ direction) + 1.5 * bars[1], rel=1e-12)


def test_a_stretched_tangent_is_no_view_of_one_that_is_stored_to() -> None:
    def f(y: Any, s: float, n: int) -> Any:
        w = y[1:] + [0, 2, 2]
        at = [0]
        for k in range(n):
            at.append(k)
        y[at] = s
        return w[1] + np.sum(y)

    y = np.array([0.1, 0.2, 0.3, 0.4])
    assert s2sad.jvp(lambda y, s: f(y, s, 3), (y, 0.7), (np.zeros(4), 1.0))[1] == 3.0
    assert s2sad.jvp(lambda y, s: f(y, s, 3), (y, 0.7), (np.ones(4), 0.0))[1] == 2.0


def selected_by_a_list(x: Any, s: Any) -> Any:
    kept = [0.3, x, x[[0, 2, 2]]]
    kept[2] += s
    x[1:] += kept[2]
    return np.sum(x)


def test_what_a_list_of_indices_selects_is_a_copy_along_directions_too() -> None:
    x, s = np.array([0.3, 0.9, -0.4, 1.3]), 0.7
    along = (np.arange(8.0).reshape(2, 4) - 3.0, np.array([0.5, -2.0]))
    _, found = s2sad.jvp(selected_by_a_list, (x, s), along, batch=True)
    x_bar, s_bar = s2sad.grad(selected_by_a_list, wrt=("x", "s"))(x, s)
    np.testing.assert_allclose(found, along[0] @ x_bar + along[1] * s_bar)
