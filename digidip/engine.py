"""The one connection to DuckDB that this process has."""

import os
import tempfile
from functools import cache
from pathlib import Path

import ibis


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
