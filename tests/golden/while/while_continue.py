# s2sad: wrt=x value=False signature=x: float, n: int
"""`continue` in a `while` that counts."""


def while_continue(x, n):
    i = 0
    s = 1.0
    while i < n:
        i += 1
        if i % 2 == 0:
            continue
        s = s * x + i
    return s


EXAMPLES = [(0.7, 5), (0.7, 0)]
