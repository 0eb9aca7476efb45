"""A Kalman filter: the negative log-likelihood of a series of measurements, by products of small matrices."""

from __future__ import annotations

import numpy as np

from .case import Workload


def kalman(F, H, Q, R, measurements):
    x = np.zeros(len(F))
    P = np.eye(len(F))
    loss = 0.0
    for z in measurements:
        x = F @ x
        P = F @ P @ F.T + Q
        y = z - H @ x
        S = H @ P @ H.T + R
        K = np.linalg.solve(S, H @ P).T
        x = x + K @ y
        P = P - K @ H @ P
        loss += 0.5 * (y @ np.linalg.solve(S, y) + np.log(np.linalg.det(S)))
    return loss


def by_hand(F, H, Q, R, measurements):
    x = np.zeros(len(F))
    P = np.eye(len(F))
    loss = 0.0
    tape = []
    for z in measurements:
        before, P_before = x, P
        x = F @ x
        P = F @ P @ F.T + Q
        y = z - H @ x
        M = H @ P
        S = M @ H.T + R
        inverse = np.linalg.inv(S)
        K = (inverse @ M).T
        w = inverse @ y
        tape.append((before, P_before, x, P, y, M, inverse, K, w))
        x = x + K @ y
        P = P - K @ M
        loss += 0.5 * (y @ w + np.log(np.linalg.det(S)))
    # reverse sweep
    F_bar, H_bar, Q_bar, R_bar = np.zeros_like(F), np.zeros_like(H), np.zeros_like(Q), np.zeros_like(R)
    x_bar, P_bar = np.zeros_like(x), np.zeros_like(P)
    for before, P_before, x, P, y, M, inverse, K, w in tape[::-1]:
        solved = inverse.T @ (np.outer(y, x_bar) - M @ P_bar.T)
        half = inverse.T @ (0.5 * y)
        S_bar = 0.5 * inverse.T - solved @ K - np.outer(half, w)
        M_bar = solved - K.T @ P_bar + S_bar @ H
        y_bar = K.T @ x_bar + 0.5 * w + half
        R_bar += S_bar
        H_bar += S_bar.T @ M - np.outer(y_bar, x) + M_bar @ P.T
        x_bar = x_bar - H.T @ y_bar
        P_bar = P_bar + H.T @ M_bar
        Q_bar += P_bar
        carried = P_bar @ F
        F_bar += carried @ P_before.T + P_bar.T @ F @ P_before + np.outer(x_bar, before)
        P_bar = F.T @ carried
        x_bar = F.T @ x_bar
    return loss, (F_bar, H_bar, Q_bar, R_bar)


def functional(np):
    def kalman(F, H, Q, R, measurements):
        x = np.zeros(F.shape[0])
        P = np.eye(F.shape[0])
        loss = 0.0
        for k in range(measurements.shape[0]):
            x = F @ x
            P = F @ P @ F.T + Q
            y = measurements[k] - H @ x
            S = H @ P @ H.T + R
            K = np.linalg.solve(S, H @ P).T
            x = x + K @ y
            P = P - K @ H @ P
            loss = loss + 0.5 * (y @ np.linalg.solve(S, y) + np.log(np.linalg.det(S)))
        return loss

    return kalman


def for_torch(torch):
    def kalman(F, H, Q, R, measurements):
        x = torch.zeros(len(F), dtype=F.dtype)
        P = torch.eye(len(F), dtype=F.dtype)
        loss = 0.0
        for z in measurements:
            x = F @ x
            P = F @ P @ F.T + Q
            y = z - H @ x
            S = H @ P @ H.T + R
            K = torch.linalg.solve(S, H @ P).T
            x = x + K @ y
            P = P - K @ H @ P
            loss = loss + 0.5 * (y @ torch.linalg.solve(S, y) + torch.logdet(S))
        return loss

    return kalman


def for_jax(jax):
    np = jax.numpy

    def kalman(F, H, Q, R, measurements):
        def step(state, z):
            x, P, loss = state
            x = F @ x
            P = F @ P @ F.T + Q
            y = z - H @ x
            S = H @ P @ H.T + R
            K = np.linalg.solve(S, H @ P).T
            loss = loss + 0.5 * (y @ np.linalg.solve(S, y) + np.linalg.slogdet(S)[1])
            return (x + K @ y, P - K @ H @ P, loss), None

        start = (np.zeros(len(F)), np.eye(len(F)), 0.0)
        return jax.lax.scan(step, start, measurements)[0][2]

    return kalman


def workloads() -> list[Workload]:
    rng = np.random.default_rng(5)
    F, H = np.eye(4) + 0.05 * rng.normal(size=(4, 4)), rng.normal(size=(2, 4))
    args = (F, H, 0.1 * np.eye(4), 0.5 * np.eye(2), rng.normal(size=(100, 2)))
    return [Workload(kalman, "4 states, 100 steps", args, ("F", "H", "Q", "R"), "arrays")]
