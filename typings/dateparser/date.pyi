# The part of dateparser, which comes without types for others, that flowrt uses.

from collections.abc import Mapping
from datetime import datetime

class DateData:
    date_obj: datetime | None
    period: str | None

class DateDataParser:
    def __init__(
        self,
        languages: list[str] | None = None,
        locales: list[str] | None = None,
        *,
        settings: Mapping[str, object] | None = None,
    ) -> None: ...
    def get_date_data(self, date_string: str) -> DateData: ...
