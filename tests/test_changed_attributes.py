"""Attributes of objects outside that hold something of another kind when the gradient is called again."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import s2sad
from tests.helpers import numeric_gradient

X = np.array([0.7, 1.3, -0.4, 0.9])
Y = np.array([1.1, -0.6, 0.8, 0.5])
W = np.arange(16.0).reshape(4, 4) / 10.0
C = np.array([1.0, 2.0j, 1.0 + 1.0j, 3.0])


class Model:
    def __init__(self) -> None:
        self.w: Any = Y
        self.shape: Any = np.sin
        self.extra: Any = None
        self.items: Any = [1.0, 2.0]

    @property
    def weights(self) -> Any:
        return self.w

    def __call__(self, x: Any) -> Any:
        return np.sum((self.w @ x) ** 2)

    def shaped(self, x: Any) -> Any:
        return np.sum(self.shape(x))

    def with_extra(self, x: Any) -> Any:
        return np.sum(x * x) if self.extra is None else np.sum(x * x * self.extra)

    def of_items(self, x: Any) -> Any:
        s = x[0]
        for v in self.items:
            s = s * v + x[1]
        return s * len(self.items)


model = Model()


def squares(x: Any) -> Any:
    return np.sum((model.w @ x) ** 2)


def squares_of_property(x: Any) -> Any:
    return np.sum((model.weights @ x) ** 2)


def squares_of_called(x: Any) -> Any:
    return model(x)


def absolutes(x: Any) -> Any:
    return np.sum(np.abs(model.w * x))


def shaped(x: Any) -> Any:
    return np.sum(model.shape(x))


def shaped_by_method(x: Any) -> Any:
    return model.shaped(x)


def with_extra(x: Any) -> Any:
    return np.sum(x * x) if model.extra is None else np.sum(x * x * model.extra)


def with_extra_of_method(x: Any) -> Any:
    return model.with_extra(x)


def of_items(x: Any) -> Any:
    return model.of_items(x)


VALUES: list[tuple[Callable[..., Any], str, list[Any]]] = [
    *((f, "w", [Y, W, W[:2], Y, W]) for f in (squares, squares_of_property, squares_of_called)),
    (absolutes, "w", [Y, C, Y, W]),
    *((f, "shape", [np.sin, np.cos, lambda x: x**3, np.sin]) for f in (shaped, shaped_by_method)),
    *((f, "extra", [None, 2.0, None, Y, 3, None, W]) for f in (with_extra, with_extra_of_method)),
    (of_items, "items", [[1.0, 2.0], [1.0, 2.0, 3.0], [], (2, 3.0), [np.float32(1.0)], np.ones(3)]),
]


@pytest.mark.parametrize(("f", "name", "values"), VALUES, ids=[f.__name__ for f, *_ in VALUES])
def test_of_another_kind(monkeypatch: pytest.MonkeyPatch, f: Any, name: str, values: list[Any]) -> None:
    gradient = s2sad.grad(f)
    for value in values:
        monkeypatch.setattr(model, name, value)
        np.testing.assert_allclose(gradient(X), numeric_gradient(f, (X,), "x"), rtol=1e-6, atol=1e-8)


def test_one_variant_serves_all_arrays_of_a_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    gradient = s2sad.grad(squares_of_called)
    variants = set()
    for n in (2, 3, 4):
        monkeypatch.setattr(model, "w", np.linspace(0.0, 1.0, n))
        gradient(np.ones(n))
        variants.add(id(gradient._last))
    assert len(variants) == 1


class Node:
    def __init__(self, v: float) -> None:
        self.v = v
        self.parent: Any = None
        self.parts: list[Node] = []

    def add(self, part: Node) -> Node:
        part.parent = self
        self.parts.append(part)
        return self


def of_tree(x: Any, tree: Any) -> Any:
    return tree.v * x[0] + sum(p.v * p.parent.v * x[1] ** 2 for p in tree.parts)


def test_objects_that_refer_back() -> None:
    tree = Node(2.0)
    for k in range(12):
        tree.add(Node(0.5 * k))
    s2sad.check_grad(of_tree, X, tree, wrt="x")
    with pytest.raises(s2sad.DifferentiationError, match="refers back to itself"):
        s2sad.grad(of_tree, wrt="tree")(X, tree)


def test_the_arguments_of_a_partial_function() -> None:
    scaled = functools.partial(lambda x, k: np.sum(x * x * k), k=2.0)
    gradient = s2sad.grad(by_partial)
    for k in (2.0, 5.0, 3, Y, W):
        scaled.keywords["k"] = k
        expected = 2.0 * X * np.sum(np.broadcast_to(np.atleast_2d(k), (np.atleast_2d(k).shape[0], 4)), axis=0)
        np.testing.assert_allclose(gradient(X, scaled), expected)


def by_partial(x: Any, f: Any) -> Any:
    return f(x)
