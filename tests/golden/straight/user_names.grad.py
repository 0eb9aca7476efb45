def user_names_grad(x, x_bar, user_names_bar=1.0):
    """Gradient of user_names with respect to x and x_bar."""
    # forward sweep
    x_tape = x * x_bar
    user_names_bar1 = x_tape + x
    # reverse sweep
    user_names_bar_bar = user_names_bar * x_tape
    x_tape_bar = user_names_bar * user_names_bar1 + user_names_bar_bar
    x_bar_bar = x_tape_bar * x
    x_bar = user_names_bar_bar + x_tape_bar * x_bar
    return x_bar, x_bar_bar
