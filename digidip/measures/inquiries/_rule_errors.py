"""What the errors of the rules do to a number: kinds of uncoded comments drawn from the coded ones, and Rubin's rules.

The coded comments are taken as a random sample of the comments of their account. A comment that nobody coded gets, ten
times over, the kind of coded ones of the same account, language and verdict of the rules that waited alike; the measure
is worked out on each completed table, and what these differ by is added to its interval. Where too few comments were
coded the kinds are those of the rules, and the method says so.
"""

import ibis
import numpy as np
import pandas as pd
from ibis import _
from pandas.util import hash_pandas_object
from scipy.stats import norm
from scipy.stats import t as student

from digidip.measures.inquiries._inquiry_table import COMMENT, IDS, KINDS, NO_INQUIRY, as_ibis
from digidip.measures.statistics._columns import ACCOUNT, to_pandas
from digidip.measures.statistics._comment_queries import materialised
from digidip.measures.statistics._intervals import LINKS, Z

IMPUTATIONS, SEED = 10, 20
LEAST_CODED = 20  # inquiries, and others, by coders and by rules; from fewer nothing is learned of the rules
CODES = ("none", *KINDS)
CELL = [*ACCOUNT, "spoken", "ruled", "wait"]
READS = {*ACCOUNT, "comment_id", "language", "ruled", "coded", "kind", "is_answered", "hours", "absent"}
DIGITS = 13  # hexadecimal digits of the lot of a comment
BY_RULES = "found by the rules"
NOT_CERTAIN = "not defined: which level is the commonest is not certain"


def with_rule_errors(measure, inquiries, by, found):
    """The table `found(inquiries, by)` of a measure, with the errors of the rules in values and limits.

    As it is where every kind is coded, or where the table does not tell who gave it.
    """
    if not {*READS, *by} <= {*inquiries.columns}:
        return found(inquiries, by)
    cells, sources, kinds = _drawn_once(inquiries, list(by))
    if cells.empty:
        return _with_sources(measure, found(inquiries, by), by, sources)
    rows = found(_completed(inquiries, kinds), [*by, "imputation"])
    return _with_sources(measure, _combined(measure, rows), by, sources)


_drawn = {}  # the last tables of inquiries by the hash of what is read of them: measures of one table draw the same


def _drawn_once(inquiries, by):
    """Cells, sources and kinds of a table of inquiries: of one in pandas kept while the next measures ask for it."""
    if not isinstance(inquiries, pd.DataFrame):
        cells, sources = _cells(inquiries, by)
        return cells, sources, None if cells.empty else _kinds(inquiries, cells)
    read = inquiries[sorted({*READS, *IDS, *by})]
    key = (*by, IMPUTATIONS, SEED, len(read), hash_pandas_object(read, index=False).to_numpy().tobytes())
    if key not in _drawn:
        cells, sources = _cells(inquiries, by)
        while len(_drawn) >= 8:
            _drawn.pop(next(iter(_drawn)))
        _drawn[key] = cells, sources, None if cells.empty else _kinds(inquiries, cells)
    return _drawn[key]


def _cells(inquiries, by):
    """The cells of the comments whose kind can be drawn, with lots; and how the kinds of each group are known."""
    table = _with_waits(inquiries)
    counts = to_pandas(table.group_by([*dict.fromkeys([*by, *CELL, "coded"])]).agg(rows=_.count()))
    accounts, is_open = [counts[name] for name in ACCOUNT], counts.coded.isna()
    cases = [counts[column].eq("none") == is_none for column in ("coded", "ruled") for is_none in (True, False)]
    coded = [counts["rows"].where(~is_open & case, 0).groupby(accounts).transform("sum") for case in cases]
    learned = np.min(coded, axis=0) >= LEAST_CODED
    sources = {"coded": ~is_open, "imputed": is_open & learned, BY_RULES: is_open & ~learned}
    sources = counts[by].assign(**{name: counts["rows"].where(mask, 0) for name, mask in sources.items()})
    return _with_lots(counts[is_open & learned][CELL].drop_duplicates(), counts[~is_open]), sources


def _with_waits(inquiries):
    """Comments of which answers can be told, with `wait`: not answered, answered sooner or later than half of the coded."""
    table = as_ibis(inquiries).filter(_.absent.isnull(), _.comment_id.notnull())
    table = table.mutate(spoken=_.language.cast("string").fill_null(""))
    halves = table.filter(_.coded.notnull(), _.is_answered).group_by(ACCOUNT).agg(half=_.hours.quantile(0.5))
    table = table.left_join(halves, ACCOUNT).select(*table.columns, "half")
    wait = ibis.ifelse(table.hours > table.half, "later", "sooner")
    return table.mutate(wait=ibis.ifelse(table.is_answered, wait, "not answered")).drop("half")


def _with_lots(cells, coded):
    """Cells with the lots below which a comment is none, and below which it is none or procedural, by imputation.

    The shares of the kinds come from Dirichlet's distribution of the coded comments of the cell, and of one more that is
    spread as all coded ones of the account with the same verdict, answered or not, each kind counted half a comment more.
    """
    cells, coded = (each.assign(is_answered=each.wait.ne("not answered")) for each in (cells.sort_values(CELL), coded))
    if cells.empty:
        return cells

    def counts(keys):
        per = coded.pivot_table("rows", keys, "coded", "sum").reindex(columns=[*CODES])
        return cells[keys].join(per, on=keys)[[*CODES]].fillna(0).to_numpy(float)

    more = counts([*ACCOUNT, "ruled", "is_answered"]) + 0.5
    weights = counts(CELL) + more / more.sum(axis=1, keepdims=True)
    drawn = np.random.default_rng(SEED).standard_gamma(weights, (IMPUTATIONS, *weights.shape))
    below = drawn.cumsum(axis=2) / drawn.sum(axis=2, keepdims=True)
    whole = np.minimum((below * 16.0**DIGITS).astype(np.int64), 16**DIGITS - 1)
    lots = {f"{code} {m}": [f"{lot:0{DIGITS}x}" for lot in whole[m, :, place]]
            for m in range(IMPUTATIONS) for place, code in enumerate(CODES[:2])}  # fmt: skip
    return cells.drop(columns="is_answered").assign(**lots)


def _kinds(inquiries, cells):
    """The kind of every comment that nobody coded, by imputation: in the order of a table in pandas, else in the engine.

    The lot of a comment comes from its id, so that neither the order of rows nor the engine matters.
    """
    table = _with_waits(inquiries).filter(_.coded.isnull())
    table = table.inner_join(ibis.memtable(cells), CELL)
    table = table.select(*IDS, **{f"kind {m}": _kind(table, m) for m in range(IMPUTATIONS)})
    if isinstance(inquiries, pd.DataFrame):
        return inquiries[IDS].merge(to_pandas(table), how="left", on=IDS)
    return materialised(table)


def _completed(inquiries, kinds):
    """The inquiries with a kind for every comment, once for each `imputation`, one below the other."""
    numbers = range(IMPUTATIONS)
    if isinstance(inquiries, pd.DataFrame):
        drawn = kinds.set_index(inquiries.index)
        kinds = (drawn[f"kind {m}"].fillna(inquiries.kind) for m in numbers)
        return pd.concat([inquiries.assign(kind=kind, imputation=m) for m, kind in zip(numbers, kinds, strict=True)])
    joined = inquiries.left_join(kinds, IDS)
    kinds = (joined[f"kind {m}"].coalesce(joined.kind) for m in numbers)
    tables = (joined.mutate(kind=kind, imputation=m) for m, kind in zip(numbers, kinds, strict=True))
    return ibis.union(*(each.select(*inquiries.columns, "imputation") for each in tables))


def _kind(table, m):
    """The kind that the lot of each comment gives in an imputation."""
    lot = (table.comment_id + f" {m}").hexdigest("md5").left(DIGITS)
    cases = [(lot < table[f"{code} {m}"], code) for code in CODES[:2]]
    return ibis.cases(*cases, else_=CODES[2])


def _combined(measure, rows):
    """One table of the rows of all imputations, by Rubin's rules.

    The limits keep their own distances from the value, which need not be alike, and each grows by what the imputations
    differ by. p of a ratio follows from its interval, others are combined as normal scores (Licht and Rubin). A value that
    one imputation does not have is missing.
    """
    name, columns = measure.__name__, [column for column in rows.columns if column != "imputation"]
    keys = columns[: columns.index(name)]
    if name == "waiting_curve":
        rows = _on_common_hours(rows, keys)
    row = rows.groupby(keys, dropna=False, sort=False).ngroup() if keys else pd.Series(0, rows.index)
    result, drawn = rows[~row.duplicated()][columns].reset_index(drop=True), {}
    for column in columns[len(keys) :]:
        if pd.api.types.is_numeric_dtype(rows[column]):
            drawn[column] = np.full((IMPUTATIONS, len(result)), np.nan)
            drawn[column][rows.imputation, row] = rows[column].to_numpy(float, na_value=np.nan)
    drawn["n"] = np.nan_to_num(drawn["n"])  # no row is no inquiry
    numbers = {column: cells.mean(axis=0) for column, cells in drawn.items()}
    *three, p = _rubin(drawn[name], drawn["low"], drawn["high"], measure.unit)
    numbers |= dict(zip((name, "low", "high"), three, strict=True))
    if "p" in drawn:
        numbers["p"] = p if "ratio" in measure.unit else _p_of_scores(drawn["p"])
    least, most = (0, 1) if "share" in measure.unit else (-1, 1) if "correlation" in measure.unit else (0, np.inf)
    numbers |= {column: numbers[column].clip(least, most) for column in ("low", "high")}
    for column, cells in numbers.items():
        cells = np.round(cells) if pd.api.types.is_integer_dtype(result[column]) else cells
        result[column] = pd.Series(cells).fillna(0) if result[column].dtype == "int64" else cells
        result[column] = result[column].astype(rows[column].dtype)
    return _without_uncertain(result, rows, row, drawn[name], name) if "method" in columns else result


def _rubin(value, low, high, unit):
    """Value and limits over imputations (rows), each limit at its own mean distance; and p of the value against 0.

    On the scale of logarithms for ratios, of log odds for shares; 0 and 1 then stand a sixth of their bound inside.

    >>> value, low, high, _ = _rubin(*(np.array([[x], [x + 0.2]]) for x in (0.4, 0.3, 0.5)), "hours")  # 0.03 between
    >>> float(value[0]), float((high - value)[0].round(2))  # t of 1.18 degrees is 8.9: 8.9 / 1.96 · √(0.1² + 1.96² · 0.03)
    (0.5, 1.61)
    """
    scale = "log" if "ratio" in unit else "logit" if "share" in unit else None
    forward, back = LINKS[scale]
    given, is_alike = [each.mean(axis=0) for each in (value, low, high)], (value == value[:1]).all(axis=0)
    with np.errstate(all="ignore"):
        if scale == "logit":
            value = np.where(value <= 0, high / 6, np.where(value >= 1, 1 - (1 - low) / 6, value))
        value, low, high = (forward(each) for each in (value, low, high))
        middle, between = value.mean(axis=0), (1 + 1 / len(value)) * value.var(axis=0, ddof=1)
        within = (((high - low) / 2 / Z) ** 2).mean(axis=0)
        freedom = np.where(between > 0, (len(value) - 1) * (1 + within / between) ** 2, np.inf)
        factor = student.ppf(0.975, freedom) / Z
        below, above = (factor * np.sqrt((x**2).mean(axis=0) + Z**2 * between) for x in (value - low, high - value))
        p = 2 * student.sf(np.abs(middle) / np.sqrt(within + between), freedom)
        found = back(middle), back(middle - below), back(middle + above)
    return *(np.where(is_alike, old, new) for new, old in zip(found, given, strict=True)), p


def _p_of_scores(p):
    """p over imputations, as normal scores of variance 1 within each."""
    scores = norm.isf(p.clip(1e-300, 1 - 1e-16))
    return norm.sf(scores.mean(axis=0) / np.sqrt(1 + (1 + 1 / len(p)) * scores.var(axis=0, ddof=1)))


def _without_uncertain(result, rows, row, drawn, name):
    """The table without values that some imputations lack, or that are the reference in some only, and why."""
    missing = np.isnan(drawn)
    some = missing.any(axis=0) & ~missing.all(axis=0)
    for place in np.flatnonzero(some):
        result.loc[place, "method"] = next(iter(rows.method[(row == place) & rows[name].isna()]), NO_INQUIRY)
    switching = rows.method.eq("reference").groupby(row).mean().between(0, 1, inclusive="neither").to_numpy()
    result.loc[switching, "method"] = NOT_CERTAIN
    result.loc[switching | some, [column for column in (name, "low", "high", "p") if column in result]] = np.nan
    return result


def _on_common_hours(rows, keys):
    """Curves with a row for each hour at which one of them has a step: each stays where it was until its next step."""
    hours, found = rows[keys].drop_duplicates().sort_values(keys), []
    for number, table in rows.groupby("imputation"):
        whole = hours.merge(table, how="left", on=keys).assign(imputation=number)
        curve = whole.groupby(keys[:-1], dropna=False)
        held = ["waiting_curve", "low", "high", "method"]
        whole[held], whole["n"] = curve[held].ffill(), curve.n.bfill().fillna(0)
        found.append(whole.fillna({"answered": 0, "censored": 0}).astype(rows.dtypes))
    return pd.concat(found, ignore_index=True)


def _with_sources(measure, table, by, sources):
    """The table with how the kinds of its group are known at the end of `method`, where a value rests on kinds."""
    if "method" not in table:
        return table
    names = ["coded", "imputed", BY_RULES]
    if by:
        known = table[by].merge(sources.groupby(by, dropna=False)[names].sum().reset_index(), how="left", on=by)
    else:
        known = pd.DataFrame([sources[names].sum()] * len(table))
    words = [_sources_in_words(*numbers) for numbers in known[names].fillna(0).astype(int).to_numpy()]
    rests = table[measure.__name__].notna()
    for column, whole in (("kind", COMMENT), ("statistic", "comments")):
        rests &= table[column].ne(whole) if column in table else True
    return table.assign(method=table.method.where(~rests, table.method.str.cat(words)))


def _sources_in_words(coded, imputed, by_rules):
    """How kinds are known, as the end of a method; nothing where all are coded."""
    if not imputed and not by_rules:
        return ""
    if not coded:
        return f"; {BY_RULES}"
    counts = {"coded": coded, "imputed": imputed, BY_RULES: by_rules}
    return "; " + ", ".join(f"{number:,} {source}" for source, number in counts.items() if number)
