"""What a class must have in the end, reckoned anew from what the grader said and the rules, by plain arithmetic."""

from __future__ import annotations

import csv
import json
import math
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

LATE_PERCENT, LATE_MOST = 10.0, 50.0


@dataclass
class Reckoned:
    """Points by learner and lesson, and what led there."""

    points: dict[tuple[str, str], float] = field(default_factory=dict)
    submissions: int = 0
    late: int = 0
    by_hand: int = 0

    def total(self, learner: str) -> float:
        return sum(points for (key, _), points in self.points.items() if key == learner)


def reckon(gradings: list[Path], collected: Path, due: datetime, by_hand: dict[tuple[str, str], float]) -> Reckoned:
    """Best attempt after its penalty, scores by text of the answer."""
    handed = {
        (file["learner"], file["sha256"]): datetime.fromisoformat(file["handed_in"])
        for file in json.loads(collected.read_text(encoding="utf-8"))["files"]
    }
    best: defaultdict[tuple[str, str], float] = defaultdict(float)
    made = Reckoned()
    for path in gradings:
        for item in json.loads(path.read_text(encoding="utf-8"))["submissions"]:
            made.submissions += 1
            points = sum(_points(each, by_hand, made) for each in item["exercises"])
            late = (handed[item["learner"], item["sha256"]] - due).total_seconds()
            made.late += late > 0
            percent = min(LATE_PERCENT * math.ceil(late / 86_400), LATE_MOST) if late > 0 else 0.0
            worth = max(points - item["max_points"] * percent / 100, 0.0)
            place = item["learner"], item["lesson"]
            best[place] = max(best[place], worth)
    made.points = dict(best)
    return made


def _points(exercise: dict[str, Any], by_hand: dict[tuple[str, str], float], made: Reckoned) -> float:
    if exercise["points"] is not None:
        return float(exercise["points"])
    made.by_hand += 1
    return by_hand[exercise["exercise"], exercise["text"].strip()]


def of_json(path: Path) -> dict[tuple[str, str], float]:
    """What the exported class says."""
    data = json.loads(path.read_text(encoding="utf-8"))
    return {
        (row["learner"], standing["lesson"]): standing["points"]
        for row in data["learners"]
        for standing in row["standings"]
    }


def of_canvas(path: Path, columns: dict[str, str], keys: dict[str, str]) -> dict[tuple[str, str], float]:
    """What the file for Canvas says, by Canvas's ids."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["ID"].strip()]
    return {(keys[row["ID"]], lesson): float(row[name]) for row in rows for lesson, name in columns.items()}
