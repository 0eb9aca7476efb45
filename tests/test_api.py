"""What the public functions take, return, keep and refuse."""

from __future__ import annotations

import ast
import functools
import inspect
import math
import pickle
import threading
from collections import namedtuple
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import s2sad
from s2sad import compiler, errors
from tests.helpers import numeric_gradient

X = np.array([0.7, -1.3, 2.1, 0.4])


def poly(x, y=2.0, *, k=3.0):
    """A polynomial."""
    return k * x * x * y + y


def squares(x):
    return np.sum(x * x)


def fill(x):
    x[0] = x[0] * x[1]
    x[1:] *= 2.0
    return np.sum(x**2)


@s2sad.differentiate
def energy(x: np.ndarray, scale: float = 0.5) -> float:
    """Half the sum of the squares."""
    return scale * np.sum(x**2)


@s2sad.differentiate(wrt=("w", "b"))
def model(w, b, x):
    return np.sum((w * x + b) ** 2)


class Spring:
    def __init__(self, stiffness: float) -> None:
        self.stiffness = stiffness

    @s2sad.differentiate(wrt="x")
    def energy(self, x):
        """Of the spring."""
        return 0.5 * self.stiffness * np.sum(x**2)

    def plain(self, x, power=2):
        return self.stiffness * x**power

    def __call__(self, x):
        return self.stiffness * x * x


@pytest.fixture
def compilations(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the functions compiled while a test runs."""
    names: list[str] = []
    compile_gradient = compiler.compile_gradient

    def counted(request: Any, *args: Any, **kwargs: Any) -> Any:
        names.append(request.name)
        return compile_gradient(request, *args, **kwargs)

    monkeypatch.setattr(compiler, "compile_gradient", counted)
    return names


# --- grad and value_and_grad --------------------------------------------------------------------------------


def test_a_single_wrt_gives_one_gradient_and_a_tuple_a_tuple():
    assert s2sad.grad(poly)(2.0) == pytest.approx(24.0)
    assert s2sad.grad(poly, "y")(2.0) == pytest.approx(13.0)
    assert s2sad.grad(poly, 1)(2.0) == pytest.approx(13.0)
    assert s2sad.grad(poly, ("y", 0))(2.0) == pytest.approx((13.0, 24.0))
    assert s2sad.grad(poly, -1)(2.0) == pytest.approx(8.0)
    single = s2sad.grad(poly, ("x",))(2.0)
    assert isinstance(single, tuple) and single == pytest.approx((24.0,))


def test_defaults_and_keywords_bind_as_in_a_call():
    gradient = s2sad.grad(poly, ("x", "k"))
    assert gradient(2.0, k=5.0) == pytest.approx((40.0, 8.0))
    assert gradient(y=1.0, x=3.0) == pytest.approx((18.0, 9.0))
    assert gradient(2.0, 3.0) == pytest.approx((36.0, 12.0))
    with pytest.raises(TypeError):
        gradient()
    with pytest.raises(TypeError):
        gradient(2.0, nonsense=1.0)


def test_variadic_parameters():
    def total(x, *rest, **named):
        return x * sum(rest) + named["a"] * x**2

    assert s2sad.grad(total)(2.0, 3.0, 4.0, a=5.0) == pytest.approx(27.0)
    assert s2sad.grad(total)(2.0, 3.0, a=5.0) == pytest.approx(23.0)


def test_value_and_grad():
    value, gradient = s2sad.value_and_grad(squares)(X)
    assert value == pytest.approx(squares(X))
    np.testing.assert_allclose(gradient, 2 * X)
    value, (w_bar, b_bar) = s2sad.value_and_grad(model, wrt=("w", "b"))(X, 1.0, X)
    assert value == pytest.approx(np.sum((X * X + 1.0) ** 2))
    np.testing.assert_allclose(w_bar, 2 * (X * X + 1.0) * X)
    assert b_bar == pytest.approx(np.sum(2 * (X * X + 1.0)))


def test_a_python_float_gives_a_number_and_an_array_an_array_of_its_shape():
    assert np.ndim(s2sad.grad(poly)(2.0)) == 0
    for shape in ((), (1,), (3, 1), (0,), (2, 3)):
        x = np.full(shape, 1.5)
        gradient = s2sad.grad(squares)(x)
        assert gradient.shape == shape and gradient.dtype == float
        np.testing.assert_allclose(gradient, 2 * x)


def test_broadcast_operands_get_gradients_of_their_own_shape():
    def f(a, b, c):
        return np.sum(a * b + c)

    a, b = np.arange(3.0), np.arange(4.0)[:, None]
    a_bar, b_bar, c_bar = s2sad.grad(f, (0, 1, 2))(a, b, 2.0)
    np.testing.assert_allclose(a_bar, np.full(3, 6.0))
    np.testing.assert_allclose(b_bar, np.full((4, 1), 3.0))
    assert c_bar == 12.0


@pytest.mark.parametrize("f", [squares, fill, lambda x: np.mean(np.exp(x)) * 2, lambda x: math.sin(x[0]) * x[1]])
def test_float32_stays_float32(f: Callable[..., Any]):
    x = X.astype(np.float32)
    gradient = s2sad.grad(f)(x)
    assert gradient.dtype == np.float32
    np.testing.assert_allclose(gradient, s2sad.grad(f)(x.astype(float)), rtol=1e-5)


def test_a_float32_scalar_stays_float32():
    gradient = s2sad.grad(lambda x: x * x)(np.float32(3.0))
    assert isinstance(gradient, np.float32) and gradient == 6.0


def test_the_callers_arrays_are_unchanged_and_results_own_their_memory():
    x = X.copy()
    for f in (squares, fill, np.sum, lambda x: x[1], lambda x: np.sum(x.reshape(2, 2)[0])):
        given = x.copy()
        gradient = s2sad.grad(f)(given)
        np.testing.assert_array_equal(given, x)
        assert not np.shares_memory(gradient, given)
        assert gradient.flags.writeable
        gradient += 1.0  # a broadcast view would not allow it
        again = s2sad.grad(f)(given)
        np.testing.assert_allclose(again + 1.0, gradient)


def test_gradients_do_not_share_memory_with_each_other():
    a_bar, b_bar = s2sad.grad(lambda a, b: np.sum(a + b), (0, 1))(X, X.copy())
    assert not np.shares_memory(a_bar, b_bar)
    c_bar, d_bar = s2sad.grad(lambda p: np.sum(p[0] + p[1]))([X, X.copy()])
    assert not np.shares_memory(c_bar, d_bar)


def test_one_array_may_be_passed_twice():
    a_bar, b_bar = s2sad.grad(lambda a, b: np.sum(a * a * b), (0, 1))(X, X)
    np.testing.assert_allclose(a_bar, 2 * X * X)
    np.testing.assert_allclose(b_bar, X * X)


def test_callables_of_every_kind():
    spring = Spring(3.0)
    assert s2sad.grad(spring.plain)(2.0) == pytest.approx(12.0)
    assert s2sad.grad(spring.plain, "x")(2.0, power=3) == pytest.approx(36.0)
    assert s2sad.grad(Spring.plain, "x")(spring, 2.0) == pytest.approx(12.0)
    assert s2sad.grad(spring)(2.0) == pytest.approx(12.0)
    assert s2sad.grad(functools.partial(poly, y=4.0))(2.0) == pytest.approx(48.0)
    assert s2sad.grad(np.sin)(0.5) == pytest.approx(math.cos(0.5))
    assert s2sad.grad(math.exp)(0.5) == pytest.approx(math.exp(0.5))
    assert s2sad.grad(lambda x: x**3)(2.0) == pytest.approx(12.0)

    @functools.lru_cache
    def cached(x):
        return x**3

    assert s2sad.grad(cached)(2.0) == pytest.approx(12.0)


def test_closures_follow_their_cells():
    factor = 2.0

    def f(x):
        return factor * x * x

    gradient = s2sad.grad(f)
    assert gradient(3.0) == pytest.approx(12.0)
    factor = 5.0
    assert gradient(3.0) == pytest.approx(30.0)


FACTOR = 2.0


def scaled(x):
    return FACTOR * x * x


def test_module_globals_are_followed(monkeypatch: pytest.MonkeyPatch):
    gradient = s2sad.grad(scaled)
    assert gradient(3.0) == pytest.approx(12.0)
    monkeypatch.setitem(globals(), "FACTOR", 5.0)
    assert gradient(3.0) == pytest.approx(30.0)


def test_attributes_of_a_live_object_are_followed():
    spring = Spring(3.0)
    gradient = s2sad.grad(spring.plain)
    assert gradient(2.0) == pytest.approx(12.0)
    spring.stiffness = 5.0
    assert gradient(2.0) == pytest.approx(20.0)


# --- nested parameters --------------------------------------------------------------------------------------

Point = namedtuple("Point", "x y")


@dataclass(frozen=True)
class Layer:
    w: np.ndarray
    b: float
    name: str = "layer"


@dataclass
class Network:
    layers: list[Layer]
    scale: float


def test_gradients_have_the_structure_of_the_parameter():
    def f(p):
        return np.sum(p["a"] ** 2) * p["n"] + p["pair"][0] * p["pair"][1] + p["point"].x ** 2

    given = {"a": X, "n": 3, "pair": (2.0, 5.0), "point": Point(4.0, 1.0), "tag": "text"}
    gradient = s2sad.grad(f)(given)
    assert list(gradient) == list(given)
    np.testing.assert_allclose(gradient["a"], 6 * X)
    assert gradient["n"] is None and gradient["tag"] is None
    assert gradient["pair"] == (5.0, 2.0) and type(gradient["pair"]) is tuple
    assert gradient["point"] == Point(8.0, 0.0) and type(gradient["point"]) is Point


def test_nested_dataclasses():
    def f(net: Network, x):
        for layer in net.layers:
            x = np.tanh(layer.w * x + layer.b)
        return net.scale * np.sum(x)

    net = Network([Layer(X, 0.5), Layer(0.3 * X, -0.2)], 2.0)
    gradient = s2sad.grad(f)(net, X)
    assert type(gradient) is Network and [type(layer) for layer in gradient.layers] == [Layer, Layer]
    expected = numeric_gradient(f, (net, X), "net")
    flat = [v for layer in gradient.layers for v in (*layer.w, layer.b)] + [gradient.scale]
    np.testing.assert_allclose(flat, np.ravel(expected), rtol=1e-6)


def test_lists_of_floats_and_of_arrays():
    assert s2sad.grad(lambda p: p[0] * p[1] ** 2)([2.0, 3.0]) == pytest.approx([9.0, 12.0])
    assert s2sad.grad(lambda p: sum(v * v for v in p))([1.0, 2.0, 3.0]) == pytest.approx([2.0, 4.0, 6.0])
    gradient = s2sad.grad(lambda p: sum(np.sum(v**2) for v in p))([X, 2 * X[:2]])
    assert isinstance(gradient, list)
    np.testing.assert_allclose(gradient[0], 2 * X)
    np.testing.assert_allclose(gradient[1], 4 * X[:2])


# --- vjp ----------------------------------------------------------------------------------------------------


def test_vjp_of_an_array():
    value, back = s2sad.vjp(lambda x, k, s: s * np.cumsum(x) ** k, X, 2, 3.0)
    np.testing.assert_allclose(value, 3.0 * np.cumsum(X) ** 2)
    u = np.array([1.0, -2.0, 0.5, 3.0])
    x_bar, k_bar, s_bar = back(u)
    assert k_bar is None
    np.testing.assert_allclose(x_bar, np.cumsum((u * 6.0 * np.cumsum(X))[::-1])[::-1])
    assert s_bar == pytest.approx(np.sum(u * np.cumsum(X) ** 2))
    np.testing.assert_allclose(back(2 * u)[0], 2 * x_bar)


def test_vjp_of_a_tuple_and_of_a_dict():
    value, back = s2sad.vjp(lambda x: (x**2, np.sum(x)), X)
    assert isinstance(value, tuple)
    np.testing.assert_allclose(back((np.ones(4), 10.0))[0], 2 * X + 10.0)
    value, back = s2sad.vjp(lambda x, y: {"a": x * y, "b": y}, 2.0, 3.0)
    assert value == {"a": 6.0, "b": 3.0}
    assert back({"a": 1.0, "b": 5.0}) == pytest.approx((3.0, 7.0))


def test_vjp_without_floats_and_with_unused_ones():
    value, back = s2sad.vjp(lambda n: n + 1, 2)
    assert value == 3 and back(1.0) == (None,)
    value, back = s2sad.vjp(lambda x, y: x * 2.0, 2.0, 3.0)
    assert back(1.0) == pytest.approx((2.0, 0.0))


def test_vjp_keeps_the_point_when_the_caller_changes_it_afterwards_or_the_function_stores_to_it():
    x = X.copy()
    value, back = s2sad.vjp(lambda x: x * x, x)
    np.testing.assert_allclose(back(np.ones(4))[0], 2 * X)
    np.testing.assert_array_equal(x, X)
    value, back = s2sad.vjp(fill, x)
    np.testing.assert_array_equal(x, X)
    np.testing.assert_allclose(back(1.0)[0], s2sad.grad(fill)(X))


# --- differentiate ------------------------------------------------------------------------------------------


def test_a_decorated_function_is_called_like_the_original():
    assert energy(X) == pytest.approx(0.5 * np.sum(X**2))
    assert energy(x=X, scale=2.0) == pytest.approx(2.0 * np.sum(X**2))
    assert model(X, 1.0, X) == pytest.approx(np.sum((X * X + 1) ** 2))


def test_it_keeps_name_docstring_signature_and_module():
    assert energy.__name__ == "energy" and energy.__qualname__ == "energy"
    assert energy.__doc__ == "Half the sum of the squares."
    assert energy.__module__ == __name__
    assert list(inspect.signature(energy).parameters) == ["x", "scale"]
    assert inspect.signature(energy).return_annotation == "float"
    assert "energy" in repr(energy)


def test_its_derivatives():
    np.testing.assert_allclose(energy.grad(X), X)
    np.testing.assert_allclose(energy.grad(X, scale=2.0), 4 * X)
    value, gradient = energy.value_and_grad(X)
    assert value == pytest.approx(energy(X))
    np.testing.assert_allclose(gradient, X)
    w_bar, b_bar = model.grad(X, 1.0, X)
    np.testing.assert_allclose(w_bar, 2 * (X * X + 1) * X)


def test_it_can_be_given_to_the_other_functions_and_called_by_differentiated_ones():
    np.testing.assert_allclose(s2sad.grad(energy)(X), X)
    assert s2sad.grad(energy, "scale")(X) == pytest.approx(np.sum(X**2))
    np.testing.assert_allclose(s2sad.grad(lambda x: energy(x) ** 2)(X), 2 * energy(X) * X)
    assert s2sad.check_grad(energy, X) < 1e-6


def test_methods():
    spring = Spring(3.0)
    assert spring.energy(X) == pytest.approx(1.5 * np.sum(X**2))
    np.testing.assert_allclose(spring.energy.grad(X), 3 * X)
    value, gradient = spring.energy.value_and_grad(X)
    assert value == pytest.approx(spring.energy(X))
    np.testing.assert_allclose(Spring.energy.grad(spring, X), 3 * X)
    assert spring.energy.__doc__ == "Of the spring." and spring.energy.__name__ == "energy"
    spring.stiffness = 4.0
    np.testing.assert_allclose(spring.energy.grad(X), 4 * X)
    np.testing.assert_allclose(Spring(5.0).energy.grad(X), 5 * X)


def test_static_and_class_methods():
    class Tools:
        factor = 3.0

        @staticmethod
        @s2sad.differentiate
        def cube(x):
            return x**3

        @classmethod
        def scaled(cls, x):
            return cls.factor * x * x

    assert Tools.cube.grad(2.0) == pytest.approx(12.0)
    assert Tools().cube.grad(2.0) == pytest.approx(12.0)
    assert s2sad.grad(Tools.scaled)(2.0) == pytest.approx(12.0)
    with pytest.raises(errors.DifferentiationError, match="staticmethod"):
        s2sad.differentiate(staticmethod(poly))


def test_pickling():
    again = pickle.loads(pickle.dumps(energy))
    assert again(X) == energy(X)
    np.testing.assert_allclose(again.grad(X), X)
    for maker in (s2sad.grad, s2sad.value_and_grad):
        gradient = pickle.loads(pickle.dumps(maker(squares)))
        assert np.shape(gradient(X)) == (4,) if maker is s2sad.grad else gradient(X)[0] == squares(X)
    spring = pickle.loads(pickle.dumps(Spring(3.0)))
    np.testing.assert_allclose(spring.energy.grad(X), 3 * X)


def test_its_texts():
    elementary = energy.elementary
    assert "def energy" in elementary
    text = energy.source_for(X)
    assert "def energy_grad" in text
    names: dict[str, Any] = {}
    exec(text, names)
    np.testing.assert_allclose(names["energy_grad"](X), X)

    @s2sad.differentiate
    def f(x):
        return np.sum(np.sin(x))

    generic = f.source
    ast.parse(generic)
    f.grad(X)
    assert f.source == f.source_for(X)
    assert f.source == f.source_for(X), "asking for a text is not a use"
    f.grad(2.0)
    assert f.source == f.source_for(2.0)


def test_modes_and_backends_that_do_not_exist_are_refused():
    for options in ({"mode": "sideways"}, {"backend": "fpga"}):
        with pytest.raises((errors.DifferentiationError, ValueError)):
            s2sad.differentiate(poly, **options).grad(1.0)
    with pytest.raises((errors.DifferentiationError, ValueError)):
        s2sad.grad(poly, backend="fpga")


# --- texts --------------------------------------------------------------------------------------------------


def test_source_stages_and_value():
    for stage in ("elementary", "adjoint", "source"):
        ast.parse(s2sad.source(poly, wrt=("x", "y"), stage=stage))
    assert "def poly_grad" in s2sad.source(poly)
    assert "def poly_value_and_grad" in s2sad.source(poly, value=True)
    with pytest.raises(ValueError, match="stage"):
        s2sad.source(poly, stage="tokens")


def test_source_with_a_signature_needs_no_helpers():
    text = s2sad.source(model, wrt=("w", "b"), signature="w: f8[n], b: float, x: f8[n]")
    assert "runtime" not in text and "unbroadcast" not in text
    names: dict[str, Any] = {}
    exec(text, names)
    w_bar, b_bar = names["model_grad"](X, 1.0, X)
    np.testing.assert_allclose(w_bar, 2 * (X * X + 1) * X)


def add(add, spread, unbroadcast, np_):
    total = add * spread
    for _ in range(2):
        total = total * unbroadcast + np.sum(add) * np_
    return np.sum(total)


def cumprod(x):
    return np.sum(np.cumprod(x))


def test_authors_names_win_over_those_of_helpers():
    expected = [float(numeric_gradient(add, (2.0, 3.0, 0.5, 1.0), name)[0]) for name in ("add", "spread", "unbroadcast")]
    gradient = s2sad.grad(add, (0, 1, 2))
    np.testing.assert_allclose(gradient(2.0, 3.0, 0.5, 1.0), expected, rtol=1e-6)
    for standalone in (False, True):
        names: dict[str, Any] = {}
        exec(s2sad.source(add, wrt=(0, 1, 2), standalone=standalone), names)
        np.testing.assert_allclose(names["add_grad"](2.0, 3.0, 0.5, 1.0), expected, rtol=1e-6)
    assert s2sad.check_grad(cumprod, X) < 1e-6


def test_source_is_the_same_every_time():
    assert len({s2sad.source(fill, signature="x: f8[n]") for _ in range(3)}) == 1


def test_source_of_file_does_not_run_the_file(tmp_path: Path):
    path = tmp_path / "program.py"
    path.write_text("raise SystemExit(3)\nimport numpy as np\ndef f(x):\n    return np.sum(np.sin(x))\n")
    text = s2sad.source_of_file(path, "f", signature="x: f8[n]", standalone=True)
    names: dict[str, Any] = {}
    exec(text, names)
    np.testing.assert_allclose(names["f_grad"](X), np.cos(X))
    with pytest.raises(errors.DifferentiationError, match="no function 'g'"):
        s2sad.source_of_file(path, "g")


def test_emitted_lines_are_in_tracebacks():
    def f(x):
        return np.sum(np.log(x))

    gradient = s2sad.grad(f)
    gradient(X**2)
    with pytest.raises(FloatingPointError) as info, np.errstate(all="raise"):
        gradient(np.zeros(4))
    last = info.traceback[-1]
    assert "x" in str(last.statement), "linecache knows the emitted text"


# --- stop_gradient and check_grad ---------------------------------------------------------------------------


def test_stop_gradient():
    assert s2sad.stop_gradient(X) is X
    assert s2sad.grad(lambda x: x * s2sad.stop_gradient(x))(3.0) == pytest.approx(3.0)
    assert s2sad.grad(lambda x: s2sad.stop_gradient(x * x))(3.0) == 0.0
    np.testing.assert_allclose(s2sad.grad(lambda x: np.sum(x * s2sad.stop_gradient(x**2)))(X), X**2)


def test_check_grad():
    assert s2sad.check_grad(poly, 2.0, 3.0) < 1e-6
    assert s2sad.check_grad(fill, X) < 1e-6
    assert s2sad.check_grad(model, X, 1.0, X, wrt=("w",)) < 1e-6
    assert s2sad.check_grad(lambda p: p["a"] * np.sum(p["b"] ** 2), {"a": 2.0, "b": X}) < 1e-6
    with pytest.raises(errors.GradientMismatchError) as info:
        s2sad.check_grad(lambda x: x * s2sad.stop_gradient(x), 3.0)
    assert isinstance(info.value, AssertionError)


def test_check_grad_leaves_its_arguments_alone():
    x = X.copy()
    s2sad.check_grad(fill, x)
    np.testing.assert_array_equal(x, X)


# --- higher derivatives -------------------------------------------------------------------------------------


def newton_step(x):
    if x > 1.0:
        return x**3
    return np.sin(x) * x


def logistic(x):
    r = x
    for _ in range(4):
        x = r * x * (1.0 - x)
    return x


@pytest.mark.parametrize(
    ("f", "at"), [(poly, 1.3), (newton_step, 2.0), (newton_step, 0.4), (logistic, 0.3), (math.tanh, 0.6)]
)
def test_second_derivatives_of_scalar_functions(f: Callable[..., Any], at: float):
    first = s2sad.grad(f)
    h = 1e-6
    expected = (first(at + h) - first(at - h)) / (2 * h)
    assert s2sad.grad(first)(at) == pytest.approx(expected, rel=1e-6)


def test_third_derivative():
    assert s2sad.grad(s2sad.grad(s2sad.grad(lambda x: x**4)))(2.0) == pytest.approx(48.0)


def rosenbrock(x):
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def stored(x):
    y = np.zeros_like(x)
    for i in range(1, len(x)):
        y[i] = y[i - 1] * x[i] + x[i - 1] ** 2
    return np.sum(y**2)


@pytest.mark.parametrize("f", [squares, rosenbrock, stored, lambda x: np.sum(np.where(x > 0.5, x**3, x))])
def test_hessian_vector_products(f: Callable[..., Any]):
    gradient = s2sad.grad(f)
    v = np.array([1.0, -0.5, 2.0, 0.3])

    def along(x):
        return np.sum(gradient(x) * v)

    h = 1e-6
    expected = (gradient(X + h * v) - gradient(X - h * v)) / (2 * h)
    np.testing.assert_allclose(s2sad.grad(along)(X), expected, rtol=1e-5, atol=1e-6)


def cube(t, scale=1.0):
    return scale * t**3


def test_a_gradient_inside_a_differentiated_function():
    def penalty(x):
        return x**2 + s2sad.grad(cube)(x) ** 2

    assert s2sad.grad(penalty)(2.0) == pytest.approx(4.0 + 36.0 * 8.0)


def test_gradients_made_inside_a_differentiated_function():
    def both(x):
        value, slope = s2sad.value_and_grad(cube, wrt="t")(x)
        return value * slope

    assert s2sad.grad(both)(2.0) == pytest.approx(3.0 * 5 * 2.0**4)

    def local(x):
        return s2sad.grad(lambda t: t * x)(x)

    with pytest.raises(errors.DifferentiationError, match="module level"):
        s2sad.grad(local)(2.0)


# --- variants and threads -----------------------------------------------------------------------------------


def test_a_second_call_compiles_nothing(compilations: list[str]):
    gradient = s2sad.grad(squares)
    gradient(X)
    assert compilations == ["squares"]
    for size in (4, 7, 2):
        gradient(np.ones(size))
    assert compilations == ["squares"], "one variant serves all sizes"
    gradient(2.0)
    gradient(3.0)
    gradient(np.ones((2, 3)))
    gradient(np.ones((5, 4)))
    assert len(compilations) == 3


def test_values_of_floats_and_ints_make_no_variants(compilations: list[str]):
    def power_sum(x, n, s):
        total = 0.0
        for _ in range(n):
            total += s * np.sum(x * x)
        return total

    gradient = s2sad.grad(power_sum)
    for n, s in ((2, 1.0), (3, 2.0), (0, 0.5)):
        np.testing.assert_allclose(gradient(X, n, s), 2 * n * s * X)
    assert len(compilations) == 1


def test_decorated_functions_keep_their_variants(compilations: list[str]):
    @s2sad.differentiate
    def f(x):
        return np.sum(x**2)

    for _ in range(3):
        f.grad(X)
    assert len(compilations) == 1


def test_bound_methods_keep_their_variants(compilations: list[str]):
    spring = Spring(2.0)
    for _ in range(3):
        spring.energy.grad(X)
    assert len(compilations) <= 1, "a new wrapper on each access must not mean a new compilation"


def test_strings_and_booleans_choose_variants():
    def f(x, how="square", twice=False):
        y = x**2 if how == "square" else x**3
        return 2 * y if twice else y

    gradient = s2sad.grad(f)
    assert gradient(2.0) == pytest.approx(4.0)
    assert gradient(2.0, "cube") == pytest.approx(12.0)
    assert gradient(2.0, "cube", True) == pytest.approx(24.0)
    assert gradient(2.0, twice=True) == pytest.approx(8.0)
    assert gradient(2.0) == pytest.approx(4.0)


def test_threads(compilations: list[str]):
    gradient = s2sad.grad(stored)
    results: list[Any] = [None] * 8
    barrier = threading.Barrier(8)

    def work(k: int) -> None:
        barrier.wait()
        results[k] = [gradient(X * (k + 1)) for _ in range(5)]

    threads = [threading.Thread(target=work, args=(k,)) for k in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for k, found in enumerate(results):
        expected = numeric_gradient(stored, (X * (k + 1),), "x")
        for one in found:
            np.testing.assert_allclose(one, expected, rtol=1e-5, atol=1e-6)
    assert compilations == ["stored"]


# --- refusals -----------------------------------------------------------------------------------------------


def test_integers_have_no_derivative():
    for value in (3, np.arange(3), True, "text", None, [1, 2], np.int64(3)):
        with pytest.raises(errors.IntegerInputError) as info:
            s2sad.grad(poly)(value)
        assert isinstance(info.value, TypeError)
        assert "'x'" in str(info.value) and info.value.hint


def test_grad_needs_a_single_real_number():
    for f in (lambda x: x * 2.0, lambda x: (np.sum(x), 1.0), lambda x: None, lambda x: {"a": np.sum(x)}):
        with pytest.raises(errors.NonScalarOutputError) as info:
            s2sad.grad(f)(X)
        assert isinstance(info.value, TypeError)
        assert info.value.hint and info.value.span is not None


@pytest.mark.parametrize("wrt", ["z", 7, -4, (), ("x", "x"), ("x", 0), 1.5, None])
def test_unknown_wrt(wrt: Any):
    with pytest.raises(errors.UnknownWrtError) as info:
        s2sad.grad(poly, wrt)
    assert isinstance(info.value, ValueError)


def test_no_rule():
    with pytest.raises(errors.NoRuleError) as info:
        s2sad.grad(lambda x: np.sum(np.i0(np.vander(x))))(X)
    assert "vander" in str(info.value) or "i0" in str(info.value)
    assert info.value.span is not None and info.value.hint


def test_no_source():
    names: dict[str, Any] = {}
    exec("def f(x):\n    return x * x\n", names)
    with pytest.raises(errors.NoSourceError):
        s2sad.grad(names["f"])(2.0)
    f = names["f"]

    def g(x):
        return f(x)

    with pytest.raises(errors.DifferentiationError) as info:
        s2sad.grad(g)(2.0)
    assert info.value.span is not None


def test_unsupported_syntax_names_the_place():
    def f(x):
        y = x
        exec("y = 0.0")
        return y

    with pytest.raises(errors.UnsupportedSyntaxError) as info:
        s2sad.grad(f)(2.0)
    span = info.value.span
    assert span is not None and span.filename == __file__
    assert 'exec("y = 0.0")' in str(info.value) and "^^^" in str(info.value)

    async def g(x):
        return x

    with pytest.raises(errors.DifferentiationError):
        s2sad.grad(g)(2.0)

    def h(x):
        yield x

    with pytest.raises(errors.DifferentiationError):
        s2sad.grad(h)(2.0)


def test_what_is_refused_returns_no_number_and_changes_nothing():
    def f(x):
        x[0] = 5.0
        exec("pass")
        return np.sum(x)

    x = X.copy()
    with pytest.raises(errors.DifferentiationError):
        s2sad.grad(f)(x)
    np.testing.assert_array_equal(x, X)


def test_arguments_that_share_memory_are_refused_where_it_matters():
    def f(a, b):
        a[0] = b[1]
        return np.sum(a * b)

    with pytest.raises(errors.AmbiguousMemoryError):
        s2sad.grad(f, (0, 1))(X, X)
    both = np.arange(6.0)
    with pytest.raises(errors.AmbiguousMemoryError):
        s2sad.grad(f, (0, 1))(both[:4], both[2:])


def test_the_functions_own_errors_come_through():
    def f(x):
        if x < 0.0:
            raise ValueError("negative")
        return math.sqrt(x)

    gradient = s2sad.grad(f)
    assert gradient(4.0) == pytest.approx(0.25)
    with pytest.raises(ValueError, match="negative"):
        gradient(-1.0)
    assert gradient(4.0) == pytest.approx(0.25)


# --- rules of one's own -------------------------------------------------------------------------------------


def softplus(x):
    return np.logaddexp(0.0, x)


@s2sad.adjoint(softplus)
def _softplus_rule(y, x):
    x_bar = y_bar / (1.0 + np.exp(-x))  # noqa: F821, F841


def opaque(x, factor):
    return np.vectorize(lambda v: v * v * factor)(x)


@s2sad.adjoint(opaque)
def _opaque_rule(y, x, factor):
    x_bar = 2.0 * y_bar * x * factor  # noqa: F821, F841


def steps(x):
    return np.floor(x)


s2sad.zero_derivative(steps)


def test_a_users_rule_is_spliced_in():
    text = s2sad.source(lambda x: np.sum(softplus(x)), signature="x: f8[n]")
    assert "np.exp(-x)" in text and "logaddexp" not in text
    np.testing.assert_allclose(s2sad.grad(lambda x: np.sum(softplus(x)))(X), 1 / (1 + np.exp(-X)))


def test_a_users_rule_for_what_cannot_be_differentiated():
    np.testing.assert_allclose(s2sad.grad(lambda x: np.sum(opaque(x, 3.0)))(X), 6 * X)
    with pytest.raises(errors.NoRuleError, match="factor"):
        s2sad.grad(lambda s: np.sum(opaque(X, s)))(3.0)


def test_a_users_zero_derivative():
    np.testing.assert_allclose(s2sad.grad(lambda x: np.sum(x * steps(x)))(X), np.floor(X))
