"""Rows of `scipy.special`."""

from __future__ import annotations

import cmath

import numpy as np
import scipy.special as special

from s2sad import runtime
from tests.rules.rows import Row, binary, complex_normal, complex_unary, normal, row, unary, uniform

_ANY, _POSITIVE, _UNIT = (-2.0, 2.0), (0.5, 3.0), (0.2, 0.8)
_SIXTHS = np.array([-0.75, 0.0, 0.4])


def over(function: object, *domains: tuple[float, float] | float, **options: object) -> list[Row]:
    """Rows of a ufunc: operands given by an interval are arrays that are differentiated, a number is a constant."""
    skip = tuple(k for k, d in enumerate(domains) if not isinstance(d, tuple))
    rows = []
    for shapes, note in ((((2, 3), (3,)), "broadcast"), (((), ()), "floats"), (((0, 2), (2,)), "empty")):
        sizes = iter(shapes + shapes)
        args = []
        for d in domains:
            shape = next(sizes) if isinstance(d, tuple) else ()
            value = uniform(*d, *shape) if isinstance(d, tuple) else d
            args.append(float(value) if isinstance(d, tuple) and not shape else value)
        rows.append(row(function, *args, skip=skip, note=f"{note}{' ' if skip else ''}{', '.join(str(args[k]) for k in skip)}", **options))  # type: ignore[arg-type]
    return rows


GAMMA: list[Row] = [
    *(r for f in (special.gamma, special.rgamma, special.gammaln, special.loggamma, special.digamma) for r in unary(f, *_POSITIVE)),
    *unary(special.gamma, -0.9, -0.1),
    *complex_unary(special.gamma, special.loggamma, special.rgamma),
    row(special.polygamma, 1, uniform(0.5, 2.0, 3)),
    row(special.polygamma, 0, uniform(0.5, 2.0, 3), note="of order 0"),
    row(special.multigammaln, uniform(2.0, 3.0, 2), 3),
    row(special.multigammaln, 2.5, 2, note="float"),
    *(r for f in (special.beta, special.betaln, special.poch) for r in binary(f, _POSITIVE, _POSITIVE)),
    *binary(special.binom, (3.0, 5.0), (0.5, 2.5)),
    *over(special.comb, (3.0, 5.0), 2),
    row(special.comb, np.array([-1.5, 1.5, 4.5]), 2, note="none"),
    *over(special.factorial, (0.5, 3.0), single=False),
    row(special.factorial, np.array([-1.5, 2.5]), note="of a negative number", single=False),
    *over(special.zeta, 2.5, _POSITIVE),
]

ERROR_FUNCTIONS: list[Row] = [
    *(
        r
        for f in (special.erf, special.erfc, special.erfi, special.erfcx, special.dawsn, special.ndtr, special.log_ndtr)
        for r in unary(f, *_ANY)
    ),
    *complex_unary(special.erf, special.erfc, special.erfi, special.erfcx, special.dawsn, special.wofz, special.ndtr, special.log_ndtr),
    row(special.wofz, uniform(-2.0, 2.0, 3), note="of real numbers"),
    row(special.log_ndtr, np.array([-40.0, -5.0, 9.0]), note="tails", single=False),
    *unary(special.erfinv, -0.8, 0.8),
    *unary(special.erfcinv, 0.2, 1.8),
    *unary(special.ndtri, *_UNIT),
    *unary(special.ndtri_exp, -3.0, -0.3),
    *over(special.voigt_profile, _ANY, _POSITIVE, _POSITIVE),
]

EXPONENTIALS: list[Row] = [
    *(
        r
        for f in (special.expit, special.log_expit, special.exp2, special.exp10, special.exprel, special.cosm1, special.sindg, special.cosdg, special.tandg)
        for r in unary(f, *_ANY)
    ),
    *(r for f in filter(None, [getattr(special, "softplus", None)]) for r in unary(f, *_ANY)),
    *unary(special.cotdg, 20.0, 60.0),
    *unary(special.cbrt, *_POSITIVE),
    *(r for f in (special.log1p, special.expm1) for r in unary(f, -0.5, 2.0)),
    row(special.exprel, _SIXTHS, note="at zero"),
    *unary(special.logit, *_UNIT),
    row(special.lambertw, uniform(0.5, 2.0, 3)),
    row(special.lambertw, np.array([0.0, 0.5]), note="at zero"),
    row(special.lambertw, complex_normal(3), -1, note="complex"),
    *unary(special.wrightomega, *_ANY),
    *complex_unary(special.wrightomega, special.log1p, special.expm1),
]

REDUCTIONS: list[Row] = [
    *(
        row(f, normal(2, 3), kw=k, note=str(k))
        for f in (special.logsumexp, special.softmax, special.log_softmax)
        for k in ({}, {"axis": 0}, {"axis": -1}, {"axis": (0, 1)})
    ),
    *(row(f, normal(2, 0), kw={"axis": 0}, note="empty") for f in (special.softmax, special.log_softmax)),
    *(row(f, normal(), note="0-d") for f in (special.logsumexp, special.softmax)),
    row(special.logsumexp, normal(2, 3), kw={"axis": 1, "keepdims": True}, note="keepdims"),
    row(special.logsumexp, normal(2, 3), kw={"keepdims": True}, note="keepdims of all"),
    row(special.logsumexp, normal(2, 3), None, uniform(0.5, 2.0, 2, 3), note="b"),
    row(special.logsumexp, normal(2, 3), 0, uniform(0.5, 2.0, 3), note="b broadcast, axis"),
    row(special.logsumexp, normal(3), -1, uniform(0.5, 2.0, 2, 1), True, note="a broadcast, keepdims"),
    row(special.logsumexp, np.array([-np.inf, 0.5, 0.1]), note="-inf"),
]

INFORMATION: list[Row] = [
    *unary(special.entr, *_POSITIVE),
    *(r for f in (special.xlogy, special.xlog1py, special.rel_entr, special.kl_div) for r in binary(f, _POSITIVE, _POSITIVE)),
    *(r for f in (special.huber, special.pseudo_huber) for r in binary(f, (0.8, 1.2), _ANY)),
    row(special.huber, 1.0, np.array([-3.0, -0.5, 0.0, 2.0]), note="both branches"),
    row(special.pseudo_huber, 1.0, np.array([-3.0, 0.0]), note="at zero"),
]

POWERS: list[Row] = [
    *binary(special.powm1, _POSITIVE, _ANY),
    *(r for f in (special.boxcox, special.boxcox1p) for r in binary(f, _POSITIVE, _ANY)),
    *(r for f in (special.inv_boxcox, special.inv_boxcox1p) for r in binary(f, (-0.4, 0.9), (0.1, 1.0))),
    *(row(f, uniform(0.5, 0.9, 3), _SIXTHS, note="power 0") for f in (special.boxcox, special.boxcox1p, special.inv_boxcox, special.inv_boxcox1p)),
]

_SCALED = (special.i0e, special.i1e, special.k0e, special.k1e)
BESSEL: list[Row] = [
    *(r for f in (special.j0, special.j1, special.i0, special.i1, special.i0e, special.i1e) for r in unary(f, *_ANY)),
    *(r for f in (special.y0, special.y1, special.k0, special.k1, special.k0e, special.k1e) for r in unary(f, *_POSITIVE)),
    *(row(f, np.array([0.0, 1.0]), note="at zero", single=False) for f in (special.j0, special.j1, special.i0, special.i1)),
    *(
        r
        for f in (special.jv, special.yv, special.iv, special.ive, special.kv, special.kve, special.struve, special.modstruve)
        for v in (0.0, 1.5)
        for r in over(f, v, _POSITIVE)
    ),
    *(r for f in (special.yn, special.kn) for n in (0, 2) for r in over(f, n, _POSITIVE)),
    *(r for f in (special.jv, special.iv, special.ive) for r in over(f, 2, (-2.0, -0.5))),
    *(row(f, 1.5, complex_normal(3), skip=(0,), note="complex") for f in (special.jv, special.yv, special.iv, special.ive, special.kv, special.kve)),
    *(row(f, 1.5, uniform(0.5, 2.0, 3), skip=(0,)) for f in (special.hankel1, special.hankel2)),
    *(row(f, 1.5, complex_normal(3), skip=(0,), note="complex") for f in (special.hankel1, special.hankel2)),
    *unary(special.airy, *_ANY),
    *complex_unary(special.airy),
    row(special.airy, normal(3), live=(0, 3), note="two results"),
    *(
        row(f, n, uniform(0.5, 3.0, 4), kw=k, note=f"{n} {k}")
        for f in (special.spherical_jn, special.spherical_yn, special.spherical_in, special.spherical_kn)
        for n in (0, 2)
        for k in ({}, {"derivative": True})
    ),
]

INTEGRALS: list[Row] = [
    *(r for f in (special.expi, special.exp1, special.sici, special.shichi, special.fresnel, special.spence) for r in unary(f, *_POSITIVE)),
    *(row(f, normal(3), live=(1,), note="one result") for f in (special.sici, special.shichi, special.fresnel)),
    row(special.sici, np.array([0.0, 1.0]), live=(0,), note="at zero", single=False),
    row(special.spence, np.array([1.0, 0.5]), note="at one"),
    *(row(runtime.spence_slope, np.array([1.0, 0.3, 0.8, 1.4, 2.7]), k, note=f"order {k}", single=False) for k in (0, 1, 2)),
    *complex_unary(special.expi, special.exp1, special.fresnel, special.spence),
    *(r for n in (0, 1, 3) for r in over(special.expn, n, _POSITIVE)),
    row(special.expn, np.array([0, 2]), uniform(0.5, 3.0, 2), note="several orders"),
]

ELLIPTIC: list[Row] = [
    *(r for f in (special.ellipk, special.ellipe) for r in unary(f, -2.0, 0.9)),
    row(special.ellipk, np.array([0.0, 1e-9, 0.999]), note="at zero", single=False, tolerance=1e-5),
    row(special.ellipe, np.array([0.0, 1e-9, 0.9]), note="at zero", single=False),
    *unary(special.ellipkm1, 0.1, 0.9),
    *(r for f in (special.ellipkinc, special.ellipeinc) for r in over(f, _ANY, 0.4)),
    row(special.ellipj, normal(3), 0.3, skip=(1,)),
    row(special.ellipj, 0.7, uniform(0.1, 0.9, 3), skip=(1,), live=(0, 2), note="broadcast"),
]

HYPERGEOMETRIC: list[Row] = [
    *over(special.hyp2f1, 0.5, 1.5, 2.5, (-0.8, 0.8)),
    *over(special.hyp1f1, 0.5, 1.5, _ANY),
    *over(special.hyp0f1, 1.5, _POSITIVE),
    *over(special.hyperu, 0.5, 1.5, _POSITIVE),
    row(special.hyp2f1, 0.5, 1.5, 2.5, 0.3 * complex_normal(3), skip=(0, 1, 2), note="complex"),
    row(special.hyp1f1, 0.5, 1.5, complex_normal(3), skip=(0, 1), note="complex"),
]

DISTRIBUTIONS: list[Row] = [
    *(r for f in (special.gammainc, special.gammaincc) for a in (1.0, 2.5) for r in over(f, a, _POSITIVE)),
    *(r for f in (special.gammaincinv, special.gammainccinv) for r in over(f, 2.5, _UNIT)),
    row(special.gammainc, 1.0, np.array([1e-5, 1.0]), skip=(0,), note="near zero", single=False),
    *(
        r
        for f in map(special.__dict__.get, ("betainc", "betaincc", "betaincinv", "betainccinv"))
        if f is not None
        for r in over(f, 1.5, 2.5, _UNIT)
    ),
    *over(special.stdtr, 3.5, _ANY),
    *over(special.stdtrit, 3.5, _UNIT),
    *(r for f in (special.chdtr, special.chdtrc) for r in over(f, 3.0, _POSITIVE)),
]

POLYNOMIALS: list[Row] = [
    *(
        r
        for f in (special.eval_legendre, special.eval_chebyt, special.eval_chebyu, special.eval_laguerre, special.eval_hermite, special.eval_hermitenorm)
        for n in (0, 1, 4)
        for r in over(f, n, (-0.8, 0.8))
    ),
    row(special.eval_legendre, np.array([0, 3]), uniform(-0.8, 0.8, 2), note="several degrees"),
    *(r for f in (special.eval_gegenbauer, special.eval_genlaguerre) for n in (0, 3) for r in over(f, n, 0.5, (-0.8, 0.8))),
    *(r for n in (0, 3) for r in over(special.eval_jacobi, n, 0.5, 1.5, (-0.8, 0.8))),
]

COMPLEX_NUMBERS: list[Row] = [
    *(
        row(f, z, note=str(z), single=False)
        for f in (cmath.exp, cmath.log, cmath.log10, cmath.sqrt, cmath.sin, cmath.cos, cmath.tan, cmath.asin, cmath.acos, cmath.atan,
                  cmath.sinh, cmath.cosh, cmath.tanh, cmath.asinh, cmath.acosh, cmath.atanh, cmath.phase, cmath.polar)
        for z in (0.3 + 0.4j, -0.7 + 0.2j, -0.4 - 1.6j, 0.8 - 0.1j)
    ),
    *(row(f, 0.4, note="of a real number", single=False) for f in (cmath.exp, cmath.sqrt, cmath.asin, cmath.acosh)),
    row(cmath.log, 0.3 + 0.4j, 1.5 - 0.2j, note="base", single=False),
    row(cmath.polar, 0.3 - 0.4j, live=(1,), note="one result", single=False),
    row(cmath.rect, 1.3, 0.4, single=False),
]  # fmt: skip

_MATRIX = np.array([[3.0, 0.5], [-0.4, 2.0]])
SOLVER_HELPERS: list[Row] = [
    row(runtime.weighted, normal(3), uniform(0.5, 1.0, 3), note="arrays", single=False),
    row(runtime.root_bar, normal(2), _MATRIX),
    row(runtime.root_dot, normal(2), _MATRIX),
    row(runtime.root_bar, normal(2, 2), np.eye(4).reshape(2, 2, 2, 2) + 0.1 * normal(2, 2, 2, 2), note="of a matrix"),
    row(runtime.root_matrix_bar, normal(2), normal(3)),
    # their derivatives are those of solutions, not of what the helpers do; tested in test_solvers.py
    row(runtime.at_root, 0.5, 0.0, 2.0, skip=(2,), tolerance=np.inf),
    row(runtime.at_root, normal(2), np.zeros(2), _MATRIX, skip=(2,), tolerance=np.inf),
    *(row(f, 0.5, 0.3, 2.0, skip=(0, 2), tolerance=np.inf) for f in (runtime.depending_on, runtime.depending_also_on)),
    *(row(f, normal(2), normal(3), normal(3, 2), skip=(0, 2), tolerance=np.inf) for f in (runtime.depending_on, runtime.depending_also_on)),
    row(runtime.with_slope, 0.5, 0.3, 2.0, skip=(0, 2), tolerance=np.inf),
    row(runtime.with_slope, normal(2), normal(2), normal(2), skip=(0, 2), tolerance=np.inf),
]
