"""The decorator, and which calls share a compiled variant."""

from __future__ import annotations

import ast
import inspect
import pickle
import threading
from typing import Any

import numpy as np
import pytest

import s2sad
from s2sad import compiler, errors
from tests.api_programs import Spring, X, energy, model, poly, squares, stored
from tests.helpers import numeric_gradient


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


# --- differentiate --------------------------------------------------------------------------------------------


def test_a_decorated_function_is_called_like_the_original():
    assert energy(X) == pytest.approx(0.5 * np.sum(X**2))
    assert energy(x=X, scale=2.0) == pytest.approx(2.0 * np.sum(X**2))
    assert model(X, 1.0, X) == pytest.approx(np.sum((X * X + 1) ** 2))


def test_it_keeps_name_docstring_signature_and_module():
    assert energy.__name__ == "energy" and energy.__qualname__ == "energy"
    assert energy.__doc__ == "Half the sum of the squares."
    assert energy.__module__ == "tests.api_programs"
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


# --- variants and threads -------------------------------------------------------------------------------------


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
