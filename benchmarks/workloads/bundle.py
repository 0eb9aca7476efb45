"""Bundle adjustment: the weighted error of points seen by cameras (rotation, translation, focal length, distortion)."""

from __future__ import annotations

import math

import numpy as np

from .case import Workload


def bundle(cameras, points, weights, observed, camera_of, point_of):
    error = 0.0
    for n in range(len(weights)):
        c, p = camera_of[n], point_of[n]
        r0, r1, r2 = cameras[c, 0], cameras[c, 1], cameras[c, 2]
        x, y, z = points[p, 0], points[p, 1], points[p, 2]
        squared = r0 * r0 + r1 * r1 + r2 * r2
        if squared > 1e-12:  # the formula of Rodrigues
            angle = math.sqrt(squared)
            cosine, slope = math.cos(angle), math.sin(angle) / angle
            bend = (1.0 - cosine) / squared
        else:
            cosine, slope, bend = 1.0, 1.0, 0.5
        along = bend * (r0 * x + r1 * y + r2 * z)
        m0 = cosine * x + slope * (r1 * z - r2 * y) + along * r0 + cameras[c, 3]
        m1 = cosine * y + slope * (r2 * x - r0 * z) + along * r1 + cameras[c, 4]
        m2 = cosine * z + slope * (r0 * y - r1 * x) + along * r2 + cameras[c, 5]
        u, v = m0 / m2, m1 / m2
        radius = u * u + v * v
        scale = cameras[c, 6] * (1.0 + cameras[c, 7] * radius + cameras[c, 8] * radius * radius)
        e0 = weights[n] * (scale * u - observed[n, 0])
        e1 = weights[n] * (scale * v - observed[n, 1])
        error += 0.5 * (e0 * e0 + e1 * e1)
    return error


def by_hand(cameras, points, weights, observed, camera_of, point_of):
    """Each observation stands for itself: one loop with both sweeps, and nothing to keep."""
    error = 0.0
    cameras_bar, points_bar, weights_bar = np.zeros_like(cameras), np.zeros_like(points), np.zeros_like(weights)
    for n in range(len(weights)):
        c, p = camera_of[n], point_of[n]
        r0, r1, r2 = cameras[c, 0], cameras[c, 1], cameras[c, 2]
        focal, k1, k2 = cameras[c, 6], cameras[c, 7], cameras[c, 8]
        x, y, z = points[p, 0], points[p, 1], points[p, 2]
        squared = r0 * r0 + r1 * r1 + r2 * r2
        if squared > 1e-12:
            angle = math.sqrt(squared)
            cosine, slope = math.cos(angle), math.sin(angle) / angle
            bend = (1.0 - cosine) / squared
        else:
            cosine, slope, bend = 1.0, 1.0, 0.5
        dot = r0 * x + r1 * y + r2 * z
        q0, q1, q2 = r1 * z - r2 * y, r2 * x - r0 * z, r0 * y - r1 * x
        along = bend * dot
        m2 = cosine * z + slope * q2 + along * r2 + cameras[c, 5]
        u = (cosine * x + slope * q0 + along * r0 + cameras[c, 3]) / m2
        v = (cosine * y + slope * q1 + along * r1 + cameras[c, 4]) / m2
        radius = u * u + v * v
        distortion = 1.0 + k1 * radius + k2 * radius * radius
        scale = focal * distortion
        w = weights[n]
        d0, d1 = scale * u - observed[n, 0], scale * v - observed[n, 1]
        squares = d0 * d0 + d1 * d1
        error += 0.5 * w * w * squares
        # reverse sweep
        weights_bar[n] = w * squares
        d0, d1 = w * w * d0, w * w * d1
        scale_bar = d0 * u + d1 * v
        poly_bar = scale_bar * focal
        twice = 2.0 * poly_bar * (k1 + 2.0 * k2 * radius)
        m0_bar, m1_bar = (d0 * scale + twice * u) / m2, (d1 * scale + twice * v) / m2
        m2_bar = -(m0_bar * u + m1_bar * v)
        along_bar = m0_bar * r0 + m1_bar * r1 + m2_bar * r2
        dot_bar = along_bar * bend
        r0_bar = slope * (y * m2_bar - z * m1_bar) + dot_bar * x + along * m0_bar
        r1_bar = slope * (z * m0_bar - x * m2_bar) + dot_bar * y + along * m1_bar
        r2_bar = slope * (x * m1_bar - y * m0_bar) + dot_bar * z + along * m2_bar
        if squared > 1e-12:
            cosine_bar = m0_bar * x + m1_bar * y + m2_bar * z
            slope_bar = m0_bar * q0 + m1_bar * q1 + m2_bar * q2
            twice = slope_bar * (cosine - slope) / squared - cosine_bar * slope
            twice += along_bar * dot * (slope - 2.0 * bend) / squared
            r0_bar, r1_bar, r2_bar = r0_bar + twice * r0, r1_bar + twice * r1, r2_bar + twice * r2
        cameras_bar[c, 0] += r0_bar
        cameras_bar[c, 1] += r1_bar
        cameras_bar[c, 2] += r2_bar
        cameras_bar[c, 3] += m0_bar
        cameras_bar[c, 4] += m1_bar
        cameras_bar[c, 5] += m2_bar
        cameras_bar[c, 6] += scale_bar * distortion
        cameras_bar[c, 7] += poly_bar * radius
        cameras_bar[c, 8] += poly_bar * radius * radius
        points_bar[p, 0] += cosine * m0_bar + slope * (m1_bar * r2 - m2_bar * r1) + dot_bar * r0
        points_bar[p, 1] += cosine * m1_bar + slope * (m2_bar * r0 - m0_bar * r2) + dot_bar * r1
        points_bar[p, 2] += cosine * m2_bar + slope * (m0_bar * r1 - m1_bar * r0) + dot_bar * r2
    return error, (cameras_bar, points_bar, weights_bar)


def functional(np):
    """All observations at once. Angles that vanish are moved away from 0 on both sides of the branch."""

    def bundle(cameras, points, weights, observed, camera_of, point_of):
        camera, point = cameras[camera_of], points[point_of]
        r0, r1, r2 = camera[:, 0], camera[:, 1], camera[:, 2]
        x, y, z = point[:, 0], point[:, 1], point[:, 2]
        squared = r0 * r0 + r1 * r1 + r2 * r2
        turns = squared > 1e-12
        safe = np.where(turns, squared, np.ones_like(squared))
        angle = np.sqrt(safe)
        cosine = np.where(turns, np.cos(angle), np.ones_like(angle))
        slope = np.where(turns, np.sin(angle) / angle, np.ones_like(angle))
        bend = np.where(turns, (1.0 - cosine) / safe, 0.5 * np.ones_like(angle))
        along = bend * (r0 * x + r1 * y + r2 * z)
        m0 = cosine * x + slope * (r1 * z - r2 * y) + along * r0 + camera[:, 3]
        m1 = cosine * y + slope * (r2 * x - r0 * z) + along * r1 + camera[:, 4]
        m2 = cosine * z + slope * (r0 * y - r1 * x) + along * r2 + camera[:, 5]
        u, v = m0 / m2, m1 / m2
        radius = u * u + v * v
        scale = camera[:, 6] * (1.0 + camera[:, 7] * radius + camera[:, 8] * radius * radius)
        e0 = weights * (scale * u - observed[:, 0])
        e1 = weights * (scale * v - observed[:, 1])
        return 0.5 * np.sum(e0 * e0 + e1 * e1)

    return bundle


def for_jax(jax):
    return functional(jax.numpy)


def workloads() -> list[Workload]:
    rng = np.random.default_rng(3)
    views, cameras_count, points_count = 200, 10, 50
    cameras = np.concatenate([0.3 * rng.normal(size=(cameras_count, 6)), rng.normal(1.0, 0.01, (cameras_count, 3))], axis=1)
    cameras[:, 7:] -= 1.0
    points = rng.normal(size=(points_count, 3)) + np.array([0.0, 0.0, 5.0])
    seen = rng.integers(cameras_count, size=views), rng.integers(points_count, size=views)
    args = (cameras, points, rng.uniform(0.5, 1.0, views), rng.normal(size=(views, 2)), *seen)
    return [Workload(bundle, "200 observations", args, ("cameras", "points", "weights"), "elements")]
