"""Memory that depends on nothing of interest when something else begins to show it, and is stored to later: right or refused.

Whatever shows an array (a view, a list of its rows, an iterator, an object of a library) is made while the array is still
constant, so that nothing asks for a derivative of the call. A later store through it, or to the array itself, has to reach
both, or the program is refused.
"""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import s2sad
from tests.fuzz.check import load_module

STORED_THROUGH = """
a = np.split(m, 3); a[0][0, 1] += s * a[0][0, 0]
a = np.array_split(m, 3); a[0][0, 1] += s * a[0][0, 0]
a = np.vsplit(m, 3); v = a[n]; v[0, 1] += s * v[0, 0]
a = np.hsplit(m, 2); v = a[n - 1]; v[0, 1] += s * v[0, 0]
a = np.unstack(m); v = a[n]; v[1] += s * v[0]
a, b = np.broadcast_arrays(m, m); c = a[0]; m[0,0] *= s; z = c[0] * c[1]; m[0, 1] += z
a = np.atleast_2d(m); a[0] *= s
a = np.atleast_3d(m); a[0] *= s
a = np.atleast_1d(m, y); a[0][0] *= s
a = np.squeeze(m[:1]); a[1] *= s
a = np.expand_dims(m, 0); a[0, 1] *= s
a = np.rollaxis(m, 1); a[0, 1] *= s
a = np.asarray(m); a[0, 1] *= s
a = np.asfarray(m) if hasattr(np, 'asfarray') else m; a[0, 1] *= s
a = np.ascontiguousarray(m); a[0, 1] *= s
a = np.asanyarray(m); a[0, 1] *= s
a = np.array(m, copy=False) if n > 5 else m; a[0, 1] *= s
a = np.array(m, copy=None); a[0, 1] *= s
a = m.astype(float, copy=False); a[0, 1] *= s
a = m.view(); a[0, 1] *= s
a = m.real; a[0, 1] *= s
a = np.real(m); a[0, 1] *= s
a = np.real_if_close(m); a[0, 1] *= s
a = np.nan_to_num(m, copy=False); a[0, 1] *= s
a = np.lib.stride_tricks.sliding_window_view(m, 2, 1, writeable=True); a[0, 1] *= s
a = m.flat; a[1] = s * m[0, 0]
a = np.fliplr(m); a[1] *= s
a = np.flip(m); a[1] *= s
a = np.rot90(m); a[1] *= s
a = np.diagonal(m); b = m.copy(); np.fill_diagonal(m, s)
a = m.diagonal(); m[0, 0] = s; m[1, 0] = a[0]
a = np.triu(m); a[0, 1] *= s; m[0, 1] += a[0, 1]
for r in m: r[0] *= s
for i, r in enumerate(m): r[0] *= s
for r, q in zip(m, m[::-1]): r[0] *= s
for r in reversed(m): r[0] *= s
for r in np.nditer(m, op_flags=['readwrite']): r[...] *= s
for r in iter(m): r[0] *= s
a = [*m]; a[n][0] *= s
a, *b = m; b[0][0] *= s
a = {'k': m}; a['k'][0] *= s
a = dict(k=m[0]); a['k'][0] *= s
a = (m, y); a[0][0] *= s
a = [r for r in m]; a[n][0] *= s
a = list(map(lambda r: r[1:], m)); a[n][0] *= s
a = list(zip(m, m)); a[n][0][0] *= s
a = list(enumerate(m)); a[n][1][0] *= s
a = list(reversed(m)); a[n][0] *= s
a = list(m)[::-1]; a[n][0] *= s
a = list(m) + list(m); a[n][0] *= s
a = list(m) * 2; a[n][0] *= s
a = list(m).copy(); a[n][0] *= s
a = []; a.extend(m); a[n][0] *= s
a = []; a += list(m); a[n][0] *= s
a = list(m); b = a.pop(); b[0] *= s
a = list(m); a.reverse(); a[0][0] *= s
a = sorted(m, key=np.sum); a[0][0] *= s
a = max(m, key=np.sum); a[0] *= s
a = next(iter(m)); a[0] *= s
a = list(filter(lambda r: r[0] > -5, m)); a[0][0] *= s
a = {i: r for i, r in enumerate(m)}; a[1][0] *= s
import copy; a = copy.copy(list(m)); a[n][0] *= s
import itertools; a = list(itertools.chain(m, m)); a[n][0] *= s
import itertools; a = list(itertools.islice(m, 2)); a[n][0] *= s
a = m if s > 5 else np.where(m > 50, 0.0, m); a[0, 0] *= s; m[0, 1] += a[0, 0]
a = m[...]; a[n] *= s
a = m[:, None]; a[n] *= s
a = m[None]; a[0, n] *= s
a = np.take(m, [0], axis=0); a[0] *= s; m[0, 1] += a[0, 0]
a = np.moveaxis(m, 0, 1); a[0] *= s
a = np.reshape(m, (4, 3)); a[0] *= s
a = m.ravel(); a[0] *= s
a = np.ravel(m); a[0] *= s
a = m.reshape(-1); a[0] *= s
a = m.T.ravel(); a[0] *= s; m[0, 1] += a[0]
a = m.T.flatten(); a[0] *= s; m[0, 1] += a[0]
a = list(m.T); a[n][0] *= s
a = tuple(m.T); a[n][0] *= s
a = list(m.ravel()); a[n] *= s; m[0, 1] += a[n]
a = m.tolist(); a[n][0] *= s; m[0, 1] += a[n][0]
a = list(list(m)[0]); a[n] *= s; m[0, 1] += a[n]
a = list(m[None])[0]; a[n] *= s
a = list(list(m[None])[0]); a[n] *= s
"""

STORED_BEHIND = """
a = np.split(m, 3); m[0, 0] *= s; z = a[0][0, 0]
a = np.array_split(m, 3); m[0, 0] *= s; z = a[0][0, 0]
a = np.vsplit(m, 3); m[0, 0] *= s; z = a[n - 1][0, 0]
a = np.unstack(m); m[0, 0] *= s; z = a[0][0]
a = np.unstack(m); m[0, 0] *= s; z = a[n - 1][0]
a, b = np.broadcast_arrays(m, m); m[0, 0] *= s; z = b[0, 0]
a = np.broadcast_arrays(m, y); m[0, 0] *= s; z = a[0][0, 0]
a = np.atleast_1d(m, y); m[0, 0] *= s; z = a[0][0, 0]
a = np.atleast_2d(m); m[0, 0] *= s; z = a[0][0]
a = np.real_if_close(m); m[0, 0] *= s; z = a[0, 0]
a = np.real_if_close(m); m[0, 0] *= s; z = np.sum(a)
a = m.view(); m[0, 0] *= s; z = a[0, 0]
a = np.nan_to_num(m, copy=False); m[0, 0] *= s; z = a[0, 0]
a = np.lib.stride_tricks.sliding_window_view(m, 2, 1); m[0, 0] *= s; z = a[0, 0, 0]
a = m.flat; m[0, 0] *= s; z = a[0]
a = m.flat; m[0, 0] *= s; z = sum(a)
a = np.diagonal(m); m[0, 0] *= s; z = a[0]
a = iter(m); m[0, 0] *= s; z = next(a)[0]
a = zip(m, y); m[0, 0] *= s; z = list(a)[0][0][0]
a = enumerate(m); m[0, 0] *= s; z = list(a)[0][1][0]
a = map(np.sum, m); m[0, 0] *= s; z = sum(a)
a = (np.sum(r) for r in m); m[0, 0] *= s; z = sum(a)
a = reversed(m); m[0, 0] *= s; z = sum(r[0] for r in a)
a = list(zip(m, m)); m[0, 0] *= s; z = a[0][0][0]
a = list(enumerate(m)); m[0, 0] *= s; z = a[0][1][0]
a = sorted(m, key=np.sum); m[0, 0] *= s; z = a[0][0]
a = max(m, key=np.sum); m[0, 0] *= s; m[1, 0] *= s; m[2, 0] *= s; z = a[0]
a = {i: r for i, r in enumerate(m)}; m[0, 0] *= s; z = a[0][0]
import itertools; a = list(itertools.chain(m, m)); m[0, 0] *= s; z = a[0][0]
a = np.ix_([0, 1], [0]); m[a] *= s; z = m[0, 0]
a = np.s_[0]; m[a] *= s; z = m[0, 0]
a = np.array([m, m], dtype=object)[0]; m[0, 0] *= s; z = a[0, 0]
a = np.ma.masked_array(m); m[0, 0] *= s; z = a[0, 0]
a = np.meshgrid(m[0], y, copy=False); m[0, 0] *= s; z = a[0][0, 0]
a = np.require(m); m[0, 0] *= s; z = a[0, 0]
a = np.matrix(m, copy=False); m[0, 0] *= s; z = a[0, 0]
a = np.asmatrix(m); m[0, 0] *= s; z = a[0, 0]
a = np.asarray_chkfinite(m); m[0, 0] *= s; z = a[0, 0]
a = np.asfortranarray(m); m[0, 0] *= s; z = a[0, 0]
a = np.frombuffer(m); m[0, 0] *= s; z = a[0]
a = memoryview(m); m[0, 0] *= s; z = a[0, 0]
a = m.data; m[0, 0] *= s; z = a[0, 0]
a = np.ndarray(m.shape, buffer=m); m[0, 0] *= s; z = a[0, 0]
a = m.__array__(); m[0, 0] *= s; z = a[0, 0]
a = m.item; m[0, 0] *= s; z = a(0)
a = m.sum; m[0, 0] *= s; z = a()
a = m.__getitem__; m[0, 0] *= s; z = a((0, 0))
a = getattr(m, 'T'); m[0, 0] *= s; z = a[0, 0]
a = m.setflags; m[0, 0] *= s; z = m[0, 0]
a = np.nditer(m); m[0, 0] *= s; z = sum(float(q) for q in a)
a = np.ndenumerate(m); m[0, 0] *= s; z = sum(q for _, q in a)
a = np.trim_zeros(m[0]); m[0, 0] *= s; z = a[0]
a = np.hsplit(m, 2); m[0, 0] *= s; z = a[0][0, 0]
a = np.dsplit(m[:, :, None], 1); m[0, 0] *= s; z = a[0][0, 0, 0]
a = np.permute_dims(m); m[0, 0] *= s; z = a[0, 0]
a = np.matrix_transpose(m); m[0, 0] *= s; z = a[0, 0]
a = m.mT; m[0, 0] *= s; z = a[0, 0]
a = np.linalg.matrix_transpose(m); m[0, 0] *= s; z = a[0, 0]
a = np.linalg.diagonal(m); m[0, 0] *= s; z = a[0]
a = np.imag(m); m[0, 0] *= s; z = a[0, 0] + m[0, 0]
a = np.delete(m, [], axis=0); m[0, 0] *= s; z = a[0, 0] + m[0, 0]
a = np.resize(m, (3, 4)); m[0, 0] *= s; z = a[0, 0] + m[0, 0]
a = np.copyto; a(m, s); z = m[0, 0]
a = np.putmask; a(m, m > 0, s); z = m[0, 0]
np.place(m, m > 0, [s]); z = m[0, 0]
np.put(m, [0], [s]); z = m[0, 0]
m.put([0], [s]); z = m[0, 0]
m.itemset(0, s) if hasattr(m, 'itemset') else m.fill(s); z = m[0, 0]
m.__setitem__(0, s); z = m[0, 0]
m.__imul__(s); z = m[0, 0]
import operator; operator.imul(m, s); z = m[0, 0]
import operator; operator.setitem(m, 0, s); z = m[0, 0]
m.sort(); m[0, 0] *= s; z = m[0, 0]
m.partition(1); m[0, 0] *= s; z = m[0, 0]
m.resize((3, 4)); m[0, 0] *= s; z = m[0, 0]
m.byteswap(inplace=True); m[0, 0] *= s; z = m[0, 0]
m.shape = (4, 3); m[0, 0] *= s; z = m[0, 0]
m.real = s; z = m[0, 0]
m.T[0] = s; z = m[0, 0]
m.flat = s; z = m[0, 0]
m.flat[0] = s; z = m[0, 0]
m.flat[[0, 1]] *= s; z = m[0, 0]
m.T.flat[1] = s; z = m[0, 0]
np.random.default_rng(0).shuffle(m); m[0, 0] *= s; z = m[0, 0]
np.clip(m, 0, 1, out=m); m[0, 0] *= s; z = m[0, 0]
m.clip(0, s, out=m); z = m[0, 0]
np.cumsum(m, axis=0, out=m); m[0, 0] *= s; z = m[0, 0]
np.dot(m[:, :3] * s, m * 1.0, out=m); z = m[0, 0]
np.add.at(m, (0, 0), s); z = m[0, 0]
np.multiply.at(m, (0, 0), s); z = m[0, 0]
np.einsum('ij,j->ij', m, y * s, out=m); z = m[0, 0]
np.matmul(m[:, :3] * s, m * 1.0, out=m); z = m[0, 0]
np.take(m * s, [0], axis=0, out=m[:1]); z = m[0, 0]
np.concatenate([m[:1] * s, m[:1]], out=m[1:]); z = m[1, 0]
np.stack([m[0] * s, m[0]], out=m[1:]); z = m[1, 0]
np.round(m, out=m); m[0, 0] *= s; z = m[0, 0]
np.mean(m * s, axis=0, out=m[0]); z = m[0, 0]
np.sum(m * s, axis=0, out=m[0]); z = m[0, 0]
(m * s).sum(axis=0, out=m[0]); z = m[0, 0]
(m * s).mean(0, None, m[0]); z = m[0, 0]
np.sum(m * s, 0, None, m[0]); z = m[0, 0]
np.add(m, s, m); z = m[0, 0]
np.exp(m * s, m); z = m[0, 0]
np.add(m, s, out=(m,)); z = m[0, 0]
np.modf(m * s, m, m.copy()); z = m[0, 0]
np.add.reduce(m * s, 0, None, m[0]); z = m[0, 0]
np.add.accumulate(m * s, 0, None, m); z = m[0, 0]
np.choose([0, 0, 0, 0], [m[0] * s, m[0]], out=m[1]); z = m[1, 0]
np.compress([True, True, True], m * s, axis=0, out=m); z = m[0, 0]
np.outer(m[:, 0] * s, m[0] * 1.0, out=m); z = m[0, 0]
np.linalg.multi_dot([m * s, m.T * 1.0, m * 1.0], out=m); z = m[0, 0]
np.ptp(m * s, axis=0, out=m[0]); z = m[0, 0]
np.max(m * s, axis=0, out=m[0]); z = m[0, 0]
np.median(m * s, axis=0, out=m[0]); z = m[0, 0]
np.var(m * s, axis=0, out=m[0]); z = m[0, 0]
np.percentile(m * s, 50, axis=0, out=m[0]); z = m[0, 0]
np.trace(m * s, out=m[0, :1].reshape(())); z = m[0, 0]
np.fft.fft; z = m[0, 0] * s
"""

HEAD = "import numpy as np\ndef f(y, A, s, n):\n    m = A + y\n    z = 0.0\n"
TAIL = "    return np.min(m) + np.sum(m * m) + m[1, 1] * m[0, 0] + z * m[1, 0]\n"
STEP = 1e-6


def lines_of(texts: str) -> list[str]:
    return texts.strip().splitlines()


@pytest.mark.parametrize("mode", ["reverse", "forward"])
@pytest.mark.parametrize("wrt", [("s",), ("A", "s")], ids=["s", "As"])
@pytest.mark.parametrize("body", [*lines_of(STORED_THROUGH), *lines_of(STORED_BEHIND)])
def test_right_or_refused(body: str, wrt: tuple[str, ...], mode: str) -> None:
    statements = [body] if body.startswith("for ") else body.split("; ")
    f = load_module(HEAD + "".join(f"    {line}\n" for line in statements) + TAIL).f
    rng = np.random.default_rng(1)
    A, y, s = rng.normal(size=(3, 4)), rng.normal(size=4), 0.6
    along = {"A": rng.normal(size=(3, 4)) * ("A" in wrt), "s": 1.0}

    def shifted(h: float) -> float:
        return float(f(y, A + h * along["A"], s + h, 1))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            value = float(f(y, A.copy(), s, 1))
            expected = (shifted(STEP) - shifted(-STEP)) / (2.0 * STEP)
        except (AttributeError, TypeError, ValueError) as error:
            pytest.skip(f"not for this NumPy: {error}")
        try:
            if mode == "reverse":
                found, bars = s2sad.value_and_grad(f, wrt=wrt)(y, A.copy(), s, 1)
                slope = sum(float(np.sum(along[name] * bar)) for name, bar in zip(wrt, bars, strict=True))
            else:
                found, slope = s2sad.jvp(f, (y, A.copy(), s, 1), (None, along["A"] if "A" in wrt else None, 1.0, None))
        except s2sad.DifferentiationError as error:
            assert not isinstance(error, s2sad.errors.InternalCompilerError)
            return
    assert float(found) == pytest.approx(value, rel=1e-12)
    assert float(slope) == pytest.approx(expected, rel=1e-5, abs=1e-6)
