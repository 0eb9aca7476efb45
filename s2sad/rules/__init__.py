"""Derivative rules: templates that are parsed and spliced into emitted code, one file per part of NumPy."""
