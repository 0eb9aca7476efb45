"""Emitted functions on disk, so that another process need not make them again.

An entry is found by a key that covers the function's code, the kinds of its arguments, the options, and the versions of
s2sad, Python and NumPy. What else the compiler looked at (helpers, captured values, globals) is written down in the entry,
and an entry is used only if all of it is the same in the process that asks. Whatever cannot be described is not stored.
"""
