"""Passes from program to program. Each can be switched off; none decides what is right."""
