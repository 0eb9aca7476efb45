"""Plain NumPy programs as people write them, each with the cases on which its gradient is tested."""
