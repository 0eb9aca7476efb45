"""The log-likelihood of a mixture of Gaussians, their inverse covariances by triangular factors."""

from __future__ import annotations

import numpy as np

from .case import Workload


def gmm(logits, means, log_diagonals, lower, x):
    k = len(logits)
    scores = np.empty((len(x), k))
    for j in range(k):
        L = np.tril(lower[j], -1) + np.diag(np.exp(log_diagonals[j]))
        z = (x - means[j]) @ L.T
        scores[:, j] = logits[j] + np.sum(log_diagonals[j]) - 0.5 * np.sum(z**2, axis=1)
    top = np.max(scores, axis=1)
    likelihoods = top + np.log(np.sum(np.exp(scores - top[:, None]), axis=1))
    return np.sum(likelihoods) - len(x) * np.log(np.sum(np.exp(logits)))


def by_hand(logits, means, log_diagonals, lower, x):
    k = len(logits)
    scores = np.empty((len(x), k))
    tape = []
    for j in range(k):
        L = np.tril(lower[j], -1) + np.diag(np.exp(log_diagonals[j]))
        z = (x - means[j]) @ L.T
        scores[:, j] = logits[j] + np.sum(log_diagonals[j]) - 0.5 * np.sum(z**2, axis=1)
        tape.append((L, z))
    top = np.max(scores, axis=1)
    shares = np.exp(scores - top[:, None])
    sums = np.sum(shares, axis=1)
    weights = np.exp(logits)
    total = np.sum(weights)
    value = np.sum(top + np.log(sums)) - len(x) * np.log(total)
    # reverse sweep: the largest score itself cancels
    shares /= sums[:, None]
    counts = shares.sum(axis=0)
    logits_bar = counts - len(x) / total * weights
    means_bar, log_diagonals_bar, lower_bar = np.empty_like(means), np.empty_like(log_diagonals), np.empty_like(lower)
    for j in range(k):
        L, z = tape[j]
        z_bar = -shares[:, j, None] * z
        L_bar = z_bar.T @ (x - means[j])
        means_bar[j] = -z_bar.sum(axis=0) @ L
        log_diagonals_bar[j] = np.diag(L_bar) * np.diag(L) + counts[j]
        lower_bar[j] = np.tril(L_bar, -1)
    return value, (logits_bar, means_bar, log_diagonals_bar, lower_bar)


def by_hand_numba(logits, means, log_diagonals, lower, x):
    """Point by point, so that nothing but the factors and one point's results are kept."""
    n, k, d = len(x), len(logits), means.shape[1]
    scores, z = np.empty(k), np.empty((k, d))
    L = lower.copy()
    constants = np.empty(k)
    for j in range(k):
        constants[j] = logits[j] + np.sum(log_diagonals[j])
        for a in range(d):
            L[j, a, a] = np.exp(log_diagonals[j, a])
    total = np.sum(np.exp(logits))
    value = -n * np.log(total)
    logits_bar, L_bar, means_bar = np.zeros(k), np.zeros_like(lower), np.zeros_like(means)
    for i in range(n):
        for j in range(k):
            squares = 0.0
            for a in range(d):
                s = 0.0
                for b in range(a + 1):
                    s += L[j, a, b] * (x[i, b] - means[j, b])
                z[j, a] = s
                squares += s * s
            scores[j] = constants[j] - 0.5 * squares
        top = np.max(scores)
        shares = np.exp(scores - top)
        sums = np.sum(shares)
        value += top + np.log(sums)
        # reverse sweep
        for j in range(k):
            share = shares[j] / sums
            logits_bar[j] += share
            for a in range(d):
                z_bar = -share * z[j, a]
                for b in range(a + 1):
                    L_bar[j, a, b] += z_bar * (x[i, b] - means[j, b])
                    means_bar[j, b] -= z_bar * L[j, a, b]
    log_diagonals_bar = np.empty_like(log_diagonals)
    for j in range(k):
        for a in range(d):
            log_diagonals_bar[j, a] = L_bar[j, a, a] * L[j, a, a] + logits_bar[j]
            L_bar[j, a, a] = 0.0
    logits_bar -= n / total * np.exp(logits)
    return value, (logits_bar, means_bar, log_diagonals_bar, L_bar)


def functional(np):
    """All components at once."""

    def gmm(logits, means, log_diagonals, lower, x):
        eye = np.eye(means.shape[1])
        L = np.tril(lower, -1) + eye * np.exp(log_diagonals)[:, None, :]
        z = np.einsum("kab,knb->kna", L, x[None] - means[:, None, :])
        scores = logits + np.sum(log_diagonals, axis=1) - 0.5 * np.sum(z**2, axis=2).T
        top = np.max(scores, axis=1)
        likelihoods = top + np.log(np.sum(np.exp(scores - top[:, None]), axis=1))
        return np.sum(likelihoods) - x.shape[0] * np.log(np.sum(np.exp(logits)))

    return gmm


def for_torch(torch):
    def gmm(logits, means, log_diagonals, lower, x):
        L = torch.tril(lower, -1) + torch.diag_embed(torch.exp(log_diagonals))
        z = (x[None] - means[:, None, :]) @ L.mT
        scores = logits + torch.sum(log_diagonals, dim=1) - 0.5 * torch.sum(z**2, dim=2).T
        return torch.sum(torch.logsumexp(scores, dim=1)) - len(x) * torch.logsumexp(logits, dim=0)

    return gmm


def for_jax(jax):
    np = jax.numpy

    def gmm(logits, means, log_diagonals, lower, x):
        L = np.tril(lower, -1) + jax.vmap(np.diag)(np.exp(log_diagonals))
        z = (x[None] - means[:, None, :]) @ L.mT
        scores = logits + np.sum(log_diagonals, axis=1) - 0.5 * np.sum(z**2, axis=2).T
        return np.sum(jax.nn.logsumexp(scores, axis=1)) - len(x) * jax.nn.logsumexp(logits)

    return gmm


def workloads() -> list[Workload]:
    rng = np.random.default_rng(9)
    n, d, k = 1000, 20, 25
    args = (rng.normal(size=k), rng.normal(size=(k, d)), 0.1 * rng.normal(size=(k, d)), 0.1 * rng.normal(size=(k, d, d)))
    wrt = ("logits", "means", "log_diagonals", "lower")
    return [Workload(gmm, "n = 1,000, d = 20, k = 25", (*args, rng.normal(size=(n, d))), wrt, "arrays")]
