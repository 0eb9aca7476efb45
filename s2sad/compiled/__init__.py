"""Hot loops as functions that Numba compiles, inside otherwise plain code.

The input is the optimised elementary form of a gradient. A loop nest that uses nothing but numbers, elements and regular
parts of arrays becomes a function of its own (`kernels.py`), its array statements explicit loops over elements (`arrays.py`),
in one pass where several store to the same array (`updates.py`, `gather.py`), its tapes arrays (`tapes.py`), its linear algebra
calls of functions for small matrices (`products.py`, `linear.py`). What is left calls these functions; it stays as it was. A loop
that cannot be compiled stays, too, and the report says why.
"""
