"""Practices: how complete they are, whether ministries say of themselves what others see, and how practices spread."""

import warnings

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy.optimize import brentq
from scipy.stats import binomtest, f, norm
from statsmodels.genmod.families.links import CLogLog

from digidip.measures._registry import measure
from digidip.measures.institution._references import check_word, reference_rows
from digidip.measures.statistics._columns import group_columns
from digidip.measures.statistics._intervals import LEAST_CLUSTERS, share_interval
from digidip.measures.statistics._result_table import NUMBERS, result_table, with_adjusted_p
from digidip.tables import REFERENCE_WORDS, TableError

STRATEGY = (*(f"advantage {n}" for n in range(1, 8)), *(f"priority {n}" for n in range(1, 6)))
TIPS = tuple(f"tip {n}" for n in range(1, 11))
WITHOUT_TEXT = TIPS[2:]  # no source at hand prints them, and none is made up
SOURCE_MISSING = "source text missing"
NOBODY = "not available: nobody says it"
LISTS = {"strategy": STRATEGY, "tips": TIPS}
SAID_BY = REFERENCE_WORDS["practices"]["said_by"]


@measure(unit="how far practised, 0 to 1", keys=("item",), columns=("method",))
def practice_value(practices, *, items="strategy", said_by="observed", by="ministry"):
    """How far each practice of a list is practised; also those of which nothing is known have rows.

    Formula: mean of the values of the rows of the item. No interval: what somebody says is not a sample.
    **Unit** how far practised, 0 to 1. **Reads** practices.item, value, said_by. **Source** docs/methods.md#practices.
    **Caution** Tips 3 to 10 have no text at hand: their rows stay empty with `source text missing`, whatever the table says, for nobody can
    have observed what nobody has read. A value of 1 may be of very little.
    Parameters: `practices`, the reference table; `items`, strategy (seven advantages and five priorities), tips (ten), or names; `said_by`, observed or
    self-report; `by`, columns of practices.
    Returns the group columns, `item`, `practice_value`, `n` (rows with a value), `low`, `high` (missing), `method`.

    >>> practices = pd.DataFrame({"ministry": "PER", "item": ["a", "b"], "value": [1.0, None], "said_by": "observed"})
    >>> practice_value(practices, items=["a", "b"])[["item", "practice_value", "n"]].values.tolist()
    [['a', 1.0, 1], ['b', nan, 0]]
    """
    by, names = group_columns(by), _items(items)

    def rows(part):
        own = part[part["said_by"].eq(said_by)].dropna(subset="value")
        found = []
        for name in names:
            values = own["value"][own["item"].eq(name)]
            lost = name in WITHOUT_TEXT
            row = {"item": name, "n": 0, "method": SOURCE_MISSING if lost else NOBODY}
            if len(values) and not lost:
                row |= {"practice_value": values.mean(), "n": len(values), "method": said_by}
            found.append(row)
        return found

    columns = {"item": "str", "practice_value": "float64", **NUMBERS, "method": "str"}
    return result_table(_rows(practices, by, "item", "value", "said_by"), by, rows, columns)


@measure(
    unit="mean of practices, 0 to 1",
    columns=("listed", "least_without", "most_without", "method"),
    limits="least and most with one item left out",
)
def practice_score(practices, *, items="strategy", said_by="observed", by="ministry"):
    """Mean of the practices of a list, and how far it moves when any one of them is left out.

    Formula: mean over the items known of `practice_value`; limits: the least and the most of the same with one item left out.
    **Unit** mean of practices, 0 to 1. **Reads** practices.item, value, said_by. **Source** docs/methods.md#practices.
    **Caution** A score hides which practice is lacking: read it beside `practice_value`. Items weigh alike because nobody says otherwise. Items of which
    nothing is known are left out, not taken as 0, so scores over few of the items listed say little.
    Parameters: as in `practice_value`.
    Returns the group columns, `practice_score`, `n` (items known), `low`, `high`, `listed` (items of the list), `least_without` and `most_without` (the items
    whose leaving out gives low and high), `method`.

    >>> practices = pd.DataFrame({"ministry": "PER", "item": list("abc"), "value": [1.0, 0.5, 0.0], "said_by": "observed"})
    >>> practice_score(practices, items=list("abc"))[["practice_score", "low", "high", "least_without"]].values.tolist()
    [[0.5, 0.25, 0.75, 'a']]
    """
    by, names = group_columns(by), _items(items)
    values = practice_value(practices, items=items, said_by=said_by, by=by)
    lost = sum(name in WITHOUT_TEXT for name in names)

    def rows(part):
        known = part.dropna(subset="practice_value")
        fields = {"listed": len(names), "n": len(known)}
        if known.empty:
            return [fields | {"method": NOBODY}]
        method = f"mean of {len(known)} of {len(names)} items" + f"; {SOURCE_MISSING} of {lost}" * bool(lost)
        numbers = known["practice_value"].to_numpy()
        fields |= {"practice_score": numbers.mean(), "method": method}
        if len(known) < 2:
            return [fields]
        without = (numbers.sum() - numbers) / (len(numbers) - 1)
        ends = {"low": without.min(), "high": without.max()}
        names_of = {
            "least_without": known["item"].iloc[without.argmin()],
            "most_without": known["item"].iloc[without.argmax()],
        }
        return [fields | ends | names_of]

    columns = {"practice_score": "float64", **NUMBERS, "listed": "int64", "least_without": "str", "most_without": "str"}
    return result_table(values, by, rows, columns | {"method": "str"})


@measure(unit="share of items told apart", columns=("higher", "lower", "same", "p", "p_adjusted", "method"))
def self_report_gap(practices, *, items="strategy", by="ministry"):
    """Share of practices that a ministry rates higher than observers do, of those that differ.

    Formula: items with self-report > observed / items where they differ. Interval: Clopper and Pearson, one-sided at the ends. p: sign test, exact, two-sided;
    `p_adjusted`: Benjamini and Hochberg over groups.
    **Unit** share of items told apart. **Reads** practices.item, value, said_by. **Source** Dixon and Mood 1946 (doi:10.1080/01621459.1946.10501898);
    docs/methods.md#self-report.
    **Caution** Observers see what is public: a practice behind closed doors is reported and not observed, and nobody boasted. Items are taken as independent, which practices
    that go together are not: then p is too small. From fewer than six items that differ p cannot be below .05. A small gap counts as much as a large one.
    Parameters: `practices`; `items`, as in `practice_value`; `by`, columns of practices.
    Returns the group columns, `self_report_gap`, `n` (items that differ), `low`, `high`, `higher`, `lower`, `same`, `p`, `p_adjusted`, `method`.

    >>> rows = [("PER", f"i{n}", value, who) for n in range(6) for who, value in (("self-report", 1.0), ("observed", 0.5))]
    >>> practices = pd.DataFrame(rows, columns=["ministry", "item", "value", "said_by"])
    >>> self_report_gap(practices, items=[f"i{n}" for n in range(6)])[["self_report_gap", "p"]].values.tolist()  # 2 / 64
    [[1.0, 0.03125]]
    """
    by, names = group_columns(by), _items(items)

    def rows(part):
        means = (
            part[part["item"].isin(names)].dropna(subset="value").groupby(["item", "said_by"])["value"].mean().unstack()
        )
        both = means.reindex(columns=list(SAID_BY)).dropna()
        sign = np.sign((both["self-report"] - both["observed"]).round(9))
        higher, lower, same = (int((sign == each).sum()) for each in (1, -1, 0))
        fields = {"higher": higher, "lower": lower, "same": same, "n": higher + lower}
        if not higher + lower:
            reason = "not defined: no item differs" if same else "not available: no item has both reports"
            return [fields | {"method": reason}]
        low, high = share_interval(higher, higher + lower, "beta")
        p = binomtest(higher, higher + lower).pvalue
        method = "sign test" + "; too few to be below .05" * (higher + lower < 6)
        return [
            fields | {"self_report_gap": higher / (higher + lower), "low": low, "high": high, "p": p, "method": method}
        ]

    columns = {
        "self_report_gap": "float64",
        **NUMBERS,
        **dict.fromkeys(["higher", "lower", "same"], "int64"),
        "p": "float64",
    }
    return with_adjusted_p(
        result_table(_rows(practices, by, "item", "value", "said_by"), by, rows, columns | {"method": "str"})
    )


ONSET = {"adoption_ratio": "float64", **NUMBERS, "p": "float64", "begun_exposed": "int64", "months_exposed": "int64"}


@measure(
    unit="hazard ratio",
    keys=("exposure",),
    columns=("p", "p_adjusted", "begun_exposed", "months_exposed", "begun", "months", "unknown", "method"),
)
def adoption_ratio(practices, accounts, *, item, near="city", after=(), start="", end="", by="ministry"):
    """How many times faster accounts take up a practice once a neighbour has it, or after something.

    Formula: exp of the coefficient of a complementary log-log regression of beginning in a month, on being exposed at the month before's end, each other
    exposure, and the month's number. Exposure `neighbour`: another account with the same `near` has begun. Interval: profile of the likelihood, cut as F of 1 and places less 1. p: the same;
    `p_adjusted`: Benjamini and Hochberg.
    **Unit** hazard ratio. **Reads** practices.account_id, item, since_on, value; accounts.account_id and the column `near`. **Source** Prentice and Gloeckler
    1978 (doi:10.2307/2529588); Shalizi and Thomas 2011 (doi:10.1177/0049124111404820); docs/methods.md#adoption-by-exposure.
    **Caution** Those who are near each other are alike: the same city, the same news, the same chief. What looks like spreading may be likeness (homophily), and no model of
    these data can tell the two apart. Nothing from fewer than eight beginnings, or where one side has none.
    Parameters: `practices`; `accounts`; `item`; `near`, column of accounts that neighbours share; `after`, items whose first day counts as an exposure from then on;
    `start`, `end`, window as dates, empty: all months of beginnings; `by`, columns of practices.
    Returns the group columns, `exposure`, `adoption_ratio`, `n` (beginnings), `low`, `high`, `p`, `p_adjusted`, `begun_exposed`, `months_exposed` (account-months), `begun`,
    `months` (of the others), `unknown` (accounts that practise it since nobody knows when), `method`.

    >>> practices = pd.DataFrame({"ministry": "PER", "account_id": list("ab"), "item": "answers", "value": [1.0, 0.0],
    ...     "since_on": ["2015-01-10", None]})
    >>> accounts = pd.DataFrame({"account_id": list("ab"), "city": "Lima"})
    >>> adoption_ratio(practices, accounts, item="answers", end="2015-04-01")[["months_exposed", "method"]].values.tolist()
    [[2, 'not available: fewer than 8 beginnings']]
    """
    by, after = group_columns(by), [after] * bool(after) if isinstance(after, str) else list(after)
    months, unknown = _account_months(practices, accounts, item, near, after, (start, end), by)
    names = ["neighbour", *(f"after {each}" for each in after)]

    def rows(part):
        known = part.dropna(subset="month")
        left = (
            int(unknown.merge(part[by].drop_duplicates(), on=by)["unknown"].sum())
            if by
            else int(unknown["unknown"].sum())
        )
        fitted = _onset_model(known, names)
        return [
            {"exposure": name, **_counts(known, name), "unknown": left, **row}
            for name, row in zip(names, fitted, strict=True)
        ]

    counts = {"begun": "int64", "months": "int64", "unknown": "int64"}
    table = result_table(months, by, rows, {"exposure": "str", **ONSET, **counts, "method": "str"})
    return with_adjusted_p(table)


@measure(unit="share of accounts", keys=("exposure", "month"), columns=("at_risk", "method"))
def adoption_by_exposure(practices, accounts, *, item, near="city", start="", end="", by="ministry"):
    """Which share would have taken up a practice by each month, always exposed or never.

    Formula: 1 - product over months of 1 - beginnings / accounts at risk, of account-months with a neighbour that has begun, and of those without. Interval:
    Greenwood's of the complementary log-log.
    **Unit** share of accounts. **Reads** practices.account_id, item, since_on, value; accounts. **Source** Simon and Makuch 1984 (doi:10.1002/sim.4780030106);
    docs/methods.md#adoption-by-exposure.
    **Caution** Accounts pass from the one curve to the other when a neighbour begins: neither is of a fixed set of accounts. As for `adoption_ratio`, likeness looks like spreading.
    Parameters: as in `adoption_ratio`.
    Returns the group columns, `exposure` (neighbour, none), `month`, `adoption_by_exposure`, `n` (beginnings so far), `low`, `high`, `at_risk`, `method`.

    >>> practices = pd.DataFrame({"ministry": "PER", "account_id": list("ab"), "item": "answers", "value": 1.0,
    ...     "since_on": ["2015-01-10", "2015-03-20"]})
    >>> accounts = pd.DataFrame({"account_id": list("ab"), "city": "Lima"})
    >>> found = adoption_by_exposure(practices, accounts, item="answers")
    >>> found[["exposure", "month", "adoption_by_exposure"]].values.tolist()
    [['neighbour', '2015-02', 0.0], ['neighbour', '2015-03', 1.0], ['none', '2015-01', 0.5]]
    """
    by = group_columns(by)
    months, _ = _account_months(practices, accounts, item, near, [], (start, end), by)

    def rows(part):
        known = part.dropna(subset="month")
        if known.empty:
            return [{"exposure": "", "month": "", "n": 0, "at_risk": 0, "method": NOBODY}]
        exposed = known["neighbour"].astype(bool)
        sides = ("neighbour", known[exposed]), ("none", known[~exposed])
        return [{"exposure": name} | row for name, own in sides for row in _cumulative(own)]

    columns = {
        "exposure": "str",
        "month": "str",
        "adoption_by_exposure": "float64",
        **NUMBERS,
        "at_risk": "int64",
        "method": "str",
    }
    return result_table(months, by, rows, columns)


def _items(items):
    """The names of a list of practices."""
    if isinstance(items, str) and items not in LISTS:
        raise TableError(f"items: found {items!r}. Expected: {' or '.join(LISTS)}, or a list of names.")
    return LISTS[items] if isinstance(items, str) else tuple(items)


def _rows(practices, by, *columns):
    """Practices in pandas; a value that is not within 0 and 1, or said by somebody else, is an error."""
    frame = reference_rows(practices, "practices", [*by, *columns])
    if not frame["value"].dropna().between(0, 1).all():
        raise TableError(
            "practices: a value lies outside 0 to 1. Expected: how far it is practised, 0 to 1. Mend the row."
        )
    if "said_by" in columns:
        for word in frame["said_by"].dropna().unique():
            check_word("practices: said_by", word, SAID_BY)
    return frame


def _account_months(practices, accounts, item, near, after, window, by):
    """Account-months at risk with their exposures; a group without any has one row without a month. And unknown beginnings."""
    frame = _rows(practices, by, "account_id", "item", "value", "since_on").dropna(subset=["account_id", "item"])
    places = reference_rows(accounts, "accounts", ["account_id", near]).drop_duplicates("account_id")
    frame = frame.astype({"account_id": object}).merge(
        places.rename(columns={near: "place"}), how="left", on="account_id"
    )
    own = frame[frame["item"].eq(item) & frame["value"].notna()].drop_duplicates("account_id").copy()
    has, own["begun"] = own["value"].gt(0), own["since_on"].dt.to_period("M").dt.year * 12 + own["since_on"].dt.month
    lost = own[has & own["begun"].isna()]
    groups = frame[by].drop_duplicates() if by else pd.DataFrame(index=[0])
    unknown = (
        lost.groupby(by, dropna=False).size().reset_index(name="unknown")
        if by
        else pd.DataFrame({"unknown": [len(lost)]})
    )
    own = own.drop(index=lost.index)
    ends = [pd.Timestamp(each) for each in window if each]
    if own["begun"].notna().any():
        edges = [own["begun"].min(), own["begun"].max() + 1]
        for at, each in enumerate(window):
            if each:
                edges[at] = ends.pop(0).to_period("M")
                edges[at] = edges[at].year * 12 + edges[at].month
        months = np.arange(int(edges[0]), int(edges[1]))
        pairs = own.merge(pd.DataFrame({"month": months}), how="cross")
        pairs = pairs[~(pairs["begun"] < pairs["month"])]
        placed = own.dropna(subset=["begun", "place"])
        first = placed.sort_values(["begun", "account_id"]).groupby("place")["begun"].agg(first="min")
        pairs = pairs.join(first, on="place")  # an account at risk has not begun: the first beginning is another's
        pairs["neighbour"] = pairs["first"].lt(pairs["month"]).fillna(False).astype(bool)
        for each in after:
            since = (
                frame[frame["item"].eq(each)]
                .dropna(subset="since_on")
                .drop_duplicates("account_id")
                .set_index("account_id")
            )
            day = pairs["account_id"].map(since["since_on"])
            pairs[f"after {each}"] = (day.dt.year * 12 + day.dt.month).lt(pairs["month"])
        pairs["begins"] = pairs["begun"].eq(pairs["month"])
        found = pairs.sort_values([*by, "account_id", "month"], ignore_index=True)
    else:
        found = own.assign(month=np.nan, neighbour=False, begins=False).iloc[:0]
    if by and len(frame):
        found = groups.merge(found, how="left", on=by)
    return found, unknown


def _counts(known, name):
    """Beginnings and account-months, exposed and not."""
    side = known[name].astype(bool) if name in known and len(known) else pd.Series(False, index=known.index)
    begins = known["begins"].astype(bool)
    return {"begun_exposed": int((begins & side).sum()), "months_exposed": int(side.sum())} | {
        "begun": int((begins & ~side).sum()),
        "months": int((~side).sum()),
    }


def _onset_model(known, names):
    """A row for each exposure of one group's account-months."""
    begun = int(known["begins"].astype(bool).sum()) if len(known) else 0
    if begun < LEAST_CLUSTERS:
        reason = f"not available: fewer than {LEAST_CLUSTERS} beginnings" if len(known) else NOBODY
        return [{"n": 0, "method": reason}] * len(names)
    sides = {name: _counts(known, name) for name in names}
    used = [name for name, each in sides.items() if min(each.values()) > 0]
    design = np.column_stack(
        [np.ones(len(known)), known["month"] - known["month"].mean(), *(known[n].astype(float) for n in used)]
    )
    begins = known["begins"].astype(float).to_numpy()
    whole, free = _fit(begins, design), max(known["place"].nunique() - 1, 1)
    rows = []
    for name in names:
        if name not in used:
            rows.append({"n": 0, "method": "not defined: one side has no beginning or no month"})
            continue
        at = 2 + used.index(name)
        value, error = whole.params[at], whole.bse[at]
        if not (whole.converged and np.isfinite(error) and error < 10):
            rows.append({"n": 0, "method": "not defined: the exposures cannot be told apart"})
            continue
        others, own = np.delete(design, at, axis=1), design[:, at]

        def lost(beta, others=others, own=own):
            return 2 * (whole.llf - _fit(begins, others, beta * own).llf)

        low, high = (_profile_end(lost, value, side * error, free) for side in (-1, 1))
        fields = {
            "adoption_ratio": np.exp(value),
            "n": begun,
            "low": np.exp(low),
            "high": np.exp(high),
            "p": f.sf(max(lost(0.0), 0), 1, free),
        }
        rows.append(fields | {"method": "complementary log-log, month by month"})
    return rows


def _fit(begins, design, offset=None):
    """The regression of beginnings, with what is held fixed as an offset."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = sm.GLM(begins, design, family=sm.families.Binomial(link=CLogLog()), offset=offset)
        return model.fit(maxiter=100)


def _profile_end(lost, value, step, free):
    """Where the profile is cut at 95 %, by F of 1 and `free`, looking in steps from the best value; infinite if never."""
    cut, far = f.ppf(0.95, 1, free), value + step
    for _doubling in range(6):
        if lost(far) > cut:
            return brentq(lambda beta: lost(beta) - cut, value, far, xtol=1e-4)
        far += 1.5 * step
    return np.inf * step


def _cumulative(own):
    """The curve of one side, month by month."""
    each = own.groupby("month")["begins"].agg(["sum", "size"]).astype(int)
    begun, at_risk = each["sum"].to_numpy(float), each["size"].to_numpy(float)
    left = np.cumprod(1 - begun / at_risk)
    spread = np.cumsum(
        np.divide(begun, at_risk * (at_risk - begun), out=np.full(len(begun), np.nan), where=at_risk > begun)
    )
    rows = []
    for at, month in enumerate(each.index):
        row = {"month": f"{int(month - 1) // 12}-{int(month - 1) % 12 + 1:02}", "adoption_by_exposure": 1 - left[at]}
        row |= {"n": int(begun[: at + 1].sum()), "at_risk": int(at_risk[at]), "method": "product limit"}
        if 0 < left[at] < 1 and np.isfinite(spread[at]):
            half = norm.ppf(0.975) * np.sqrt(spread[at]) / abs(np.log(left[at]))
            low, high = 1 - left[at] ** np.exp(np.array([-half, half]))
            row |= {"low": low, "high": high}
        rows.append(row)
    return rows
