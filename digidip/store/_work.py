"""A holding in the making: where it is written, what must be told of every row, and its Parquet parts."""

import itertools
import os
from dataclasses import dataclass, field
from pathlib import Path

import ibis
import pandas as pd

from digidip import clean
from digidip.engine import engine
from digidip.tables import LABELS, SCHEMA, conform, types

PARQUET = {"compression": "zstd", "compression_level": 1, "row_group_size": 61440}
_names = itertools.count()
STEPS = ("split", "read", "attach accounts", "place", "pseudonymise", "scrub", "reject", "deduplicate")


@dataclass
class Work:
    """A holding in the making: where it is written, and what must be told of every row."""

    raw: Path
    folder: Path
    scratch: Path
    deliveries: list
    registered: pd.DataFrame
    key: bytes = field(repr=False)
    steps: list = field(default_factory=list)
    rejects: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    fresh: pd.DataFrame = None

    def tell(self, *step):
        """One line more in the account of rows."""
        self.steps.append(clean.Step(*step))

    def account_of_rows(self):
        """The lines of the account in the order of the path: table, delivery, step."""
        paths = [delivery.path for delivery in self.deliveries]
        places = ("posts", "comments", *SCHEMA), paths, STEPS
        return sorted(
            self.steps,
            key=lambda s: tuple(p.index(v) for p, v in zip(places, (s.table, s.export, s.step), strict=True)),
        )

    def part(self, name, delivery):
        """The Parquet part of one delivery, named by its number, since a delivery may have any name."""
        return self.folder / name / f"{self.deliveries.index(delivery):04}.parquet"

    def source(self, delivery):
        """The file of one delivery."""
        return self.raw / delivery.path

    def registered_on(self, platform):
        """The accounts of accounts.csv on one platform."""
        return self.registered[self.registered["platform"] == platform]


def write(work, name, frame):
    """Write a whole table of the holding as one part; returns the table as held."""
    (work.folder / name).mkdir(exist_ok=True)
    engine().to_parquet(conform(name, frame), work.folder / name / "part.parquet", **PARQUET)
    return table_of(work.folder, name)


def rewrite(part, change):
    """Put what a function makes of a Parquet part in its place, in the order of the export."""
    changed = change(parquet([part])).order_by("export_row")
    engine().to_parquet(changed, part.with_suffix(".new"), **PARQUET)
    os.replace(part.with_suffix(".new"), part)


def empty(name):
    """A canonical table without rows."""
    return ibis.memtable(pd.DataFrame(columns=list(types(name))), schema=types(name))


def table_of(folder, name):
    """One table of a holding; its parts are listed here, so that a folder may have any name."""
    return parquet(sorted((Path(folder) / name).glob("*.parquet")))


def parquet(parts):
    """The rows of Parquet parts. A part that is still in the order of its export does not store `export_row`: numbering
    the records while they are read would keep the engine to one core, and the place in the part says the same."""
    table = engine().read_parquet([str(part) for part in parts], file_row_number=True)
    if "export_row" in table.columns:
        table = table.mutate(export_row=ibis.coalesce(table.export_row, table.file_row_number + 1))
    return table.drop("file_row_number")


def named(table, held=False):
    """The same rows under a name of their own in the engine, so that whatever is asked of them is planned quickly.

    Where they are to be `held`, they are computed now and kept, in memory or spilled; else whenever they are asked for.
    """
    name = f"selected_{next(_names)}"
    engine().raw_sql(f"CREATE TEMP {'TABLE' if held else 'VIEW'} {name} AS {ibis.to_sql(table)}")
    return engine().table(name)


def count(frame):
    """The number of rows."""
    return frame.count().to_pyarrow().as_py()


def weakest(labels):
    """The label, of those in a column, that claims least: synthetic before derived-public before real."""
    return labels.cases(*((label, rank) for rank, label in enumerate(LABELS))).max().cases(*enumerate(LABELS))
