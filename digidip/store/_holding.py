"""The holding being written: where it lies, its Parquet parts, and what is recorded of every row."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import ibis
import pandas as pd
from pyarrow import parquet

from digidip import clean, readers
from digidip.engine import engine, named, read_parts
from digidip.tables import LABELS, SCHEMA, conform, types

PARQUET = {"compression": "zstd", "compression_level": 1, "row_group_size": 61440}
# Rows of a table up to which it is held in memory between the steps: of many small exports, to plan costs more than to do.
SMALL = 50_000
STEPS = (
    "split",
    "read",
    "attach accounts",
    "place",
    "pseudonymise",
    "scrub",
    "reject",
    "add up",
    "deduplicate",
    "complete",
)


class ReadTable(NamedTuple):
    """What was read of one table from one delivery."""

    part: Path
    rows: int
    can_reject: bool  # whether the reader says of some rows why they cannot be read
    in_order: bool  # whether the rows come in the order of the file, without their numbers
    is_scrubbed: bool  # whether nothing private is left in texts and links
    is_finished: bool  # whether the part is that of the holding, unless rows of it are superseded or cannot be read


@dataclass
class Holding:
    """A holding being written: its deliveries, the tables read from them, and what is recorded of every row.

    raw, folder, scratch: the folders of the exports, of the finished parts (None for a dry run, which finishes none), and
    of what is read before it is clean.
    registered: the accounts known as official, a pandas frame with the columns of `accounts`.
    labels: platform, account_id, label of accounts whose label claims less than that of a delivery.
    read: table → {path of a delivery: `ReadTable`}.
    unsplit: path of a delivery → (record, reason) of the records that could not be split into cells.
    """

    raw: Path
    folder: Path
    scratch: Path
    deliveries: list
    registered: pd.DataFrame
    key: bytes = field(repr=False)
    read: dict = field(default_factory=dict)
    unsplit: dict = field(default_factory=dict)
    steps: list = field(default_factory=list)
    rejects: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    unregistered: pd.DataFrame = None
    labels: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["platform", "account_id", "label"]))

    def __post_init__(self):
        for delivery in self.deliveries:
            readers.choose_sheet(self.source(delivery), delivery.sheet)

    def record_step(self, *step):
        """Add one line to the account of rows: the fields of `clean.Step`."""
        self.steps.append(clean.Step(*step))

    def account_of_rows(self):
        """The lines of the account in the order of the path: table, delivery, step."""
        paths = [delivery.path for delivery in self.deliveries]
        places = ("posts", "comments", *SCHEMA), paths, STEPS
        return sorted(
            self.steps,
            key=lambda s: tuple(p.index(v) for p, v in zip(places, (s.table, s.export, s.step), strict=True)),
        )

    def with_table(self, name):
        """The deliveries whose reader yields this table, with rows or without."""
        return [delivery for delivery in self.deliveries if delivery.path in self.read.get(name, {})]

    def as_read(self, name):
        """A table as it was read from all deliveries, rejected rows included."""
        parts = [self.read[name][delivery.path].part for delivery in self.with_table(name)]
        table = read_parts(parts, union_by_name=True) if parts else empty(name)
        return table.drop("remark") if "remark" in table.columns else table

    def part(self, name, delivery):
        """The Parquet part of one delivery, named by its number, since a delivery may have any name."""
        return self.folder / name / f"{self.deliveries.index(delivery):04}.parquet"

    def source(self, delivery):
        """The file of one delivery."""
        return self.raw / delivery.path

    def registered_on(self, platform):
        """The registered accounts of one platform."""
        return self.registered[self.registered["platform"] == platform]


def is_small(holding, name):
    """Whether a table has so few rows that it is computed once, and held: to plan it anew would cost more."""
    return sum(read.rows for read in holding.read.get(name, {}).values()) <= SMALL


def named_rows(holding, name, table):
    """The rows of a table under a name in the engine; those of a small table are computed now."""
    return named(table, held=is_small(holding, name))


def accepted(holding, name):
    """The rows of a table that their readers accepted, from all deliveries; the others are rejects, each accounted for."""
    table, rejected = holding.as_read(name), pd.DataFrame(columns=["export", "export_row", "reject"])
    if any(is_told(holding.read[name][delivery.path].part, "reject") for delivery in holding.with_table(name)):
        rejected = table.filter(table.reject.notnull()).select(*rejected.columns).order_by("export_row").to_pandas()
        table = table.filter(table.reject.isnull())
    table = table.drop("reject") if "reject" in table.columns else table
    for delivery in holding.with_table(name):
        rows, unsplit = holding.read[name][delivery.path].rows, holding.unsplit[delivery.path]
        if unsplit and name not in ("posts", "comments"):  # of these `reject_and_deduplicate` keeps account
            places = [(delivery.path, *record) for record in unsplit]
            holding.rejects += [place for place in places if place not in holding.rejects]
            holding.record_step(
                "split", name, delivery.path, rows + len(unsplit), rows, "records that cannot be split into cells"
            )
        if holding.read[name][delivery.path].can_reject:
            lost = rejected[rejected["export"] == delivery.path]
            holding.rejects += [(delivery.path, row.export_row, row.reject) for row in lost.itertuples()]
            reason = f"records that cannot be read as {name}"
            if 0 < rows == len(lost):
                reason = (
                    f"no record can be read as {name}; record {lost['export_row'].iloc[0]}: {lost['reject'].iloc[0]}"
                )
            holding.record_step("read", name, delivery.path, rows, rows - len(lost), reason)
    return table


def is_told(part, column):
    """Whether a row of a Parquet part has a value in a column; the footer knows, without a query."""
    footer = parquet.read_metadata(part)
    if column not in footer.schema.names:
        return False
    place = footer.schema.names.index(column)
    groups = [footer.row_group(group).column(place) for group in range(footer.num_row_groups)]
    return any(group.statistics is None or group.statistics.null_count < group.num_values for group in groups)


def write_table(holding, name, frame=None):
    """Write a whole table of the holding as one part, without rows where there is no frame; the table as it is held."""
    part = holding.folder / name / "part.parquet"
    part.parent.mkdir(exist_ok=True)
    if frame is None:
        parquet.write_table(ibis.schema(types(name)).to_pyarrow().empty_table(), part, compression="zstd")
    else:
        engine().to_parquet(conform(name, frame), part, **PARQUET)
    return table_of(holding.folder, name)


def empty(name):
    """A canonical table without rows."""
    return ibis.memtable(pd.DataFrame(columns=list(types(name))), schema=types(name))


def table_of(folder, name):
    """One table of a holding; its parts are listed here, so that a folder may have any name."""
    # As the engine would say them, in microseconds, so that the rows go into one table with any others of it.
    schema = {column: kind.replace("('UTC')", "('UTC', 6)") for column, kind in types(name).items()}
    return read_parts(sorted((Path(folder) / name).glob("*.parquet")), schema)


def weakest(labels):
    """The label, of those in a column, that claims least: synthetic before derived-public before real."""
    return labels.cases(*((label, rank) for rank, label in enumerate(LABELS))).max().cases(*enumerate(LABELS))
