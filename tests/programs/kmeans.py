"""The k-means cost: squared distance of each point to its nearest centre."""

import numpy as np

from tests.programs.case import Case


def kmeans_cost(points, centres):
    squares = np.sum(points**2, axis=1)[:, None] - 2.0 * points @ centres.T + np.sum(centres**2, axis=1)
    return np.sum(np.min(squares, axis=1))


def kmeans_loop(points, centres):
    cost = 0.0
    for point in points:
        best = np.inf
        for centre in centres:
            distance = np.sum((point - centre) ** 2)
            if distance < best:
                best = distance
        cost += best
    return cost


def kmeans_assigned(points, centres):
    nearest = np.argmin(((points[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2), axis=1)
    return ((points - centres[nearest]) ** 2).sum()


def make(n, k, d):
    return lambda rng: (rng.normal(size=(n, d)), rng.normal(size=(k, d)))


CASES = [
    Case(f, make(*size), ("points", "centres"), label)
    for f in (kmeans_cost, kmeans_loop, kmeans_assigned)
    for size, label in (((6, 3, 2), ""), ((1, 1, 1), "one"), ((5, 1, 3), "single-centre"))
]
