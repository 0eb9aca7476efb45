"""Published functions as test input: collecting their doctest calls and checking gradients on them."""
