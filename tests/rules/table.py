"""The table that drives the rule tests; a rule without a row here fails a test."""

from __future__ import annotations

from tests.rules import table_arrays, table_numbers, table_special
from tests.rules.rows import Row

ROWS: list[Row] = [
    row
    for table in (table_numbers, table_arrays, table_special)
    for name, rows in vars(table).items()
    if name.isupper() and not name.startswith("_")
    for row in rows
]
