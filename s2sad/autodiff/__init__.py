"""From a program to the program of its derivative."""
