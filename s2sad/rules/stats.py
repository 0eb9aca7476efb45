"""Distributions of `scipy.stats`: densities, distribution functions and quantiles in all that has a formula.

`norm.logpdf(x, loc, scale)` is a method of a class that all distributions share. A call is lowered as the formula of its
distribution for the standardised argument, which is then followed like any other function. Formulas: N. Johnson, S. Kotz and N.
Balakrishnan, Continuous univariate distributions (1994); they have the values that SciPy gives outside of the support, too.
"""

# The formulas are emitted: their parameters have no annotations.
# mypy: allow-untyped-defs, no-check-untyped-defs, ignore-missing-imports

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import special, stats

from s2sad.errors import NoRuleError
from s2sad.frontend.values import is_atom
from s2sad.ir.nodes import Lit, Ref
from s2sad.rules.registry import expansion

Formula = Callable[..., Any]
_FORMULAS: dict[tuple[Any, str], Formula] = {}
_SHAPES = {stats.gamma: ("a",), stats.beta: ("a", "b"), stats.t: ("df",), stats.lognorm: ("s",), stats.poisson: ("mu",),
           stats.bernoulli: ("p",), stats.binom: ("n", "p")}  # fmt: skip


def written(f: Formula) -> Formula:
    """The function, whose text becomes part of the emitted one where it is called there."""
    text = "".join(line for line in inspect.getsource(f).splitlines(keepends=True) if not line.startswith("@"))
    space = {"np": np, "math": math, "special": special}
    f.__s2sad_text__ = text, {n: obj for n, obj in space.items() if n in f.__code__.co_names}  # type: ignore[attr-defined]
    return f


def formula(*distributions: Any) -> Callable[[Formula], Formula]:
    """Register what the method named last in the function's name is for these distributions."""

    def register(f: Formula) -> Formula:
        _FORMULAS.update(((d, f.__name__.rpartition("_")[2]), written(f)) for d in distributions)
        return f

    return register


@written
def standardised(x, loc, scale):
    return (x - loc) / np.where(scale > 0.0, scale, np.nan)


@written
def unstandardised(z, loc, scale):
    return loc + z * np.where(scale > 0.0, scale, np.nan)


# --- continuous distributions, standardised -----------------------------------------------------------------


@formula(stats.norm)
def norm_logpdf(z):
    return -0.5 * z**2 - 0.5 * math.log(2.0 * math.pi)


@formula(stats.norm)
def norm_cdf(z):
    return special.ndtr(z)


@formula(stats.norm)
def norm_logcdf(z):
    return special.log_ndtr(z)


@formula(stats.norm)
def norm_sf(z):
    return special.ndtr(-z)


@formula(stats.norm)
def norm_logsf(z):
    return special.log_ndtr(-z)


@formula(stats.norm)
def norm_ppf(q):
    return special.ndtri(q)


@formula(stats.norm)
def norm_isf(q):
    return -special.ndtri(q)


@formula(stats.expon)
def expon_logpdf(z):
    return np.where(z >= 0.0, -z, -np.inf)


@formula(stats.expon)
def expon_cdf(z):
    return -np.expm1(-np.maximum(z, 0.0))


@formula(stats.expon)
def expon_sf(z):
    return np.exp(-np.maximum(z, 0.0))


@formula(stats.expon)
def expon_logsf(z):
    return -np.maximum(z, 0.0)


@formula(stats.expon)
def expon_ppf(q):
    return -np.log1p(-q)


@formula(stats.gamma)
def gamma_logpdf(z, a):
    inside = np.where(z >= 0.0, z, 1.0)
    return np.where(z >= 0.0, special.xlogy(a - 1.0, inside) - inside - special.gammaln(np.where(a > 0.0, a, np.nan)), -np.inf)


@formula(stats.gamma)
def gamma_cdf(z, a):
    return special.gammainc(a, np.maximum(z, 0.0))


@formula(stats.gamma)
def gamma_sf(z, a):
    return special.gammaincc(a, np.maximum(z, 0.0))


@formula(stats.gamma)
def gamma_ppf(q, a):
    return special.gammaincinv(a, q)


@formula(stats.beta)
def beta_logpdf(z, a, b):
    support = (z >= 0.0) & (z <= 1.0)
    inside = np.where(support, z, 0.5)
    scale = special.betaln(np.where(a > 0.0, a, np.nan), np.where(b > 0.0, b, np.nan))
    return np.where(support, special.xlogy(a - 1.0, inside) + special.xlog1py(b - 1.0, -inside) - scale, -np.inf)


@formula(stats.beta)
def beta_cdf(z, a, b):
    return special.betainc(a, b, np.clip(z, 0.0, 1.0))


@formula(stats.beta)
def beta_ppf(q, a, b):
    return special.betaincinv(a, b, q)


@formula(stats.t)
def t_logpdf(z, df):
    scale = special.gammaln(0.5 * (df + 1.0)) - special.gammaln(0.5 * df) - 0.5 * np.log(math.pi * df)
    return scale - 0.5 * (df + 1.0) * np.log1p(z**2 / df)


@formula(stats.t)
def t_cdf(z, df):
    return special.stdtr(df, z)


@formula(stats.t)
def t_sf(z, df):
    return special.stdtr(df, -z)


@formula(stats.t)
def t_ppf(q, df):
    return special.stdtrit(df, q)


@formula(stats.uniform)
def uniform_logpdf(z):
    return np.where((z >= 0.0) & (z <= 1.0), 0.0 * z, -np.inf)


@formula(stats.uniform)
def uniform_cdf(z):
    return np.clip(z, 0.0, 1.0)


@formula(stats.uniform)
def uniform_ppf(q):
    return q


@formula(stats.lognorm)
def lognorm_logpdf(z, s):
    inside = np.where(z > 0.0, z, 1.0)
    return np.where(z > 0.0, -0.5 * (np.log(inside) / s) ** 2 - np.log(s * inside * math.sqrt(2.0 * math.pi)), -np.inf)


@formula(stats.lognorm)
def lognorm_cdf(z, s):
    return np.where(z > 0.0, special.ndtr(np.log(np.where(z > 0.0, z, 1.0)) / np.where(s > 0.0, s, np.nan)), 0.0)


@formula(stats.lognorm)
def lognorm_ppf(q, s):
    return np.exp(np.where(s > 0.0, s, np.nan) * special.ndtri(q))


@formula(stats.laplace)
def laplace_logpdf(z):
    return -np.abs(z) - math.log(2.0)


@formula(stats.laplace)
def laplace_cdf(z):
    return np.where(z > 0.0, 1.0 - 0.5 * np.exp(-np.abs(z)), 0.5 * np.exp(-np.abs(z)))


@formula(stats.laplace)
def laplace_ppf(q):
    return np.where(q > 0.5, -np.log(2.0 - 2.0 * np.maximum(q, 0.5)), np.log(2.0 * np.minimum(q, 0.5)))


@formula(stats.logistic)
def logistic_logpdf(z):
    return special.log_expit(z) + special.log_expit(-z)


@formula(stats.logistic)
def logistic_cdf(z):
    return special.expit(z)


@formula(stats.logistic)
def logistic_logcdf(z):
    return special.log_expit(z)


@formula(stats.logistic)
def logistic_sf(z):
    return special.expit(-z)


@formula(stats.logistic)
def logistic_logsf(z):
    return special.log_expit(-z)


@formula(stats.logistic)
def logistic_ppf(q):
    return special.logit(q)


@formula(stats.cauchy)
def cauchy_logpdf(z):
    return -math.log(math.pi) - np.log1p(z**2)


@formula(stats.cauchy)
def cauchy_cdf(z):
    return np.arctan2(1.0, -z) / math.pi


@formula(stats.cauchy)
def cauchy_sf(z):
    return np.arctan2(1.0, z) / math.pi


@formula(stats.cauchy)
def cauchy_ppf(q):
    return np.tan(math.pi * (q - 0.5))


# --- discrete distributions ---------------------------------------------------------------------------------


@formula(stats.poisson)
def poisson_logpmf(k, mu):
    support = (k >= 0) & (np.floor(k) == k)
    inside = np.where(support, k, 0)
    return np.where(support, special.xlogy(inside, np.where(mu >= 0.0, mu, np.nan)) - special.gammaln(inside + 1.0) - mu, -np.inf)


@formula(stats.bernoulli)
def bernoulli_logpmf(k, p):
    chance = np.where((p >= 0.0) & (p <= 1.0), p, np.nan)
    return np.where((k == 0) | (k == 1), special.xlogy(k == 1, chance) + special.xlog1py(k == 0, -chance), -np.inf)


@formula(stats.binom)
def binom_logpmf(k, n, p):
    support = (k >= 0) & (k <= n) & (np.floor(k) == k)
    inside = np.where(support, k, 0)
    chance = np.where((p >= 0.0) & (p <= 1.0), p, np.nan)
    ways = special.gammaln(n + 1.0) - special.gammaln(inside + 1.0) - special.gammaln(n - inside + 1.0)
    return np.where(support, ways + special.xlogy(inside, chance) + special.xlog1py(n - inside, -chance), -np.inf)


# --- several variables --------------------------------------------------------------------------------------


# SciPy reads the lower triangle of the covariance only, and so does this.
@written
def normal_vectors_logpdf(x, mean, cov):
    whole = np.tril(cov) + np.tril(cov, -1).T
    distance = x - mean
    scaled = np.linalg.solve(whole, distance.T).T
    volume = np.linalg.slogdet(whole)[1]
    return -0.5 * (np.sum(distance * scaled, axis=-1) + volume + x.shape[-1] * math.log(2.0 * math.pi))


@expansion(type(stats.multivariate_normal).logpdf, type(stats.multivariate_normal).pdf)
def multivariate_normal(low: Any, fn: Ref, given: dict[str, Any], node: Any) -> Any:
    """The density of normal vectors, with mean and covariance given."""
    if "mean" not in given or "cov" not in given or "allow_singular" in given:
        raise low.error(NoRuleError, "multivariate_normal without its mean and covariance has no derivative rule", node,
                        "supported: x, mean, cov, with cov a matrix")  # fmt: skip
    cov = low.atom(low.as_array(given["cov"], node))
    if len(getattr(cov.type, "shape", None) or ()) != 2:
        raise low.error(NoRuleError, "multivariate_normal with a covariance that is not known to be a matrix has no derivative rule", node,
                        "give a two-dimensional array, or annotate the parameter")  # fmt: skip
    x, mean = (low.atom(low.as_array(given[n], node)) for n in ("x", "mean"))
    value = _follow(low, normal_vectors_logpdf, [x, mean, cov], node)
    return _follow(low, np.exp, [value], node) if fn.obj.__name__ == "pdf" else value


# --- the methods --------------------------------------------------------------------------------------------

# What a method is in terms of another one: the function to apply.
_DERIVED = {"pdf": ("logpdf", np.exp), "pmf": ("logpmf", np.exp), "logcdf": ("cdf", np.log), "logsf": ("sf", np.log)}


@written
def complement(y):
    return 1.0 - y


@expansion(*(getattr(stats.rv_continuous, n) for n in ("logpdf", "pdf", "cdf", "logcdf", "sf", "logsf", "ppf", "isf")),
           *(getattr(stats.rv_discrete, n) for n in ("logpmf", "pmf")))  # fmt: skip
def distribution(low: Any, fn: Ref, given: dict[str, Any], node: Any) -> Any:
    """A method of a distribution, as the formula for the standardised argument."""
    own, method = given["self"], fn.obj.__name__
    obj = own.obj if isinstance(own, Ref) else None
    x, *args = [given[n] for n in ("x", "k", "q") if n in given] + list(given.get("args", ()))
    named = dict(given.get("kwds", {}))
    name = getattr(obj, "name", "this distribution")
    if not any(d is obj for d, _ in _FORMULAS):
        raise low.error(NoRuleError, f"scipy.stats.{name} has no derivative rules", node,
                        f"there are rules for {', '.join(sorted({d.name for d, _ in _FORMULAS}))}")  # fmt: skip
    parameters = [*_SHAPES.get(obj, ()), "loc", *([] if isinstance(obj, stats.rv_discrete) else ["scale"])]
    bound = {**dict(zip(parameters, args)), **named}
    unknown = [n for n in bound if n not in parameters]
    missing = [n for n in _SHAPES.get(obj, ()) if n not in bound]
    if unknown or missing or len(args) > len(parameters):
        raise low.unsupported(f"{name}.{method} takes {', '.join(parameters)}", node)
    shapes = [bound[n] for n in _SHAPES.get(obj, ())]
    loc, scale = bound.get("loc", Lit(0)), bound.get("scale", Lit(1))
    plain = all(isinstance(v, Lit) and v.value == d for v, d in ((loc, 0), (scale, 1)))
    x = low.as_array(x, node) if not is_atom(x) else x
    if method in ("ppf", "isf"):
        value = _standard(low, obj, method, [x, *shapes], node)
        return value if plain else _follow(low, unstandardised, [value, loc, scale], node)
    z = x if plain else _follow(low, standardised, [x, loc, scale], node)
    value = _standard(low, obj, "logpdf" if method == "pdf" else method, [z, *shapes], node)
    if method in ("logpdf", "pdf") and not (isinstance(scale, Lit) and scale.value == 1):
        value = low.operate("sub", (low.atom(value), low.atom(_follow(low, np.log, [scale], node))), node)
    return _follow(low, np.exp, [value], node) if method == "pdf" else value


def _standard(low: Any, obj: Any, method: str, args: list[Any], node: Any) -> Any:
    """A method of the standardised distribution: a formula of its own, or made of another one's."""
    found = _FORMULAS.get((obj, method))
    if found is not None:
        return _follow(low, found, args, node)
    if method in _DERIVED:
        inner, outer = _DERIVED[method]
        return _follow(low, outer, [_standard(low, obj, inner, args, node)], node)
    if method == "sf":
        return _follow(low, complement, [_standard(low, obj, "cdf", args, node)], node)
    if method == "isf":
        return _standard(low, obj, "ppf", [_follow(low, complement, args[:1], node), *args[1:]], node)
    raise low.error(NoRuleError, f"scipy.stats.{obj.name}.{method} has no derivative rule", node)


def _follow(low: Any, f: Any, args: list[Any], node: Any) -> Any:
    name = f"np.{f.__name__}" if isinstance(f, np.ufunc) else f.__name__
    ref = Ref(f, name, np) if isinstance(f, np.ufunc) else Ref(f, name, f, "s2sad.rules.stats")
    return low.call_value(ref, args, {}, node)
