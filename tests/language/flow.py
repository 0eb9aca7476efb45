"""How statements run: `finally`, tests of what changes, messages, iterators, unpacking."""

import numpy as np

from .table import X, program

Y4 = np.array([0.7, -0.3, 1.4, 2.0])


@program((X,))
def finally_loop(x):
    y = x * 2.0

    def g():
        try:
            return y
        finally:
            for i in range(3):
                if y[i] > 1.0:
                    break
            y[0] = 3.0 * x[1]

    z = g()
    return np.sum(z**2)


@program((X, 3), (X, 0))
def finally_loop_n(x, n):
    y = x * 2.0

    def g():
        try:
            return y
        finally:
            for i in range(n):
                if y[i] > 1.0:
                    break
            y[0] = 3.0 * x[1]

    z = g()
    return np.sum(z**2)


@program((X, 1), (X, 0))
def finally_return_mid(x, n):
    y = x * 2.0
    for i in range(3):
        try:
            if i == n:
                return np.sum(y) * 2.0
        finally:
            for j in range(2):
                if y[j] > 5.0:
                    break
                y[j] = y[j] * 1.5
    return np.sum(y**2)


def bad(v):
    if v[0] < 5.0:
        raise ZeroDivisionError
    return v[0]


@program((X,), refused="in finally_nested(), an exception came after a store in a try block, and a handler goes on")
def finally_nested(x):
    y = np.zeros(3)
    y[:] = x
    try:
        try:
            z = bad(x)
        except ValueError:
            z = 1.0
        finally:
            y[0] = 3.0 * x[1]
    except ZeroDivisionError:
        z = 2.0
    return z * y[0]


@program((X,), refused="in finally_nested2(), an exception came after a store in a try block, and a handler goes on")
def finally_nested2(x):
    y = np.zeros(3)
    y[:] = x
    try:
        try:
            z = bad(x)
        finally:
            y[0] = 3.0 * x[1]
    except ZeroDivisionError:
        z = 2.0
    return z * y[0]


@program((X[:2],))
def assert_message(x):
    assert len(x) < 3, f"too long: {x[3]}"
    return np.sum(x)


@program((X[:2],))
def assert_message2(x):
    log = []
    assert len(x) < 3, "too long" + str(log.append(1.0))
    return np.sum(x) * (1.0 + len(log))


@program((X, 5), (X, 1))
def if_list(x, n):
    xs = [x[0], x[1]]
    s = x[2]
    for i in range(n):
        if xs:
            s = s * 0.5 + xs.pop()
        else:
            s = s * x[2]
            if i == 3:
                xs.append(s)
    return s


@program((X, 5), (X, 1))
def while_list(x, n):
    xs = [x[0], x[1]]
    s = x[2]
    while xs:
        v = xs.pop()
        s = s * 0.5 + v
        if v > 0.5 and len(xs) < 3 and n > 0:
            xs.append(v * 0.5)
    return s


@program((X, 5), (X, 1))
def if_not_list(x, n):
    xs = [x[0], x[1]]
    s = x[2]
    for i in range(n):
        if not xs:
            xs.append(s)
            s = s * x[1]
        s = s + xs.pop()
    return s


@program((X, 5), (X, 1))
def ifexp_list(x, n):
    xs = [x[0], x[1]]
    s = x[2]
    for i in range(n):
        s = s * 0.5 + (xs.pop() if xs else x[2] * s)
    return s


@program((X, 5), (X, 1))
def if_arr1(x, n):
    y = np.zeros(1)
    s = x[2]
    for i in range(n):
        if y:
            s = s * 2.0 + x[0]
            y[0] = 0.0
        else:
            s = s * x[1]
            y[:] = x[0]
    return s


@program((X, 5), (X, 1))
def if_arr_and(x, n):
    y = np.zeros(1)
    s = x[2]
    for i in range(n):
        if y and s > -100.0:
            s = s * 2.0 + x[0]
            y[0] = 0.0
        else:
            s = s * x[1]
            y[:] = x[0]
    return s


@program((X, 5), (X, 1))
def if_mask(x, n):
    y = np.zeros(1, bool)
    s = x[2]
    for i in range(n):
        if y:
            s = s * 2.0 + x[0]
            y[0] = False
        else:
            s = s * x[1]
            y[0] = True
    return s


@program((X, 5), (X, 1))
def if_mask0(x, n):
    y = np.array(False)
    s = x[2]
    for i in range(n):
        t = y > False
        if y:
            s = s * 2.0 + x[0]
            y[...] = False
        else:
            s = s * x[1]
            y[...] = True
        if t:
            s = s * 3.0
    return s


@program((X, 5), (X, 1))
def if_set(x, n):
    seen = set()
    s = x[2]
    for i in range(n):
        if i % 2 in seen:
            s = s * 2.0 + x[0]
            seen.discard(i % 2)
        else:
            s = s * x[1]
            seen.add(i % 2)
        if seen:
            s = s + 1.0 + x[1]
            seen.discard(0)
    return s


@program((X, 2), (X, 0))
def while_side(x, n):
    xs = [x[0], x[1], 3.0]
    s = 0.0
    while xs and (v := xs.pop()) != 5.0:
        s = s * 0.5 + v
    return s


@program((X,), refused="'k' changes after an iterator over it was made, which would see the change")
def map_closure(x):
    k = 2.0
    m = map(lambda v: v * k, x)
    k = 5.0
    return sum(m) + k * x[0]


def gen_of(xs):
    return (v * 2.0 for v in xs)


@program((X,), refused="the iterator 'it' is used more than once, and gives its items only once")
def gen_twice(x):
    it = gen_of(x)
    a = sum(it)
    return a + sum(it)


def zip_of(xs):
    return zip(xs, xs)


@program((X,), refused="the iterator 'it' is used more than once, and gives its items only once")
def zip_twice(x):
    it = zip_of(x)
    a = sum(p * q for p, q in it)
    return a + sum(p for p, q in it)


@program(([0.7, 0.2],), refused="'xs' changes after an iterator over it was made, which would see the change")
def reversed_then_append(x):
    xs = [x[0], x[1]]
    r = reversed(xs)
    xs.append(5.0 * x[0])
    return sum(v * v for v in r)


@program((X,), refused="an iterator is kept in a container or an attribute")
def tuple_gen_twice(x):
    t = ((v for v in x), 1.0)
    return sum(t[0]) + sum(t[0])


@program((X,), refused="an iterator is kept in a container or an attribute")
def zip_in_dict(x):
    d = {"z": zip(x, x)}
    return sum(a * b for a, b in d["z"]) + sum(a for a, b in d["z"])


@program((0.7, 0), (0.7, 2))
def isinst_mixed(x, n):
    s = 0
    for i in range(n):
        s = s + x
    if isinstance(s, int):
        return 5.0 * x
    return s


@program(([0.7] * 20, 0), ([0.7] * 20, 3))
def isinst_mixed2(x, n):
    s = sum(x[:n])
    if isinstance(s, float):
        return 5.0 * x[0]
    return s + x[1]


@program((X,), (Y4,))
def star_store(x):
    y = x * 1.0
    y[2], *r = y
    return r[0] + 3.0 * r[1] * y[2]


@program((0.7, 3), (0.7, 0))
def range_carried(x, n):
    r = range(2)
    s = 0.0
    for i in range(n):
        for j in r:
            s = s + x * (j + 1)
        r = range(i + 3)
    return s


@program((0.7, 3), (0.7, 1), (0.7, 0))
def set_carried(x, n):
    s = {1}
    y = x
    for i in range(n):
        if 1 in s:
            y = y * 2.0
        else:
            y = y * x
        s = {2}
    return y


@program((0.7,), refused="index 5 is out of range")
def list_pop_range(x):
    t = [x, 2.0 * x]
    try:
        v = t.pop(5)
    except IndexError:
        v = x * x
    return v * 3.0


@program((0.7,))
def list_index_missing(x):
    t = ["a", "b"]
    try:
        k = t.index("c")
    except ValueError:
        k = 5
    return x * k


@program((X,), refused="has effects")
def first_of_a_condition(x):
    if any((w := v) > 1.0 for v in x):
        w = w * 2.0
    return w * x[0]


@program((X,))
def name_bound_in_a_comprehension(x):
    found = [(k := v * 2.0) for v in x if (u := v + 1.0) > 1.6]
    return k * u * sum(found)


@program((X,), refused="of tuples")
def largest_of_pairs(x):
    return max((v, i) for i, v in enumerate(x))[0] * 2.0


@program((X,), refused="of tuples")
def smaller_of_two_pairs(x):
    return min((x[0], 1.0), (x[1], 2.0))[1] * x[0]
