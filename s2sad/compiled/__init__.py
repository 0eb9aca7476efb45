"""Loops and what is around them as functions that Numba compiles, inside otherwise plain code.

The input is the optimised elementary form of a gradient. Statements that follow each other, and use nothing but numbers, elements
and regular parts of arrays, are a unit (`units.py`), if that gains something (`estimate.py`). It becomes a function of its own
(`translate.py`, `kernels.py`), its array statements explicit loops over elements (`arrays.py`), in one pass where several store to the
same array (`updates.py`, `gather.py`), its tapes arrays (`tapes.py`), its linear algebra calls of functions for small matrices
(`products.py`, `linear.py`). Loops that hand arrays to each other are joined (`fused.py`, `forward.py`). What is left calls these
functions; it stays as it was. A loop that cannot be compiled stays, too, and the report says why.
"""
