"""The rows that tell the catalog how each picture came about: one JSONL file for each library."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

Row = dict[str, Any]


def read_rows(path: Path) -> dict[str, Row]:
    """Read the rows by prompt id; none where the file does not exist yet."""
    if not path.exists():
        return {}
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return {row["prompt_id"]: row for row in rows}


def write_rows(path: Path, rows: dict[str, Row]) -> None:
    """Write the rows in the order of their prompt ids."""
    lines = [json.dumps(rows[prompt_id], ensure_ascii=False) for prompt_id in sorted(rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def new_row(prompt_id: str, settings: dict[str, str], seconds: float, now: datetime) -> Row:
    """Describe one picture just drawn; ``seconds`` is the time the library took, imports left out."""
    return {
        "prompt_id": prompt_id,
        "sample": 1,
        "asset": f"{prompt_id}.png",
        "tokens": None,
        "seconds": round(seconds, 2),
        "cost_usd": 0,
        "generated_at": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "settings": settings,
    }
