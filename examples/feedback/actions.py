"""What the feedback flow asks of the bot."""

from __future__ import annotations

import json
from pathlib import Path


class FeedbackActions:
    """Keeps each feedback as a line of a file."""

    def __init__(self, path: Path = Path("feedback.jsonl")) -> None:
        self.path = path

    def save_feedback(self, name: str, rating: int, comment: str | None) -> None:
        line = json.dumps({"name": name, "rating": rating, "comment": comment})
        with self.path.open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")
