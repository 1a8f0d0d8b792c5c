"""What the incident flow asks of the safety desk: a file of reports, and how it says times, places and names."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, tzinfo
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from incident_flow import Person, Report

from flowrt import current_call
from flowrt.values import Media

SITE = ZoneInfo("Europe/Amsterdam")


class IncidentActions:
    """Keeps each report as a line of a file, under a number of its own."""

    def __init__(self, path: Path = Path("incidents.jsonl"), zone: tzinfo = SITE) -> None:
        self.path = path
        self.zone = zone

    # Actions

    def file_report(self, report: Report) -> str:
        """The number that `report` is filed under. A call that comes twice files it once."""
        key = f"{current_call().contact} {current_call().id}"
        filed = [json.loads(line) for line in self._lines()]
        number = next((each["number"] for each in filed if each["key"] == key), None)
        if number is None:
            number = f"I-{len(filed) + 1}"
            with self.path.open("a", encoding="utf-8") as file:
                file.write(f"{json.dumps({'number': number, 'key': key, **self._plain(report)})}\n")
        return str(number)

    def _lines(self) -> list[str]:
        return self.path.read_text(encoding="utf-8").splitlines() if self.path.exists() else []

    def _plain(self, report: Report) -> dict[str, object]:
        return {
            "reporter": report.reporter,
            "what": report.what,
            "happened": report.happened.isoformat(),
            "place": self.coordinates(report.place),
            "photo": report.photo and report.photo.url,
            "people": [{"name": person.name, "injury": person.injury} for person in report.people],
        }

    # Functions

    def moment(self, at: datetime) -> str:
        local = at.astimezone(self.zone)
        return f"on {local.day} {local:%B} at {local:%H:%M}"

    def coordinates(self, place: Media) -> str:
        return f"{place.latitude or Decimal():.4f}, {place.longitude or Decimal():.4f}"

    def listed(self, people: Sequence[Person]) -> str:
        *others, last = [f"{person.name} ({person.injury})" for person in people] or ["nobody"]
        return f"{', '.join(others)} and {last}" if others else last
