"""Log-likelihood of a Gaussian mixture with diagonal covariances."""

import numpy as np

from tests.programs.case import Case


def logsumexp(a):
    top = np.max(a, axis=1, keepdims=True)
    return top[:, 0] + np.log(np.sum(np.exp(a - top), axis=1))


def log_likelihood(x, logits, means, log_scales):
    n, d = x.shape
    k = means.shape[0]
    log_weights = logits - np.log(np.sum(np.exp(logits)))
    scores = np.empty((n, k))
    for j in range(k):
        z = (x - means[j]) * np.exp(-log_scales[j])
        scores[:, j] = log_weights[j] - 0.5 * np.sum(z**2, axis=1) - np.sum(log_scales[j])
    return np.sum(logsumexp(scores)) - 0.5 * n * d * np.log(2.0 * np.pi)


def log_likelihood_vectorised(params, x):
    """The same likelihood without a loop, the parameters in a dict."""
    means, log_scales, logits = params["means"], params["log_scales"], params["logits"]
    z = (x[:, None, :] - means[None]) / np.exp(log_scales)[None]
    log_weights = logits - np.log(np.exp(logits).sum())
    scores = log_weights - 0.5 * (z**2).sum(axis=-1) - log_scales.sum(axis=-1)
    return np.sum(logsumexp(scores)) - 0.5 * x.size * np.log(2.0 * np.pi)


def make(n, d, k):
    def make_args(rng):
        return (
            rng.normal(size=(n, d)),
            rng.normal(size=k),
            rng.normal(size=(k, d)),
            0.3 * rng.normal(size=(k, d)),
        )

    return make_args


def make_dict(rng):
    x, logits, means, log_scales = make(6, 2, 3)(rng)
    return {"logits": logits, "means": means, "log_scales": log_scales}, x


WRT = ("logits", "means", "log_scales")
CASES = [
    Case(log_likelihood, make(7, 2, 3), WRT),
    Case(log_likelihood, make(1, 1, 1), WRT, "one"),
    Case(log_likelihood, make(4, 3, 2), ("x", "means"), "data"),
    Case(log_likelihood_vectorised, make_dict, ("params",)),
]
