"""The table that drives the rule tests; a rule without a row here fails a test."""

from __future__ import annotations

import importlib
from pathlib import Path

from tests.rules.rows import Row

TABLES = [importlib.import_module(f"tests.rules.{path.stem}") for path in sorted(Path(__file__).parent.glob("table_*.py"))]
ROWS: list[Row] = [
    row
    for table in TABLES
    for name, rows in vars(table).items()
    if name.isupper() and not name.startswith("_")
    for row in rows
]
