"""Reprojection error of bundle adjustment: Rodrigues rotation, pinhole camera, radial distortion."""

import numpy as np

from tests.programs.case import Case


def rodrigues(rotation, point):
    squared = np.sum(rotation * rotation)
    if squared > 1e-12:
        theta = np.sqrt(squared)
        axis = rotation / theta
        c, s = np.cos(theta), np.sin(theta)
        return point * c + np.cross(axis, point) * s + axis * (np.dot(axis, point) * (1.0 - c))
    return point + np.cross(rotation, point)


def project(camera, point):
    moved = rodrigues(camera[:3], point) + camera[3:6]
    x, y = moved[0] / moved[2], moved[1] / moved[2]
    r2 = x * x + y * y
    f, k1, k2 = camera[6:9]
    scale = f * (1.0 + k1 * r2 + k2 * r2**2)
    return np.array([scale * x, scale * y])


def reprojection_error(cameras, points, weights, observations, pairs):
    error = 0.0
    for n, (c, p) in enumerate(pairs):
        residual = weights[n] * (project(cameras[c], points[p]) - observations[n])
        error += residual @ residual
    return 0.5 * error


def make(still):
    def make_args(rng):
        cameras = np.concatenate(
            [0.3 * rng.normal(size=(2, 6)), [[1.2, 0.1, 0.02], [0.9, -0.1, 0.01]]], axis=1
        )
        if still:
            cameras[:, :3] = 0.0
        points = rng.normal(size=(3, 3)) + np.array([0.0, 0.0, 5.0])
        pairs = [(0, 0), (0, 1), (1, 1), (1, 2)]
        return cameras, points, rng.uniform(0.5, 1.0, size=4), rng.normal(size=(4, 2)), pairs

    return make_args


CASES = [
    Case(reprojection_error, make(False), ("cameras", "points", "weights")),
    Case(reprojection_error, make(True), ("points", "weights"), "small-angle"),
]
