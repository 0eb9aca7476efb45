# s2sad: wrt=a,x,y value=False signature=a: float, x: float, y: float, h: float, n: int
"""A method of two stages: the stages are computed again from the state, which is all that is on tapes."""


def two_stages(a, x, y, h, n):
    for _ in range(n):
        kx = x * (a - y)
        ky = y * (x - 1.0)
        x_mid = x + h * kx
        y_mid = y + h * ky
        x += h * x_mid * (a - y_mid)
        y += h * y_mid * (x_mid - 1.0)
    return x * y


EXAMPLES = [(1.3, 0.8, 1.2, 0.1, 4), (1.3, 0.8, 1.2, 0.1, 0)]
