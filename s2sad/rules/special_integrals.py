"""Rules of the integrals, hypergeometric functions, distributions and orthogonal polynomials of `scipy.special`.

They are in the argument: parameters without a rule are constants. Formulas: Abramowitz & Stegun (AS), and the NIST Digital
Library of Mathematical Functions (DLMF).
"""
# Templates are parsed, not run: their names are not all defined here.
# mypy: allow-untyped-defs, no-check-untyped-defs, ignore-missing-imports

import scipy.special as special

from s2sad.rules.registry import adjoint, tangent

# --- exponential, trigonometric and Fresnel integrals (AS 5, 7.3, 27.7) -------------------------------------


@adjoint(special.expi, elementwise=True)
def expi(y, x):
    x_bar = y_bar * (np.exp(x) / x)


@adjoint(special.exp1, elementwise=True)
def exp1(y, z):
    z_bar = -y_bar * (np.exp(-z) / z)


@adjoint(special.expn, elementwise=True)
def expn(y, n, x):
    slope = np.where(n == 0, y * (1.0 + 1.0 / np.where(n == 0, x, 1.0)), special.expn(np.maximum(n - 1, 0), x))
    x_bar = -y_bar * slope


@adjoint(special.sici)
def sici(y, x):
    x_bar = weighted(y_bar, (np.sinc(x / math.pi), np.cos(x) / x))


@tangent(special.sici)
def sici_dot(y, x):
    y_dot = (x_dot * np.sinc(x / math.pi), x_dot * (np.cos(x) / x))


@adjoint(special.shichi)
def shichi(y, x):
    x_bar = weighted(y_bar, (np.sinh(x) / x, np.cosh(x) / x))


@tangent(special.shichi)
def shichi_dot(y, x):
    y_dot = (x_dot * (np.sinh(x) / x), x_dot * (np.cosh(x) / x))


@adjoint(special.fresnel)
def fresnel(y, z):
    z_bar = weighted(y_bar, (np.sin(0.5 * math.pi * z**2), np.cos(0.5 * math.pi * z**2)))


@tangent(special.fresnel)
def fresnel_dot(y, z):
    y_dot = (z_dot * np.sin(0.5 * math.pi * z**2), z_dot * np.cos(0.5 * math.pi * z**2))


@adjoint(special.spence, elementwise=True)
def spence(y, z):
    z_bar = y_bar * spence_slope(z)


# --- elliptic integrals and functions -----------------------------------------------------------------------
# The complete ones are hypergeometric functions of the parameter (AS 17.3.9, 17.3.10), and so are their derivatives (15.2.1).


@adjoint(special.ellipk, elementwise=True)
def ellipk(y, m):
    m_bar = y_bar * (math.pi / 8.0 * special.hyp2f1(1.5, 1.5, 2.0, m))


@adjoint(special.ellipkm1, elementwise=True)
def ellipkm1(y, p):
    p_bar = y_bar * ((y - special.ellipe(1.0 - p) / p) / (2.0 * (1.0 - p)))


@adjoint(special.ellipe, elementwise=True)
def ellipe(y, m):
    m_bar = -y_bar * (math.pi / 8.0 * special.hyp2f1(0.5, 1.5, 2.0, m))


@adjoint(special.ellipkinc, elementwise=True)
def ellipkinc(y, phi, m):
    phi_bar = y_bar / np.sqrt(1.0 - m * np.sin(phi) ** 2)


@adjoint(special.ellipeinc, elementwise=True)
def ellipeinc(y, phi, m):
    phi_bar = y_bar * np.sqrt(1.0 - m * np.sin(phi) ** 2)


# sn, cn, dn and the amplitude (AS 16.16)
@adjoint(special.ellipj)
def ellipj(y, u, m):
    u_bar = unbroadcast(weighted(y_bar, (y[1] * y[2], -y[0] * y[2], -m * y[0] * y[1], y[2])), u)


@tangent(special.ellipj)
def ellipj_dot(y, u, m):
    y_dot = (u_dot * (y[1] * y[2]), -u_dot * (y[0] * y[2]), -u_dot * (m * y[0] * y[1]), u_dot * y[2])


# --- hypergeometric functions (AS 13.4.8, 13.4.21, 15.2.1) --------------------------------------------------


@adjoint(special.hyp2f1, elementwise=True)
def hyp2f1(y, a, b, c, z):
    z_bar = y_bar * (a * b / c * special.hyp2f1(a + 1.0, b + 1.0, c + 1.0, z))


@adjoint(special.hyp1f1, elementwise=True)
def hyp1f1(y, a, b, x):
    x_bar = y_bar * (a / b * special.hyp1f1(a + 1.0, b + 1.0, x))


@adjoint(special.hyp0f1, elementwise=True)
def hyp0f1(y, v, z):
    z_bar = y_bar * (special.hyp0f1(v + 1.0, z) / v)


@adjoint(special.hyperu, elementwise=True)
def hyperu(y, a, b, x):
    x_bar = -y_bar * (a * special.hyperu(a + 1.0, b + 1.0, x))


# --- incomplete gamma and beta functions and their inverses (AS 6.5.25, 26.5.1) -----------------------------


@adjoint(special.gammainc, elementwise=True)
def gammainc(y, a, x):
    x_bar = y_bar * np.exp(special.xlogy(a - 1.0, x) - x - special.gammaln(a))


@adjoint(special.gammaincc, elementwise=True)
def gammaincc(y, a, x):
    x_bar = -y_bar * np.exp(special.xlogy(a - 1.0, x) - x - special.gammaln(a))


@adjoint(special.gammaincinv, elementwise=True)
def gammaincinv(x, a, y):
    y_bar = x_bar * np.exp(x + special.gammaln(a) - special.xlogy(a - 1.0, x))


@adjoint(special.gammainccinv, elementwise=True)
def gammainccinv(x, a, y):
    y_bar = -x_bar * np.exp(x + special.gammaln(a) - special.xlogy(a - 1.0, x))


@adjoint(special.betainc, elementwise=True)
def betainc(y, a, b, x):
    x_bar = y_bar * np.exp(special.xlogy(a - 1.0, x) + special.xlog1py(b - 1.0, -x) - special.betaln(a, b))


@adjoint(getattr(special, "betaincc", None), elementwise=True)
def betaincc(y, a, b, x):
    x_bar = -y_bar * np.exp(special.xlogy(a - 1.0, x) + special.xlog1py(b - 1.0, -x) - special.betaln(a, b))


@adjoint(special.betaincinv, elementwise=True)
def betaincinv(x, a, b, y):
    y_bar = x_bar * np.exp(special.betaln(a, b) - special.xlogy(a - 1.0, x) - special.xlog1py(b - 1.0, -x))


@adjoint(getattr(special, "betainccinv", None), elementwise=True)
def betainccinv(x, a, b, y):
    y_bar = -x_bar * np.exp(special.betaln(a, b) - special.xlogy(a - 1.0, x) - special.xlog1py(b - 1.0, -x))


# --- distribution functions (AS 26.4, 26.7) -----------------------------------------------------------------


@adjoint(special.stdtr, elementwise=True)
def stdtr(y, df, t):
    t_bar = y_bar * np.exp(-0.5 * (df + 1.0) * np.log1p(t**2 / df) - 0.5 * np.log(df) - special.betaln(0.5 * df, 0.5))


@adjoint(special.stdtrit, elementwise=True)
def stdtrit(t, df, p):
    p_bar = t_bar * np.exp(0.5 * (df + 1.0) * np.log1p(t**2 / df) + 0.5 * np.log(df) + special.betaln(0.5 * df, 0.5))


@adjoint(special.chdtr, elementwise=True)
def chdtr(y, v, x):
    x_bar = y_bar * (0.5 * np.exp(special.xlogy(0.5 * v - 1.0, 0.5 * x) - 0.5 * x - special.gammaln(0.5 * v)))


@adjoint(special.chdtrc, elementwise=True)
def chdtrc(y, v, x):
    x_bar = -y_bar * (0.5 * np.exp(special.xlogy(0.5 * v - 1.0, 0.5 * x) - 0.5 * x - special.gammaln(0.5 * v)))


# --- orthogonal polynomials in their argument (AS 22.5, 22.8; DLMF 18.9.15 to 18.9.28) ----------------------


@adjoint(special.eval_jacobi, elementwise=True)
def eval_jacobi(y, n, alpha, beta, x):
    x_bar = y_bar * (0.5 * (n + alpha + beta + 1.0) * special.eval_jacobi(n - 1, alpha + 1.0, beta + 1.0, x))


@adjoint(special.eval_legendre, elementwise=True)
def eval_legendre(y, n, x):
    x_bar = y_bar * (0.5 * (n + 1.0) * special.eval_jacobi(n - 1, 1.0, 1.0, x))


@adjoint(special.eval_chebyt, elementwise=True)
def eval_chebyt(y, n, x):
    x_bar = y_bar * (n * special.eval_chebyu(n - 1, x))


@adjoint(special.eval_chebyu, elementwise=True)
def eval_chebyu(y, n, x):
    x_bar = y_bar * (2.0 * special.eval_gegenbauer(n - 1, 2.0, x))


@adjoint(special.eval_gegenbauer, elementwise=True)
def eval_gegenbauer(y, n, alpha, x):
    x_bar = y_bar * (2.0 * alpha * special.eval_gegenbauer(n - 1, alpha + 1.0, x))


@adjoint(special.eval_laguerre, elementwise=True)
def eval_laguerre(y, n, x):
    x_bar = -y_bar * special.eval_genlaguerre(n - 1, 1.0, x)


@adjoint(special.eval_genlaguerre, elementwise=True)
def eval_genlaguerre(y, n, alpha, x):
    x_bar = -y_bar * special.eval_genlaguerre(n - 1, alpha + 1.0, x)


# SciPy has no Hermite polynomial of degree -1: 0 times that of degree 0 stands for it
@adjoint(special.eval_hermite, elementwise=True)
def eval_hermite(y, n, x):
    x_bar = y_bar * (2.0 * n * special.eval_hermite(np.maximum(n - 1, 0), x))


@adjoint(special.eval_hermitenorm, elementwise=True)
def eval_hermitenorm(y, n, x):
    x_bar = y_bar * (n * special.eval_hermitenorm(np.maximum(n - 1, 0), x))
