"""A minimal automatic differentiation engine by operator overloading, as an introduction would write it.

Every operation on a `Node` makes a new one that remembers its operands and how to pass an adjoint on to them; `backward`
walks these memories from the result back. It is written for the comparison in `engines.py`. `Naive` is the same engine
with two mistakes that such engines are prone to: neither of them raises an error.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


class Node:
    """A value, the nodes that it was made from, and for each of these what it does with an adjoint."""

    __array_ufunc__ = None  # array * node is left to the node

    def __init__(self, value: Any, made_from: tuple[tuple[Node, Callable[[Any], Any]], ...] = (), by: str = "") -> None:
        self.value = np.asarray(value, float)
        self.made_from = made_from
        self.by = by
        self.grad: Any = np.zeros(self.value.shape)

    def receive(self, part: Any, by: str) -> None:
        """Add a part of the adjoint, summed over the axes along which this value was stretched."""
        part = np.asarray(part)
        part = part.sum(axis=tuple(range(part.ndim - self.value.ndim)))
        stretched = tuple(k for k, n in enumerate(self.value.shape) if n == 1 and part.shape[k] != 1)
        self.grad = self.grad + part.sum(axis=stretched, keepdims=True)

    def backward(self) -> None:
        """Pass the adjoint 1 of this number back to all that it was made from."""
        self.grad = np.ones(self.value.shape)
        for node in reversed(self.in_order()):
            for operand, pull in node.made_from:
                operand.receive(pull(node.grad), node.by)

    def in_order(self) -> list[Node]:
        """The nodes that this one depends on, operands first; without recursion, which long loops would exhaust."""
        order: list[Node] = []
        seen: set[int] = set()
        stack: list[tuple[Node, bool]] = [(self, False)]
        while stack:
            node, done = stack.pop()
            if done:
                order.append(node)
            elif id(node) not in seen:
                seen.add(id(node))
                stack.append((node, True))
                stack += [(operand, False) for operand, _ in node.made_from]
        return order

    def of(self, other: Any) -> Node:
        return other if isinstance(other, Node) else type(self)(other)

    def __add__(self, other: Any) -> Node:
        b = self.of(other)
        return type(self)(self.value + b.value, ((self, lambda g: g), (b, lambda g: g)), "add")

    def __mul__(self, other: Any) -> Node:
        b = self.of(other)
        return type(self)(self.value * b.value, ((self, lambda g: g * b.value), (b, lambda g: g * self.value)), "mul")

    def __matmul__(self, other: Any) -> Node:
        b = self.of(other)
        pulls = (self, lambda g: g @ b.value.T), (b, lambda g: self.value.T @ g)
        return type(self)(self.value @ b.value, pulls, "matmul")

    def __pow__(self, n: int) -> Node:
        return type(self)(self.value**n, ((self, lambda g: g * n * self.value ** (n - 1)),), "pow")

    def __neg__(self) -> Node:
        return self * -1.0

    def __sub__(self, other: Any) -> Node:
        return self + -self.of(other)

    def __rsub__(self, other: Any) -> Node:
        return self.of(other) - self

    def __rmatmul__(self, other: Any) -> Node:
        return self.of(other) @ self

    __radd__, __rmul__ = __add__, __mul__


class Naive(Node):
    """The engine with two mistakes.

    The adjoint that comes through a matrix product is assigned where it should be added, so that only one of several
    uses of a weight counts; and what comes through a multiplication is not summed over the axes along which the value was
    stretched: somebody thought of that for addition only, since biases are added.
    """

    def receive(self, part: Any, by: str) -> None:
        if by == "matmul":
            self.grad = part
        elif by == "mul":
            self.grad = self.grad + part
        else:
            super().receive(part, by)


class Functions:
    """The functions of NumPy that the programs use, on nodes: what takes the place of the name `np`."""

    @staticmethod
    def sin(x: Node) -> Node:
        return type(x)(np.sin(x.value), ((x, lambda g: g * np.cos(x.value)),), "sin")

    @staticmethod
    def tanh(x: Node) -> Node:
        y = np.tanh(x.value)
        return type(x)(y, ((x, lambda g: g * (1.0 - y**2)),), "tanh")

    @staticmethod
    def sum(x: Node) -> Node:
        return type(x)(np.sum(x.value), ((x, lambda g: np.broadcast_to(g, x.value.shape)),), "sum")

    @staticmethod
    def mean(x: Node) -> Node:
        return Functions.sum(x) * (1.0 / x.value.size)


def gradient(function: Callable[..., Node], args: tuple[Any, ...], count: int, kind: type[Node] = Node) -> tuple[Any, ...]:
    """The gradient of `function` by its first `count` arguments."""
    nodes = [kind(a) for a in args[:count]]
    function(*nodes, *args[count:]).backward()
    return tuple(n.grad for n in nodes)
