# s2sad: wrt=x value=False signature=x: float
"""A local dict, filled and iterated."""


def dict_items(x):
    table = {"a": x, "b": x * x}
    table["c"] = table["a"] * table["b"]
    s = 0.0
    for name, value in table.items():
        s += len(name) * value
    return s


EXAMPLES = [(0.7,)]
