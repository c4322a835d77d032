"""Records as the application makes them: a JSON array, indent=2."""

from __future__ import annotations

import json
import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

EPOCH = datetime(2025, 1, 1)
# What a record's values have to be. A bool is an int to Python, not to us.
KINDS: dict[str, tuple[type, ...]] = {
    "id": (int,), "name": (str,), "category": (str,), "value": (int, float), "quantity": (int,),
    "is_active": (bool,), "created_at": (str,),
}


def items(count: int, first_id: int = 1, seed: int = 1) -> list[dict[str, Any]]:
    """The same arguments give the same records."""
    chance = random.Random(seed)
    return [item(number, chance) for number in range(first_id, first_id + count)]


def item(number: int, chance: random.Random) -> dict[str, Any]:
    created = EPOCH + timedelta(microseconds=chance.randrange(365 * 24 * 3600 * 10**6))
    return {
        "id": number,
        "name": f"Item {number}",
        "category": chance.choice("ABCD"),
        "value": round(chance.uniform(10, 1000), 2),
        "quantity": chance.randint(1, 100),
        "is_active": chance.random() < 0.8,
        "created_at": created.isoformat(timespec="microseconds"),
    }


def write(path: Path, records: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(records, indent=2))


def read(path: Path) -> list[dict[str, Any]]:
    records = json.loads(path.read_text())
    if not isinstance(records, list) or not all(isinstance(r, dict) for r in records):
        raise ValueError(f"{path}: a JSON array of objects is expected")
    return records


def repair(records: list[dict[str, Any]]) -> list[str]:
    """Values of another kind than their field's become None, in place; what they were is returned."""
    found = []
    for number, record in enumerate(records, 1):
        for name, kinds in KINDS.items():
            value = record.get(name)
            if value is not None and type(value) not in kinds:
                found.append(f"record {number}: {name} is {value!r:.60}")
                record[name] = None
    return found
