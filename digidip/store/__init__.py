"""Store: `build` makes a holding (Parquet, build.json) from deliveries, `load` selects the tables of a study from it."""

from digidip.store._accounts import accounts_of
from digidip.store._beside import beside
from digidip.store._build import build, facts_of, rehearse
from digidip.store._load import Tables, build_record, is_unchanged, load
from digidip.store._reads import digest
from digidip.store._reference import reference

__all__ = [
    "Tables",
    "accounts_of",
    "beside",
    "build",
    "build_record",
    "digest",
    "facts_of",
    "is_unchanged",
    "load",
    "reference",
    "rehearse",
]
