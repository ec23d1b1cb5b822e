"""Ids that a program rounded or wrote as 1.23E+17, in what was read of a delivery, by whatever reader.

The whole file is refused where its own ids are nearly all so; else such a row is a reject, or stays without the id of something else.
"""

from collections import Counter

import ibis
import pandas as pd
from pyarrow import compute, parquet

from digidip import readers
from digidip.engine import read_parts
from digidip.tables import KEYS, LOST_IDS, SCHEMA, SCIENTIFIC, TIMES, ReaderError

LONG = range(16, 20)  # digits; what a number of 53 bits cannot hold begins here
IN_SCIENTIFIC = "a damaged id (a spreadsheet wrote a number in scientific notation)"


def damaged_by_column(part, name):
    """Of a Parquet part as read, its damaged ids: a list of (column, set of ids, reason, among how many ids)."""
    columns = parquet.read_schema(part).names
    ids = [c for c, rule in SCHEMA[name].items() if rule.kind == "id" and c in columns]
    suspects, scientific = _suspects(part, ids)
    rows = read_parts([part]) if suspects or scientific else None
    found = [(column, set(ids), IN_SCIENTIFIC, rows[column].nunique().execute()) for column, ids in scientific.items()]
    for column in suspects:
        is_long = rows[column].re_search(readers.LONG_ID)
        ids = rows.filter(is_long)[column].name("id").as_table().distinct().to_pyarrow()["id"].to_pylist()
        rounded, reason = readers.rounded_ids(ids)
        if rounded:
            found.append((column, rounded, reason, len(ids)))
    return found


def _suspects(part, columns):
    """The columns of which so many ids end in zeros, as numbers of ten or of two, that it is worth to look at each.

    And column → ids in scientific notation. Batch by batch in Arrow, since a query for each export would cost more to
    plan than to answer.
    """
    long, ends, scientific = Counter(), Counter(), {}
    for batch in parquet.ParquetFile(part).iter_batches(columns=columns) if columns else ():
        for column in columns:
            ids = batch[column].cast("string")
            is_scientific = compute.match_substring_regex(ids, SCIENTIFIC)
            if compute.any(is_scientific).as_py():
                scientific.setdefault(column, set()).update(ids.filter(is_scientific).to_pylist())
            digits = compute.utf8_length(ids)
            is_long = compute.and_(compute.greater_equal(digits, LONG[0]), compute.less_equal(digits, LONG[-1]))
            ids = ids.filter(compute.and_(is_long, compute.ascii_is_decimal(ids)))
            numbers = ids.cast("uint64").to_numpy(zero_copy_only=False)
            long[column] += len(numbers)
            for unit in (2, 10, 1000):
                ends[column, unit] += int((numbers % unit == 0).sum())

    def is_suspect(column):
        some = max(2, 0.01 * long[column])
        are_even, are_tens = ends[column, 2] > 0.9 * long[column], ends[column, 10] > 0.3 * long[column]
        return long[column] > 2 and (are_even or are_tens or ends[column, 1000] > some)

    return [column for column in columns if is_suspect(column)], scientific


def without_damaged(path, name, part, *, are_replies=False):
    """The rows of a table with `reject` where an id that they need was damaged; None where none was.

    The table is as it was read from the export `path` into the Parquet `part`. Where it is the id of something else, as of the post that a post answers, the row stays without it, and `remark` says so:
    that it answers or repeats something is kept (`LOST_IDS`). Of comments that `are_replies`, posts in reply to posts, those
    to a lost post are such. A file whose own ids are nearly all rounded raises `ReaderError`: nothing of it can be told
    apart. So does one of which no row is left.
    """
    found = damaged_by_column(part, name)
    if not found:
        return None
    rows = read_parts([part])
    for column, ids, reason, total in found:
        if column in KEYS[name] and name != "accounts" and len(ids) >= readers.NEARLY_ALL * total:
            raise _refusal(path, column, ", which makes different rows one", ids, reason, total)
    rows = rows if "reject" in rows.columns else rows.mutate(reject=ibis.null("string"))
    marks = LOST_IDS | ({"post_id": LOST_IDS["reply_to_id"]} if are_replies else {})
    for column, ids, reason, _total in found:
        damaged = ibis.memtable(pd.DataFrame({"damaged": sorted(ids)}))
        rows = rows.left_join(damaged, rows[column] == damaged.damaged)
        reason_cell = ibis.ifelse(rows.damaged.notnull(), f"{column}: {reason}", ibis.null("string"))
        if name in TIMES and (column in marks or not SCHEMA[name][column].required):
            remark = reason_cell + ", so it is missing"
            mark = marks[column] + rows[KEYS[name][1]] if column in marks else ibis.null("string")
            cells = {column: ibis.ifelse(rows.damaged.isnull(), rows[column], mark)}
            cells["remark"] = remark if "remark" not in rows.columns else rows.remark.coalesce(remark)
        else:
            cells = {"reject": rows.reject.coalesce(reason_cell)}
        rows = rows.mutate(**cells).drop("damaged")
    if name != "accounts" and not rows.reject.isnull().any().to_pyarrow().as_py():
        column, *of_column = found[0]
        raise _refusal(path, column, "", *of_column)
    return rows


def _refusal(path, column, what_follows, ids, reason, total):
    those = "ids in {} that are so" if reason == IN_SCIENTIFIC else "long ids in {} that end as rounded ones do"
    return ReaderError(
        f"{path}: {reason}. Found: {len(ids):,} of {total:,} {those.format(column)}{what_follows}. "
        "Expected: ids as the tool wrote them. Deliver the file as it was collected, never opened and saved by such a program, or "
        "read with ids as text."
    )
