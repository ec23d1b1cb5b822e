"""One row per comment of the public: is it an inquiry, of which kind, when was it answered?"""

import ibis
import numpy as np
import pandas as pd
from ibis import _
from pandas.util import hash_pandas_object

from digidip.measures.dialogue.agreement import coder_agreement
from digidip.measures.inquiries._question_words import kinds_of
from digidip.measures.statistics._codings import coded, majority_codes
from digidip.measures.statistics._columns import ACCOUNT, POST, local_time, to_pandas
from digidip.measures.statistics._comment_queries import (
    NO_AUTHORS,
    NO_COMMENTS,
    NO_COUNTS,
    NO_INSTANTS,
    NO_THREADS,
    collected_posts,
    comment_totals,
    materialised,
    missing_reason,
    with_precision,
)
from digidip.tables import TableError, day_start

COMMENT, INQUIRY, KINDS = "any comment", "any inquiry", ("procedural", "complex")
NO_OTHERS = "not available: this export holds no comments by others"
NO_INQUIRY = "not defined: no inquiry"
DEEPEST = 100  # replies upon replies; a thread that bites its own tail ends here
TYPES = {"absent": "string", "comment_id": "string", "kind": "string", "is_answered": "boolean", "hours": "float64"}
TYPES |= {"asked": "timestamp", "answered": "timestamp", "coded": "string", "ruled": "string"}
HOUR = 3_600_000_000  # microseconds
IDS = ["platform", "comment_id"]
_NAMES = [*POST, "account_id", "comment_id", "parent_id", "author", "is_official", "commented_at", "text", "lang"]
_TOLD = ["comment_id", "author", "language", "asked_at", "asked", "answered", "is_answered", "hours", "ruled", "absent"]
_TOLD += ["coded", "kind", "basis"]
_OF_COMMENTS = ["comment_id", "author", "language", "commented_at", "retrieved_at", "ruled", "answered_at", "answer_id"]
_OF_COMMENTS += ["is_approximate"]


def inquiry_counts(inquiries, by, *columns, **derived):
    """How many comments with known answers share each value of `by` and the columns: `rows`, in pandas.

    Counted in the engine, for `inquiries` may be more than memory holds. What nothing can be told of keeps rows of 0,
    with the reason in `absent`.
    """
    if isinstance(inquiries, pd.DataFrame) and not derived:  # what is in memory is counted there
        keys = list(dict.fromkeys([*by, "absent", *columns]))
        is_known = (inquiries["absent"].isna() & inquiries["comment_id"].notna()).astype(int)
        return inquiries[keys].assign(rows=is_known).groupby(keys, dropna=False, sort=False)["rows"].sum().reset_index()
    table = as_ibis(inquiries).mutate(**derived)
    frame = table.group_by(list(dict.fromkeys([*by, "absent", *columns, *derived])))
    return to_pandas(frame.agg(rows=_.comment_id.count(where=_.absent.isnull())))


def as_ibis(inquiries):
    """Inquiries as an Ibis table; a column in which nothing is told keeps its type."""
    table = inquiries if isinstance(inquiries, ibis.Table) else ibis.memtable(inquiries)
    return table.cast({name: kind for name, kind in TYPES.items() if name in table.columns})


def as_pandas(inquiries, by, *columns):
    """The inquiries one by one in pandas, in their order, `rows` 1 each.

    For what cannot be counted together.
    """
    wanted = list(dict.fromkeys([*by, "absent", "comment_id", *columns]))
    frame = to_pandas(inquiries[wanted])
    return frame.assign(rows=(frame.absent.isna() & frame.comment_id.notna()).astype(int))


def cluster_counts(inquiries, by, cluster):
    """Clusters that are alike counted together.

    For each `pattern` how many `clusters`, and by kind `rows`, `answered`.
    """
    cells = {kind: _.absent.isnull() & (_.kind == kind) for kind in ("none", *KINDS)}
    every = {kind: _.comment_id.count(where=cell) for kind, cell in cells.items()}
    every |= {f"{kind} answered": _.comment_id.count(where=cell & _.is_answered) for kind, cell in cells.items()}
    groups = list(dict.fromkeys([*by, "absent"]))
    if isinstance(inquiries, pd.DataFrame):
        found = _clusters_in_memory(inquiries, groups, cluster, cells)
    else:
        per = as_ibis(inquiries).group_by(list(dict.fromkeys([*groups, *cluster]))).agg(**every)
        found = to_pandas(per.group_by([*groups, *every]).agg(clusters=_.count()))
    found = found.sort_values([*every], ignore_index=True).rename_axis("pattern").reset_index()
    parts = [found.assign(kind=kind, rows=found[kind], answered=found[f"{kind} answered"]) for kind in cells]
    return pd.concat(parts, ignore_index=True)[[*groups, "pattern", "clusters", "kind", "rows", "answered"]]


def _clusters_in_memory(inquiries, groups, cluster, kinds):
    """The counts of `cluster_counts` of a table in pandas, without asking the engine."""
    is_known = inquiries["absent"].isna() & inquiries["comment_id"].notna()
    is_answered = inquiries["is_answered"].eq(True).fillna(False)
    cells = {kind: (is_known & inquiries["kind"].eq(kind)).astype(int) for kind in kinds}
    cells |= {f"{kind} answered": cell * is_answered.astype(int) for kind, cell in cells.items()}
    keys = list(dict.fromkeys([*groups, *cluster]))
    per = inquiries[keys].assign(**cells).groupby(keys, dropna=False, sort=False)[[*cells]].sum().reset_index()
    counts = per.groupby([*groups, *cells], dropna=False, sort=False).size()
    return counts.rename("clusters").reset_index()


def cluster_sums(rows):
    """Answered and asked in each cluster, one row per cluster."""
    _patterns, first, place = np.unique(rows.pattern, return_index=True, return_inverse=True)
    sums = np.column_stack([np.bincount(place, weights=rows[name]) for name in ("answered", "rows")])
    return np.repeat(sums, rows.clusters.to_numpy()[first], axis=0)


def with_known_answers(part):
    """The rows of which answers can be told."""
    return part[part.rows > 0]


def of_known_waits(rows):
    """The function `rows(part)` of a group without the inquiries whose wait is not known, these counted in `method`."""

    def of_known(part):
        is_unknown = part.hours.isna() & (part.rows > 0)
        if not is_unknown.any():
            return rows(part)
        asked = part.rows.where(part.kind != "none", 0)
        left_out, every = int(asked[is_unknown].sum()), int(asked.sum())
        if left_out and left_out == every:
            is_unknown = part.rows > 0  # so that the reason is told, not that nobody asked
        absent = part.absent.astype(object).mask(is_unknown, NO_INSTANTS)
        found = rows(part.assign(rows=part.rows.mask(is_unknown, 0), absent=absent))
        if left_out in (0, every):
            return found
        words = f"; left out: {left_out:,} of {every:,} inquiries whose times are days alone or ages"
        return [row | {"method": row["method"] + words} for row in found]

    return of_known


def missing_answer_reason(part):
    """Why nothing can be told of a group: the first reason in the order of the export, or no inquiry."""
    return next(iter(part.absent.dropna().sort_values()), NO_INQUIRY)


def inquiries_by_kind(rows, comments=False):
    """The inquiries by kind: any, and each that occurs; any comment first if asked for."""
    found = {COMMENT: rows} if comments else {}
    found[INQUIRY] = rows[rows.kind != "none"]
    each = {kind: rows[rows.kind == kind] for kind in KINDS}
    return found | {kind: part for kind, part in each.items() if len(part)}


def rows_by_kind(part, found, comments=False, **keys):
    """The rows that `found(inquiries)` gives for each kind in a group.

    Or one row, with `keys`, that says why there is none.
    """
    known = with_known_answers(part)
    if known.empty:
        return [{"kind": INQUIRY, **keys, "n": 0, "method": missing_answer_reason(part)}]
    return [{"kind": kind} | row for kind, rows in inquiries_by_kind(known, comments).items() for row in found(rows)]


def agreed_codes(codings, codebook="inquiry", variable="kind", allowed=("none", *KINDS)):
    """The code that most coders gave to each comment, as a series by comment_id.

    None where they fail the gate.
    """
    if codings is None or not len(codings):
        return pd.Series(dtype=object)
    rows = coded(codings, codebook, variable).dropna(subset="code")
    key = codebook, variable, allowed, hash_pandas_object(rows.astype(str), index=False).to_numpy().tobytes()
    if key not in _agreed:
        while len(_agreed) >= 8:
            _agreed.pop(next(iter(_agreed)))
        _agreed[key] = _agreed_codes(rows, codebook, variable, allowed)
    return _agreed[key]


_agreed = {}  # the last codes by the codings: every table of inquiries of a run asks for them


def _agreed_codes(rows, codebook, variable, allowed):
    agreed = coder_agreement(rows, codebook=codebook, draws=1)
    if not agreed.is_reliable.any():
        return pd.Series(dtype=object)
    if strange := sorted({*rows.code} - {*allowed}):
        raise TableError(
            f"codings: {codebook}, {variable} is {strange[0]!r}. Expected: {', '.join(allowed)}. Mend the code."
        )
    return majority_codes(rows).droplevel("variable")


def inquiry_rows(posts, comments, by, zone, codings, answer, until, completeness):
    """One row per top-level comment by others, and one per post without any, with `answer_id`, in Ibis."""
    held = _comments(comments)
    own = collected_posts(posts, comments, by, completeness, "ministry", "account_id")
    own, columns = own.drop("is_uncollected"), [*dict.fromkeys([*by, *POST, "ministry", "account_id"])]
    top, first, end = held.filter(_.parent_id.isnull(), ~_.is_official), _first_answers(held, answer), None
    if until is not None:
        end = ibis.literal(day_start(until, zone), "timestamp('UTC')")
        top, first = top.filter(_.commented_at < end), first.filter(_.answered_at < end)
    top = top.mutate(ruled=kinds_of(top.text), language=_.lang).left_join(first, IDS)
    top = top.mutate(is_approximate=_.is_approximate | _.is_answer_approximate.fill_null(False))
    top = top.select(*POST, *_OF_COMMENTS)
    table = comment_totals(held, official=_.is_official.sum(), last=_.commented_at.max())
    rows = own.left_join(top, POST).select(*own.columns, *_OF_COMMENTS).left_join(table, ACCOUNT)
    rows = rows.select(*columns, *_OF_COMMENTS, absent=_absent(rows), hours=_hours(rows, end))
    return _timed(_coded(rows, codings), zone).select(*columns, *_TOLD, "answer_id")


def checked_inquiries(table, by, frame):
    """The rows of `inquiry_rows` in pandas, sorted so that no order can matter, or kept in the engine.

    No answer too early.
    """
    rows = table.to_pandas() if frame else materialised(table)
    early = rows[rows.hours < 0] if frame else rows.filter(_.hours < 0).to_pandas()
    if len(early):
        _refuse(early.sort_values("answer_id"))
    if not frame:
        return rows.drop("answer_id")
    return rows.sort_values([*by, "asked_at", "comment_id", "post_id"], ignore_index=True).drop(columns="answer_id")


def _comments(comments):
    """The columns of comments that tell inquiries and answers, and the time of collection."""
    is_dated = "retrieved_at" in comments.columns
    held = with_precision(comments, [*_NAMES, *(["retrieved_at"] if is_dated else [])])
    return held if is_dated else held.mutate(retrieved_at=ibis.null("timestamp('UTC')"))


def _first_answers(held, answer):
    """The first official answer to each comment: platform, comment_id, answered_at, answer_id, is_answer_approximate."""
    given = held.filter(_.is_official, _.parent_id.notnull())
    given = given.select("platform", "parent_id", "commented_at", "is_approximate", answer_id=_.comment_id)
    if answer == "thread":
        given = _climbed(given, held.filter(_.parent_id.notnull()).select(*IDS, "parent_id"))
    per = given.group_by("platform", comment_id=_.parent_id)
    answer_id = _.answer_id.argmin(_.commented_at)
    return per.agg(answered_at=_.commented_at.min(), answer_id=answer_id, is_answer_approximate=_.is_approximate.any())


def _climbed(given, replies):
    """Answers to comments, and to all comments above these; in pandas, step by step up the threads."""
    above = replies.to_pandas().set_index(IDS).parent_id.to_dict()
    steps = [given.to_pandas()]
    while len(steps[-1]) and len(steps) <= DEEPEST:
        below = steps[-1]
        parents = [above.get(key) for key in zip(below.platform, below.parent_id, strict=True)]
        steps.append(below.assign(parent_id=pd.Series(parents, below.index, dtype=object)).dropna(subset="parent_id"))
    return ibis.memtable(pd.concat(steps)).cast(given.schema())


def _absent(rows):
    """The reason why the answers of an account cannot be told, missing where they can."""
    others, zero = rows.authored - rows.official, rows.official + rows.is_counted.cast("int64")
    reasons = {NO_OTHERS: others, NO_THREADS: rows.threaded, NO_COUNTS: zero}
    too_few = ibis.coalesce(rows.incomplete, missing_reason(reasons, None))
    return missing_reason({NO_COMMENTS: rows.held, NO_AUTHORS: rows.authored}, too_few)


def _hours(rows, end):
    """Hours to the answer, or to the end of observation; missing where a day or an age stands for one of the instants."""
    seen = ibis.ifelse(rows.retrieved_at >= rows.commented_at, rows.retrieved_at, rows["last"])
    seen = seen if end is None else ibis.least(seen, end)
    hours = rows.answered_at.coalesce(seen).delta(rows.commented_at, unit="microsecond") / HOUR
    return ibis.ifelse(rows.is_approximate, ibis.null("float64"), hours)


def _coded(rows, codings):
    """The rows with the kind that coders chose, else that of the rules."""
    codes = agreed_codes(codings)
    if codes.empty:
        rows = rows.mutate(coded=ibis.null("string"))
    else:
        known = ibis.memtable(codes.rename("coded").rename_axis("comment_id").reset_index().astype(str))
        rows = rows.left_join(known, "comment_id").select(*rows.columns, "coded")
    return rows.mutate(kind=_.coded.coalesce(_.ruled), basis=ibis.ifelse(_.coded.notnull(), "codings", "rules"))


def _timed(rows, zone):
    """The rows with times as the clock in the zone shows them."""
    is_answered = ibis.ifelse(rows.comment_id.isnull(), ibis.null("boolean"), rows.answered_at.notnull())
    local = {"asked": local_time(rows.commented_at, zone), "answered": local_time(rows.answered_at, zone)}
    return rows.mutate(asked_at=rows.commented_at, is_answered=is_answered, **local)


def _refuse(early):
    """An answer before its comment is a broken clock or a broken thread, not a fast ministry."""
    named = ", ".join(early.answer_id.head(5))
    raise TableError(
        f"comments: {len(early)} official answers are earlier than the comment they answer ({named}"
        f"{', …' if len(early) > 5 else ''}). Expected: an answer after its comment. Check the zone of the export in "
        "data/raw/MANIFEST.csv and its parent ids, then build again."
    )
