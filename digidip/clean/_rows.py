"""Rows: whose they are, which a later observation replaces, which cannot be read; and the account of them."""

from typing import NamedTuple

import ibis
from ibis import _

from digidip.tables import KEYS, LABELS, SCHEMA, TIMES

SAME_MINUTE = 60  # seconds: some tools leave the seconds out
OF_OTHER_ACCOUNT = "its id is that of a post of another account"
SHOWN_BY_TEXT = "reposted:"  # begins the id of what a repost repeats where its text alone shows that it is one
FAR = 1 << 40  # further than any place among the observations of one thing


class Step(NamedTuple):
    """One line of the account of rows; `reason` says which rows the step leaves out, or what it did."""

    step: str
    table: str
    export: str
    rows_in: int
    rows_out: int
    reason: str


def attach_accounts(posts, registered):
    """The posts with the `ministry` of the registered account, else with the one they have, declared at `add`.

    `registered` is a pandas frame platform, account_id, ministry: few rows, those whose posts were declared otherwise.

    >>> import ibis, pandas as pd
    >>> known = pd.DataFrame({"platform": ["x"], "account_id": ["1"], "ministry": ["PER"]})
    >>> posts = ibis.memtable({"platform": ["x", "x"], "account_id": ["1", "2"], "ministry": ["USA", "USA"]})
    >>> attach_accounts(posts, known).ministry.to_list()
    ['PER', 'USA']
    """
    ministry = posts.ministry
    for platform, rows in registered.groupby("platform"):
        pairs = zip(rows["account_id"], rows["ministry"], strict=True)
        ministry = ibis.ifelse(posts.platform == platform, posts.account_id.cases(*pairs, else_=ministry), ministry)
    return posts.mutate(ministry=ministry)


def weaken_labels(table, labels, column="account_id"):
    """The rows with the label of the account that `column` names, where that claims less than their own.

    `labels` is a pandas frame platform, account_id, label.

    >>> import ibis, pandas as pd
    >>> labels = pd.DataFrame({"platform": ["x"], "account_id": ["1"], "label": ["synthetic"]})
    >>> rows = ibis.memtable({"platform": ["x", "x"], "account_id": ["1", "2"], "label": ["real", "real"]})
    >>> weaken_labels(rows, labels).label.to_list()
    ['synthetic', 'real']
    """
    for (platform, label), rows in labels.groupby(["platform", "label"]):
        is_theirs = (table.platform == platform) & table[column].isin(rows["account_id"].tolist())
        is_stronger = table.label.isin(LABELS[: LABELS.index(label)])
        table = table.mutate(label=ibis.ifelse(is_theirs & is_stronger, label, table.label))
    return table


def superseded(table, name, order):
    """Rows of a canonical table that a later observation of the same key replaces: export, export_row.

    Later is: the later `retrieved_at`; then the later delivery in the manifest (`order`: export → number); then the
    later record of the file. A missing `retrieved_at` is earlier than any other.

    >>> import ibis
    >>> twice = ibis.memtable({"platform": ["x"] * 2, "post_id": ["1"] * 2, "retrieved_at": [None, None],
    ...                        "export": ["a.csv"] * 2, "export_row": [1, 2]})
    >>> superseded(twice, "posts", {"a.csv": 0}).to_pandas().values.tolist()
    [['a.csv', 1]]
    """
    key = list(KEYS[name])
    ranked = _ranked(table.select(*key, "retrieved_at", "export", "export_row"), key, order)
    return ranked.filter(_.place > 0).select("export", "export_row")


def _ranked(table, key, order):
    """The rows whose key stands there more than once, with their `place` among these, 0 for the latest observation."""
    repeated = table.group_by(key).having(_.count() > 1).aggregate(times=_.count())
    rivals = table.semi_join(repeated, key).mutate(delivery=_.export.cases(*order.items()))
    latest_first = [ibis.desc("retrieved_at", nulls_first=False), ibis.desc("delivery"), ibis.desc("export_row")]
    return rivals.mutate(place=ibis.row_number().over(group_by=key, order_by=latest_first))


def filled_rows(table, name, order):
    """The latest observations, of those that earlier ones complete, with what these tell: the columns of the table.

    A value that the latest observation lacks is that of the latest one that tells it: a poorer export takes nothing away, and
    an age no instant. A mark that a text alone shows a repost stays with that text.
    Counts age, so a post whose counts are all an earlier observation's has the `retrieved_at` of that one. The label is
    the weakest of the observations. `order` as in `superseded`.

    >>> import ibis
    >>> rows = {"comment_id": ["1", "1"], "text": ["Hello", None], "lang": ["en", None], "like_count": [3, 4],
    ...         "retrieved_at": [None, None], "export": ["a.csv", "b.csv"], "export_row": [1, 1]}
    >>> twice = ibis.memtable(rows).mutate(platform=ibis.literal("x"), label=ibis.literal("real"))
    >>> filled_rows(twice, "comments", {"a.csv": 0, "b.csv": 1}).select("export", "text", "like_count").to_pandas().values.tolist()
    [['b.csv', 'Hello', 4]]
    """
    key, time = list(KEYS[name]), TIMES.get(name)
    fixed = {*key, "export", "export_row", "label", "retrieved_at", "export_tells_replies", "is_approximate"}
    values = [column for column in table.columns if column not in fixed]
    # How long a comment was watched, its `retrieved_at`, is not its likes' to say.
    counts = [column for column in values if name == "posts" and SCHEMA[name][column].kind == "count"]
    tells = table.export_tells_replies if "export_tells_replies" in table.columns else ibis.literal(True)
    is_exact = ~table.is_approximate.fill_null(False) if "is_approximate" in table.columns else ibis.literal(True)
    rows = table.mutate(
        is_exact=is_exact,
        tells=tells.cast("int64"),
        has_counts=ibis.or_(ibis.literal(False), *(table[column].notnull() for column in counts)),
        filled=sum((table[column].notnull().cast("int64") for column in values), is_exact.cast("int64")),
        rank=table.label.cases(*((label, rank) for rank, label in enumerate(LABELS))),
    )
    ranked, tellers = _ranked(rows, key, order), {column: _[column].notnull() for column in values}
    if {"repost_of_id", "text"} <= set(values):
        place_of_text = ibis.ifelse(_.text.notnull(), _.place, FAR)
        ranked = ranked.mutate(is_of_text=(place_of_text == place_of_text.min().over(group_by=key)) | _.text.isnull())
        tellers["repost_of_id"] &= _.is_of_text | ~_.repost_of_id.startswith(SHOWN_BY_TEXT)
    if time in values and "is_approximate" in table.columns:
        ranked = ranked.mutate(is_best=_.is_exact | ~_.is_exact.any().over(group_by=key))
        tellers[time] = _.is_best
    merged = ranked.group_by(key).aggregate(
        **{column: _[column].argmin(_.place, where=tellers[column]) for column in values},
        **{column: _[column].argmin(_.place) for column in ("export", "export_row")},
        retrieved_at=_.retrieved_at.argmin(ibis.ifelse(_.has_counts, _.place, _.place + FAR)),
        export_tells_replies=_.tells.max() == 1,
        label=_.rank.max().cases(*enumerate(LABELS)),
        is_exact=_.is_exact.any(),
        filled=_.filled.argmin(_.place) + _.tells.argmin(_.place),
        tells=_.tells.max(),
    )
    known = sum(
        (merged[column].notnull().cast("int64") for column in values), merged.tells + merged.is_exact.cast("int64")
    )
    merged = merged.mutate(is_approximate=ibis.ifelse(_.is_exact, ibis.null("boolean"), True))
    return merged.filter(known > merged.filled).select(table.columns)


def other_records(table, name):
    """Rows that share their id with a record of the same file that is another: export, export_row, reason.

    Observations of one post or comment have one time, to the minute, and one text, unless it was edited between two
    collections, or cut. Where a file says otherwise, the id is none of theirs. Reposts have no id of their own.

    >>> import ibis, pandas as pd
    >>> at = pd.to_datetime(["2022-11-01T16:32Z", "2022-11-01T16:34Z", "2022-11-01T16:35Z", "2022-11-01T16:35Z"])
    >>> rows = ibis.memtable(pd.DataFrame({"platform": "facebook", "comment_id": ["1", "1", "2", "2"], "commented_at": at,
    ...     "text": ["When?", "Thanks", "See you there", "See you …"], "retrieved_at": None, "export": "a.csv", "export_row": range(4)}))
    >>> other_records(rows, "comments").order_by("export_row").export_row.to_list()
    [0, 1]
    """
    key, time = [*KEYS[name], "export"], TIMES[name]
    table = table.filter(_.repost_of_id.isnull()) if "repost_of_id" in table.columns else table
    repeated = table.group_by(key).having(_.count() > 1).aggregate(times=_.count())
    rivals = table.semi_join(repeated, key)
    words = rivals.text.re_replace(r"(?:…|\.\.\.)\s*(?:https?://\S+)?\s*$", "").re_replace(r"\s+", " ").strip()
    rivals = rivals.select(*key, "retrieved_at", "export_row", time=rivals[time], words=words.nullif(""))
    of_id = ibis.window(group_by=key)
    rivals = rivals.mutate(
        apart=(_.time.max().over(of_id).epoch_seconds() - _.time.min().over(of_id).epoch_seconds()),
        shortest=_.words.argmin(_.words.length()).over(of_id),
        collections=_.retrieved_at.nunique().over(of_id),
        records=_.count().over(of_id),
    )
    is_unlike = (~_.words.startswith(_.shortest)).fill_null(False).max().over(of_id)
    rivals = rivals.mutate(is_unlike=is_unlike)
    reason = ibis.cases(
        (_.apart > SAME_MINUTE, "its id is that of a record with another time"),
        (_.is_unlike & (_.collections < _.records), "its id is that of a record with another text"),
    )
    return rivals.select("export", "export_row", reason=reason).filter(_.reason.notnull())


def of_other_accounts(posts, order, registered):
    """Posts whose id another file gives to another account: export, export_row, reason.

    An id has one author: a `registered` account (a pandas frame platform, account_id) before one that is not, then that
    of the earliest delivery (`order` as in `superseded`). What others say of their posts is not said of its post.

    >>> import ibis, pandas as pd
    >>> rows = ibis.memtable({"platform": ["x", "x"], "post_id": ["1", "1"], "account_id": ["7", "mfa"],
    ...                       "export": ["a.json", "b.csv"], "export_row": [5, 2]})
    >>> nobody = pd.DataFrame(columns=["platform", "account_id"], dtype="string")
    >>> of_other_accounts(rows, {"a.json": 0, "b.csv": 1}, nobody).to_pandas()[["export", "export_row"]].values.tolist()
    [['b.csv', 2]]
    >>> known = pd.DataFrame({"platform": ["x"], "account_id": ["mfa"]})
    >>> of_other_accounts(rows, {"a.json": 0, "b.csv": 1}, known).export.to_list()
    ['a.json']
    """
    key = list(KEYS["posts"])
    apart = posts.group_by(key).having(_.account_id.min() != _.account_id.max()).aggregate(times=_.count())
    rivals = posts.select(*key, "account_id", "export", "export_row").semi_join(apart, key)
    known = [
        (rivals.platform == one) & rivals.account_id.isin(list(of["account_id"]))
        for one, of in registered.groupby("platform")
    ]
    rivals = rivals.mutate(delivery=_.export.cases(*order.items()), is_known=ibis.or_(ibis.literal(False), *known))
    first = ibis.window(group_by=key, order_by=[ibis.desc("is_known"), "delivery", "export_row"])
    others = rivals.mutate(author=_.account_id.first().over(first)).filter(_.account_id != _.author)
    return others.select("export", "export_row", reason=ibis.literal(OF_OTHER_ACCOUNT))


def unreadable(table, name):
    """Rows of a canonical table that lack a cell which the export must give: export, export_row, reason.

    Account and ministry of a comment are those of its post: a comment without its post is for `tables.check` to tell.
    """
    given = {"export_row"} | ({"account_id", "ministry"} if name == "comments" else set())
    required = [column for column, rule in SCHEMA[name].items() if rule.required and column not in given]
    lacking = [(table[c].isnull(), f"no readable {c}") for c in required]
    reason = ibis.cases(*lacking)
    return table.select("export", "export_row", reason=reason).filter(_.reason.notnull())
