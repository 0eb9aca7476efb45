def quotient_grad(a, b, quotient_bar=1.0):
    """Gradient of quotient with respect to a and b."""
    total = a * a + b
    difference_bar = quotient_bar / total
    total_bar = -difference_bar * ((a - b) / total)
    a_bar = 2.0 * total_bar * a + difference_bar
    b_bar = total_bar - difference_bar
    return a_bar, b_bar
