from s2sad.runtime import spread


def list_append_grad(x, n, list_append_bar=1.0):
    """Gradient of list_append with respect to x."""
    # forward sweep
    terms = [1.0]
    for k in range(n):
        terms.append(terms[-1] * x / (k + 1.0))
    # reverse sweep
    terms_bar = spread(list_append_bar, terms)
    x_bar = 0.0
    for k in reversed(range(n)):
        quotient_bar = terms_bar.pop()
        terms.pop()
        product_bar = quotient_bar / (k + 1.0)
        terms_bar[-1] += product_bar * x
        x_bar += product_bar * terms[-1]
    return x_bar
