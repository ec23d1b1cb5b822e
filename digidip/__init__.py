"""digidip: research notebooks on how foreign ministries use social media, and the thin package under them.

The rooms, in the order the data meets them: tables, engine, readers, deliveries, clean, store, networks, measures,
figures, claims, report, studies, cli. A room is imported when it is first used, so `import digidip` stays light.
"""

from importlib import import_module

__version__ = "0.1.0"
ROOMS = (
    "tables",
    "engine",
    "readers",
    "deliveries",
    "clean",
    "store",
    "networks",
    "measures",
    "figures",
    "claims",
    "report",
    "studies",
    "cli",
)


def __getattr__(name):
    if name in ROOMS:
        return import_module(f"digidip.{name}")
    raise AttributeError(f"module 'digidip' has no attribute {name!r}")
