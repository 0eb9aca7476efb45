"""The module that emitted functions say they are of. It is empty: Numba, which keeps what it compiled of a function on disk,
looks for the function's module before it runs it."""
