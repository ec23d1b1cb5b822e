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
from ibis.expr.operations import (
    DatabaseTable,
    Impure,
    InMemoryTable,
    Namespace,
    PhysicalTable,
    SQLQueryResult,
    SQLStringView,
)
from pyarrow import parquet

from digidip.home import home, private_folder

_numbers = itertools.count()
_unchanging = weakref.WeakSet()  # operations of tables that were computed once


@cache
def engine():
    """The one DuckDB of this process: in UTC, at most 640 MB, spilling to the private folder; made on first use.

    DIGIDIP_THREADS in the environment says how many threads it may use: a sweep of runs shares the processors out.
    DIGIDIP_MEMORY gives it more than 640 MB, which tens of millions of comments are joined and sorted faster in.
    """
    # A run keeps what is temporary in a folder of its own, which goes with it.
    folder = Path(tempfile.gettempdir()) if "DIGIDIP_RUN" in os.environ else private_folder(home() / "data")
    settings = {
        "threads": int(os.environ.get("DIGIDIP_THREADS", min(os.cpu_count() or 1, 4))),
        "memory_limit": os.environ.get("DIGIDIP_MEMORY", "640MB"),
        "temp_directory": str(folder / "spill"),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    connection = ibis.duckdb.connect(**settings)
    connection.raw_sql("SET TimeZone = 'UTC'")
    ibis.options.sql.fuse_selects = False  # the engine merges selections itself, and Ibis would take longer to
    ibis.set_backend(connection)
    return connection


@contextmanager
def many_queries():
    """While hundreds of queries are made: Python does not look for garbage in cycles.

    Of these the thousands of nodes of an expression have none worth the search, which takes a tenth of the time.
    """
    is_collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if is_collecting:
            gc.enable()


def read_parts(parts, schema=None, union_by_name=False):
    """The rows of Parquet parts, with `export_row` where one of them has that column.

    A part that is still in the order of its export does not store `export_row`: numbering the records while they are
    read would keep the engine to one core, and the place in the part says the same.

    schema: column → type where it is known; else the parts' own footers say it, the first where they are not united by
    name, since the engine would take longer to say it than to plan the query.
    """
    files = ", ".join("'" + str(part).replace("'", "''") + "'" for part in parts)
    rows = f"read_parquet([{files}], file_row_number = true, union_by_name = {union_by_name})"
    if schema is None:
        schemas = [
            ibis.Schema.from_pyarrow(parquet.read_schema(part)) for part in (parts if union_by_name else parts[:1])
        ]
        schema = {column: kind(nullable=True) for of_part in schemas for column, kind in of_part.items()}
    number = "REPLACE (coalesce(export_row, file_row_number + 1) AS export_row)" if "export_row" in schema else ""
    return _create("VIEW", f"SELECT * EXCLUDE (file_row_number) {number} FROM {rows}", schema)


def named(table, held=False):
    """The same rows under a name of their own in the engine, so that whatever is asked of them is planned quickly.

    Where they are to be `held`, they are computed now and kept, in memory or spilled; else whenever they are asked for.
    The name goes when nothing refers to the returned table any more; until then the tables in memory that it rests on stay.
    """
    kind = "TABLE" if held else "VIEW"
    if table.op().find(InMemoryTable):  # rows that the engine does not hold yet: Ibis hands them over
        name, con = f"named_{next(_numbers)}", engine()
        named_table = con.create_table(name, table, temp=True) if held else con.create_view(name, table)
    else:
        named_table = _create(kind, engine().compile(table), table.schema())
    if held:
        unchanging(named_table)
    statement = f"DROP {kind} IF EXISTS {named_table.op().name}"
    weakref.finalize(named_table.op(), _drop, statement, table).atexit = False
    return named_table


def unchanging(table):
    """The same table, noted as one whose rows were computed once and never change."""
    _unchanging.add(table.op())
    return table


def is_unchanging(table):
    """Whether an Ibis table rests on such tables alone, so that what is fetched of it may be kept."""
    sources = table.op().find((PhysicalTable, SQLQueryResult, SQLStringView, Impure))
    return all(source in _unchanging for source in sources)


def _create(kind, select, schema):
    """A view or table in memory under a name of its own, as an Ibis table; Ibis would ask the engine for the schema."""
    name = f"named_{next(_numbers)}"
    engine().raw_sql(f"CREATE TEMP {kind} {name} AS {select}")
    place = Namespace(catalog="temp", database="main")
    return DatabaseTable(name, schema=ibis.schema(schema), source=engine(), namespace=place).to_expr()


def _drop(statement, _table):
    """Drop a view or table; what it was made of is an argument, so that it lives as long."""
    engine().raw_sql(statement)


def count(table):
    """The number of rows."""
    return table.count().to_pyarrow().as_py()
