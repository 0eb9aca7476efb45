"""Soft edit distance (soft dynamic time warping) by a dynamic-programming table, as an array and as lists."""

import math

import numpy as np

from tests.programs.case import Case


def soft_min(a, b, c, gamma):
    low = min(a, b, c)
    return low - gamma * math.log(sum(math.exp((low - v) / gamma) for v in (a, b, c)))


def soft_edit_distance(s, t, gap, gamma):
    m, n = len(s), len(t)
    D = np.zeros((m + 1, n + 1))
    for i in range(1, m + 1):
        D[i, 0] = D[i - 1, 0] + gap
    for j in range(1, n + 1):
        D[0, j] = D[0, j - 1] + gap
    for i in range(1, m + 1):
        for j in range(1, n + 1):
            cost = (s[i - 1] - t[j - 1]) ** 2
            D[i, j] = soft_min(D[i - 1, j] + gap, D[i, j - 1] + gap, D[i - 1, j - 1] + cost, gamma)
    return D[m, n]


def soft_edit_distance_rows(s, t, gap, gamma):
    """The same with two rows kept in lists."""
    previous = [gap * j for j in range(len(t) + 1)]
    for i, a in enumerate(s, start=1):
        row = [gap * i]
        for j, b in enumerate(t):
            row.append(soft_min(previous[j + 1] + gap, row[-1] + gap, previous[j] + (a - b) ** 2, gamma))
        previous = row
    return previous[-1]


def make(m, n):
    return lambda rng: (rng.normal(size=m), rng.normal(size=n), 0.7, 0.5)


CASES = [
    Case(f, make(m, n), ("s", "t", "gap", "gamma"), label)
    for f in (soft_edit_distance, soft_edit_distance_rows)
    for m, n, label in ((3, 4, ""), (1, 1, "one"), (0, 2, "empty"))
]
