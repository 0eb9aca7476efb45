def independent_pairs_jvp(x, a, *, x_dot, a_dot):
    """Value of independent_pairs and its tangent along those of x and a."""
    energy = 0.0
    energy_dot = 0.0
    for i in range(len(x)):
        for j in range(i):
            d = x[i] - x[j]
            d_dot = x_dot[i] - x_dot[j]
            r2 = d @ d + a
            r2_dot = d_dot @ d + d @ d_dot + a_dot
            power = r2**3
            quotient = 1.0 / power
            energy += quotient
            energy_dot -= r2_dot * (3.0 * (r2 * r2)) / power * quotient
    return energy, energy_dot
