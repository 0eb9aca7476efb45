"""Lists, dicts, sets and tuples, those of the caller, and indices."""

import numpy as np

from .table import M, X, program


@program((0.7,))
def list_index_start(x):
    t = (1, 2, 1, 3)
    return x * (t.index(1, 1) + 1.0)


@program((0.7,))
def list_index_start2(x):
    t = [1, 2, 1, 3]
    return x * (t.index(1, 1) + 1.0)


@program((0.7,))
def dict_popitem(x):
    d = {"a": 1.0, "b": 2.0}
    k, v = d.popitem()
    return x * sum(d.values())


@program((0.7,))
def dict_clear(x):
    d = {"a": 1.0, "b": 2.0}
    d.clear()
    return x * (1.0 + sum(d.values()))


@program((0.7, 1), (0.7, 2))
def dict_pop_rt(x, key):
    d = {1: 1.0, 2: 2.0}
    d.pop(key)
    return x * (1.0 + sum(d.values()))


@program((0.7, 1), (0.7, 5))
def dict_setdefault_rt(x, key):
    d = {1: 1.0, 2: 2.0}
    d.setdefault(key, 7.0)
    return x * (1.0 + sum(d.values()))


@program((0.7,))
def dict_ior(x):
    d = {"a": 1.0, "b": 2.0}
    e = d
    d |= {"a": 5.0}
    return x * e["a"]


@program((0.7,))
def dict_ior_varied(x):
    d = {"a": x, "b": 2.0}
    e = d
    d |= {"a": 5.0 * x}
    return x * e["a"]


@program((0.7,))
def dict_or(x):
    d = {"a": 1.0, "b": 2.0}
    e = d | {"b": 5.0}
    return x * e["b"] + x * d["b"]


@program((0.7,))
def set_ior(x):
    s = {1, 2}
    t = s
    s |= {3}
    return x * len(t)


@program((0.7,))
def set_order(x):
    y = x
    for i in {10, 9, 3}:
        y = y * 2.0 + i * x
    return y


@program((0.7,))
def set_order2(x):
    y = x
    for i in {10, 9, 3} | {17, 1}:
        y = y * 2.0 + i * x
    return y


@program((0.7,))
def set_order3(x):
    y = list({10, 9, 3})
    return x * y[0]


@program((0.7,))
def max_default(x):
    xs = []
    return max(xs, default=2.0) * x


@program((X,), (np.array([]),))
def max_default2(x):
    xs = [v for v in x if v > 5.0]
    return max(xs, default=2.0) * np.sum(x)


@program((X,))
def max_default3(x):
    xs = [v for v in x if v > 0.0]
    return max(xs, default=2.0) * np.sum(x)


@program((X,))
def sum_alias(x):
    a = x * 2.0
    s = sum([a])
    s[0] = 10.0
    return np.sum(a) + np.sum(s)


@program((X,))
def sum_alias_aug(x):
    a = x * 2.0
    s = sum([a], 0)
    s += x
    return np.sum(a**2) + np.sum(s)


@program((X,))
def sum_bools(x):
    n = sum([x[i] > 0.0 for i in range(3)])
    return n * np.sum(x)


@program((X,))
def sum_bools2(x):
    n = sum([x[0] > 0.0, x[2] > 0.0])
    return n * np.sum(x)


@program((X,))
def sum_bools4(x):
    return np.sum(x[sum(x > 1.0)])


@program(([0.7, 0.9, 0.1, 0.4] * 5,))
def sum_bools5(x):
    flags = [v > 0.5 for v in x]
    n = sum(flags)
    if n:
        return n * x[0] * x[1]
    return x[0]


@program((X,))
def sum_bools8(x):
    n = sum(v > 0.0 for v in x)
    return n * x[0] * x[1] / (n - 5)


@program((M, np.array([1, 2])))
def tuple_index(x, idx):
    return np.sum(x[tuple(idx)] ** 2)


@program((0.7, np.array([1, 2])))
def tuple_eq(x, idx):
    if tuple(idx) == (1, 2):
        return 2.0 * x
    return 3.0 * x


@program((X,))
def tuple_isinst(x):
    t = tuple(x)
    if isinstance(t, tuple):
        return 2.0 * t[0]
    return 3.0 * t[1]


@program((X, np.array([2.0, 1.0, 3.0])), refused="sorted has no derivative rule for items that are not numbers")
def sorted_pairs(x, w):
    t = 0.0
    for a, b in sorted(zip(x, w)):
        t = t * 2.0 + a * b
    return t


@program((X,), refused="sorted has no derivative rule for items that are not numbers")
def sorted_tuples(x):
    t = 0.0
    for a, b in sorted([(x[0], 1.0), (x[1], 2.0)]):
        t = t * 2.0 + a * b
    return t


@program(
    (0.7, 3),
    (0.7, 0),
    refused="this dict may be a different one on another path or in another iteration, and it is changed in place",
)
def dict_in_list(x, n):
    rows = []
    for i in range(n):
        d = {"k": float(i)}
        rows.append(d)
        d["k"] = float(i) + 10.0
    return sum(r["k"] for r in rows) * x


@program((0.7, 1))
def dict_rt_index(x, i):
    rows = [{"k": 1.0}, {"k": 2.0}]
    rows[i]["k"] = 5.0
    return rows[0]["k"] * x + rows[1]["k"] * x * x


@program((0.7, 3))
def dict_holds_list(x, n):
    lst = [1.0]
    d = {n: lst}
    lst.append(3.0)
    return x * sum(d[n])


@program((0.7, [[1.0, 2.0], [3.0, 4.0]]))
def param_nested_list(x, t):
    t[0][1] = 10.0
    return x * np.sum(np.array(t))


@program((0.7, [np.zeros(2), np.ones(2)]))
def param_list_arr(x, t):
    t[0][1] = 10.0
    return x * np.sum(np.stack(t))


@program((0.7, [np.zeros(2), np.ones(2)]))
def param_list_arr_var(x, t):
    t[0][1] = 10.0 * x
    return x * np.sum(np.stack(t))


@program((0.7, [[1.0, 2.0], [3.0, 4.0]], 1))
def param_rows_rt(x, t, i):
    t[i].append(5.0)
    return x * len(t[1]) + x * x * len(t[0])


@program((0.7, [[1.0, 2.0], [3.0, 4.0]], 1))
def param_rows_rt2(x, t, i):
    t[0][1] = 7.0
    return x * t[i - 1][1]


@program((0.7, [np.zeros(2), np.ones(2)], 1))
def param_arr_rt(x, t, i):
    t[0][1] = 7.0 * x
    return x * t[i - 1][1]


@program((0.7, {1: np.zeros(2), 2: np.ones(2)}, 1))
def param_dict_arr_rt(x, t, k):
    t[1][1] = 7.0
    return x * np.sum(t[k])


def T():
    return [np.array([1.0, 2.0]), np.array([3.0, 4.0])]


@program((0.7, T(), 1), (0.7, T(), 0))
def store_rt(x, t, i):
    t[i][0] = 5.0
    return x * np.sum(t[0]) + x * x * np.sum(t[1])


@program((0.7, T(), 1, 1), (0.7, T(), 0, 1))
def store_rt_two(x, t, i, j):
    a = t[i]
    b = t[j]
    a[0] = 5.0
    return x * b[0] + x * x * np.sum(t[1])


@program((0.7, T(), 1, 1), (0.7, T(), 0, 1))
def store_rt_two_aug(x, t, i, j):
    a = t[i]
    b = t[j]
    a += x
    return x * b[0] + x * x * np.sum(t[1])


@program((0.7, [{1: 2.0}, {1: 3.0}], 1))
def list_param_dict(x, t, i):
    t[i][1] = 9.0
    return x * t[0][1] + x * x * t[1][1]


@program((0.7, [{1: 2.0}, {1: 3.0}], 2), refused="this may change a dict that is in a list, or that an index chose")
def list_param_dict_loop(x, t, n):
    s = x
    for i in range(n):
        s = s + x * t[i][1]
        t[i][1] = t[i][1] + 1.0
    return s + x * t[0][1]


@program((0.7, [[1.0], [2.0]], 2))
def list_param_list_loop(x, t, n):
    s = x
    for i in range(n):
        t[i].append(3.0)
        s = s + x * sum(t[i])
    return s + x * len(t[0])


@program((M,))
def nested_tuple_index(x):
    y = x[(0, 2), :]
    y[0] = y[1] * 2.0
    return np.sum(y**2)


@program((M,))
def nested_tuple_index2(x):
    y = x[(0, 0), :]
    return np.sum(y**2)


@program((M,))
def nested_tuple_index3(x):
    y = x * 1.0
    y[(0, 0), :] += x[1:]
    return np.sum(y**2)


@program((M,))
def nested_tuple_index4(x):
    y = x * 1.0
    z = y[(0, 1),]
    z[0, 0] = 5.0
    return np.sum(y**2) + np.sum(z)


@program((X,))
def nested_list_index2(x):
    y = x[[[0, 1], [1, 2], [0, 0]]]
    return np.sum(y * x) if False else np.sum(y[:, 0] * x) + np.sum(y)


def two_views(n):
    a = np.zeros(n + 2)
    b = a[1:]
    c = len(a) + 1
    d = c * 2
    return a, b, d


@program((X, 2), (X, 1))
def views_of_helper(x, n):
    a, b, d = two_views(n)
    b[:2] += x[:2]
    return np.sum(a * a) * d


@program((X, 2), (X, 1))
def views_of_helper_in_tuple(x, n):
    pair = two_views(n)
    pair[1][:2] += x[:2]
    pair[0][0] = x[2]
    return np.sum(pair[0] * pair[0]) + np.sum(pair[1])


@program((X, np.ones(3), 2))
def list_of_constant_array(x, c, n):
    ys = list(c)
    ys[n] = x[0] * 2.0
    ys[0] *= x[1]
    s = 0.0
    for v in ys:
        s = s * v + v
    return s


@program((X, 2))
def list_of_range(x, n):
    ys = list(range(1, n + 3))
    ys[n] = x[0] * 2.0
    s = 0.0
    for v in ys:
        s = s * v + v
    return s


@program((X, 2))
def list_of_bytes(x, n):
    b = list(b"abc")
    s = x[0]
    for i in range(n):
        b[i] = s * b[i] / 100.0
        s = s + b[i]
    return s


@program((X, 3), (X, 2), (X, 0))
def none_in_a_list_that_is_filled(x, n):
    t = [None] * n
    s = x[0]
    for j in range(2 * n):
        if t[j % n] is None:
            t[j % n] = x[j % 3] * 2.0
        else:
            s = s + t[j % n] * x[2] * s
    return s


@program((X, 3), (X, 2))
def none_put_into_a_list_of_numbers(x, n):
    t = [x[0]] * n
    t[n - 1] = None
    s = x[1]
    for j in range(n):
        s = s * (t[j] if t[j] is not None else x[2]) + x[0]
    return s
