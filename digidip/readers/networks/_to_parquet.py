"""Records that only Python can take apart, as rows of the engine: a private copy, written in parts.

Network files and pages hold their records in sections, elements or lists, so a reader goes through them one by one;
what it finds is never held whole in memory.
"""

import glob
from itertools import islice

import pyarrow as pa
import pyarrow.parquet as parquet

from digidip.engine import engine
from digidip.readers.opening.copies import temporary_path, without_name
from digidip.readers.opening.head import read_head
from digidip.tables import ReaderError

PART = 1 << 16


def to_parquet(path, records, columns):
    """The records of `path`, dicts of text, as an Ibis table of text `columns` and `export_row`.

    A column that a record lacks is missing; what a record has beside the columns is left out.
    """
    schema = pa.schema([*((name, pa.string()) for name in columns), ("export_row", pa.int64())])
    copy, records = temporary_path("flat", ".parquet"), iter(records)
    with parquet.ParquetWriter(copy, schema) as file:
        while part := list(islice(records, PART)):
            file.write_table(pa.Table.from_pylist(part, schema))
    return engine().read_parquet(glob.escape(str(without_name(copy))))


def text_lines(path):
    """The lines of a text file, without line ends of any system and NUL; what is not UTF-8 is refused."""
    head = read_head(path)
    try:
        with open(head.utf8_path, encoding="utf-8-sig") as file:
            for line in file:
                yield line.rstrip("\n").replace("\0", "")
    except UnicodeDecodeError:
        raise ReaderError(
            f"{path}: not UTF-8 beyond its first part. Expected: UTF-8 text. Convert it (for Windows text: iconv -f "
            "cp1252 -t utf-8)."
        ) from None
