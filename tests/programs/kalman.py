"""A Kalman filter in a class: the log-likelihood of a series of measurements."""

from dataclasses import dataclass

import numpy as np

from tests.programs.case import Case


@dataclass
class Model:
    """A linear state-space model with diagonal noise given by logarithms."""

    F: np.ndarray
    H: np.ndarray
    log_q: np.ndarray
    log_r: float
    name: str = "model"


class KalmanFilter:
    """State and covariance as attributes; `predict` and `update` replace them."""

    def __init__(self, F, H, Q, R, x0, P0):
        self.F, self.H, self.Q, self.R = F, H, Q, R
        self.x = x0
        self.P = P0
        self.log_likelihood = 0.0

    def predict(self):
        self.x = self.F @ self.x
        self.P = self.F @ self.P @ self.F.T + self.Q

    def update(self, z):
        y = z - self.H @ self.x
        S = self.H @ self.P @ self.H.T + self.R
        K = np.linalg.solve(S, self.H @ self.P).T
        self.x = self.x + K @ y
        self.P = (np.eye(len(self.x)) - K @ self.H) @ self.P
        self.log_likelihood -= 0.5 * (y @ np.linalg.solve(S, y) + np.log(np.linalg.det(2.0 * np.pi * S)))


def negative_log_likelihood(F, H, log_q, log_r, measurements):
    n = F.shape[0]
    kf = KalmanFilter(
        F, H, np.diag(np.exp(log_q)), np.exp(log_r) * np.eye(H.shape[0]), np.zeros(n), np.eye(n)
    )
    for z in measurements:
        kf.predict()
        kf.update(z)
    return -kf.log_likelihood


def model_loss(model, measurements):
    return negative_log_likelihood(model.F, model.H, model.log_q, model.log_r, measurements)


def make(n, k, steps):
    def make_args(rng):
        F = np.eye(n) + 0.1 * rng.normal(size=(n, n))
        return F, rng.normal(size=(k, n)), rng.normal(size=n), -0.5, rng.normal(size=(steps, k))

    return make_args


def make_model(rng):
    *parts, measurements = make(2, 1, 3)(rng)
    return Model(*parts), measurements



CASES = [
    Case(negative_log_likelihood, make(2, 1, 4), ("F", "H", "log_q", "log_r", "measurements")),
    Case(negative_log_likelihood, make(1, 1, 1), ("F", "log_q", "log_r"), "one"),
    Case(negative_log_likelihood, make(2, 2, 0), ("F", "log_r"), "no-measurements"),
    Case(model_loss, make_model, ("model",)),
]
