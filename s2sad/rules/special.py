"""Rules of `scipy.special`; loaded once that module is imported. Formulas: Abramowitz & Stegun."""
# Templates are parsed, not run: their names are not all defined here.
# mypy: allow-untyped-defs, no-check-untyped-defs, ignore-missing-imports

import scipy.special as special

from s2sad.rules.registry import adjoint

# A template cannot name `scipy.special`; the run-time helper `polygamma_of` imports it when it runs.


@adjoint(special.erf, elementwise=True)
def erf(y, x):
    x_bar = y_bar * (2.0 / math.sqrt(math.pi) * np.exp(-(x**2)))


@adjoint(special.erfc, elementwise=True)
def erfc(y, x):
    x_bar = -y_bar * (2.0 / math.sqrt(math.pi) * np.exp(-(x**2)))


@adjoint(special.erfinv, elementwise=True)
def erfinv(y, x):
    x_bar = y_bar * (math.sqrt(math.pi) / 2.0 * np.exp(y**2))


@adjoint(special.gamma, elementwise=True)
def gamma(y, x):
    x_bar = y_bar * (y * polygamma_of(0, x))


@adjoint(special.gammaln, special.loggamma, elementwise=True)
def gammaln(y, x):
    x_bar = y_bar * polygamma_of(0, x)


@adjoint(special.digamma, special.psi, elementwise=True)
def digamma(y, x):
    x_bar = y_bar * polygamma_of(1, x)


@adjoint(special.polygamma, elementwise=True)
def polygamma(y, n, x):
    x_bar = y_bar * polygamma_of(n + 1, x)


@adjoint(special.expit, elementwise=True)
def expit(y, x):
    x_bar = y_bar * y * (1.0 - y)


@adjoint(special.log_expit, elementwise=True)
def log_expit(y, x):
    x_bar = -y_bar * np.expm1(y)


@adjoint(special.logit, elementwise=True)
def logit(y, x):
    x_bar = y_bar / (x * (1.0 - x))


@adjoint(special.log1p, elementwise=True)
def log1p(y, x):
    x_bar = y_bar / (1.0 + x)


@adjoint(special.expm1, elementwise=True)
def expm1(y, x):
    x_bar = y_bar * (y + 1.0)


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


@adjoint(special.logsumexp)
def logsumexp(y, a, axis=None, *, keepdims=False):
    if axis is None and not keepdims:
        a_bar = y_bar * np.exp(a - y)
    else:
        a_bar = restore_axes(y_bar, a, axis, keepdims) * np.exp(a - restore_axes(y, a, axis, keepdims))


@adjoint(special.softmax)
def softmax(y, x, axis=None):
    x_bar = y * (y_bar - np.sum(y * y_bar, axis=axis, keepdims=True))


@adjoint(special.log_softmax)
def log_softmax(y, x, axis=None):
    x_bar = y_bar - np.exp(y) * np.sum(y_bar, axis=axis, keepdims=True)


@adjoint(special.lambertw, elementwise=True)
def lambertw(y, z, k=0):
    z_bar = y_bar / (np.exp(y) * (1.0 + y))


@adjoint(special.ndtr, elementwise=True)
def ndtr(y, x):
    x_bar = y_bar * (np.exp(-0.5 * x**2) / math.sqrt(2.0 * math.pi))


@adjoint(special.log_ndtr, elementwise=True)
def log_ndtr(y, x):
    x_bar = y_bar * (np.exp(-0.5 * x**2 - y) / math.sqrt(2.0 * math.pi))


@adjoint(special.ndtri, elementwise=True)
def ndtri(y, x):
    x_bar = y_bar * (math.sqrt(2.0 * math.pi) * np.exp(0.5 * y**2))
