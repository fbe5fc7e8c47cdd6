"""What the keep of `make test-aws` costs in an hour: the table of docs/production.md."""

import re
from pathlib import Path

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "production.md"
_ROW = re.compile(r"^\| (?P<what>[^|]+) \| [^|]+ \| (?P<test>[^|]+) \|$", re.MULTILINE)
NOT_INCLUDED = "OpenSearch (2 r7g.large.search), volumes, S3, logs, alarms, GuardDuty, backups, traffic"


def price_lines() -> list[str]:
    """The rows of the document's table, of this keep."""
    table = DOCUMENT.read_text(encoding="utf-8").split("## What it costs")[1].split("## How long")[0]
    rows = [(row["what"], row["test"]) for row in _ROW.finditer(table) if row["test"].strip() not in ("test", "---")]
    return [f"  {what.rstrip(' ¹²³⁴⁵'):32} {price}" for what, price in rows]
