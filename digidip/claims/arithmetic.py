"""Arithmetic on printed numbers alone: what they imply, which shapes they allow, whether they agree."""

import ast
import math
import operator
from fractions import Fraction
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.stats import nbinom, poisson

from digidip.claims.comparison import verdict
from digidip.claims.facts import json_value, show
from digidip.claims.published_figures import REFERENCE, printed_interval, published_parts
from digidip.claims.reported_table import ReportedTable
from digidip.deliveries import read_csv_texts
from digidip.measures.statistics._intervals import zero_bound
from digidip.tables import TableError

OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
CHECK_COLUMNS = ("check", "figures", "expression", "part", "note")
ROUNDINGS = ("printed", "none", "truncated")
SHAPES = ("steady crowd", "storms over silence")
DISPERSIONS = np.geomspace(1e-4, 1e4, 400)  # where the two roots of `shapes` are looked for


def implied(posts=146, mean="65", share="12", threshold=100, days=31):
    """What printed numbers imply: value at the printed number, low and high over what rounds to it.

    `mean` and `share` (percent) are text, since "65" and "65.0" allow different totals. No data are needed. Comments and
    posts are whole numbers (GRIM, Brown and Heathers 2017): a mean or share that none of them gives is missing, and
    `note` says that it is impossible.

    >>> implied().set_index("quantity").loc[["total comments", "posts above 100"], ["low", "high"]].values.tolist()
    [[9417.0, 9562.0], [17.0, 18.0]]
    >>> implied(mean="65.004").note[1]
    'impossible: 9,490 comments on 146 posts give 65.0000, 9,491 give 65.0068, none gives 65.004'
    """
    middle, (low, high) = float(mean), printed_interval(mean)
    total, total_note = _whole_number(posts, mean, f"comments on {posts} posts", 1)
    above, above_note = _whole_number(posts, share, f"of {posts} posts", 100)
    crowded = [above_share(threshold, m) for m in (middle, low, high)]
    bounds = [zero_bound(n) if n > 0 else np.nan for n in (total[0], total[2], total[1])]
    rows = [
        ("posts per day", *[posts / days] * 3, "posts per day", f"in {days} days"),
        ("total comments", *total, "comments", total_note),
        (f"posts above {threshold}", *above, "posts", above_note),
        ("no answer: upper bound per post", *[zero_bound(posts)] * 3, "share of posts", "exact, one-sided 95 %"),
        ("no answer: upper bound per comment", *bounds, "share of comments", "exact, one-sided 95 %"),
        (f"Poisson: above {threshold}", *crowded, "share of posts", f"at a mean of {mean}"),
    ]
    return pd.DataFrame(rows, columns=["quantity", "value", "low", "high", "unit", "note"])


def _whole_number(n, printed, of, per):
    """The numbers of `of` that a printed mean (per 1) or share (per 100) stands for: value, least, most; and a note."""
    first, last = _whole_counts(*printed_interval(printed), n, per)
    if first <= last:
        return (n * float(printed) / per, first, last), f"whole numbers that give {printed}"
    below = f"{last:,} {of} give {per * last / n:.4f}, {first:,} give {per * first / n:.4f}"
    return (np.nan,) * 3, f"impossible: {below}, none gives {printed}"


def _whole_counts(low, high, n, per=1, high_in=False):
    """Least and greatest count whose share of `n` (mean over n) lies from low to high; least is greater if none does."""
    ends = [Fraction(str(end)) * int(n) / per for end in (low, high)]
    return math.ceil(ends[0]), math.floor(ends[1]) if high_in else math.ceil(ends[1]) - 1


def overlap(first=106, second=34, missions=None):
    """What two margins imply of missions on both platforms and on either: Fréchet's bounds.

    `missions` is N where known.

    No value is computed where the bounds are apart: margins do not say which missions are on both.

    >>> overlap(106, 34)[["quantity", "low", "high"]].values.tolist()
    [['on both', 0, 34], ['on either', 106, 140]]
    >>> overlap(106, 34, missions=120)[["quantity", "low", "high"]].values.tolist()
    [['on both, of 120', 20, 34], ['on either, of 120', 106, 120], ['on neither, of 120', 0, 14]]
    """
    if missions is not None and missions < max(first, second):
        raise TableError(
            f"missions is {missions}, fewer than the {max(first, second)} on one platform. Mend the number."
        )
    least, most = max(0, first + second - (missions or first + second)), min(first, second)
    either = first + second - most, first + second - least
    rows = [("on both", least, most), ("on either", *either)]
    rows += [("on neither", missions - either[1], missions - either[0])] if missions else []
    of = f", of {missions}" if missions else ""
    rows = [(f"{name}{of}", low if low == high else np.nan, low, high, "missions") for name, low, high in rows]
    return pd.DataFrame(rows, columns=["quantity", "value", "low", "high", "unit"])


def report_implied(table):
    """What printed numbers imply, as a table to read and as facts *of* published numbers, never of the data of a run."""
    rows = [{name: json_value(value) for name, value in row.items()} for row in table.to_dict("records")]
    shared, facts = {"n": None, "label": "derived-public", "group": {}, "of": "published numbers"}, []
    for row in rows:
        note = row.pop("note", "")
        method = {"method": note} if row["value"] is None and note else {}
        facts.append({"name": row.pop("quantity"), **row, **method, **shared})
    return ReportedTable(show(table, "derived-public").table, "derived-public", tuple(facts))


def above_share(threshold, mean, alpha=0.0):
    """Share of posts with more than `threshold` comments.

    Negative binomial (var = mean + alpha mean²), Poisson at 0.
    """
    alpha = np.asarray(alpha, dtype=float)
    size = 1 / np.where(alpha > 0, alpha, 1)
    return np.where(alpha > 0, nbinom.sf(threshold, size, size / (size + mean)), poisson.sf(threshold, mean))[()]


def shapes(posts=146, mean="65", share="12", threshold=100):
    """The two negative binomials that a printed mean and share (percent) above a threshold allow.

    alpha solves P(more than threshold) = share; alpha_low and alpha_high are its range over the counts of posts that
    round to the share. Source: docs/methods.md#two-shapes. Caution: calibrates synthetic data, estimates nothing.

    >>> shapes()[["shape", "alpha", "median"]].round(3).values.tolist()
    [['steady crowd', 0.193, 61.0], ['storms over silence', 13.909, 0.0]]
    """
    first, last = _whole_counts(*printed_interval(share), posts, 100)
    targets = [float(share) / 100, *(count / posts for count in range(first, last + 1))]
    roots = np.array([_roots(float(mean), target, threshold) for target in targets])
    rows = [_shape(name, float(mean), alphas) for name, alphas in zip(SHAPES, roots.T, strict=True)]
    return pd.DataFrame(rows)


def _roots(mean, share, threshold):
    """The dispersions on both sides of the peak at which the share above the threshold is met."""
    excess = _excess(DISPERSIONS, mean, share, threshold)
    peak = int(np.argmax(excess))
    if excess[peak] <= 0 or excess[0] >= 0 or excess[-1] >= 0:
        raise TableError(
            f"share {100 * share:.3g} % above {threshold} at a mean of {mean:g}: no two shapes. Expected: a share that "
            "is more than Poisson and less than any dispersion gives. Check mean, share and threshold."
        )
    sides = (DISPERSIONS[0], DISPERSIONS[peak]), (DISPERSIONS[peak], DISPERSIONS[-1])
    return [brentq(_excess, *side, args=(mean, share, threshold), xtol=1e-10) for side in sides]


def _excess(alpha, mean, share, threshold):
    """How far a dispersion's share above the threshold is from the printed share."""
    return above_share(threshold, mean, alpha) - share


def _shape(name, mean, alphas):
    """One row of `shapes`: alpha at the printed share, its range, and how a month of that shape looks."""
    size = 1 / alphas[0]
    crowd = nbinom(size, size / (size + mean))
    row = {"shape": name, "alpha": alphas[0], "alpha_low": alphas.min(), "alpha_high": alphas.max(), "size": size}
    return row | {"mean": mean, "sd": crowd.std(), "median": crowd.median(), "zero_share": crowd.pmf(0)}


GRID = (1, 2, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 120, 150, 200, 300, 500, 1000)


def shape_exceedance(shapes, comments=GRID):
    """Share of posts with at least so many comments, for each shape: shape, comments, share."""
    rows = [
        (shape.shape, count, float(above_share(count - 1, shape.mean, shape.alpha)))
        for shape in shapes.itertuples()
        for count in comments
    ]
    return pd.DataFrame(rows, columns=["shape", "comments", "share"])


def audit(folder=REFERENCE, rounding="printed"):
    """Every arithmetic check of `arithmetic_checks.csv` on the published figures, with its verdict.

    `against` says whether the number to meet was printed by a source or derived by ourselves.

    rounding "printed": an expression is worked out over all ends of the printed intervals, so rounding travels through
    it. "none": printed numbers go in as if they were exact. "truncated": sources cut decimals off, "87" is 87 to 88.
    """
    if rounding not in ROUNDINGS:
        raise TableError(f"rounding: found {rounding!r}. Expected: {', '.join(ROUNDINGS)}. Choose one of them.")
    checks = read_csv_texts(Path(folder) / "arithmetic_checks.csv", CHECK_COLUMNS, CHECK_COLUMNS)
    table = published_parts(folder)
    table = (_truncated(table) if rounding == "truncated" else table).to_dict("index")
    return pd.DataFrame([_checked(check, table, rounding) for check in checks.itertuples()])


def _truncated(table):
    """The parts as if sources had cut decimals off; our own derived numbers stay rounded."""
    cut = (table["grade"] == "R") & ~table["high_in"] & (table["kind"] != "derived")
    shift = ((table["high"] - table["low"]) / 2).where(cut, 0)
    return table.assign(low=table["low"] + shift, high=table["high"] + shift)


def report_audit(checks):
    """The audit as a verdict table, its verdicts in the output metadata."""
    named = checks.rename(columns={"figures": "id", "check": "figure", "note": "reason"})
    low, high = named["low"].map("{:,.6g}".format), named["high"].map("{:,.6g}".format)
    named = named.assign(published=low.where(low == high, low + " to " + high), n=None, label="derived-public")
    named = named.drop(columns=["low", "high"]).rename(columns={"computed_low": "low", "computed_high": "high"})
    named = named[["id", "figure", "published", "computed", "n", "low", "high", "label", "verdict", "reason"]]
    records = tuple({name: json_value(value) for name, value in row.items()} for row in named.to_dict("records"))
    shown = ["id", "verdict", "figure", "published", "computed", "low", "high", "reason"]
    table = show(named[shown], "derived-public").table
    return ReportedTable(table, "derived-public", records, key="verdicts")


def _checked(check, table, rounding):
    """One row of the audit; `table` has the parts by name, each a dict."""
    part = _target(check.part, table)
    tree = ast.parse(check.expression, mode="eval").body
    value, low, high = _worked_out(tree, table)
    low, high = (low, high) if rounding != "none" else (value, value)
    arithmetic = f"{check.expression} = {check.part}"
    row = {"check": check.check, "figures": check.figures, "arithmetic": arithmetic, "computed": value}
    row |= {"computed_low": low, "computed_high": high, "low": part["low"], "high": part["high"]}
    row |= {"against": "printed by a source" if part["status"] in ("S", "V") else "our own derivation"}
    return row | {"verdict": verdict(part, value, low, high, "derived-public"), "note": check.note}


def _target(name, table):
    """The printed part a check must meet; a bound is met by its printed digits.

    A bare number is its own interval.
    """
    part = table.get(name, {"grade": "B", "printed": name, "locator": "check", "status": "D"})
    if part["grade"] != "B":
        return part
    low, high = printed_interval(part["printed"])
    return part | {"grade": "R", "low": low, "high": high, "low_in": True, "high_in": False}


def _worked_out(tree, table):
    """The value at the printed numbers, and the least and greatest over the ends of their intervals."""
    if isinstance(tree, ast.Call) and getattr(tree.func, "id", "") == "possible":
        return _possible(*tree.args, table)
    names = sorted({node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} & set(table))
    ends = [_inside(table[name]) for name in names]
    corners = np.array(list(product(*ends))).T
    values = _evaluate(tree, dict(zip(names, corners, strict=True)))
    middle = _evaluate(tree, {name: (low + high) / 2 for name, (low, high) in zip(names, ends, strict=True)})
    return float(middle), float(np.min(values)), float(np.max(values))


def _possible(printed, n, per, table):
    """A mean or share that whole numbers of n give, the nearest to the printed one; least and greatest that round to it.

    `possible(F002_1, F001_1, 1)` for a mean, with 100 for a share in per cent. Where none rounds to the printed number,
    all three are the nearest, outside its interval.
    """
    part, per = table[printed.id], per.value
    n = int(_evaluate(n, {name: part["low"] for name, part in table.items()}))
    first, last = _whole_counts(part["low"], part["high"], n, per, part["high_in"])
    nearest = round((part["low"] + part["high"]) / 2 * n / per)
    value = per * (min(max(nearest, first), last) if first <= last else nearest) / n
    return (value, per * first / n, per * last / n) if first <= last else (value,) * 3


def _inside(part):
    """Least and greatest number a printed part stands for; a bound stands for itself."""
    if part["grade"] == "B":
        return part["low"], part["low"]
    return part["low"], part["high"] if part["high_in"] else np.nextafter(part["high"], -np.inf)


def _evaluate(node, values):
    """An arithmetic expression of numbers, parts of figures and `above(threshold, mean, alpha)`.

    Nothing else.
    """
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
        return node.value
    if isinstance(node, ast.Name) and node.id in values:
        return values[node.id]
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        return OPERATORS[type(node.op)](_evaluate(node.left, values), _evaluate(node.right, values))
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "above" and not node.keywords:
        return above_share(*(_evaluate(argument, values) for argument in node.args))
    raise TableError(
        f"arithmetic_checks.csv: found {ast.unparse(node)!r}. Expected: numbers, parts such as F041_1, + - * / ** and "
        "above(threshold, mean, alpha), or possible(part, n, per). Correct the expression."
    )


def zero_bounds(definitions, folder=REFERENCE):
    """Studies that read so many items and found none: the one-sided exact 95 % bound of the share.

    `definitions`: part of a published figure that is the number of items (F065_1) -> what was looked for in them. Studies
    of one definition are also taken together; studies of different definitions never are.

    >>> zero_bounds({"F065_1": "dialogue", "F065_2": "dialogue"})[["value", "n", "high"]].round(4).values.tolist()[2]
    [0.0, 2020.0, 0.0015]
    """
    figures = published_parts(folder)
    if unknown := [name for name in definitions if name not in figures.index]:
        raise TableError(f"zero_bounds: found {unknown[0]!r}. Expected: a part of a published figure, such as F065_1.")
    rows = [
        _bound_row(figures.loc[name, "citation"], name, what, int(figures.loc[name, "low"]))
        for name, what in definitions.items()
    ]
    frame = pd.DataFrame(rows, columns=["name", "id", "definition", "value", "n", "low", "high"])
    sums = frame.groupby("definition", sort=False)["n"].agg(["sum", "size"])
    several = sums[sums["size"] > 1]
    pooled = [_bound_row(f"together: {what}", "", what, int(n)) for what, n in several["sum"].items()]
    return pd.concat([frame, pd.DataFrame(pooled, columns=frame.columns)], ignore_index=True) if pooled else frame


def _bound_row(name, figure, what, n):
    """None of n, and the bound."""
    label = f"{name.partition(',')[0]}, {figure}: {what}" if figure else name
    return {"name": label, "id": figure, "definition": what, "value": 0.0, "n": n, "low": 0.0, "high": zero_bound(n)}
