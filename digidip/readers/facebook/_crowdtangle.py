"""What the files of CrowdTangle's dashboards have in common: stamps in the zone of the dashboard."""

import re

from digidip.readers.opening._cells import is_placed
from digidip.readers.opening._files import header, leading
from digidip.tables import ReaderError

STAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d( ?[A-Za-z0-9+:-]{1,6})?")


def refuse_unplaced(path, column):
    """Stop if one of the first records has a clock time that no zone is named for."""
    place = header(path)[0].index(column)
    for record, cells in enumerate(leading(path), start=1):
        cell = cells[place] if place < len(cells) else ""
        if STAMP.fullmatch(cell) and not is_placed(cell):
            raise ReaderError(
                f"{path} (record {record}): column {column!r} holds a time without a known zone, '{cell}'. Expected: an "
                "abbreviation of one meaning such as EST, or the zone of the dashboard. Say --zone, for instance "
                "America/New_York."
            )
