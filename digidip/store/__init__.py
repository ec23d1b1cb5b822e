"""Store: `build` makes a holding (Parquet, build.json) from deliveries, `load` selects the tables of a study from it, and
`forget_person` and `forget_deliveries` take out of it and of all that rests on it what must not be there any more."""

from digidip.home import current, facts_of
from digidip.store._accounts import accounts_of, write_accounts
from digidip.store._build import build, dry_run
from digidip.store._forget import collected_before, finish, forget_deliveries, forget_person
from digidip.store._load import (
    build_record,
    check_selection,
    deliveries_read,
    is_unchanged,
    kinds_of_cells,
    load,
    load_beside,
    refusal_of_run,
    refused_records,
)
from digidip.store._reads import digest, readings
from digidip.store._reference import reference
from digidip.store._tables import SUBJECTS, Tables, combine

__all__ = [
    "SUBJECTS",
    "Tables",
    "accounts_of",
    "build",
    "build_record",
    "check_selection",
    "collected_before",
    "combine",
    "current",
    "deliveries_read",
    "digest",
    "dry_run",
    "facts_of",
    "finish",
    "forget_deliveries",
    "forget_person",
    "is_unchanged",
    "kinds_of_cells",
    "load",
    "load_beside",
    "readings",
    "reference",
    "refusal_of_run",
    "refused_records",
    "write_accounts",
]
