"""Rules of the run-time helpers that compute adjoints of products and transforms, for derivatives of higher order.

The adjoint of a factor of a product is linear in the adjoint of the result and in the other factors; its own adjoints are
the product with the factor replaced, and the adjoints of the other factors. An adjoint of a transform is its transpose, so
that the adjoint of that is the transform.
"""
# Templates are parsed, not run: their names are not all defined here.
# mypy: allow-untyped-defs, no-check-untyped-defs

from s2sad import runtime
from s2sad.rules.registry import adjoint, linear, tangent


@adjoint(runtime.matmul_left)
def matmul_left(y, g, A, B):
    g_bar = y_bar @ B
    A_bar = None  # only its shape is read
    B_bar = matmul_right(g, y_bar, B)


@tangent(runtime.matmul_left)
def matmul_left_dot(y, g, A, B):
    y_dot = matmul_left(g_dot, A, B) + matmul_left(g, A, B_dot)


@adjoint(runtime.matmul_right)
def matmul_right(y, g, A, B):
    g_bar = A @ y_bar
    B_bar = None  # only its shape is read
    A_bar = matmul_left(g, A, y_bar)


@tangent(runtime.matmul_right)
def matmul_right_dot(y, g, A, B):
    y_dot = matmul_right(g_dot, A, B) + matmul_right(g, A_dot, B)


@adjoint(runtime.dot_left)
def dot_left(y, g, a, b):
    g_bar = np.dot(y_bar, b)
    a_bar = None  # only its shape is read
    b_bar = dot_right(g, y_bar, b)


@tangent(runtime.dot_left)
def dot_left_dot(y, g, a, b):
    y_dot = dot_left(g_dot, a, b) + dot_left(g, a, b_dot)


@adjoint(runtime.dot_right)
def dot_right(y, g, a, b):
    g_bar = np.dot(a, y_bar)
    b_bar = None  # only its shape is read
    a_bar = dot_left(g, a, y_bar)


@tangent(runtime.dot_right)
def dot_right_dot(y, g, a, b):
    y_dot = dot_right(g_dot, a, b) + dot_right(g, a_dot, b)


@adjoint(runtime.inner_left)
def inner_left(y, g, a, b):
    g_bar = np.inner(y_bar, b)
    a_bar = None  # only its shape is read
    b_bar = inner_right(g, y_bar, b)


@tangent(runtime.inner_left)
def inner_left_dot(y, g, a, b):
    y_dot = inner_left(g_dot, a, b) + inner_left(g, a, b_dot)


@adjoint(runtime.inner_right)
def inner_right(y, g, a, b):
    g_bar = np.inner(a, y_bar)
    b_bar = None  # only its shape is read
    a_bar = inner_left(g, a, y_bar)


@tangent(runtime.inner_right)
def inner_right_dot(y, g, a, b):
    y_dot = inner_right(g_dot, a, b) + inner_right(g, a_dot, b)


@adjoint(runtime.tensordot_left)
def tensordot_left(y, g, a, b, axes=2):
    g_bar = np.tensordot(y_bar, b, axes)
    a_bar = None  # only its shape is read
    b_bar = tensordot_right(g, y_bar, b, axes)


@tangent(runtime.tensordot_left)
def tensordot_left_dot(y, g, a, b, axes=2):
    y_dot = tensordot_left(g_dot, a, b, axes) + tensordot_left(g, a, b_dot, axes)


@adjoint(runtime.tensordot_right)
def tensordot_right(y, g, a, b, axes=2):
    g_bar = np.tensordot(a, y_bar, axes)
    b_bar = None  # only its shape is read
    a_bar = tensordot_left(g, a, y_bar, axes)


@tangent(runtime.tensordot_right)
def tensordot_right_dot(y, g, a, b, axes=2):
    y_dot = tensordot_right(g_dot, a, b, axes) + tensordot_right(g, a_dot, b, axes)


@adjoint(runtime.kron_left)
def kron_left(y, g, a, b):
    g_bar = np.kron(y_bar, b)
    a_bar = None  # only its shape is read
    b_bar = kron_right(g, y_bar, b)


@tangent(runtime.kron_left)
def kron_left_dot(y, g, a, b):
    y_dot = kron_left(g_dot, a, b) + kron_left(g, a, b_dot)


@adjoint(runtime.kron_right)
def kron_right(y, g, a, b):
    g_bar = np.kron(a, y_bar)
    b_bar = None  # only its shape is read
    a_bar = kron_left(g, a, y_bar)


@tangent(runtime.kron_right)
def kron_right_dot(y, g, a, b):
    y_dot = kron_right(g_dot, a, b) + kron_right(g, a_dot, b)


@adjoint(runtime.vecdot_left)
def vecdot_left(y, g, x1, x2, axis=-1):
    g_bar = np.vecdot(y_bar, x2, axis=axis)
    x1_bar = None  # only its shape is read
    x2_bar = vecdot_right(g, y_bar, x2, axis)


@tangent(runtime.vecdot_left)
def vecdot_left_dot(y, g, x1, x2, axis=-1):
    y_dot = vecdot_left(g_dot, x1, x2, axis) + vecdot_left(g, x1, x2_dot, axis)


@adjoint(runtime.vecdot_right)
def vecdot_right(y, g, x1, x2, axis=-1):
    g_bar = np.vecdot(x1, y_bar, axis=axis)
    x2_bar = None  # only its shape is read
    x1_bar = vecdot_left(g, x1, y_bar, axis)


@tangent(runtime.vecdot_right)
def vecdot_right_dot(y, g, x1, x2, axis=-1):
    y_dot = vecdot_right(g_dot, x1, x2, axis) + vecdot_right(g, x1_dot, x2, axis)


@adjoint(runtime.cross_left)
def cross_left(y, g, a, b, axisa=-1, axisb=-1, axisc=-1, axis=None):
    g_bar = np.cross(y_bar, b, axisa, axisb, axisc, axis)
    a_bar = None  # only its shape is read
    b_bar = cross_right(g, y_bar, b, axisa, axisb, axisc, axis)


@tangent(runtime.cross_left)
def cross_left_dot(y, g, a, b, axisa=-1, axisb=-1, axisc=-1, axis=None):
    y_dot = cross_left(g_dot, a, b, axisa, axisb, axisc, axis) + cross_left(g, a, b_dot, axisa, axisb, axisc, axis)


@adjoint(runtime.cross_right)
def cross_right(y, g, a, b, axisa=-1, axisb=-1, axisc=-1, axis=None):
    g_bar = np.cross(a, y_bar, axisa, axisb, axisc, axis)
    b_bar = None  # only its shape is read
    a_bar = cross_left(g, a, y_bar, axisa, axisb, axisc, axis)


@tangent(runtime.cross_right)
def cross_right_dot(y, g, a, b, axisa=-1, axisb=-1, axisc=-1, axis=None):
    y_dot = cross_right(g_dot, a, b, axisa, axisb, axisc, axis) + cross_right(g, a_dot, b, axisa, axisb, axisc, axis)


@adjoint(runtime.correlate_left)
def correlate_left(y, g, a, v, mode="valid"):
    g_bar = np.correlate(y_bar, v, mode)
    a_bar = None  # only its shape is read
    v_bar = correlate_right(g, y_bar, v, mode)


@tangent(runtime.correlate_left)
def correlate_left_dot(y, g, a, v, mode="valid"):
    y_dot = correlate_left(g_dot, a, v, mode) + correlate_left(g, a, v_dot, mode)


@adjoint(runtime.correlate_right)
def correlate_right(y, g, a, v, mode="valid"):
    g_bar = np.correlate(a, y_bar, mode)
    v_bar = None  # only its shape is read
    a_bar = correlate_left(g, a, y_bar, mode)


@tangent(runtime.correlate_right)
def correlate_right_dot(y, g, a, v, mode="valid"):
    y_dot = correlate_right(g_dot, a, v, mode) + correlate_right(g, a_dot, v, mode)


@adjoint(runtime.convolve_over_left)
def convolve_over_left(y, g, in1, in2, mode="full", axes=None, method="auto"):
    g_bar = convolve_over(y_bar, in2, mode, axes, method)
    in1_bar = None  # only its shape is read
    in2_bar = convolve_over_right(g, y_bar, in2, mode, axes, method)


@tangent(runtime.convolve_over_left)
def convolve_over_left_dot(y, g, in1, in2, mode="full", axes=None, method="auto"):
    y_dot = convolve_over_left(g_dot, in1, in2, mode, axes, method) + convolve_over_left(g, in1, in2_dot, mode, axes, method)


@adjoint(runtime.convolve_over_right)
def convolve_over_right(y, g, in1, in2, mode="full", axes=None, method="auto"):
    g_bar = convolve_over(in1, y_bar, mode, axes, method)
    in2_bar = None  # only its shape is read
    in1_bar = convolve_over_left(g, in1, y_bar, mode, axes, method)


@tangent(runtime.convolve_over_right)
def convolve_over_right_dot(y, g, in1, in2, mode="full", axes=None, method="auto"):
    y_dot = convolve_over_right(g_dot, in1, in2, mode, axes, method) + convolve_over_right(g, in1_dot, in2, mode, axes, method)


@adjoint(runtime.correlate_over_left)
def correlate_over_left(y, g, in1, in2, mode="full", method="auto"):
    g_bar = correlate_over(y_bar, in2, mode, method)
    in1_bar = None  # only its shape is read
    in2_bar = correlate_over_right(g, y_bar, in2, mode, method)


@tangent(runtime.correlate_over_left)
def correlate_over_left_dot(y, g, in1, in2, mode="full", method="auto"):
    y_dot = correlate_over_left(g_dot, in1, in2, mode, method) + correlate_over_left(g, in1, in2_dot, mode, method)


@adjoint(runtime.correlate_over_right)
def correlate_over_right(y, g, in1, in2, mode="full", method="auto"):
    g_bar = correlate_over(in1, y_bar, mode, method)
    in2_bar = None  # only its shape is read
    in1_bar = correlate_over_left(g, in1, y_bar, mode, method)


@tangent(runtime.correlate_over_right)
def correlate_over_right_dot(y, g, in1, in2, mode="full", method="auto"):
    y_dot = correlate_over_right(g_dot, in1, in2, mode, method) + correlate_over_right(g, in1_dot, in2, mode, method)


@adjoint(runtime.convolve_bar)
def convolve_bar(y, g, a, v, mode):
    g_bar = np.convolve(y_bar, v, mode)
    a_bar = None  # only its shape is read
    v_bar = convolve_bar(g, v, y_bar, mode)


@tangent(runtime.convolve_bar)
def convolve_bar_dot(y, g, a, v, mode):
    y_dot = convolve_bar(g_dot, a, v, mode) + convolve_bar(g, a, v_dot, mode)


@adjoint(runtime.einsum_bar)
def einsum_bar(y, g, subscripts, operands):
    g_bar = einsum_tangent(subscripts, operands, y_bar)
    operands_bar = einsum_bar_of_operands(y_bar, g, subscripts, operands)


@tangent(runtime.einsum_bar)
def einsum_bar_dot(y, g, subscripts, operands):
    y_dot = einsum_bar_tangent(g_dot, operands_dot, g, subscripts, operands)


@adjoint(runtime.cofactors)
def cofactors(z, a, y):
    a_bar = cofactors_along(z_bar, a)
    y_bar = None  # the determinant of `a`, which is counted above


@tangent(runtime.cofactors)
def cofactors_dot(z, a, y):
    unread = y_dot
    z_dot = cofactors_along(a_dot, a)


@adjoint(runtime.cofactors_beside)
def cofactors_beside(z, direction, a):
    direction_bar = cofactors_beside(z_bar, a)
    a_bar = third_of_singular(z_bar, a)


@tangent(runtime.cofactors_beside)
def cofactors_beside_dot(z, direction, a):
    z_dot = cofactors_beside(direction_dot, a) + third_of_singular(a_dot, a)


@adjoint(runtime.expm_bar)
def expm_bar(y, g, a):
    g_bar = expm_tangent(a, y_bar)
    a_bar = expm_second(np.swapaxes(a, -1, -2), g, np.swapaxes(y_bar, -1, -2))


@tangent(runtime.expm_bar)
def expm_bar_dot(y, g, a):
    y_dot = expm_bar(g_dot, a) + expm_second(np.swapaxes(a, -1, -2), g, np.swapaxes(a_dot, -1, -2))


@adjoint(runtime.fit_axis, memory="maybe_view")
def fit_axis(y, g, a, axis=-1):
    g_bar = fit_axis(y_bar, g, axis)
    a_bar = None  # only its shape is read


@adjoint(runtime.irfft_bar)
def irfft_bar(y, g, a, axis=-1, norm=None):
    g_bar = np.fft.irfft(y_bar, np.shape(g)[axis], axis, norm)
    a_bar = None  # only its shape is read


@adjoint(runtime.hfft_bar)
def hfft_bar(y, g, a, axis=-1, norm=None):
    g_bar = np.fft.hfft(y_bar, np.shape(g)[axis], axis, norm)
    a_bar = None  # only its shape is read


@adjoint(runtime.ihfft_bar)
def ihfft_bar(y, g, a, n=None, axis=-1, norm=None):
    g_bar = np.fft.ihfft(y_bar, n, axis, norm)
    a_bar = None  # only its shape is read


@adjoint(runtime.fftn_bar)
def fftn_bar(y, g, a, s=None, axes=None, norm=None):
    g_bar = np.fft.fftn(y_bar, s, axes, norm)
    a_bar = None  # only its shape is read


@adjoint(runtime.ifftn_bar)
def ifftn_bar(y, g, a, s=None, axes=None, norm=None):
    g_bar = np.fft.ifftn(y_bar, s, axes, norm)
    a_bar = None  # only its shape is read


@adjoint(runtime.rfftn_bar)
def rfftn_bar(y, g, a, s=None, axes=None, norm=None):
    g_bar = np.fft.rfftn(y_bar, s, axes, norm)
    a_bar = None  # only its shape is read


@adjoint(runtime.irfftn_bar)
def irfftn_bar(y, g, a, s=None, axes=None, norm=None):
    g_bar = np.fft.irfftn(y_bar, s, axes, norm)
    a_bar = None  # only its shape is read


@adjoint(runtime.cosine_bar)
def cosine_bar(y, g, x, kind, type, axis=-1, norm=None):
    g_bar = cosine_of(y_bar, g, kind, type, axis, norm)
    x_bar = None  # only its shape is read


@adjoint(runtime.cosine_of)
def cosine_of(y, x, g, kind, type, axis=-1, norm=None):
    x_bar = cosine_bar(y_bar, x, kind, type, axis, norm)
    g_bar = None  # only its shape is read


linear(
    runtime.cosine_bar, runtime.cosine_of, runtime.fit_axis, runtime.irfft_bar, runtime.hfft_bar, runtime.ihfft_bar,
    runtime.fftn_bar, runtime.ifftn_bar, runtime.rfftn_bar, runtime.irfftn_bar,
)  # fmt: skip
