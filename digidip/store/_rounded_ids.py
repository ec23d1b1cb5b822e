"""Ids that a program rounded, in what was read of a delivery: the whole file is refused, or its rows become rejects."""

import ibis
import pandas as pd

from digidip import readers
from digidip.tables import KEYS, LOST_IDS, SCHEMA, TIMES, ReaderError

LONG = 10**15


def rounded_by_column(rows, name):
    """Of a table as read, the id columns with rounded ids: a dict column → (set of ids, reason, how many ids are long)."""
    columns = [column for column, rule in SCHEMA[name].items() if rule.kind == "id" and column in rows.columns]
    suspects = _suspects(rows, columns) if columns else []
    found = {}
    for column in suspects:
        is_long = rows[column].re_search(readers.LONG_ID)
        ids = rows.filter(is_long)[column].name("id").as_table().distinct().to_pyarrow()["id"].to_pylist()
        rounded, reason = readers.rounded_ids(ids)
        if rounded:
            found[column] = rounded, reason, len(ids)
    return found


def _suspects(rows, columns):
    """The columns of which so many ids end in zeros, as numbers of ten or of two, that it is worth to look at each."""
    numbers = {column: rows[column].try_cast("int64") for column in columns}
    counts = {}
    for column, number in numbers.items():
        is_long = (number >= LONG).fill_null(False)
        counts[f"{column} long"] = is_long.sum()
        counts |= {f"{column} {unit}": (is_long & (number % unit == 0)).sum() for unit in (2, 10, 1000)}
    counted = rows.aggregate(**counts).to_pyarrow().to_pylist()[0]

    def is_suspect(column):
        long, twos, tens, thousands = (counted[f"{column} {kind}"] or 0 for kind in ("long", 2, 10, 1000))
        return long > 2 and (twos > 0.9 * long or tens > 0.3 * long or thousands > max(2, 0.01 * long))

    return [column for column in columns if is_suspect(column)]


def without_rounded(path, name, rows, *, are_replies=False):
    """The rows of a table of the export `path` with `reject` where an id that they need was rounded; None where none was.

    Where it is the id of something else, as of the post that a post answers, the row stays without it, and `remark` says so:
    that it answers or repeats something is kept (`LOST_IDS`). Of comments that `are_replies`, posts in reply to posts, those
    to a lost post are such. A file whose own ids are nearly all rounded raises `ReaderError`: nothing of it can be told
    apart. So does one of which no row is left.
    """
    found = rounded_by_column(rows, name)
    if not found:
        return None
    for column, (ids, reason, total) in found.items():
        if column in KEYS[name] and name != "accounts" and len(ids) >= readers.NEARLY_ALL * total:
            raise _refusal(path, column, ", which makes different rows one", ids, reason, total)
    rows = rows if "reject" in rows.columns else rows.mutate(reject=ibis.null("string"))
    marks = LOST_IDS | ({"post_id": LOST_IDS["reply_to_id"]} if are_replies else {})
    for column, (ids, reason, _total) in found.items():
        damaged = ibis.memtable(pd.DataFrame({"damaged": sorted(ids)}))
        rows = rows.left_join(damaged, rows[column] == damaged.damaged)
        told = ibis.ifelse(rows.damaged.notnull(), f"{column}: {reason}", ibis.null("string"))
        if name in TIMES and (column in marks or not SCHEMA[name][column].required):
            remark = told + ", so it is missing"
            mark = marks[column] + rows[KEYS[name][1]] if column in marks else ibis.null("string")
            cells = {column: ibis.ifelse(rows.damaged.isnull(), rows[column], mark)}
            cells["remark"] = remark if "remark" not in rows.columns else rows.remark.coalesce(remark)
        else:
            cells = {"reject": rows.reject.coalesce(told)}
        rows = rows.mutate(**cells).drop("damaged")
    if name != "accounts" and not rows.reject.isnull().any().to_pyarrow().as_py():
        column, of_column = next(iter(found.items()))
        raise _refusal(path, column, "", *of_column)
    return rows


def _refusal(path, column, what_follows, ids, reason, total):
    return ReaderError(
        f"{path}: {reason}. Found: {len(ids):,} of {total:,} long ids in {column} that end as rounded ones do{what_follows}. "
        "Expected: ids as the tool wrote them. Deliver the file as it was collected, never opened and saved by such a program, or "
        "read with ids as text."
    )
