"""Audience: how many follow, against those who could.

Never summed over platforms, whose followers are the same people.
"""

from functools import partial

import numpy as np
import pandas as pd
from ibis import _
from scipy.stats import rankdata
from statsmodels.regression.linear_model import OLS

from digidip.measures._registry import measure
from digidip.measures.statistics._columns import ACCOUNT, canonical, group_columns
from digidip.measures.statistics._intervals import rank_correlation, too_few
from digidip.measures.statistics._result_table import NUMBERS, result_table, with_adjusted_p
from digidip.tables import TableError

NO_FOLLOWERS = "not available: no follower count held"
NO_PLACE = "not available: the account has no receiving state"
HOST = ["receiving", "platform"]


@measure(
    unit="followers per 1,000 users",
    keys=("platform", "account_id", "handle", "receiving"),
    columns=("follower_count", "observed_at", "year", "method"),
    people=("follower_count",),
)
def reach_rate(metrics, accounts, population, *, by="ministry"):
    """Followers of an account per 1,000 users of the platform in its receiving state.

    Formula: 1,000 · followers when last observed / users in the year nearest to it. No interval: both are counts.
    **Unit** followers per 1,000 users. **Reads** metrics.follower_count, observed_at; accounts.receiving;
    population.user_count. **Source** Spry 2018 (doi:10.1177/1329878X18783029); docs/methods.md#reach;
    docs/claims-and-studies.md#f067.
    **Caution** Followers may live elsewhere and may be no persons, so this is no share of the users. Counts of two
    platforms must not be added. Likes of a page are not followers. A count without a date is refused.
    Parameters: `metrics`, `accounts`; `population`, the reference table; `by`, columns of accounts.
    Returns the group columns, `platform`, `account_id`, `handle`, `receiving`, `reach_rate`, `n` (users), `low`, `high`
    (missing), `follower_count`, `observed_at`, `year` (of the users), `method`.

    >>> import pandas as pd
    >>> accounts = pd.DataFrame({"platform": "x", "account_id": ["a", "b"], "handle": None, "ministry": "PER",
    ...     "receiving": ["FRA", "JPN"]})
    >>> metrics = pd.DataFrame({"platform": "x", "account_id": ["a", "b"], "follower_count": 500, "observed_at": "2016-07-01"})
    >>> users = {"platform": "x", "receiving": "FRA", "year": [2012, 2015], "user_count": [100_000, 250_000]}
    >>> reach_rate(metrics, accounts, pd.DataFrame(users))[["receiving", "reach_rate", "year"]].values.tolist()
    [['FRA', 2.0, 2015], ['JPN', nan, <NA>]]
    """
    by = group_columns(by)
    held = canonical(metrics, "metrics", [*ACCOUNT, "observed_at", "follower_count"]).filter(_.follower_count.notnull())
    if undated := held.filter(_.observed_at.isnull()).count().to_pyarrow().as_py():
        raise TableError(
            f"metrics: {undated} follower counts without a date. Expected: when they were observed, since they grow. "
            "Say --retrieved DATE at digidip add."
        )
    last = held.group_by(ACCOUNT).agg(
        follower_count=_.follower_count.argmax(_.observed_at), observed_at=_.observed_at.max()
    )
    columns = list(dict.fromkeys([*by, *ACCOUNT, "handle", "receiving"]))
    own = canonical(accounts, "accounts", columns).to_pandas().drop_duplicates(ACCOUNT)
    table = _with_users(own.merge(last.to_pandas(), "left", ACCOUNT), _users(population))
    after = {"follower_count": "Int64", "observed_at": "datetime64[us, UTC]", "year": "Int64", "method": "str"}
    inner = dict.fromkeys([*ACCOUNT, "handle", "receiving"], "str")
    order = list(dict.fromkeys([*by, *ACCOUNT]))
    return result_table(
        table.sort_values(order), by, _reach_rows, inner | {"reach_rate": "float64", **NUMBERS, **after}
    )


@measure(
    unit="per cent per 30 days",
    keys=("platform", "account_id", "handle"),
    columns=("follower_count", "method"),
    people=("follower_count",),
)
def follower_growth(metrics, accounts, *, by="ministry"):
    """How fast the audience of an account grew between the first and the last count of its followers.

    Formula: 100 · ((F_last / F_first) ^ (30 / days) - 1), days between the two observations. No interval: both are counts.
    **Unit** per cent per 30 days. **Reads** metrics.follower_count, observed_at; accounts.account_id. **Source**
    docs/methods.md#growth.
    **Caution** Two counts are no course: purges, campaigns and the platform's own growth are all in it. One count, counts
    of one day, and a first count of 0 give none. A count without a date is left out.
    Parameters: `metrics`, `accounts`; `by`, columns of accounts.
    Returns the group columns, `platform`, `account_id`, `handle`, `follower_growth`, `n` (days), `low`, `high` (missing),
    `follower_count` (the last), `method`.

    >>> import pandas as pd
    >>> accounts = pd.DataFrame({"platform": "x", "account_id": ["a", "b"], "handle": None, "ministry": "PER"})
    >>> metrics = pd.DataFrame({"platform": "x", "account_id": ["a", "a", "b"], "follower_count": [1000, 1210, 5],
    ...     "observed_at": ["2016-01-01", "2016-03-01", "2016-01-01"]})  # 10 % in each of two months of 30 days
    >>> follower_growth(metrics, accounts).follower_growth.round(6).tolist()
    [10.0, nan]
    """
    by, ends = group_columns(by), {"first": "argmin", "last": "argmax"}
    known = _.follower_count.notnull() & _.observed_at.notnull()
    held = canonical(metrics, "metrics", [*ACCOUNT, "observed_at", "follower_count"]).filter(known)
    table = {name: getattr(_.follower_count, way)(_.observed_at) for name, way in ends.items()}
    spans = held.group_by(ACCOUNT).agg(**table, begins=_.observed_at.min(), ends=_.observed_at.max()).to_pandas()
    columns = list(dict.fromkeys([*by, *ACCOUNT, "handle"]))
    own = canonical(accounts, "accounts", columns).to_pandas().drop_duplicates(ACCOUNT).merge(spans, "left", ACCOUNT)
    after = {"follower_count": "Int64", "method": "str"}
    inner = {name: "str" for name in [*ACCOUNT, "handle"] if name not in by}
    rows = partial(_growth_rows, inner=list(inner))
    order = list(dict.fromkeys([*by, *ACCOUNT]))
    return result_table(own.sort_values(order), by, rows, inner | {"follower_growth": "float64", **NUMBERS, **after})


def _growth_rows(part, inner):
    """The growth of each account, or why it has none."""
    found = []
    for row in part.to_dict("records"):
        table = {name: row[name] for name in inner} | {
            "follower_count": pd.NA if pd.isna(row["last"]) else int(row["last"])
        }
        days = 0 if pd.isna(row["last"]) else (row["ends"] - row["begins"]).days
        if days < 1 or not row["first"]:
            reason = NO_FOLLOWERS if pd.isna(row["last"]) else "not defined: one count only, or none at first"
            found.append(table | {"n": 0, "method": reason})
            continue
        growth = 100 * ((row["last"] / row["first"]) ** (30 / days) - 1)
        found.append(table | {"follower_growth": growth, "n": days, "method": f"two counts, {days} days apart"})
    return found


@measure(
    unit="rank correlation, or elasticity",
    keys=("term", "statistic"),
    columns=("p", "p_adjusted", "r_squared", "method"),
)
def reach_association(hosts, *, outcome="reach_rate", terms=("gdp_per_person", "population"), by="platform"):
    """How reach goes with wealth and size of receiving states: correlations and elasticities.

    Formula: spearman: correlation of ranks; elasticity: slope of log outcome on the logs of all terms, by least squares.
    Interval: Bonett and Wright's for ranks, p as `partial_correlation`; heteroscedasticity-consistent errors HC3 with t for
    slopes. `p_adjusted`: Benjamini and Hochberg.
    **Unit** rank correlation, or elasticity. **Reads** outcome and terms of `hosts`, one row per receiving state.
    **Source** Spry 2018; Bonett and Wright 2000 (doi:10.1007/BF02294183); MacKinnon and White 1985
    (doi:10.1016/0304-4076(85)90158-7); docs/methods.md#reach; docs/claims-and-studies.md#f067.
    **Caution** Report both: a term can be weak alone and strong beside the other. Rows of 0 have no logarithm and are left
    out of the slopes. States are no sample, and the same state twice is not two. No interval from fewer than eight hosts or for
    a perfect order.
    Parameters: `hosts`, such as `reach_rate` beside the reference table of ministries; `outcome`, `terms`, its columns;
    `by`, group columns.
    Returns the group columns, `term`, `statistic` (spearman, elasticity), `reach_association`, `n` (hosts), `low`, `high`,
    `p`, `p_adjusted`, `r_squared` (of all terms together), `method`.

    >>> import pandas as pd
    >>> hosts = pd.DataFrame({"platform": "x", "reach_rate": [8, 4, 2, 1, 0.5], "gdp_per_person": [1, 2, 4, 8, 16.0],
    ...     "population": [1, 3, 2, 5, 4]})
    >>> found = reach_association(hosts).set_index(["term", "statistic"]).reach_association.round(3)
    >>> found["gdp_per_person"].tolist(), found["population", "spearman"].item()
    ([-1.0, -1.0], -0.8)
    """
    by, names = group_columns(by), [outcome, *terms]
    if absent := [name for name in [*by, *names] if name not in hosts.columns]:
        raise TableError(
            f"hosts: no column {absent[0]!r}. Found: {', '.join(hosts.columns)}. Join the table that has it."
        )
    frame = (hosts if isinstance(hosts, pd.DataFrame) else hosts[[*dict.fromkeys([*by, *names])]].to_pandas()).copy()
    frame[names] = frame[names].astype("float64")
    columns = {"term": "str", "statistic": "str", "reach_association": "float64", **NUMBERS}
    rows = partial(_association_rows, outcome=outcome, terms=list(terms))
    frame = frame.sort_values([*by, *names])
    columns |= {"p": "float64", "r_squared": "float64", "method": "str"}
    return with_adjusted_p(result_table(frame, by, rows, columns))


def _users(population):
    """Users by state, platform and year."""
    columns = [*HOST, "year", "user_count"]
    if absent := [name for name in columns if name not in population.columns]:
        raise TableError(f"population: no column {absent[0]!r}. Expected: {', '.join(columns)}.")
    frame = population[columns] if isinstance(population, pd.DataFrame) else population[columns].to_pandas()
    if (twice := frame.duplicated([*HOST, "year"])).any():
        state, platform, year = frame.loc[twice, [*HOST, "year"]].iloc[0]
        raise TableError(f"population: users of {platform} in {state} in {year} stand there twice. Keep one source.")
    return frame.astype({"year": "Int64", "user_count": "Int64"}).astype(dict.fromkeys(HOST, "str"))


def _with_users(own, users):
    """Accounts with the users of the year nearest to their observation, the earlier of two."""
    own = own.assign(row=range(len(own))).astype(dict.fromkeys(HOST, "str"))
    pairs = own.merge(users, "left", HOST)
    gap = (pairs.year.astype("float64") - pairs.observed_at.dt.year).abs()
    nearest = pairs.assign(gap=gap).sort_values(["row", "gap", "year"]).drop_duplicates("row")
    return nearest.drop(columns=["row", "gap"])


def _reach_rows(part):
    """The row of each account, or why it has no rate."""
    found = []
    for row in part.itertuples():
        table = {name: getattr(row, name) for name in [*ACCOUNT, "handle", "receiving", "follower_count"]}
        table |= {} if pd.isna(row.observed_at) else {"observed_at": row.observed_at}
        reason = NO_FOLLOWERS if pd.isna(row.follower_count) else NO_PLACE if pd.isna(row.receiving) else ""
        if not reason and (pd.isna(row.user_count) or row.user_count < 1):
            reason = f"not available: users of {row.platform} in {row.receiving} not known"
        if reason:
            found.append(table | {"n": 0, "method": reason})
            continue
        value = {"reach_rate": 1000 * row.follower_count / row.user_count, "n": row.user_count, "year": row.year}
        found.append(table | value | {"method": f"users of {row.year}"})
    return found


def _association_rows(part, outcome, terms):
    """Rank correlation and elasticity of each term."""
    known = part.dropna(subset=[outcome, *terms])
    slopes, found = _slopes(known, outcome, terms), []
    for term in terms:
        table = [("spearman", _rank_correlation(known[outcome], known[term])), ("elasticity", slopes[term])]
        found += [{"term": term, "statistic": name, **row} for name, row in table]
    return found


def _rank_correlation(outcome, term):
    """Spearman's correlation with its interval, or why there is none."""
    n = len(outcome)
    if n < 4 or outcome.nunique() < 2 or term.nunique() < 2:
        return {"n": 0, "method": "not defined: fewer than four hosts, or no spread"}
    ranks = [rankdata(column) - (n + 1) / 2 for column in (outcome, term)]
    row = dict(zip(("reach_association", "low", "high", "p"), rank_correlation(*ranks), strict=True)) | {"n": n}
    reason = too_few(n, "hosts") or ("no interval: a perfect order" if np.isnan(row["low"]) else "")
    return row | {"method": reason or "Bonett and Wright"}


def _slopes(known, outcome, terms):
    """The elasticity of every term in one regression, or why there is none."""
    logs = known[(known[[outcome, *terms]] > 0).all(axis=1)]
    exog = np.column_stack([np.ones(len(logs)), np.log(logs[terms])])
    if len(logs) < len(terms) + 3 or np.linalg.matrix_rank(exog) <= len(terms):
        return dict.fromkeys(terms, {"n": 0, "method": "not defined: too few hosts, or terms that say the same"})
    fit = OLS(np.log(logs[outcome].to_numpy()), exog).fit(cov_type="HC3", use_t=True)
    left_out = len(known) - len(logs)
    method = "least squares of logs, HC3" + (f"; {left_out} of 0 left out" if left_out else "")
    cells = zip(terms, fit.params[1:], fit.conf_int()[1:], fit.pvalues[1:], strict=True)
    shared = {"n": len(logs), "r_squared": fit.rsquared, "method": method}
    return {
        term: {"reach_association": slope, "low": low, "high": high, "p": p} | shared
        for term, slope, (low, high), p in cells
    }
