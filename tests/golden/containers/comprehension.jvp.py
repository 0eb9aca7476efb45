def comprehension_jvp(x, *, x_dot):
    """Value of comprehension and its tangent along those of x."""
    squares = []
    squares_dot = []
    for i in range(len(x)):
        v = x[i]
        v_dot = x_dot[i]
        if v > 0.0:
            squares_dot.append(2.0 * v_dot * v)
            squares.append(v * v)
    total = sum(squares)
    items = []
    items_dot = []
    for i in range(len(x)):
        v = x[i]
        v_dot = x_dot[i]
        items_dot.append(v_dot)
        items.append(v)
    total1 = sum(items)
    product = total * total1
    product_dot = sum(squares_dot) * total1 + sum(items_dot) * total
    return product, product_dot
