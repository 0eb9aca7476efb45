"""The tests; a package, so that test files can share helpers."""

import os

os.environ.setdefault("S2SAD_CACHE", "0")  # what is tested is the compiler; test_cache.py tests the cache
