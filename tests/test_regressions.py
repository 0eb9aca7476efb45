"""Reduced programs that random testing found wrong or crashing once. Each is right now."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

import s2sad
from tests.fuzz.check import check, load_module
from tests.fuzz.generate import Program

HEAD = """import math

import numpy as np


class Box:
    def __init__(self, w):
        self.w = w


def f(x, y, A, s, t, n, flag):
"""

# name -> (body of f, mode of the arguments)
PROGRAMS: dict[str, tuple[str, str]] = {
    # the only store to a parameter is of a constant
    "constant_store": ("""
        y[1] = 1.0
        return np.dot(y, x)
    """, "float64"),
    "constant_augmented_store": ("""
        A[2] -= 1.49
        return A[1, 1] * A[2, 0]
    """, "float64"),
    # the adjoint that a loop starts from is a copy: the loop's own adjoint shares its memory
    "zero_dim_in_place_in_while": ("""
        k = 0
        while k < 2:
            k += 1
            s *= -1.12
        return s * s
    """, "zero-dim"),
    "zero_dim_returned": ("""
        return s
    """, "zero-dim"),
    "zero_dim_rebound_in_while": ("""
        k = 0
        while abs(s) < 0.4 and k < 5:
            k += 1
            s = 1.3 * s + 0.11
        return t + s
    """, "zero-dim"),
    "for_else_with_break": ("""
        for i in x:
            break
        else:
            k = 0
            while k < 2:
                k += 1
        return s
    """, "float64"),
    # the whole of a view takes an adjoint: `x.T += g` would set the attribute, `x.swapaxes(0, 1) += g` is no Python
    "whole_transposed_view": ("""
        A *= s
        B = A.T
        return sum((B[:, e] @ x for e in range(0))) + np.sum(B)
    """, "float64"),
    "whole_swapped_view": ("""
        A[:] = x
        B = A.swapaxes(0, 1)
        return np.sum(B)
    """, "float64"),
    # the mask is read before the store that changes what it was made from
    "mask_of_the_stored_array": ("""
        k = 0
        while abs(t) < 1.1 and k < 5:
            k += 1
            v = np.sqrt(1.1 + x ** 2)
            v[v > -0.35] = t
        return t + np.sum(x)
    """, "float64"),
    "rebound_to_zeros_in_while": ("""
        k = 0
        while abs(t) < 2.3 and k < 5:
            k += 1
            y = np.zeros(4)
        return t + np.sum(y) + np.sum(A)
    """, "float64"),
    # -(-g) is memory of its own
    "double_negation_of_memory": ("""
        y[1:][2] *= t
        return np.dot(-np.cos(y) ** 2, x)
    """, "float64"),
    "value_from_with_in_loop": ("""
        for i in y[1:]:
            with np.errstate(all='ignore'):
                x = x * y
            y[:] = x[3]
        return s + np.sum(y * x)
    """, "float64"),
    "alias_in_one_branch_with_return": ("""
        if n > 4:
            pass
        else:
            np.multiply(x, s, out=x)
            if y[0] > 0.3:
                return t
            y, x = x, y
        xs = x
        return sum(xs)
    """, "float64"),
    # one branch adds to the adjoint where `x` is defined, the other hands it on
    "alias_in_one_branch_use_in_another": ("""
        if n != 1:
            if n > 7:
                y, x = x, y
            elif A[-2, 0] < 0.26:
                A[0, -1] = A[2][2] * s * (x[1] + x[2] * x[0])
            else:
                y[[0, 3, 0]] = y[:3]
        k = 0
        while abs(s) < 0.9 and k < 3:
            k += 1
            A.T[-2] = y[:][[0, 2, 2]]
        return np.mean(A + A) + s
    """, "float64"),
    # the seed is a Python number: it does not make the adjoint of float32 a float32 everywhere
    "float32_maximum": ("""
        return np.max(A)
    """, "float32"),
    "result_of_a_loop_that_may_not_run": ("""
        for e in y:
            t, s = (s, t)
        for i in range(0):
            return t * 2.0
        return t
    """, "zero-dim"),
    # what is saved of an array of unknown shape is no view
    "saved_part_of_an_unknown_array": ("""
        v = np.array([t for e in x])
        for e in x:
            w = v.reshape(2, 2).reshape(4)
            s = s * w[0]
            w[:1] += t
        return s
    """, "float64"),
    # the adjoint of a list is as long as the list is behind the pop
    "popped_first_in_reverse": ("""
        xs = list(x)
        xs.append(xs[0])
        p = xs.pop()
        rows = [[0.76, s], [p]]
        return sum(sum(row) for row in rows)
    """, "float64"),
    # an item counted from the end, of a list that grows before the item is kept in it once more
    "last_item_of_a_grown_list": ("""
        rows = list(A)
        rows.extend([x, rows[-1]])
        last = rows[-2]
        rows.append(y)
        return sum(b for a, b in zip(y, rows[-2])) + last[0] * rows[-1][1]
    """, "float64"),
    # an array without axes that the caller holds is not changed where its name gets a number
    "parameter_without_axes": ("""
        s = s - 2
        t -= 0.5
        return (x * s)[2] * t
    """, "zero-dim"),
    # the adjoint of a copied list is a list
    "copied_list": ("""
        xs = list(y)
        zs = xs.copy()
        zs.append(s)
        return sum(zs) * xs[0] + list(zs)[1]
    """, "float64"),
    # a list of numbers is no view of the array that they come from
    "starred_numbers": ("""
        p, *rest, q = x
        t *= rest[1]
        y[...] = t
        v = x
        if s > 0.0:
            y, v = v, y
        return t + np.sum(x) + np.sum(y)
    """, "float64"),
    # the length of an item is read from the list
    "length_of_an_item": ("""
        rows = list(A)
        for _ in rows[1]:
            s *= 1.5
        return s
    """, "float64"),
    # a view of a buffer that another path replaces
    "buffer_of_a_path": ("""
        m = A[:]
        m[m > 0.17] = 2
        if s > 0.2:
            z = A
        else:
            m[2] = 0.1
            z = A
        if n > 1:
            z = A
        return np.array([0, 2, 2]) @ np.diagonal(z)
    """, "float64"),
    # a rule that takes two arrays at once must not join their memory while adjoints are made
    "arrays_of_one_rule": ("""
        while True:
            if s > -5.0:
                break
            A[0] = 1.0
        w = y[1:]
        return np.einsum('ij,j->i', A, y) @ w
    """, "float64"),
    # the flag of an inner loop's break must not share its name with that of the outer loop
    "flags_of_nested_loops": ("""
        k = 0
        while k < 2:
            k += 1
            for e in x:
                if s > -5.0:
                    if n > -1:
                        break
                A[...] = x
            if s > 5.0:
                break
        else:
            y[3:] = s
        return np.sum(A) + np.sum(y)
    """, "float64"),
    # exceptions of the else block are not for the handlers
    "try_else_raises": ("""
        try:
            try:
                a = s * 2.0
                b = math.sqrt(a * a)
            except ValueError:
                return s * 5.0
            else:
                if n > -1:
                    raise ValueError('no')
        except ValueError:
            return s * 7.0
        return b
    """, "float64"),
    "try_else_finally_in_loop": ("""
        for i in range(n):
            try:
                a = math.sqrt(s)
            except ValueError:
                s = s * s + 0.1
            else:
                t = a * t
                if t > 0.2:
                    return t * s
            finally:
                t = t * 1.1
        return s + t
    """, "float64"),
    # the view's adjoint is a view of an adjoint that only one branch knows
    "view_of_an_array_swapped_in_a_branch": ("""
        v = y[1:]
        if n > -1:
            v[1] = t
            if flag:
                x, y = y, x
        return x[3] + x[2] * s
    """, "float64"),
    # `+=` changes the array that the list holds; storing it again is no new store
    "item_of_a_run_time_list_in_place": ("""
        vs = [np.arctan(x)]
        if n > 1:
            vs.append(np.ones_like(y))
        vs[-1] += x
        return vs[-1].sum() + vs[0].sum()
    """, "float64"),
    # functions that hand on the memory of their operand for some arguments
    "astype_without_copy": ("""
        z = x.astype(float, copy=False)
        z *= s
        w = y.astype(float, copy=flag)
        w *= t
        return (x * z).sum() + (y * w).sum()
    """, "float64"),
    "array_without_copy": ("""
        z = np.array(x, copy=None, ndmin=2)
        z *= s
        w = np.array(y, copy=False)
        w[0] = t
        return (x * z).sum() + (y * w).sum()
    """, "float64"),
    "array_without_copy_of_another_dtype": ("""
        z = np.array(x, dtype=np.float64, copy=None)
        z *= s
        return (x * z).sum()
    """, "strided"),
    "conj_method_of_a_real_array": ("""
        z = x.conj()
        z *= s
        w = np.conj(y)
        w *= t
        return (x * z).sum() + (y * w).sum()
    """, "float64"),
    "diagonal_of_a_matrix_by_diag": ("""
        B = A[:, :3] * 1.0
        d = np.diag(B, k=1)
        B[0, 1] = s
        return (d * d).sum() + B[1, 1]
    """, "float64"),
    "no_differences": ("""
        z = np.diff(x, n=0)
        z *= s
        w = np.diff(y, 1)
        w *= t
        return (x * z).sum() + w[1]
    """, "float64"),
    "first_power_of_a_matrix": ("""
        B = A[:, :3] * 1.0
        C = np.linalg.matrix_power(B, 1)
        C[0, 0] = s
        D = np.linalg.matrix_power(B, n)
        D[0, 1] = t
        return (B * C).sum() + D[1, 1]
    """, "float64"),
    # a truth value as an index makes a copy with one more axis
    "truth_value_as_index": ("""
        z = x[True]
        z *= s
        A[flag, 2] += y
        y[True] = y * t
        w = y[flag]
        w *= 2.0
        return x @ y + z.sum() + w.sum() + (A * A).sum()
    """, "float64"),
    # one adjoint for both operands of a sum, the buffer of an array before: nobody's buffer from then on
    "sum_of_an_array_and_a_difference_of_it": ("""
        A = A[::1] + (A - A)
        try:
            w = A.T
        except ValueError:
            vs = list(A)
        return A.T[3, 1]
    """, "zero-dim"),
    # equal keys keep the place of the first and the value of the last
    "dict_with_a_key_again": ("""
        d = dict(a=t, b=s)
        for i in range(n):
            d = dict(d, a=s)
        e = {'b': t, **d, 'b': x[0]}
        r = 0.0
        for k, v in {**e, 'a': e['a'] * x[1], **{'b': s}}.items():
            r = 0.5 * r + v
        return r + d['a']
    """, "float64"),
    # an item that is an integer, in a list of floats
    "integer_in_a_list_in_try": ("""
        xs = [len(x), 0.95, t]
        try:
            for i in range(1):
                xs.append(xs[0])
        except ValueError:
            pass
        return s + xs[2]
    """, "float64"),
    # what fills the list is not dead: a store to an empty list raises
    "list_stored_to_in_try": ("""
        xs = list(x)
        try:
            xs[1] = s
        except ValueError:
            pass
        return t
    """, "float64"),
    # a value from the body of a `try` that runs to its end or not at all
    "assigned_in_try_with_else": ("""
        w1 = y
        for e3, e4 in zip(w1, w1):
            try:
                w1[w1 < x] = t
            except ValueError:
                t = 0
            else:
                pass
            finally:
                pass
            w11 = x
            w11[1] = e3 + t
        return s
    """, "float64"),
    # the adjoint of a copy in another layout than that of the array
    "flattened_in_try": ("""
        x, y, A = x, y, A.copy()
        if s:
            A = A[:]
        try:
            w = A.ravel()
        except Exception:
            np.exp(A, out=A)
        return A[2] @ x
    """, "fortran"),
    # an adjoint that a nest of loops adds to in place
    "stored_in_a_nest_of_loops": ("""
        for i1 in x:
            for e2 in x:
                x[:] = A.T[3, 0]
            s *= A.T[3, 1]
        return s + np.sum(x)
    """, "float64"),
    # the rows of an array that is not differentiated, in a list: what is stored to them is undone, too
    "rows_of_a_constant_array": ("""
        B = np.array([[1.0, 2.0, 3.0, 4.0], [0.5, 0.2, 0.1, -0.3]])
        rows = list(B)
        r = np.sum(B * x)
        np.add.at(rows[-1], [0, 2, 0], 1.0)
        rows[0] += 1.0
        rows[1].fill(2.0)
        for row in list(B):
            row *= 2.0
        return r + x[0] * rows[-1][0] * B[0, 1]
    """, "float64"),
    # `out` without its name
    "clip_pos_out": ("""
        np.clip(x, -0.5, 0.6, x)
        return x @ y * s
    """, "float64"),
    "clip_m_pos": ("""
        x.clip(-0.5, 0.6, x)
        return x @ y * s
    """, "float64"),
    "sum_pos_out": ("""
        np.sum(A, 0, None, y)
        return x @ y * s
    """, "float64"),
    "dot_pos_out": ("""
        np.dot(A, x, y[:3])
        z = np.zeros(3)
        np.dot(A, x, z)
        return x @ y * s + z.sum()
    """, "float64"),
    "take_m": ("""
        x.take([3, 0, 0, 1], 0, y)
        return x @ y * s
    """, "float64"),
    "mean_pos": ("""
        np.mean(A, 0, None, y)
        return x @ y * s
    """, "float64"),
    "concat_pos": ("""
        z = np.zeros(8)
        np.concatenate([x, y], 0, z)
        return (z * z).sum() * s
    """, "float64"),
    "std_out": ("""
        np.std(A, 0, None, y)
        return x @ y * s
    """, "float64"),
    "inactive_compress_out": ("""
        B = np.array([1.0, 2.0, 3.0, 4.0])
        r = (B * x).sum()
        np.compress([True, False, True, True], np.array([5.0, 6.0, 7.0, 8.0]), 0, B[:3])
        np.nanmax(np.ones((2, 4)) * 9.0, 0, B)
        return r + x @ B
    """, "float64"),
    "inactive_pos": ("""
        B = np.array([1.0, 2.0, 3.0, 4.0])
        r = (B * x).sum()
        np.sum(np.ones((2, 4)), 0, None, B)
        np.clip(B, 0.0, 1.5, B)
        np.modf(B * 1.5, B, np.zeros(4))
        return r + x @ B
    """, "float64"),
    "inactive_loop": ("""
        B = np.ones((3, 4))
        r = 0.0
        for i in range(n):
            r += (B * x).sum() * s
            np.cumsum(np.ones((3, 4)) * i, 0, None, B)
        return r + (B * x).sum()
    """, "float64"),
    "copy_method_order": ("""
        z = A.copy(order='F')
        w = z.ravel()
        w[0] = s
        v = z.T.ravel()
        v[1] = t
        return (z * z).sum() + w @ w + v @ v
    """, "float64"),
    "sum_layout": ("""
        z = np.stack([A, A * s]).transpose(2, 1, 0).sum(axis=2)
        w = z.ravel()
        w[0] = s
        v = z.T.ravel()
        v[1] = t
        return (z * z).sum() + w @ w + v @ v
    """, "float64"),
    # a list of indices that changes: repeated ones, and what is taken off it
    "list_of_indices_that_grows": ("""
        i = [0]
        for k in range(n):
            i.append(k % 4)
        z = x[i]
        i[0] = 2
        y[i] += z * s
        i.pop()
        return (x[i] ** 2).sum() + x @ y
    """, "float64"),
    "indices_that_change_in_a_loop": ("""
        i = [0, 1]
        j = np.array([2, 3])
        for k in range(n):
            z = x[i] * s
            w = x[j]
            i[0] = k % 4
            j[1] = (k + 1) % 4
            x[i] += z * w
        return x @ y
    """, "float64"),
    # a called function that stores: its exceptions come before it does
    "store_in_a_function_called_in_try": ("""
        def g(v, k):
            if v[k] > 0.1:
                raise ValueError
            v[k] = v[k] * s
            v[k] += t
            return v[k]
        z = x.copy()
        r = 0.0
        for k in range(4):
            try:
                r += g(z, k)
            except ValueError:
                r += z[k] * t
            z *= 0.9
        return r + z @ y
    """, "float64"),
    "store_in_a_function_called_in_try_with_finally": ("""
        def go(v, a):
            if a > 0.5:
                raise KeyError('x')
            v[0] *= a
            v[1:] += v[:-1]
            return v.sum()
        r = 0.0
        for a in y:
            try:
                r += go(x, a * s)
            except KeyError as e:
                r -= x[2] * t
            finally:
                x[3] += 0.1
        return r + x @ y
    """, "float64"),
    # the adjoint of an array's sum is memory that more is added to
    "sum_of_a_stored_array": ("""
        x *= s
        first = x[0] * 2.0
        r = sum(x) * first
        y[0] = t
        return r + sum(y) * y[1] + sum(A[1]) * A[0, 1]
    """, "float64"),
    # a list made of a constant array is a list of its own
    "rows_const_then_varied": ("""
        B = np.array([[1.0, 2.0, 3.0, 4.0], [0.5, 0.2, 0.1, -0.3]])
        rows = list(B)
        r = np.sum(B * x)
        rows[0] += x
        rows[1][2] = s
        rows.append(y)
        rows[2] *= t
        return r + (rows[0] * rows[1]).sum() + B[0] @ y + rows.pop().sum()
    """, "float64"),
    "list_of_const_1d": ("""
        B = np.array([1.0, 2.0, 3.0, 4.0])
        q = list(B * 2.0)
        q[1] = s
        q.pop()
        q.append(x[0])
        B[0] = t
        return sum(q) * q[0] + B @ x
    """, "float64"),
    "list_of_list": ("""
        q = [1.0, 2.0, 3.0]
        for i in range(n):
            q.append(1.0)
        p = list(q)
        p[0] = s
        q[1] = t
        del p[1]
        return sum(p) * sum(q) + len(q) * x[0]
    """, "float64"),
    "list_of_range": ("""
        q = list(range(n + 1))
        r = list(q)
        r[0] = s
        return sum(r) * len(q) + q[0]
    """, "float64"),
    # NumPy stores to a vector of the same memory in the order of the strides: the copy of a parameter keeps them
    "column_stored_to_a_row_in_column_major_memory": ("""
        A[1, 1:] = A[:, -1]
        return np.sum(A * A * s)
    """, "fortran"),
    "column_stored_to_a_view_of_a_row_in_column_major_memory": ("""
        row = A[0]
        for i in range(n):
            row[1:] = A.T[1] * 1.0
            np.copyto(row[:3], A[:, i % 3])
        return np.sum(A * A * s)
    """, "fortran"),
    # a recursive function stores to a row that is in a list: the list has no adjoint of its own
    "recursive_stores_to_a_row_in_a_list": ("""
        def sweep(v):
            if len(v) > 1:
                v[1] += s * v[0]
                sweep(v[1:])
        m = A + y
        rows = list(m)
        sweep(rows[0])
        return np.min(m) + np.sum(m * m)
    """, "float64"),
    "recursive_stores_to_arrays_in_a_list_made_by_append": ("""
        def relax(v, k):
            v *= 0.8
            if k > 0:
                v[k % 3] += s
                relax(v, k - 1)
        m, rows = A * 1.0, []
        for i in range(n):
            rows.append(m[i % 3])
        for row in rows:
            relax(row, n)
        return np.sum(m * m)
    """, "float64"),
    # one path makes a list of arrays of several dtypes, the other an array
    "list_of_two_dtypes_or_an_array": ("""
        try:
            if s > t:
                raise ValueError
            A = [x * np.float64(t), x, y]
        except ValueError:
            pass
        return np.sum(A)
    """, "float32"),
    # an attribute that a handler's loop leaves as it was before the try statement
    "loop_without_iterations_in_a_handler": ("""
        box = Box(s)
        try:
            if t > -9.0:
                raise ValueError("no")
            box.w = x[0]
        except ValueError:
            for i in range(n):
                x[:] = x * s
                box.w = x.max()
        return 2.0 + box.w
    """, "float64"),
    # an array that one of three paths gives to an object, and another path that leaves
    "attribute_of_an_object_that_a_leaving_path_lacks": ("""
        if s > 0.6:
            box = Box(y)
        else:
            if s > 0.0:
                return 2.0 * s
            box = Box(A[1])
        parts = {"p": x, "q": box.w}
        return sum(np.sum(v * v) for v in parts.values())
    """, "float64"),
    # a loop within a loop whose flag is set by `break` only: it has one of its own
    "flags_of_nested_loops_with_a_test_that_assigns": ("""
        for i in x:
            if n > 2:
                break
            k = 0
            while (a := abs(s)) < 5.0 and k < 5:
                k += 1
                if s > 0.0:
                    break
        else:
            y[...] = t * a
        return np.sum(y)
    """, "float64"),
    # an item of a list of lists is replaced by one of another length
    "list_replaced_by_a_longer_one": ("""
        rows = [[s, t], [1.0]]
        total = sum(sum(row) for row in rows)
        for _ in range(n):
            rows[1] = rows[0]
        return total * rows[0][0] * rows[1][0]
    """, "float64"),
    # the sum of no items is an integer, which has no adjoint
    "sum_of_no_items": ("""
        v = np.negative(x)
        for _ in x:
            for _ in x:
                s = sum([e for e in v if e > 0.01])
            x[x > 0.17] *= s
        return np.sum(x)
    """, "zero-dim"),
    # the tangent of what an array of indices selects is no view of the other tangent
    "tangent_of_selected_elements": ("""
        box = Box(x[[0, 2, 2]])
        box.w -= s
        return np.sum(box.w * box.w)
    """, "float64"),
}  # fmt: skip

# bodies whose handler would have to know how far the body of the `try` came
REFUSED: dict[str, str] = {
    "items_of_a_part_of_an_array_of_unknown_rank": """
        a = s + 1.0
        for _ in range(1):
            a = a + 1.0
        x = np.array([a, a, 0.4, 2.0])
        for e in x[::2]:
            x[1:3] -= e
        return np.sum(x)
    """,
    "exception_after_a_store_in_a_function": """
        def g(v, k):
            v[k] = v[k] * s
            if v[k] > 0.1:
                raise ValueError
            return v[k]
        z = x.copy()
        r = 0.0
        for k in range(4):
            try:
                r += g(z, k)
            except ValueError:
                r += z[k]
        return r + z @ y
    """,
    "bare_except_around_a_store_in_a_function": """
        def g(v, k):
            v[k] = v[k] * s
            if v[k] > 0.1:
                raise ValueError
            return v[k]
        z = x.copy()
        r = 0.0
        try:
            try:
                r += g(z, 0)
            except ValueError:
                r += z[0]
        except:
            r = 5.0
        return r + z @ y
    """,
    "list_changed_in_try_in_a_loop": """
        for e in y:
            ll = [s for k in range(2)]
            try:
                b = np.stack(A)
                ll[1] = math.sin
            except ValueError:
                pass
        return s
    """,
    "list_changed_in_try": """
        xs = [x[0]]
        try:
            xs.append(x[1] * 2.0)
            if n > -1:
                raise ValueError('no')
            xs.append(x[1] * 3.0)
        except ValueError:
            pass
        return sum(xs)
    """,
    "nonlocal_changed_in_try": """
        def g():
            nonlocal s
            s = s * 3.0
            return s
        try:
            g()
            if n > -1:
                raise ValueError('no')
            g()
        except ValueError:
            pass
        return s
    """,
    "dict_changed_in_try": """
        d = {'a': s}
        try:
            d['a'] = s * 3.0
            if n > -1:
                raise ValueError('no')
        except ValueError:
            pass
        return d['a']
    """,
    "changed_and_restored_in_try": """
        xs = [s, t]
        try:
            xs.append(s)
            if n > -1:
                raise ValueError('no')
            xs.pop()
        except ValueError:
            pass
        return sum(xs)
    """,
}


def text_of(body: str) -> str:
    lines = [line[4:] for line in body.strip("\n").splitlines()]
    return HEAD + "\n".join(lines).rstrip() + "\n"


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("seed", range(3))
def test_right(name: str, seed: int) -> None:
    body, mode = PROGRAMS[name]
    verdict = check(Program(seed, text_of(body), mode))
    assert verdict.kind == "right", verdict


@pytest.mark.parametrize("name", REFUSED)
def test_right_or_refused(name: str) -> None:
    verdict = check(Program(0, text_of(REFUSED[name])))
    assert verdict.kind in ("right", "refused"), verdict
    assert "internal" not in verdict.detail.lower()


@pytest.mark.parametrize("name", ["max", "min"])
def test_the_builtin_extremum_hands_on_an_array_without_axes(name: str) -> None:
    """The result is the array itself, which is stored to later: refused."""

    def largest(x: Any) -> Any:
        m = np.array(x[0])
        z = max(m, x[2])
        m[...] = 5.0
        return z * x[1]

    def smallest(x: Any) -> Any:
        m = np.array(x[2])
        z = min(m, x[0])
        m += x[1]
        return z * x[1]

    with pytest.raises(s2sad.DifferentiationError, match=r"hands on one of its arguments|copied where"):
        s2sad.grad({"max": largest, "min": smallest}[name])(np.array([0.7, -0.4, 0.3]))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_statistics_of_nothing_have_no_slope() -> None:
    """Of no elements there is nothing to differentiate by, and the tangent of what is left is not spoilt."""
    empty = np.zeros((0, 3))
    assert s2sad.grad(lambda x: np.sum(np.nan_to_num(np.median(x, axis=0))))(empty).shape == (0, 3)
    assert s2sad.jvp(lambda x: np.linalg.norm(x), (np.zeros(0),), (np.zeros(0),)) == (0.0, 0.0)
    value, along = s2sad.jvp(lambda x: np.median(x, axis=0), (empty,), (empty,))
    assert np.isnan(value).all() and not along.any()


@pytest.mark.parametrize("n,slope", [(3, [0.0, 0.0, 0.0]), (4, [0.0, 0.0, 0.0]), (2, [1.0, -2.0, 1.0])])
def test_more_differences_than_elements(n: int, slope: list[float]) -> None:
    x = np.array([1.0, 4.0, 2.0])
    assert s2sad.grad(lambda x: np.sum(np.diff(x, n)))(x).tolist() == slope
    assert s2sad.grad(lambda x, k: np.sum(np.diff(x, k)))(x, n).tolist() == slope
    assert s2sad.grad(lambda x: np.sum(np.diff(x, n, prepend=0.5)))(x)[1] == {2: -1.0, 3: -3.0, 4: 0.0}[n]


def test_no_warning_of_numpy_comes_through_while_compiling() -> None:
    """Samples of integers are all alike, and no line goes through them."""
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        found = s2sad.grad(lambda y: np.sum(np.polyfit(np.array([0, 1, 3]), y, 1)))(np.array([1.0, 2.0, 5.0]))
    assert np.isfinite(found).all() and not seen


@pytest.mark.parametrize("parts", [(1, 3), (3, 1)])
def test_the_number_of_parts_decides_on_their_size(parts: tuple[int, int]) -> None:
    """The part of a split array has one element in one call, and is broadcast, and more in another."""
    g = s2sad.grad(lambda x, y, k: np.sum(y * np.split(x, k)[0] ** 2))
    x, y = np.array([1.0, 2.0, 3.0]), np.array([2.0, 1.0, 0.5])
    for k in parts:
        assert g(x, y, k).tolist() == ([4.0, 4.0, 3.0] if k == 1 else [7.0, 0.0, 0.0])


@pytest.mark.parametrize("call,part", [("svd(x, full_matrices=False)", 1), ("eigh(x)", 0), ("qr(x)", 1), ("slogdet(x)", 1)])
def test_results_of_several_shapes_in_a_text_without_types(call: str, part: int) -> None:
    """Each of the results is summed to its own shape: together they are no array."""
    names = ", ".join(f"r{k}" for k in range(3 if call.startswith("svd") else 2))
    f = load_module(f"import numpy as np\n\n\ndef f(x):\n    {names} = np.linalg.{call}\n    return np.sum(r{part}**3)\n", "results").f
    space: dict[str, Any] = {}
    exec(s2sad.source(f, standalone=True), space)
    x = np.array([[3.0, 1.0], [1.0, 2.0]])
    assert np.allclose(space["f_grad"](x), s2sad.grad(f)(x))
    assert s2sad.check_grad(f, x) < 1e-5
