"""digidip: research notebooks on how foreign ministries use social media, and the package under them.

Begin with `load`, which gives the tables of the synthetic sample, or of your own exports once they are built:

>>> import digidip
>>> month = digidip.load("sample", "PER", "facebook", start="2016-01-01", end="2016-02-01", zone="America/Lima")
>>> month.n, month.label  # `month` alone shows what was selected: rows of each table, accounts
(130, 'synthetic')
>>> digidip.measures.uncommented_share(month.posts).round(3)[["ministry", "uncommented_share", "n", "low", "high"]]
  ministry  uncommented_share    n    low   high
0      PER              0.023  129  0.002  0.195

The rooms, in the order the data meets them; each is imported when it is first used, so `import digidip` stays light:

- tables: the vocabulary, canonical tables and their columns
- translation: the language of pages and findings, by message catalogues
- home: where data/ and reports/ lie, and what lets several commands share them
- engine: the one connection to DuckDB
- readers: one module for each format of export
- collect: public posts of open platforms, from their servers
- catalogue: public data sets, fetched by their hash
- deliveries: what was received, and what a person declares of it
- clean: pseudonyms, scrubbed texts, official accounts
- store: `build` makes a holding from deliveries, `load` selects from it
- networks: tables to graphs
- measures: tables to numbers; `measures.catalogue()` lists them all
- figures: tables to pictures with alt text
- claims: numbers as facts, beside those published
- report: pages
- studies: notebooks run with parameters, and many of them at once
- outputs: tables for other programs: CSV, Parquet, Excel, Stata, SPSS
- cli: the command `digidip`
"""

from importlib import import_module

__version__ = "0.1.0"
ROOMS = (
    "tables",
    "translation",
    "home",
    "engine",
    "readers",
    "collect",
    "catalogue",
    "deliveries",
    "clean",
    "store",
    "networks",
    "measures",
    "figures",
    "claims",
    "report",
    "studies",
    "outputs",
    "cli",
)
__all__ = ["load", *ROOMS]


def __getattr__(name):
    if name in ROOMS:
        return import_module(f"digidip.{name}")
    if name == "load":
        return import_module("digidip.store").load
    raise AttributeError(f"module 'digidip' has no attribute {name!r}")


def __dir__():
    return sorted([*globals(), *__all__])
