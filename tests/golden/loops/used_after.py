# s2sad: wrt=x value=False signature=x: float, n: int
"""The loop's variable and a value assigned inside are used after the loop."""


def used_after(x, n):
    last = x
    for i in range(n):
        last = x * (i + 1.0)
        x = x + 0.1 * last * last
    return x * last


EXAMPLES = [(0.5, 3), (0.5, 0)]
