"""Divide and conquer: Strassen's product on views, a quadtree of objects, in-place quicksort, Fenwick and de Casteljau."""

import math
from dataclasses import dataclass, field

import numpy as np

from tests.programs.case import Case


def strassen(A, B, C):
    """C += A @ B for sizes that are powers of two; quadrants are views and results are added in place."""
    n = len(A)
    if n == 1:
        C += A * B
        return
    h = n // 2
    A11, A12, A21, A22 = A[:h, :h], A[:h, h:], A[h:, :h], A[h:, h:]
    B11, B12, B21, B22 = B[:h, :h], B[:h, h:], B[h:, :h], B[h:, h:]
    C11, C12, C21, C22 = C[:h, :h], C[:h, h:], C[h:, :h], C[h:, h:]
    M = np.zeros((h, h))
    strassen(A11 + A22, B11 + B22, M)
    C11 += M
    C22 += M
    M[:] = 0.0
    strassen(A21 + A22, B11, M)
    C21 += M
    C22 -= M
    M[:] = 0.0
    strassen(A11, B12 - B22, M)
    C12 += M
    C22 += M
    M[:] = 0.0
    strassen(A22, B21 - B11, M)
    C11 += M
    C21 += M
    M[:] = 0.0
    strassen(A11 + A12, B22, M)
    C11 -= M
    C12 += M
    M[:] = 0.0
    strassen(A21 - A11, B11 + B12, M)
    C22 += M
    M[:] = 0.0
    strassen(A12 - A22, B21 + B22, M)
    C11 += M


def product_norm(A, B):
    C = np.zeros((len(A), len(B)))
    strassen(A, B, C)
    return np.sum(np.sin(C) * C)


@dataclass
class Node:
    """A square of the plane with its bodies' total mass and centre."""

    x: float
    y: float
    half: float
    mass: float = 0.0
    mx: float = 0.0
    my: float = 0.0
    children: list = field(default_factory=list)


def build(positions, masses, members, x, y, half, depth):
    node = Node(x, y, half)
    for i in members:
        node.mass += masses[i]
        node.mx += masses[i] * positions[i, 0]
        node.my += masses[i] * positions[i, 1]
    if len(members) > 1 and depth > 0:
        for sx in (-0.5, 0.5):
            for sy in (-0.5, 0.5):
                inside = [
                    i for i in members if (positions[i, 0] >= x) == (sx > 0.0) and (positions[i, 1] >= y) == (sy > 0.0)
                ]
                if inside:
                    child = build(positions, masses, inside, x + sx * half, y + sy * half, 0.5 * half, depth - 1)
                    node.children.append(child)
    return node


def potential(node, px, py, theta):
    cx, cy = node.mx / node.mass, node.my / node.mass
    r = math.sqrt((cx - px) ** 2 + (cy - py) ** 2 + 0.01)
    if not node.children or 2.0 * node.half < theta * r:
        return -node.mass / r
    return sum(potential(child, px, py, theta) for child in node.children)


def barnes_hut(positions, masses, theta):
    """Gravitational energy by a quadtree that is built from the positions."""
    root = build(positions, masses, list(range(len(masses))), 0.0, 0.0, 4.0, 3)
    energy = 0.0
    for (px, py), m in zip(positions, masses):
        energy += 0.5 * m * potential(root, px, py, theta)
    return energy


@dataclass
class Leaf:
    """A branch's end, with a value that is learned."""

    value: float


@dataclass
class Split:
    """A soft decision: left or right by a logistic function of one feature."""

    feature: int
    threshold: float
    left: object
    right: object


def decide(node, x, sharpness):
    if isinstance(node, Leaf):
        return node.value
    p = 1.0 / (1.0 + np.exp(-sharpness * (x[node.feature] - node.threshold)))
    return (1.0 - p) * decide(node.left, x, sharpness) + p * decide(node.right, x, sharpness)


def soft_tree(tree, xs, ys, sharpness):
    return sum((decide(tree, x, sharpness) - y) ** 2 for x, y in zip(xs, ys))


def quicksort(v, low, high):
    """In place, by swaps of elements."""
    if low >= high:
        return
    pivot, i = v[high], low
    for j in range(low, high):
        if v[j] < pivot:
            v[i], v[j] = v[j], v[i]
            i += 1
    v[i], v[high] = v[high], v[i]
    quicksort(v, low, i - 1)
    quicksort(v, i + 1, high)


def gini(x):
    v = x.copy()
    quicksort(v, 0, len(v) - 1)
    total = 0.0
    for rank, value in enumerate(v, start=1):
        total += (2 * rank - len(v) - 1) * value
    return total / np.sum(np.abs(v))


def fenwick(x, queries):
    """A binary indexed tree: point updates and prefix sums by the lowest set bit."""
    tree = np.zeros(len(x) + 1)
    for i in range(len(x)):
        k = i + 1
        while k < len(tree):
            tree[k] += x[i]
            k += k & -k
    result = 0.0
    for q in queries:
        s = 0.0
        while q > 0:
            s += tree[q]
            q -= q & -q
        result += s**2
    return result


def de_casteljau(points, t):
    """A Bezier curve's point: the control polygon is contracted in place."""
    b = points.copy()
    for r in range(1, len(b)):
        for i in range(len(b) - r):
            b[i] = (1.0 - t) * b[i] + t * b[i + 1]
    return b[0] @ b[0]


def matrices(n):
    return lambda rng: (rng.normal(size=(n, n)), rng.normal(size=(n, n)))


def bodies(n):
    return lambda rng: (rng.uniform(-3.0, 3.0, size=(n, 2)), rng.uniform(0.5, 1.5, size=n), 0.5)


def decisions(n):
    def make(rng):
        tree = Split(0, 0.2, Leaf(1.0), Split(1, -0.3, Leaf(-0.5), Leaf(0.7)))
        return tree, rng.normal(size=(n, 2)), rng.normal(size=n), 3.0

    return make


OBJECTS = "objects in the list of another object, in a recursion"

CASES = [
    Case(product_norm, matrices(4), ("A", "B")),
    Case(product_norm, matrices(2), ("A", "B"), "two"),
    Case(product_norm, matrices(1), ("A", "B"), "one"),
    Case(barnes_hut, bodies(5), ("positions", "masses"), refused=OBJECTS),
    Case(barnes_hut, bodies(1), ("positions", "masses"), "one"),
    Case(soft_tree, decisions(4), ("tree", "xs", "ys", "sharpness")),
    Case(soft_tree, lambda rng: (Leaf(0.5), *decisions(2)(rng)[1:]), ("tree", "ys"), "leaf"),
    Case(soft_tree, decisions(0), ("tree",), "no-data"),
    Case(gini, lambda rng: (rng.normal(size=7),), ("x",)),
    Case(gini, lambda rng: (rng.normal(size=1),), ("x",), "one"),
    Case(fenwick, lambda rng: (rng.normal(size=6), [6, 3, 5, 0]), ("x",)),
    Case(fenwick, lambda rng: (rng.normal(size=1), []), ("x",), "no-queries"),
    Case(de_casteljau, lambda rng: (rng.normal(size=(4, 2)), 0.3), ("points", "t")),
    Case(de_casteljau, lambda rng: (rng.normal(size=(1, 2)), 0.3), ("points", "t"), "one"),
]
