"""The program of the README: a helper, a branch, an update and a loop that ends early."""


def drag(v: float, k: float) -> float:
    if abs(v) < 1.0:
        return k * v
    return k * v * abs(v)


def flight(speed: float, k: float, dt: float, n: int) -> float:
    height, v = 0.0, speed
    for _ in range(n):
        v -= dt * (9.81 + drag(v, k))
        height += dt * v
        if height < 0.0:
            break
    return height


if __name__ == "__main__":
    import s2sad

    gradient = s2sad.grad(flight, wrt=("speed", "k"))
    print(gradient(10.0, 0.1, 0.1, 50))
    print(gradient.source)
