"""Accounts with the day on which they were opened, as the registries and lists of a holding tell it."""

import pandas as pd

from digidip.measures.statistics._columns import ACCOUNT, canonical, fetched_once, to_pandas

UNKNOWN = "not available: no opening day is known"


def opening_days(accounts, by, *columns):
    """One row for each account, in pandas: group columns, `opened` (its first official day, missing where unknown), columns."""
    wanted = tuple(dict.fromkeys([*by, *ACCOUNT, "from_on", *columns]))

    def fetch():
        frame = to_pandas(canonical(accounts, "accounts", wanted)).sort_values([*wanted], kind="stable")
        days = pd.to_datetime(frame.from_on).astype("datetime64[us]")
        return frame.assign(opened=days).drop_duplicates(ACCOUNT).reset_index(drop=True)

    return fetched_once(fetch, ("opening days", wanted), accounts)
