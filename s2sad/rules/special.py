"""Rules of `scipy.special`: gamma, error and logistic functions, information measures, powers, combinatorics.

The rules of other functions are in `special_bessel.py` and `special_integrals.py`. All are loaded once the module is
imported. Formulas: Abramowitz & Stegun (AS), and the NIST Digital Library of Mathematical Functions (DLMF). Where a textbook
formula cancels, a hypergeometric function stands for it, which has rules of its own.
"""
# Templates are parsed, not run: their names are not all defined here.
# mypy: allow-untyped-defs, no-check-untyped-defs, ignore-missing-imports

import scipy.special as special

from s2sad.rules.registry import adjoint, tangent, zero_derivative

# --- gamma and related functions (AS 6) ---------------------------------------------------------------------


@adjoint(special.gamma, elementwise=True)
def gamma(y, x):
    x_bar = y_bar * (y * special.digamma(x))


@adjoint(special.rgamma, elementwise=True)
def rgamma(y, x):
    x_bar = -y_bar * (y * special.digamma(x))


@adjoint(special.gammaln, special.loggamma, elementwise=True)
def gammaln(y, x):
    x_bar = y_bar * special.digamma(x)


@adjoint(special.digamma, special.psi, elementwise=True)
def digamma(y, x):
    x_bar = y_bar * special.polygamma(1, x)


@adjoint(special.polygamma, elementwise=True)
def polygamma(y, n, x):
    x_bar = y_bar * special.polygamma(n + 1, x)


@adjoint(special.multigammaln)
def multigammaln(y, a, d):
    a_bar = y_bar * np.sum(special.digamma(np.expand_dims(a, -1) - 0.5 * np.arange(d)), axis=-1)


@tangent(special.multigammaln)
def multigammaln_dot(y, a, d):
    y_dot = a_dot * np.sum(special.digamma(np.expand_dims(a, -1) - 0.5 * np.arange(d)), axis=-1)


@adjoint(special.beta, elementwise=True)
def beta(z, a, b):
    a_bar = z_bar * z * (special.digamma(a) - special.digamma(a + b))
    b_bar = z_bar * z * (special.digamma(b) - special.digamma(a + b))


@adjoint(special.betaln, elementwise=True)
def betaln(z, a, b):
    a_bar = z_bar * (special.digamma(a) - special.digamma(a + b))
    b_bar = z_bar * (special.digamma(b) - special.digamma(a + b))


@adjoint(special.poch, elementwise=True)
def poch(y, z, m):
    z_bar = y_bar * y * (special.digamma(z + m) - special.digamma(z))
    m_bar = y_bar * y * special.digamma(z + m)


@adjoint(special.binom, elementwise=True)
def binom(y, n, k):
    n_bar = y_bar * y * (special.digamma(n + 1.0) - special.digamma(n - k + 1.0))
    k_bar = y_bar * y * (special.digamma(n - k + 1.0) - special.digamma(k + 1.0))


@adjoint(special.comb, elementwise=True)
def comb(y, N, k):
    # 0 where the number of choices is none, in a whole neighbourhood
    none = (k > N) | (N < 0) | (k < 0)
    n = np.where(none, 1.0, N)
    m = np.where(none, 1.0, k)
    N_bar = y_bar * y * (special.digamma(n + 1.0) - special.digamma(n - m + 1.0))
    k_bar = y_bar * y * (special.digamma(n - m + 1.0) - special.digamma(m + 1.0))


@adjoint(special.factorial, elementwise=True)
def factorial(y, n):
    n_bar = y_bar * y * special.digamma(np.where(n < 0.0, 1.0, n + 1.0))


@adjoint(special.zeta, elementwise=True)
def zeta(y, x, q=None):
    q_bar = -y_bar * x * special.zeta(x + 1.0, q)


# --- error functions and the normal distribution (AS 7) -----------------------------------------------------
# 1.1283791670955126 is 2 / sqrt(pi), 0.8862269254527579 is sqrt(pi) / 2.


@adjoint(special.erf, elementwise=True)
def erf(y, x):
    x_bar = y_bar * (1.1283791670955126 * np.exp(-(x**2)))


@adjoint(special.erfc, elementwise=True)
def erfc(y, x):
    x_bar = -y_bar * (1.1283791670955126 * np.exp(-(x**2)))


@adjoint(special.erfi, elementwise=True)
def erfi(y, x):
    x_bar = y_bar * (1.1283791670955126 * np.exp(x**2))


@adjoint(special.erfcx, elementwise=True)
def erfcx(y, x):
    x_bar = y_bar * (2.0 * x * y - 1.1283791670955126)


@adjoint(special.erfinv, elementwise=True)
def erfinv(y, x):
    x_bar = y_bar * (0.8862269254527579 * np.exp(y**2))


@adjoint(special.erfcinv, elementwise=True)
def erfcinv(y, x):
    x_bar = -y_bar * (0.8862269254527579 * np.exp(y**2))


@adjoint(special.dawsn, elementwise=True)
def dawsn(y, x):
    x_bar = y_bar * (1.0 - 2.0 * x * y)


@adjoint(special.wofz, elementwise=True)
def wofz(y, z):
    z_bar = y_bar * (2j / math.sqrt(math.pi) - 2.0 * z * y)


@adjoint(special.ndtr, elementwise=True)
def ndtr(y, x):
    x_bar = y_bar * (np.exp(-0.5 * x**2) / math.sqrt(2.0 * math.pi))


@adjoint(special.log_ndtr, elementwise=True)
def log_ndtr(y, x):
    x_bar = y_bar * (math.sqrt(2.0 / math.pi) / special.erfcx(-x / math.sqrt(2.0)))


@adjoint(special.ndtri, elementwise=True)
def ndtri(y, x):
    x_bar = y_bar * (math.sqrt(2.0 * math.pi) * np.exp(0.5 * y**2))


@adjoint(special.ndtri_exp, elementwise=True)
def ndtri_exp(x, y):
    y_bar = x_bar * (math.sqrt(2.0 * math.pi) * np.exp(y + 0.5 * x**2))


# The Voigt profile is the real part of w(z) / (sigma sqrt(2 pi)) at z = (x + i gamma) / (sigma sqrt(2)), where
# w' = -2 z w + 2i / sqrt(pi) (DLMF 7.19, 7.10.2).
@adjoint(special.voigt_profile, elementwise=True)
def voigt_profile(y, x, sigma, gamma):
    z = (x + 1j * gamma) / (math.sqrt(2.0) * sigma)
    slope = (2j / math.sqrt(math.pi) - 2.0 * z * special.wofz(z)) / (2.0 * math.sqrt(math.pi) * sigma**2)
    x_bar = y_bar * np.real(slope)
    sigma_bar = -y_bar * (y / sigma + np.real(slope * z) * math.sqrt(2.0))
    gamma_bar = -y_bar * np.imag(slope)


# --- logistic and exponential functions ---------------------------------------------------------------------


@adjoint(special.expit, elementwise=True)
def expit(y, x):
    x_bar = y_bar * y * (1.0 - y)


@adjoint(special.log_expit, elementwise=True)
def log_expit(y, x):
    x_bar = -y_bar * np.expm1(y)


@adjoint(special.logit, elementwise=True)
def logit(y, x):
    x_bar = y_bar / (x * (1.0 - x))


@adjoint(getattr(special, "softplus", None), elementwise=True)
def softplus(y, x):
    x_bar = y_bar * special.expit(x)


@adjoint(special.log1p, elementwise=True)
def log1p(y, x):
    x_bar = y_bar / (1.0 + x)


@adjoint(special.expm1, elementwise=True)
def expm1(y, x):
    x_bar = y_bar * (y + 1.0)


@adjoint(special.exp2, elementwise=True)
def exp2(y, x):
    x_bar = y_bar * y * math.log(2.0)


@adjoint(special.exp10, elementwise=True)
def exp10(y, x):
    x_bar = y_bar * y * math.log(10.0)


@adjoint(special.cbrt, elementwise=True)
def cbrt(y, x):
    x_bar = y_bar / (3.0 * y**2)


# (exp(x) - 1) / x is the integral of exp(t x) over t from 0 to 1; its derivative that of t exp(t x) (DLMF 13.4.1).
@adjoint(special.exprel, elementwise=True)
def exprel(y, x):
    x_bar = y_bar * (0.5 * special.hyp1f1(2.0, 3.0, x))


@adjoint(special.cosm1, elementwise=True)
def cosm1(y, x):
    x_bar = -y_bar * np.sin(x)


@adjoint(special.sindg, elementwise=True)
def sindg(y, x):
    x_bar = y_bar * (math.pi / 180.0 * special.cosdg(x))


@adjoint(special.cosdg, elementwise=True)
def cosdg(y, x):
    x_bar = -y_bar * (math.pi / 180.0 * special.sindg(x))


@adjoint(special.tandg, elementwise=True)
def tandg(y, x):
    x_bar = y_bar * (math.pi / 180.0 * (1.0 + y**2))


@adjoint(special.cotdg, elementwise=True)
def cotdg(y, x):
    x_bar = -y_bar * (math.pi / 180.0 * (1.0 + y**2))


@adjoint(special.lambertw, elementwise=True)
def lambertw(y, z, k=0):
    z_bar = y_bar / (np.exp(y) * (1.0 + y))


@adjoint(special.wrightomega, elementwise=True)
def wrightomega(y, z):
    z_bar = y_bar * (y / (1.0 + y))


# --- reductions ---------------------------------------------------------------------------------------------


@adjoint(special.logsumexp)
def logsumexp(y, a, axis=None, b=None, keepdims=False):
    if b is None and axis is None and not keepdims:
        a_bar = y_bar * np.exp(a - y)
    elif b is None:
        a_bar = restore_axes(y_bar, a, axis, keepdims) * np.exp(a - restore_axes(y, a, axis, keepdims))
    else:
        # a and b broadcast against each other
        whole = np.broadcast_to(a, np.broadcast_shapes(np.shape(a), np.shape(b)))
        share_bar = restore_axes(y_bar, whole, axis, keepdims) * np.exp(a - restore_axes(y, whole, axis, keepdims))
        a_bar = unbroadcast(share_bar * b, a)
        b_bar = unbroadcast(share_bar, b)


@tangent(special.logsumexp)
def logsumexp_dot(y, a, axis=None, b=None, keepdims=False):
    if b is None:
        shares = np.exp(a - restore_axes(y, a, axis, keepdims))
        y_dot = np.sum(a_dot * shares, axis=axis, keepdims=keepdims)
    else:
        whole = np.broadcast_to(a, np.broadcast_shapes(np.shape(a), np.shape(b)))
        shares = np.exp(a - restore_axes(y, whole, axis, keepdims))
        y_dot = np.sum(a_dot * shares * b, axis=axis, keepdims=keepdims) + np.sum(b_dot * shares, axis=axis, keepdims=keepdims)


@adjoint(special.softmax)
def softmax(y, x, axis=None):
    x_bar = y * (y_bar - np.sum(y * y_bar, axis=axis, keepdims=True))


@tangent(special.softmax)
def softmax_dot(y, x, axis=None):
    y_dot = y * (x_dot - np.sum(y * x_dot, axis=axis, keepdims=True))


@adjoint(special.log_softmax)
def log_softmax(y, x, axis=None):
    x_bar = y_bar - np.exp(y) * np.sum(y_bar, axis=axis, keepdims=True)


@tangent(special.log_softmax)
def log_softmax_dot(y, x, axis=None):
    y_dot = x_dot - np.sum(np.exp(y) * x_dot, axis=axis, keepdims=True)


# --- information and robust losses --------------------------------------------------------------------------


@adjoint(special.xlogy, elementwise=True)
def xlogy(z, x, y):
    x_bar = z_bar * np.where((x == 0.0) & (y == 0.0), 0.0, np.log(np.where((x == 0.0) & (y == 0.0), 1.0, y)))
    y_bar = z_bar * np.where((x == 0.0) & (y == 0.0), 0.0, x / np.where((x == 0.0) & (y == 0.0), 1.0, y))


@adjoint(special.xlog1py, elementwise=True)
def xlog1py(z, x, y):
    x_bar = z_bar * np.log1p(y)
    y_bar = z_bar * (x / (1.0 + y))


@adjoint(special.entr, elementwise=True)
def entr(y, x):
    x_bar = -y_bar * (np.log(x) + 1.0)


@adjoint(special.rel_entr, elementwise=True)
def rel_entr(z, x, y):
    x_bar = z_bar * (np.log(x / y) + 1.0)
    y_bar = -z_bar * (x / y)


@adjoint(special.kl_div, elementwise=True)
def kl_div(z, x, y):
    x_bar = z_bar * np.log(x / y)
    y_bar = z_bar * (1.0 - x / y)


@adjoint(special.huber, elementwise=True)
def huber(y, delta, r):
    delta_bar = y_bar * np.maximum(np.abs(r) - delta, 0.0)
    r_bar = y_bar * np.clip(r, -delta, delta)


# delta**2 (s - 1) with s = sqrt(1 + u**2), u = r / delta; its slope in delta is delta (s - 1)**2 / s.
@adjoint(special.pseudo_huber, elementwise=True)
def pseudo_huber(y, delta, r):
    s = np.sqrt(1.0 + (r / delta) ** 2)
    delta_bar = y_bar * delta * ((r / delta) ** 2 / (1.0 + s)) ** 2 / s
    r_bar = y_bar * r / s


# --- power transforms ---------------------------------------------------------------------------------------


@adjoint(special.powm1, elementwise=True)
def powm1(z, x, y):
    x_bar = z_bar * y * x ** (y - 1.0)
    y_bar = z_bar * x**y * log_or_zero(x)


# (x**lmbda - 1) / lmbda is log(x) exprel(lmbda log(x)).
@adjoint(special.boxcox, elementwise=True)
def boxcox(y, x, lmbda):
    x_bar = y_bar * x ** (lmbda - 1.0)
    lmbda_bar = y_bar * 0.5 * np.log(x) ** 2 * special.hyp1f1(2.0, 3.0, lmbda * np.log(x))


@adjoint(special.boxcox1p, elementwise=True)
def boxcox1p(y, x, lmbda):
    x_bar = y_bar * (1.0 + x) ** (lmbda - 1.0)
    lmbda_bar = y_bar * 0.5 * np.log1p(x) ** 2 * special.hyp1f1(2.0, 3.0, lmbda * np.log1p(x))


# The inverse is exp(y log1p(u) / u) with u = lmbda y; the derivative of log1p(u) / u is -F(2, 2; 3; -u) / 2 (AS 15.1.3, 15.2.1).
@adjoint(special.inv_boxcox, elementwise=True)
def inv_boxcox(x, y, lmbda):
    y_bar = x_bar * x ** (1.0 - lmbda)
    lmbda_bar = -x_bar * x * 0.5 * y**2 * special.hyp2f1(2.0, 2.0, 3.0, -lmbda * y)


@adjoint(special.inv_boxcox1p, elementwise=True)
def inv_boxcox1p(x, y, lmbda):
    y_bar = x_bar * (1.0 + x) ** (1.0 - lmbda)
    lmbda_bar = -x_bar * (1.0 + x) * 0.5 * y**2 * special.hyp2f1(2.0, 2.0, 3.0, -lmbda * y)


zero_derivative(special.gammasgn, special.round)
