"""Exports of CrowdTangle's dashboards: their rows, and stamps in the zone of the dashboard."""

import re

from digidip.readers.opening.cells import check_zone, first_without_zone, has_offset, named_stamp
from digidip.readers.opening.delimited import delimited_rows
from digidip.readers.opening.head import read_head
from digidip.tables import ReaderError

STAMP_COLUMNS = ("Post Created", "Created")
STAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d( ?[A-Za-z0-9+:-]{1,6})?")


def dashboard_rows(path, required, optional, zone, otherwise=STAMP_COLUMNS[0]):
    """Rows of an export with `posted_at`; `zone` names the dashboard's zone where a stamp does not.

    The stamp stands in the first of STAMP_COLUMNS that the file has; `otherwise` is the one reported as missing.
    """
    check_zone(path, zone)
    column = next((name for name in STAMP_COLUMNS if name in read_head(path).header()[0]), otherwise)
    table = delimited_rows(path, required | {column}, optional)
    if not zone:
        _refuse_stamps_without_zone(path, column)
    return table.mutate(posted_at=named_stamp(table[column], zone))


def _refuse_stamps_without_zone(path, column):
    """Stop if the first records have clock times that no zone is named for; a single one is a reject."""
    place = read_head(path).header()[0].index(column)
    cells = [record[place] if place < len(record) else "" for record in read_head(path).records]
    record = first_without_zone(
        [cell if STAMP.fullmatch(cell) else "" for cell in cells], lambda cell: not has_offset(cell)
    )
    if record:
        raise ReaderError(
            f"{path} (record {record}): column {column!r} holds a time without a known zone, '{cells[record - 1]}'. Expected: an "
            "abbreviation of one meaning such as EST, or the zone of the dashboard. Say --zone, for instance "
            "America/New_York."
        )
