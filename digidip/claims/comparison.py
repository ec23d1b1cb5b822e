"""Published figure beside computed figure, and one word for the two together."""

import json
from datetime import timedelta
from pathlib import Path

import pandas as pd

from digidip import measures
from digidip.claims.facts import check_label, json_value, measure_name
from digidip.claims.published_figures import REFERENCE, pairs, published, published_parts
from digidip.claims.reported_table import ReportedTable, repeated_below
from digidip.claims.wording import beside_printed, is_missing, readable
from digidip.measures.dialogue.dialogue import UNRECOGNISED
from digidip.tables import SCHEMA, TableError, day_start

WIDEST = 2  # an interval longer than twice the figure reaches beyond its double: it tells nothing
SAME = 0.95  # share of the posts or questions that a figure rests on, below which a run's are others
COUNTS = ("posts", "comments")  # units of figures that a single post or comment more or less makes others
TOO_WIDE, RESTS_ON = "too uncertain to judge", "number that it rests on"
NAME_IT = "if you know, name it in `handles` of published_figures.csv"
NOT_KNOWN, ENTER_IT = "not known", ": enter it in `office` of data/reference/accounts.csv, then build again"
KINDS = ("ministry", "platform", "office")  # what accounts between which a selection chooses have in common
SELECTED = (*KINDS, "account_id", "handle")  # columns of a measure that pick accounts
DATES = ("observed_at", "date", "day")  # columns of a measure that say when a row was seen


def verdict(part, value, low, high, label):
    """The house word for a computed `value` (`low` to `high`) beside one part of a published figure.

    Real data: an exact number (grade X) is `reproduced` or `not compatible`. Any other is `reproduced` if the value fits,
    `compatible` if only the intervals overlap, and `too uncertain to judge` if the computed interval is longer than
    twice the figure, unless it is counted completely (`rests_on`) and fits; a bound (B) is `reproduced` if the whole
    interval is beyond it. Derived-public arithmetic: `compatible` or `internally inconsistent`. Synthetic data:
    `fixture-match` if the value itself fits, never more. `part` is a row of `published_parts`; a missing value, or a
    figure without a number (grades D, N), is not testable.

    >>> mean = published_parts().loc["F002_1"]  # printed 65, so 64.5 to 65.5
    >>> verdict(mean, 65.2, 60, 70, "real"), verdict(mean, 66, 60, 70, "real"), verdict(mean, 65.2, 60, 70, "synthetic")
    ('reproduced', 'compatible', 'fixture-match')
    >>> verdict(mean, 100, 0, 267, "real")
    'too uncertain to judge'
    """
    check_label(label)
    if not part["locator"]:
        return "source text missing"
    if part["grade"] in "DN" or is_missing(part["low"]) or is_missing(value):
        return "not testable here"
    has_interval = not (is_missing(low) or is_missing(high))
    fits = _overlap(part, value, value)
    near = fits or has_interval and _overlap(part, low, high)
    if label == "synthetic":
        return "fixture-match" if fits else "not compatible"
    if label == "derived-public":
        return "compatible" if near else "internally inconsistent"
    if part["grade"] == "X" or not has_interval or fits and part["grade"] == "R" and part.get("rests_on"):
        return "reproduced" if fits else "not compatible"
    figure = part["low"] if part["grade"] == "B" else (part["low"] + part["high"]) / 2
    if high - low > WIDEST * abs(figure):
        return TOO_WIDE
    fits &= part["grade"] != "B" or _overlap(part, low, low)
    return "reproduced" if fits else "compatible" if near else "not compatible"


def _overlap(part, low, high):
    """Do the closed interval low..high and the part's interval share a number?"""
    above = high >= part["low"] if part["low_in"] else high > part["low"]
    return bool(above and (low <= part["high"] if part["high_in"] else low < part["high"]))


def verdicts(computed, data, folder=REFERENCE):
    """Published and computed side by side, with one verdict each.

    `computed`: figure id (or part, "F041_3") -> a measure table, or in words why there is none. The row of the table that
    the figure speaks of is judged; a figure in per cent is compared with a share in per cent.
    `data`: the `Tables` that the measures were taken of. Ministry, office, number of accounts, platform, period, zone,
    measure, definition and the number of units must be the figure's (docs/claims-and-studies.md#subjects); where one
    differs, the figure is `not testable here` and `reason` says which. A number without its measure is not judged.
    """
    check_label(data.label)
    table, accounts = published_parts(folder), _accounts(data)
    rows = [_verdict_row(name, table, given, data, accounts) for name, given in computed.items()]
    columns = ["id", "figure", "published", "computed", "n", "low", "high", "label", "verdict", "reason"]
    frame = pd.DataFrame(rows, columns=columns)
    shown = frame.assign(computed=[*map(beside_printed, frame["computed"], frame["published"])])
    for name in ("n", "low", "high"):
        shown[name] = [readable(value, absent="-") for value in frame[name]]
    records = [{name: json_value(value) for name, value in row.items()} for row in rows]
    shown = shown[["id", "verdict", *(name for name in columns if name not in ("id", "verdict"))]]
    shown, notes, below = repeated_below(shown.rename(columns={"low": "95 % low", "high": "95 % high"}), "reason")
    return ReportedTable(shown, data.label, tuple(records), "verdicts", notes, below)


def _accounts(data):
    """The accounts of a selection as pandas, and `beside`: the handles of those like each between which it chose."""
    found = []
    for name in ("accounts", "registry"):
        table = getattr(data, name, None)
        table = pd.DataFrame(columns=list(SELECTED)) if table is None else table
        found.append(table if isinstance(table, pd.DataFrame) else table.select(*SELECTED).to_pandas())
    chosen, known = found
    known = known[~known["account_id"].isin(chosen["account_id"])]
    others = known.assign(beside=known["handle"].fillna(known["account_id"])).groupby([*KINDS])["beside"].agg(", ".join)
    return chosen.drop(columns="beside", errors="ignore").merge(others.reset_index(), how="left", on=[*KINDS])


def _verdict_row(name, table, given, data, accounts):
    """One figure: what was printed, what was computed, the verdict and its reason."""
    part_name = name if "_" in name else f"{name}_1"
    if part_name not in table.index:
        raise TableError(f"computed: found {name!r}. Expected: an id of published_figures.csv. Correct the id.")
    part, row, differing, reason = table.loc[part_name], {}, [], ""
    if part["untestable"]:
        reason = part["untestable"]
    elif isinstance(given, pd.DataFrame):
        row, differing, reason = _row_of_the_figure(part, given, data, accounts)
    else:
        reason = given if isinstance(given, str) else "a number without its measure: give the measure's table"
    numbers = {key: row.get(key) for key in ("value", "n", "low", "high")}
    reason = reason or _missing_reason(row)
    word = verdict(part, *map(numbers.get, ("value", "low", "high")), data.label)
    if reason and not (word == TOO_WIDE and differing == [RESTS_ON]):
        word = "not testable here"
    elif word in ("reproduced", "compatible") and data.label == "real":
        doubts = [*_doubts(part, row), *filter(None, [row.get("account")])]
        word, reason = "compatible" if doubts else word, "; ".join(doubts)
    numbers = {"computed": numbers.pop("value"), **numbers, "label": data.label}
    printed = f"{part['value']} {part['unit']}"
    return {"id": name, "figure": part["figure"], "published": printed, **numbers, "verdict": word, "reason": reason}


def _doubts(part, row):
    """What keeps a computed figure that is right from being called reproduced, in words."""
    least, most = _rests_on(part)
    if not is_missing(row["n"]) and not least <= row["n"] <= most:
        yield f"from {row['n']:,} and not the {part['rests_on']} that the figure rests on"
    if UNRECOGNISED in str(row.get("method", "")):
        yield UNRECOGNISED


def _rests_on(part):
    """The least and the most units that a figure was counted among; any number where that is not known."""
    least, _, most = part["rests_on"].partition("..")
    return (int(least), int(most or least)) if least else (0, float("inf"))


def _missing_reason(row):
    """Why the value of a row is missing; empty where it is not."""
    return (row.get("method") or "not available") if is_missing(row.get("value")) else ""


def _row_of_the_figure(part, table, data, accounts):
    """The row that fits the subject of a figure, in the figure's unit; else the nearest, what differs, and both in words."""
    if table.empty:
        return {}, [], "not available: the measure has no row"
    planted = pairs(part["sample"]) if data.label == "synthetic" else {}
    subject = part.to_dict() | planted
    subject["definition"] = pairs(part["definition"]) | {name: planted[name] for name in planted if name not in part}
    table, measure = _in_unit(table, part["unit"])
    before = [*table.columns[: table.columns.get_loc(measure)], "number"]
    rows = [(row, _differences(subject, measure, row, before, data, accounts)) for row in table.to_dict("records")]
    row, differing = min(rows, key=lambda found: len(found[1]))
    fitting = sum(not each for _row, each in rows)
    if fitting > 1:
        return {}, [], f"{fitting} rows of the measure fit the figure: select one"
    reasons = [
        f"another {name} ({wanted} in the figure, {found} in this run{ENTER_IT * ((name, found) == ('office', NOT_KNOWN))})"
        for name, wanted, found in differing
    ]
    reasons += filter(None, [_other_selection(table, data, accounts)])
    return row | {"account": _unnamed(subject, row, accounts)}, [name for name, *_ in differing], "; ".join(reasons)


def _other_selection(table, data, accounts):
    """What of the tables that a measure was taken of lies outside the selection, in words; empty where nothing does.

    The rows of a table that hides ministry and days, such as one by platform, would else be taken for the selection's.
    """
    own = [getattr(data, name, None) for name in SCHEMA]
    start, end = (day_start(day, data.zone) if (day := getattr(data, name, "")) else None for name in ("start", "end"))
    for source in measures.sources(table):
        if any(source is each for each in own) or not hasattr(source, "columns"):
            continue
        ministries, first, last = _span(source)
        others = sorted(ministries - set(accounts["ministry"].dropna()) - {data.ministry})
        if others and (data.ministry or len(accounts)):
            return f"measured of {', '.join(others)}, which this selection does not hold"
        if first is not None and ((start and first < start) or (end and last >= end)):
            return (
                f"measured of posts from {first:%Y-%m-%d} to {last:%Y-%m-%d} UTC, outside the window of this selection"
            )
    return ""


def _span(source):
    """The ministries of a table, and of posts the first and the last moment."""
    names = [name for name in ("ministry", "posted_at") if name in source.columns]
    frame = source[names] if isinstance(source, pd.DataFrame) else source.select(*names).distinct().to_pandas()
    moments = pd.to_datetime(frame["posted_at"], utc=True).dropna() if "posted_at" in names else ()
    ministries = set(frame["ministry"].dropna()) if "ministry" in names else set()
    return (ministries, moments.min(), moments.max()) if len(moments) else (ministries, None, None)


def _chosen(row, accounts, names=SELECTED):
    """The accounts that a row is about."""
    for name in names:
        if _text(row.get(name)):
            accounts = accounts[accounts[name].astype(str) == _text(row[name])]
    return accounts


def _handles(accounts):
    """The handles of accounts, of those without one the ids, in words."""
    return ", ".join(sorted(accounts["handle"].fillna(accounts["account_id"]).astype(str))) or NOT_KNOWN


def _unnamed(subject, row, accounts):
    """In words which account stands for one that the figure does not name; empty where it names it, or means none."""
    if subject["handles"] or not subject["accounts"]:
        return ""
    named = _handles(_chosen(row, accounts))
    return f"of {named}; whether the source meant this account, no data tell: {NAME_IT}"


def _in_unit(table, unit):
    """A measure table with its `value` in the unit of a figure: per cent where a share is set beside one; its measure."""
    measure = measure_name(table)
    if "value" in table:
        return table, measure
    times = 100 if "%" in unit and measures.units()[measure].startswith("share") else 1
    ends = {end: table[end] * times for end in ("low", "high") if times != 1}
    return table.assign(value=table[measure] * times if times != 1 else table[measure], **ends), measure


def _differences(subject, measure, row, before, data, accounts):
    """What of a figure's subject the row of a run does not share: (what, the figure's, the run's) each."""
    definition = subject["definition"]
    expected = {"measure": subject["measure"], **definition}
    met = {"measure": measure, **{name: _text(row.get(name)) for name in definition}}
    for name in before:  # a part of the posts, another definition, another number of the row
        restricted = subject["accounts" if name in ("account_id", "handle") else name] if name in SELECTED else ""
        if not restricted and name not in (*DATES, *definition) and _text(row.get(name)):
            expected[name], met[name] = "none", _text(row[name])
    chosen = _chosen(row, accounts, [name for name in SELECTED if name not in definition])
    for name in [name for name in KINDS if name not in definition]:
        values = {row[name]} if _text(row.get(name)) else set(chosen[name])
        expected[name] = subject[name] or expected.get(name)
        met[name] = ", ".join(sorted(_text(value) or NOT_KNOWN for value in values))
    if subject["ministry"] == "every":
        met["ministry"] = data.ministry or "every"
    expected |= {"number of accounts": subject["accounts"], "zone": subject["zone"]}
    met |= {"number of accounts": str(len(chosen)), "zone": getattr(data, "zone", "")}
    if getattr(data, "account", "") and not subject["accounts"]:
        expected["choice of accounts"], met["choice of accounts"] = "all", data.account
    if subject["handles"]:
        named = {handle.lower(): handle for handle in subject["handles"].split(" / ")}
        expected["account"] = subject["handles"]
        met["account"] = expected["account"] if set(chosen["handle"].str.lower()) <= set(named) else _handles(chosen)
    elif subject["accounts"] and (beside := ", ".join(chosen["beside"].dropna().unique())):
        expected["choice of accounts"], met["choice of accounts"] = (
            "all of this kind",
            f"{_handles(chosen)} beside {beside}",
        )
    differing = [(name, wanted, met[name] or NOT_KNOWN) for name, wanted in expected.items() if wanted]
    differing = [each for each in differing if each[1] != each[2]]
    return differing + _other_period(subject, measure, row, data) + _other_number(subject, measure, row, data)


def _text(value):
    """A cell as text, a whole number without decimals; empty where it is missing."""
    if is_missing(value):
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)


def _other_period(subject, measure, row, data):
    """Empty if the row was seen, or the run's window lies, in the period of the figure; else the difference."""
    if not subject["start"]:
        return []
    seen = [pd.Timestamp(row[name]).date() for name in DATES if name in row and not is_missing(row[name])][:1]
    periods = [(str(day), str(day + timedelta(days=1))) for day in seen] or _periods(data, measure)
    wanted = (subject["start"], subject["end"])
    whole = subject["window"] == "whole"
    fits = [
        found == wanted if whole else bool(found[0] and found[1]) and wanted[0] <= found[0] and found[1] <= wanted[1]
        for found in periods
    ]
    if fits and all(fits):
        return []
    found = " and ".join(f"{start or 'open'} to {end or 'open'}" for start, end in periods) or "open"
    return [("period", f"{wanted[0]} to {wanted[1]}", found)]


def _periods(data, measure):
    """The window of a selection, and the days on which what it is about was observed; (first, day after the last) each."""
    windows = [(data.start, data.end)] if data.start or data.end else []
    if getattr(data, "of", "posts") != "posts" and "post" not in measures.units()[measure]:
        return [*windows, data.observed]
    return [tuple(data.window.values())] if hasattr(data, "window") else windows


def _other_number(subject, measure, row, data):
    """Empty if a row counts as many units as the figure rests on, and the posts of the selection; else the difference."""
    n = row.get("n")
    if is_missing(n) or is_missing(row["value"]):
        return []
    found = []
    same, (least, most) = 1 if subject["unit"] in COUNTS else SAME, _rests_on(subject)
    if not same * least <= n <= most / same:
        found.append((RESTS_ON, subject["rests_on"], f"{n:,}"))
    selected = data.n if hasattr(data, "n") and data.of == "posts" and "post" in measures.units()[measure] else n
    least = selected if subject["grade"] == "X" else SAME * selected
    if not least <= n <= selected:
        found.append(("set of posts", "all of them", f"{n:,} of the {selected:,} selected"))
    return found


def as_count(shares):
    """Shares or means of a measure table as numbers of their n: `value`, `low` and `high`, the other columns as they are.

    >>> share = pd.DataFrame({"share_above": [0.25], "n": [8], "low": [0.125], "high": [0.5]})
    >>> as_count(share)[["value", "n", "low", "high"]].values.tolist()
    [[2.0, 8.0, 1.0, 4.0]]
    """
    ends = {end: shares[end] * shares["n"] for end in ("low", "high")}
    return shares.assign(value=(shares[measure_name(shares)] * shares["n"]).round(), **ends)


def as_number(table, column):
    """Another number of a measure table, such as its n, as the `value` to compare, without an interval.

    An n is missing where the measure is: it counts nothing there.

    >>> share = pd.DataFrame({"share_above": [0.25], "n": [8], "low": [0.125], "high": [0.5]})
    >>> as_number(share, "n")[["value", "number"]].values.tolist()
    [[8, 'n']]
    """
    value = table[column].where(table[measure_name(table)].notna()) if column == "n" else table[column]
    n = table["n"].astype("Int64").where(table["n"] > 0)
    found = table.assign(value=value, number=column, n=n, low=None, high=None)
    absent = value.isna() & table[measure_name(table)].notna()
    return found.assign(method=found["method"].mask(absent, f"not available: no {column}")) if absent.any() else found


def verdicts_of_runs(reports, study=""):
    """Every published figure beside what the runs found in `reports` computed, a row for each run.

    `study` keeps the figures of one notebook. A part of a figure (F043_1) stands with its figure. A figure that no run has
    computed stands with the verdict "not computed", and with the reason where no run can test it.
    """
    figures = published(study)[["id", "figure", "value", "unit", "grade", "study", "untestable"]]
    places = "*/*/facts.json", "*/runs/*/*/facts.json"  # runs of notebooks, runs of studies
    pages = sorted(page for place in places for page in Path(reports).glob(place))
    found = [verdict | {"run": str(page.parent.relative_to(reports))} for page in pages for verdict in _verdicts(page)]
    columns = ["id", "computed", "n", "low", "high", "label", "verdict", "reason", "run"]
    frame = pd.DataFrame(found, columns=columns, dtype=object).rename(columns={"id": "part"})
    frame.insert(0, "id", frame["part"].str.split("_").str[0])
    table = figures.merge(frame, how="left", on="id")
    table["id"] = table.pop("part").fillna(table["id"])
    reason = table["reason"].fillna(table.pop("untestable").replace("", None))
    table = table.assign(verdict=table["verdict"].fillna("not computed"), reason=reason).astype(object)
    return table.where(table.notna(), "")


def _verdicts(page):
    """The verdicts on published figures that one run left in its facts.json."""
    return [row for row in json.loads(page.read_text(encoding="utf-8"))["verdicts"] if "id" in row]
