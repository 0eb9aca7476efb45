"""Iterations that stop by themselves: Newton, BFGS with in-place updates, fixed points, power iteration with deflation."""

import math

import numpy as np

from tests.programs.case import Case


def newton(a, b, x):
    """The root of a cubic; breaks when the step is small, and says with `else` when it never was."""
    for _ in range(50):
        f = x**3 + a * x - b
        step = f / (3.0 * x * x + a)
        x -= step
        if abs(step) < 1e-10:
            break
    else:
        raise RuntimeError("no convergence")
    return math.sin(x) * x


def newton_system(x, c, tolerance):
    """Newton in two unknowns, the Jacobian filled element by element and solved."""
    J = np.empty((2, 2))
    r = np.empty(2)
    count = 0
    while True:
        r[0] = x[0] ** 2 + x[1] ** 2 - c[0]
        r[1] = x[0] * x[1] - c[1]
        if np.abs(r).max() < tolerance or count == 20:
            break
        J[0, 0], J[0, 1] = 2.0 * x[0], 2.0 * x[1]
        J[1, 0], J[1, 1] = x[1], x[0]
        x -= np.linalg.solve(J, r)
        count += 1
    return x[0] - 2.0 * x[1] ** 2


def bfgs(x, A, steps):
    """A few quasi-Newton steps with backtracking; the inverse Hessian is updated in place."""

    def value(x):
        return 0.25 * np.sum(x**4) + 0.5 * x @ A @ x

    def slope(x):
        return x**3 + 0.5 * (A + A.T) @ x

    n = len(x)
    H = np.eye(n)
    g = slope(x)
    for _ in range(steps):
        p = -H @ g
        t = 1.0
        while value(x + t * p) > value(x) + 1e-4 * t * (g @ p):
            t *= 0.5
        s = t * p
        x = x + s
        new = slope(x)
        y = new - g
        g = new
        rho = 1.0 / (y @ s)
        Hy = H @ y
        H -= rho * (np.outer(s, Hy) + np.outer(Hy, s))
        H += (rho * rho * (y @ Hy) + rho) * np.outer(s, s)
    return value(x) + np.sum(H[0])


def deflated_power(S, count, iterations):
    """The leading eigenvalues of a symmetric matrix, each taken out of it in place when found."""
    A = S + S.T
    found = np.zeros(count)
    for k in range(count):
        v = np.ones(len(A)) + 0.1 * np.arange(len(A))
        for _ in range(iterations):
            v = A @ v
            v /= np.linalg.norm(v)
        found[k] = v @ A @ v
        A -= found[k] * np.outer(v, v)
    return np.sum(found**3 * np.arange(1, count + 1))


def sinkhorn(cost, a, b, eps, iterations):
    """Optimal transport: the scalings and the plan in preallocated arrays."""
    K = np.exp(-cost / eps)
    u, v = np.ones_like(a), np.ones_like(b)
    for _ in range(iterations):
        np.divide(a, K @ v, out=u)
        np.divide(b, K.T @ u, out=v)
    K *= u[:, None]
    K *= v
    return np.sum(K * cost)


def pagerank(W, damping, tolerance):
    """Weights normalised column by column in place, ranks iterated until they settle."""
    P = np.abs(W) + 0.1
    n = len(P)
    for j in range(n):
        P[:, j] /= P[:, j].sum()
    r = np.full(n, 1.0 / n)
    while True:
        new = (1.0 - damping) / n + damping * (P @ r)
        change = np.abs(new - r).sum()
        r = new
        if change < tolerance:
            return np.sum(r**2 * np.arange(n))


def gauss_jordan(A, b):
    """Elimination with partial pivoting: rows are exchanged by index lists, then cleared above and below."""
    M = np.hstack([A, b[:, None]])
    n = len(M)
    sign = 1.0
    for k in range(n):
        p = k + int(np.argmax(np.abs(M[k:, k])))
        if p != k:
            M[[k, p]] = M[[p, k]]
            sign = -sign
        sign *= M[k, k]
        M[k] /= M[k, k]
        for i in range(n):
            if i != k:
                M[i] -= M[i, k] * M[k]
    return sign + np.sum(M[:, -1] ** 2)


def minimise(n, steps):
    def make(rng):
        M = 0.3 * rng.normal(size=(n, n))
        return rng.normal(size=n), M @ M.T + np.eye(n), steps

    return make


def transport(m, n, iterations):
    def make(rng):
        return rng.uniform(size=(m, n)), np.full(m, 1.0 / m), np.full(n, 1.0 / n), 0.3, iterations

    return make


def equations(n):
    return lambda rng: (rng.normal(size=(n, n)), rng.normal(size=n))


CASES = [
    Case(newton, lambda rng: (2.0, 3.0, 1.7), ("a", "b", "x")),
    Case(newton, lambda rng: (1.0, 2.0, 1.0), ("a", "b"), "at-the-root"),
    Case(newton_system, lambda rng: (np.array([2.0, 0.5]), np.array([4.0, 1.2]), 1e-9), ("x", "c")),
    Case(newton_system, lambda rng: (np.array([2.0, 0.5]), np.array([4.0, 1.2]), 9.0), ("x", "c"), "no-steps"),
    Case(newton_system, lambda rng: (np.array([2.0, 0.5]), np.array([4.0, 1.2]), 0.2), ("x", "c"), "one"),
    Case(bfgs, minimise(3, 3), ("x", "A")),
    Case(bfgs, minimise(1, 1), ("x", "A"), "one"),
    Case(bfgs, minimise(2, 0), ("x", "A"), "no-steps"),
    Case(deflated_power, lambda rng: (rng.normal(size=(4, 4)), 2, 5), ("S",)),
    Case(deflated_power, lambda rng: (rng.normal(size=(3, 3)), 0, 5), ("S",), "none"),
    Case(sinkhorn, transport(3, 4, 5), ("cost", "a", "b", "eps")),
    Case(sinkhorn, transport(1, 2, 1), ("cost", "a", "eps"), "one"),
    Case(sinkhorn, transport(2, 2, 0), ("cost", "a", "eps"), "no-iterations"),
    Case(pagerank, lambda rng: (rng.normal(size=(4, 4)), 0.6, 1e-6), ("W", "damping")),
    Case(pagerank, lambda rng: (rng.normal(size=(2, 2)), 0.6, 9.0), ("W", "damping"), "one"),
    Case(gauss_jordan, equations(4), ("A", "b")),
    Case(gauss_jordan, equations(1), ("A", "b"), "one"),
]
