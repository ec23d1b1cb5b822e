"""Cadence: how far apart the occasions of one kind are."""

import numpy as np
import pandas as pd
from scipy.stats import quantile_test

from digidip.measures._registry import measure
from digidip.measures.statistics._columns import group_columns
from digidip.measures.statistics._result_table import NUMBERS, result_table

FEW = "not available: fewer than two such events are known"


@measure(unit="days", keys=("kind",), columns=("observed_at", "method"))
def event_gap(events, *, kind="press conference", by="ministry"):
    """Median number of days from one event of a kind to the next.

    Formula: median of begins_at less begins_at of the event before. Interval: order statistics.
    **Unit** days. **Reads** events.kind, begins_at. **Source** Conover 1999, ch. 3.2 (quantile test);
    docs/methods.md#gaps.
    **Caution** Of events that somebody noted: one that is missing makes one long gap of two. Gaps that follow one another,
    such as weekends, are taken as independent, so the interval is too narrow.
    Parameters: `events`, as `store.reference("events")`; `kind`; `by`, columns of events.
    Returns the group columns, `kind`, `event_gap`, `n` (gaps), `low`, `high`, `observed_at` (the last of the events),
    `method`.

    >>> import pandas as pd
    >>> events = pd.DataFrame({"ministry": "FRA", "kind": "press conference",
    ...     "begins_at": pd.to_datetime(["2012-02-01T10:00Z", "2012-02-03T10:00Z", "2012-02-05T10:00Z"])})
    >>> event_gap(events)[["event_gap", "n"]].values.tolist()
    [[2.0, 2.0]]
    """

    def rows(part):
        fields = {"kind": kind, "observed_at": part["begins_at"].max()}
        gaps = np.sort(part["begins_at"].sort_values().diff().dropna() / pd.Timedelta(days=1)).astype(float)
        if not len(gaps):
            return [fields | {"n": 0, "method": FEW}]
        value = float(np.median(gaps))
        low, high = quantile_test(gaps, q=value, p=0.5).confidence_interval(0.95)
        return [fields | {"event_gap": value, "n": len(gaps), "low": low, "high": high, "method": "order statistics"}]

    table = events if isinstance(events, pd.DataFrame) else events.to_pandas()
    chosen = table[table["kind"] == kind]
    columns = {"kind": "str", "event_gap": "float64", **NUMBERS, "observed_at": "datetime64[us, UTC]", "method": "str"}
    return result_table(chosen, group_columns(by), rows, columns)
