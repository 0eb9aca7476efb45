# s2sad: wrt=a,x value=False signature=a: float, x: float
"""`while` with `break`: the tape is the trip count."""


def newton_sqrt(a, x):
    while True:
        step = (x * x - a) / (2.0 * x)
        x = x - step
        if abs(step) < 1e-12:
            break
    return x


EXAMPLES = [(2.0, 1.3)]
