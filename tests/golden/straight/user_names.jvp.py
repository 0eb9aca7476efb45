def user_names_jvp(x, x_bar, *, x_dot, x_bar_dot):
    """Value of user_names and its tangent along those of x and x_bar."""
    x_tape = x * x_bar
    x_tape_dot = x_dot * x_bar + x_bar_dot * x
    user_names_bar = x_tape + x
    user_names_bar_dot = x_tape_dot + x_dot
    product = user_names_bar * x_tape
    product_dot = user_names_bar_dot * x_tape + x_tape_dot * user_names_bar
    return product, product_dot
