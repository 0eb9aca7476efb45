"""Learning loops unrolled: momentum on a dictionary of arrays, Adam with in-place moments, sequences kept in lists."""

import numpy as np

from tests.programs.case import Case


def forward(params, x):
    h = np.tanh(x @ params["W1"] + params["b1"])
    return h @ params["W2"] + params["b2"], h


def backward(params, x, y):
    """The gradient of the mean squared error, as people write it by hand."""
    out, h = forward(params, x)
    d = 2.0 * (out - y) / y.size
    grads = {"W2": h.T @ d, "b2": d.sum(axis=0)}
    dh = (d @ params["W2"].T) * (1.0 - h**2)
    grads["W1"] = x.T @ dh
    grads["b1"] = dh.sum(axis=0)
    return grads


def sgd_momentum(start, x, y, rate, momentum, steps):
    """Hypergradients: the loss after training, by the start, the learning rate and the momentum."""
    params = {name: value.copy() for name, value in start.items()}
    velocity = {name: np.zeros_like(value) for name, value in params.items()}
    for _ in range(steps):
        grads = backward(params, x, y)
        for name in params:
            velocity[name] *= momentum
            velocity[name] -= rate * grads[name]
            params[name] += velocity[name]
    out, _ = forward(params, x)
    return np.mean((out - y) ** 2)


class Adam:
    """Moments in preallocated arrays; `step` changes the parameter given."""

    def __init__(self, shape, rate, beta1=0.9, beta2=0.99):
        self.m, self.v = np.zeros(shape), np.zeros(shape)
        self.rate, self.beta1, self.beta2 = rate, beta1, beta2
        self.t = 0

    def step(self, w, g):
        self.t += 1
        self.m[...] = self.beta1 * self.m + (1.0 - self.beta1) * g
        self.v[...] = self.beta2 * self.v + (1.0 - self.beta2) * g * g
        m_hat = self.m / (1.0 - self.beta1**self.t)
        v_hat = self.v / (1.0 - self.beta2**self.t)
        w -= self.rate * m_hat / (np.sqrt(v_hat) + 1e-3)


def adam_rosenbrock(w, rate, steps):
    optimiser = Adam(w.shape, rate)
    for _ in range(steps):
        g = np.zeros_like(w)
        d = w[1:] - w[:-1] ** 2
        g[:-1] += -4.0 * w[:-1] * d - 2.0 * (1.0 - w[:-1])
        g[1:] += 2.0 * d
        optimiser.step(w, g)
    return np.sum((w[1:] - w[:-1] ** 2) ** 2 + (1.0 - w[:-1]) ** 2)


def bidirectional(Wf, Wb, U, xs):
    """States appended forwards, read backwards by a second net, the outputs inserted at the front."""
    h = np.zeros(Wf.shape[0])
    states = []
    for x in xs:
        h = np.tanh(Wf @ h + U @ x)
        states.append(h)
    g = np.zeros(Wb.shape[0])
    outputs = []
    while states:
        g = np.tanh(Wb @ g + states.pop())
        outputs.insert(0, g)
    loss = 0.0
    for x, out in zip(xs, outputs):
        loss += np.sum((out[: len(x)] - x) ** 2)
    return loss


class BatchNorm:
    """Running statistics that every batch updates in place."""

    def __init__(self, gamma, beta, momentum=0.1):
        self.gamma, self.beta, self.momentum = gamma, beta, momentum
        self.mean, self.var = np.zeros_like(gamma), np.ones_like(gamma)

    def __call__(self, x, train=True):
        if train:
            mean, var = x.mean(axis=0), x.var(axis=0)
            self.mean += self.momentum * (mean - self.mean)
            self.var += self.momentum * (var - self.var)
        else:
            mean, var = self.mean, self.var
        return self.gamma * (x - mean) / np.sqrt(var + 1e-3) + self.beta


def batch_norm_loss(gamma, beta, batches, test):
    norm = BatchNorm(gamma, beta)
    loss = 0.0
    for batch in batches:
        loss += np.sum(np.maximum(norm(batch), 0.0) ** 2)
    return loss + np.sum(norm(test, train=False) ** 3)


def network(rows, hidden, steps):
    def make(rng):
        start = {
            "W1": rng.normal(size=(2, hidden)),
            "b1": rng.normal(size=hidden),
            "W2": rng.normal(size=(hidden, 1)),
            "b2": rng.normal(size=1),
        }
        return start, rng.normal(size=(rows, 2)), rng.normal(size=(rows, 1)), 0.1, 0.8, steps

    return make


def sequence(steps):
    def make(rng):
        Wf, Wb = 0.5 * rng.normal(size=(3, 3)), 0.5 * rng.normal(size=(3, 3))
        return Wf, Wb, rng.normal(size=(3, 2)), rng.normal(size=(steps, 2))

    return make


def batches(count):
    def make(rng):
        given = [rng.normal(size=(4, 2)) for _ in range(count)]
        return rng.normal(size=2), rng.normal(size=2), given, rng.normal(size=(3, 2))

    return make



CASES = [
    Case(sgd_momentum, network(4, 3, 3), ("start", "x", "rate", "momentum")),
    Case(sgd_momentum, network(1, 1, 1), ("start", "y", "rate"), "one"),
    Case(sgd_momentum, network(2, 2, 0), ("start", "rate"), "no-steps"),
    Case(adam_rosenbrock, lambda rng: (rng.normal(size=3), 0.05, 4), ("w", "rate")),
    Case(adam_rosenbrock, lambda rng: (rng.normal(size=2), 0.05, 1), ("w", "rate"), "one"),
    Case(adam_rosenbrock, lambda rng: (rng.normal(size=2), 0.05, 0), ("w", "rate"), "no-steps"),
    Case(bidirectional, sequence(4), ("Wf", "Wb", "U", "xs")),
    Case(bidirectional, sequence(1), ("Wf", "Wb", "U"), "one"),
    Case(bidirectional, sequence(0), ("Wf", "U"), "empty"),
    Case(batch_norm_loss, batches(3), ("gamma", "beta", "batches", "test")),
    Case(batch_norm_loss, batches(1), ("gamma", "test"), "one"),
    Case(batch_norm_loss, batches(0), ("gamma", "beta"), "no-batches"),
]
