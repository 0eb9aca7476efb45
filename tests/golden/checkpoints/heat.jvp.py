import numpy as np


def heat_jvp(u, source, k, n, *, u_dot, source_dot):
    """Value of heat and its tangent along those of u and source."""
    u = u.copy()
    u_dot = u_dot.copy()
    total = 0.0
    total_dot = 0.0
    for t in range(n):
        flux = k * (u[1:] - u[:-1])
        flux_dot = (u_dot[1:] - u_dot[:-1]) * k
        u_dot[1:-1] += flux_dot[1:] - flux_dot[:-1]
        u[1:-1] += flux[1:] - flux[:-1]
        total1 = 1.0 + 0.1 * np.sin(u)
        u_dot[...] = u_dot * total1 + u_dot * np.cos(u) * 0.1 * u
        u[...] = u * total1
        u_dot += source_dot * t
        u += source * t
        total += np.sum(u**2)
        total_dot += np.sum(u_dot * (2.0 * u))
    return total, total_dot
