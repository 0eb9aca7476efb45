def list_append_jvp(x, n, *, x_dot):
    """Value of list_append and its tangent along those of x."""
    terms = [1.0]
    terms_dot = [0.0]
    for k in range(n):
        terms_item = terms[-1]
        total = k + 1.0
        terms_dot.append((terms_dot[-1] * x + x_dot * terms_item) / total)
        terms.append(terms_item * x / total)
    total = sum(terms)
    total_dot = sum(terms_dot)
    return total, total_dot
