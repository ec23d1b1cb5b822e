"""The one connection to DuckDB that this process has."""

import gc
import itertools
import os
import tempfile
import weakref
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import ibis

_numbers = itertools.count()


@cache
def engine():
    """The one DuckDB of this process: in UTC, at most 640 MB, spilling to a private folder; made on first use.

    DIGIDIP_THREADS in the environment says how many threads it may use: a sweep of runs shares the processors out.
    DIGIDIP_MEMORY gives it more than 640 MB, which tens of millions of comments are joined and sorted faster in.
    """
    spill = Path(tempfile.gettempdir()) / f"digidip-{os.getpid()}"
    settings = {
        "threads": int(os.environ.get("DIGIDIP_THREADS", min(os.cpu_count() or 1, 4))),
        "memory_limit": os.environ.get("DIGIDIP_MEMORY", "640MB"),
        "temp_directory": str(spill),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    connection = ibis.duckdb.connect(**settings)
    connection.raw_sql("SET TimeZone = 'UTC'")
    ibis.set_backend(connection)
    return connection


@contextmanager
def many_queries():
    """While hundreds of queries are made: plan each of them with less work, a quarter of the processor time of small ones.

    Selections are not merged before the engine sees them, which merges them itself; and Python does not look for
    garbage in cycles, of which the thousands of nodes of an expression have none worth the search.
    """
    is_collecting, merges = gc.isenabled(), ibis.options.sql.fuse_selects
    gc.disable()
    ibis.options.sql.fuse_selects = False
    try:
        yield
    finally:
        ibis.options.sql.fuse_selects = merges
        if is_collecting:
            gc.enable()


def read_parts(parts, **options):
    """The rows of Parquet parts, with `export_row` where one of them has that column.

    A part that is still in the order of its export does not store `export_row`: numbering the records while they are
    read would keep the engine to one core, and the place in the part says the same.
    """
    table = engine().read_parquet([str(part) for part in parts], file_row_number=True, **options)
    if "export_row" in table.columns:
        table = table.mutate(export_row=ibis.coalesce(table.export_row, table.file_row_number + 1))
    return table.drop("file_row_number")


def named(table, held=False):
    """The same rows under a name of their own in the engine, so that whatever is asked of them is planned quickly.

    Where they are to be `held`, they are computed now and kept, in memory or spilled; else whenever they are asked for.
    The name goes when nothing refers to the returned table any more; until then the tables in memory that it rests on stay.
    """
    name = f"named_{next(_numbers)}"
    named_table = engine().create_table(name, table, temp=True) if held else engine().create_view(name, table)
    kind = "TABLE" if held else "VIEW"
    weakref.finalize(named_table.op(), _drop, f"DROP {kind} IF EXISTS {name}", table).atexit = False
    return named_table


def _drop(statement, _table):
    """Drop a view or table; what it was made of is an argument, so that it lives as long."""
    engine().raw_sql(statement)


def count(table):
    """The number of rows."""
    return table.count().to_pyarrow().as_py()
