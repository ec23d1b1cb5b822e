"""Presence: which missions have accounts, on which platforms, and together with which.

The register of missions gives the denominator. Where there is none, N is unknown and no coverage is computed: see
`claims.overlap` for what margins alone imply.
"""

from collections import Counter
from functools import partial

import numpy as np
import pandas as pd
from ibis import _
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import multinomial_proportions_confint, proportion_confint

from digidip.measures._registry import measure
from digidip.measures.statistics._columns import canonical, group_columns
from digidip.measures.statistics._intervals import share_row
from digidip.measures.statistics._result_table import NUMBERS, result_table, with_adjusted_p
from digidip.networks import HEADQUARTERS, accounts_at_missions
from digidip.tables import OFFICES, TableError, counted

NO_REGISTER = "not defined: no register, N unknown"
TOGETHER = " + "


@measure(unit="share of missions", keys=("platform",), columns=("method", "unplaced", "observed_at"))
def mission_coverage(missions, accounts, *, platforms=(), registry_n=0, by="ministry"):
    """Share of the missions in the register that have an account on a platform, and on any.

    Formula: missions with an account / missions N. Interval: Wilson; one-sided exact bound where none or all have one.
    **Unit** share of missions. **Reads** missions as last observed; accounts.office, receiving, city. **Source** Wilson
    1927; docs/methods.md#coverage.
    **Caution** A registry's handles are a lower bound: an account that nobody registered is not seen. The register holds
    all missions, so the interval speaks of the process and not of sampling. Missions beyond the register
    (`registry_n`) count as without an account.
    Parameters: `missions`, `accounts`; `platforms`, names (empty: all of the accounts); `registry_n`, missions known to
    exist (0: as many as the register holds; one group only); `by`, columns of missions.
    Returns the group columns, `platform` (each, then any), `mission_coverage`, `n` (missions), `low`, `high`, `method`,
    `unplaced` (accounts that the register does not tell apart), `observed_at` (when the register was last seen).

    >>> import pandas as pd
    >>> missions = pd.DataFrame({"mission_id": ["1", "2", "3", "4"], "sender": "Peru", "ministry": "PER",
    ...     "office": "embassy", "receiving": ["FRA", "JPN", "KEN", "NAM"], "city": None, "observed_at": "2016-07-01"})
    >>> accounts = missions.head(3).assign(platform=["x", "x", "facebook"], account_id=["a", "b", "c"])
    >>> mission_coverage(missions, accounts)[["platform", "mission_coverage"]].values.tolist()
    [['facebook', 0.25], ['x', 0.5], ['any', 0.75]]
    """
    frame, held = _register(missions, accounts, group_columns(by))
    rows = partial(_coverage_rows, platforms=list(platforms) or held, held=held, registry_n=registry_n)
    columns = {"platform": "str", "mission_coverage": "float64", **NUMBERS, "method": "str", "unplaced": "int64"}
    columns |= {"observed_at": "datetime64[us, UTC]"}
    table = result_table(frame, group_columns(by), rows, columns)
    if registry_n and len(table[group_columns(by)].drop_duplicates()) > 1:
        raise TableError("registry_n is the number of missions of one group. Choose one ministry, or leave it 0.")
    return table


@measure(unit="share of missions", keys=("combination",), columns=("missions", "method"))
def combination_share(missions, accounts, *, by="ministry"):
    """Share of the missions with exactly these platforms and no other, for every combination that occurs.

    Formula: missions with exactly this set of platforms / missions. Interval: Goodman's, simultaneous over combinations.
    **Unit** share of missions. **Reads** missions as last observed; accounts.office, receiving, city. **Source**
    Goodman 1965 (doi:10.1080/00401706.1965.10490252); Lex et al. 2014 (doi:10.1109/TVCG.2014.2346248);
    docs/methods.md#coverage.
    **Caution** "none" is none that the register knows: a lower bound of presence. Combinations that no mission has are
    not listed.
    Parameters: `missions`, `accounts`; `by`, columns of missions.
    Returns the group columns, `combination` (platforms joined by " + ", or none), most missions first,
    `combination_share`, `n` (missions in the register), `low`, `high`, `missions` (of this combination), `method`.

    >>> import pandas as pd
    >>> missions = pd.DataFrame({"mission_id": ["1", "2", "3"], "sender": "Peru", "ministry": "PER", "city": None,
    ...     "office": "embassy", "receiving": ["FRA", "JPN", "KEN"], "observed_at": "2016-07-01"})
    >>> accounts = missions.iloc[[0, 0]].assign(platform=["x", "facebook"], account_id=["a", "b"])
    >>> combination_share(missions, accounts)[["combination", "missions", "n"]].values.tolist()
    [['none', 2, 3], ['facebook + x', 1, 3]]
    """
    frame, _platforms = _register(missions, accounts, group_columns(by))
    columns = {"combination": "str", "combination_share": "float64", **NUMBERS, "missions": "int64", "method": "str"}
    return result_table(frame, group_columns(by), _combination_rows, columns)


@measure(
    unit="difference of shares, -1 to 1",
    columns=("both", "first_only", "second_only", "neither", "p", "p_adjusted", "method"),
)
def coverage_difference(missions, accounts, *, pair=("facebook", "x"), by="ministry"):
    """Coverage of one platform less that of another, on the same missions.

    Formula: (b - c) / N, b missions on the first platform alone, c on the second alone. Interval: Newcombe's hybrid score
    interval for paired shares (method 10). `p`: exact McNemar, b against c.
    **Unit** difference of shares, -1 to 1. **Reads** missions as last observed; accounts.office, receiving, city.
    **Source** Newcombe 1998 (Statistics in Medicine 17: 2635-2650); McNemar 1947 (doi:10.1007/BF02295996);
    docs/methods.md#coverage.
    **Caution** Needs to know which missions are on both. From the two margins alone only bounds follow (`claims.overlap`).
    Parameters: `missions`, `accounts`; `pair`, two platforms; `by`, columns of missions.
    Returns the group columns, `coverage_difference`, `n` (missions), `low`, `high`, `both`, `first_only`, `second_only`,
    `neither`, `p`, `p_adjusted` (Benjamini and Hochberg, over all rows of the table), `method`.

    >>> import pandas as pd
    >>> missions = pd.DataFrame({"mission_id": list("1234"), "sender": "Peru", "ministry": "PER", "city": None,
    ...     "office": "embassy", "receiving": ["FRA", "JPN", "KEN", "NAM"], "observed_at": "2016-07-01"})
    >>> accounts = missions.iloc[[0, 1, 2, 0]].assign(platform=[*["facebook"] * 3, "x"], account_id=list("abcd"))
    >>> coverage_difference(missions, accounts)[["coverage_difference", "p"]].values.tolist()  # b 2, c 0: 2 (1/2)^2
    [[0.5, 0.5]]
    """
    if len(pair) != 2 or len(set(pair)) != 2:
        raise TableError(f"pair must name two platforms, such as ('facebook', 'x'), not {pair!r}.")
    frame, held = _register(missions, accounts, group_columns(by))
    cells = dict.fromkeys(("both", "first_only", "second_only", "neither"), "Int64")
    columns = {"coverage_difference": "float64", **NUMBERS, **cells, "p": "float64", "method": "str"}
    rows = partial(_difference_rows, pair=pair, held=held)
    return with_adjusted_p(result_table(frame, group_columns(by), rows, columns))


def _coverage_rows(part, platforms, held, registry_n):
    """A row for each platform, and one for any of them."""
    on, strays, loose = part.on[part.is_mission], part.on[~part.is_mission], _of_no_kind(part)
    if registry_n and registry_n < len(on):
        raise TableError(f"registry_n is {registry_n}, fewer than the {len(on)} missions in the register. Mend it.")
    found = []
    for name in [*platforms, "any"]:
        wanted = set(held if name == "any" else [name]) & set(held)
        row = share_row("mission_coverage", sum(map(bool, map(wanted.intersection, on))), registry_n or len(on))
        if not len(on) or not wanted:
            reason = f"not available: no account on {name} held" if len(on) else NO_REGISTER
            row = {"n": 0, "method": reason}
        elif number := sum(loose.get(platform, 0) for platform in wanted):
            words = f"{counted(number, 'accounts')} of no known kind"
            nothing = {"n": 0, "method": f"not testable: {words}, which may be of these missions"}
            row = row | {"method": f"{row['method']}; {words} left out"} if row["mission_coverage"] else nothing
        if registry_n and row["n"]:
            row["method"] += "; N given"
        strayed = sum(map(bool, map(wanted.intersection, strays)))
        found.append({"platform": name, **row, "unplaced": strayed, "observed_at": part.observed_at.max()})
    return found


def _combination_rows(part):
    """A row for each combination, most missions first, or why there is none."""
    on = part.on[part.is_mission]
    if on.empty:
        return [{"combination": "unknown", "n": 0, "missions": 0, "method": NO_REGISTER}]
    counts = sorted(
        Counter(TOGETHER.join(sorted(each)) or "none" for each in on).items(), key=lambda it: (-it[1], it[0])
    )
    limits = multinomial_proportions_confint([count for _name, count in counts], method="goodman")
    number = sum(_of_no_kind(part).values())
    note = f"; {counted(number, 'accounts')} of no known kind left out" * bool(number)
    fields = {"n": len(on), "method": f"Goodman, simultaneous{note}"}
    return [
        {"combination": name, "combination_share": count / len(on), "missions": count, **fields}
        | {"low": min(low, count / len(on)), "high": max(high, count / len(on))}
        for (name, count), (low, high) in zip(counts, limits, strict=True)
    ]


def _difference_rows(part, pair, held):
    """The row of one group: the four cells, the difference, its interval and p."""
    on = part.on[part.is_mission]
    if absent := [name for name in pair if name not in held]:
        return [{"n": 0, "method": f"not available: no account on {absent[0]} held" if len(on) else NO_REGISTER}]
    first, second = (np.array([name in each for each in on], dtype=bool) for name in pair)
    cells = [int(cell.sum()) for cell in (first & second, first & ~second, ~first & second, ~first & ~second)]
    named = dict(zip(("both", "first_only", "second_only", "neither"), cells, strict=True))
    if not len(on):
        return [{"n": 0, **named, "method": NO_REGISTER}]
    p = mcnemar(np.reshape(cells, (2, 2)), exact=True).pvalue if cells[1] + cells[2] else 1.0
    value, low, high = _paired_difference(*cells)
    fields = {"coverage_difference": value, "n": len(on), "low": low, "high": high}
    return [fields | named | {"p": p, "method": f"{pair[0]} less {pair[1]}; Newcombe, paired; exact McNemar"}]


def _paired_difference(both, first_only, second_only, neither):
    """Difference of two paired shares with Newcombe's interval, method 10.

    Score limits, joined by the correlation.
    """
    n, cross = both + first_only + second_only + neither, both * neither - first_only * second_only
    first, second = (both + first_only) / n, (both + second_only) / n
    (low, high), (other_low, other_high) = (
        proportion_confint(round(p * n), n, method="wilson") for p in (first, second)
    )
    margins = np.prod([float(both + first_only), second_only + neither, both + second_only, first_only + neither])
    phi = (cross if cross < 0 else max(cross - n / 2, 0)) / margins**0.5 if margins else 0.0
    down, up = (first - low, other_high - second), (high - first, second - other_low)
    below, above = (max(a * a - 2 * phi * a * b + b * b, 0) ** 0.5 for a, b in (down, up))
    return first - second, max(first - second - below, -1), min(first - second + above, 1)


KEY = ["mission_id", "ministry"]


def _register(missions, accounts, by):
    """Rows of pandas: the group columns, `on` (a frozenset of platforms), `is_mission`, `observed_at` of missions, `sending`,
    `loose`.

    And the platforms of all accounts.

    One row per mission as last observed; with is_mission False one per account that belongs to no mission the registry
    tells apart, where the group columns are columns of accounts too. Group columns are those of missions; a mission of
    which one is not known, such as its region, is in no group. `loose`: how many accounts of its ministry on each
    platform are of no known kind, and may be of any of its missions.
    """
    held = canonical(missions, "missions", [*by, *KEY, "sender", "observed_at"])
    held = held.filter(_.observed_at == _.observed_at.max().over(group_by=_.ministry.coalesce(_.sender))).to_pandas()
    placed, platforms = accounts_at_missions(accounts, missions), _platforms(accounts)
    known = placed.dropna(subset="mission_id").groupby(KEY)["platform"].agg(frozenset)
    own = held.sort_values([*KEY, *by]).drop_duplicates(KEY)
    own = own.assign(on=[known.get(key, frozenset()) for key in zip(own.mission_id, own.ministry, strict=True)])
    offices = canonical(accounts, "accounts", ["platform", "ministry", "office"]).to_pandas()
    of_no_kind = offices[~offices.office.isin(["ambassador", *OFFICES, *HEADQUARTERS])]
    loose = {ministry: dict(Counter(rows.platform)) for ministry, rows in of_no_kind.groupby("ministry")}
    own = own.assign(sending=own.ministry, loose=own.ministry.map(loose))
    frames = [own.dropna(subset=by).assign(is_mission=True)]
    if set(by) <= set(accounts.columns):
        strays = canonical(accounts, "accounts", [*by, "platform", "account_id", "office"]).to_pandas()
        strays = strays.merge(placed[placed.mission_id.isna()][["platform", "account_id"]])
        frames.append(strays.assign(on=strays.platform.map(lambda platform: frozenset([platform])), is_mission=False))
    columns = [*dict.fromkeys([*by, "on", "is_mission", "observed_at", "sending", "loose"])]
    return pd.concat([frame.reindex(columns=columns) for frame in frames]), platforms


def _of_no_kind(part):
    """How many accounts of no known kind the ministries of these missions have on each platform."""
    each = part.dropna(subset="loose").drop_duplicates("sending").loose
    return sum(map(Counter, each), Counter())


def _platforms(accounts):
    """The platforms of all accounts, sorted."""
    names = canonical(accounts, "accounts", ["platform"]).distinct().to_pandas()["platform"]
    return sorted(names.dropna())
