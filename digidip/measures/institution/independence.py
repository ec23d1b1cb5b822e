"""Independence of missions from headquarters: what they neither repeat nor copy, and what a rule of copies misses."""

import numpy as np
import pandas as pd
from scipy.stats import binom

from digidip.measures._registry import measure
from digidip.measures.institution._missions import NO_HEAD, SILENT_HEAD, closest_lines, roles, split_columns
from digidip.measures.listening._labels import MODEL, labelled, reference_words, why_nothing
from digidip.measures.statistics._columns import ACCOUNT, canonical, group_columns, to_pandas
from digidip.measures.statistics._counts import divide
from digidip.measures.statistics._intervals import clustered_share_row, jackknife_interval, share_row, too_few
from digidip.measures.statistics._result_table import NUMBERS, result_table
from digidip.tables import TableError

THETA = 0.5
NO_POSTS = "not available: no post of which it can be told"
NOTHING_CODED = "not available: no post of the group is coded"


@measure(unit="share of posts", keys=("theta",), columns=("reposted", "copied", "unknown", "method"))
def independence(
    posts,
    accounts,
    *,
    headquarters="",
    theta=THETA,
    similarity="words",
    within=30,
    by=("ministry", "account_id"),
    zone="UTC",
):
    """Which share of a mission's posts neither repeats nor copies a post of its headquarters.

    Formula: 1 - (reposts of headquarters + posts whose shingles have a Jaccard of theta or more with an own text of headquarters, not
    after it and at most `within` days before) / posts of which this can be told. Interval: Wilson at the effective size, local days
    together.
    **Unit** share of posts. **Reads** posts.text, posted_at, repost_of_id; accounts.office, handle. **Source** Broder 1997
    (doi:10.1109/SEQUEN.1997.666900); Wilson 1927; docs/methods.md#independence.
    **Caution** A lower bound of copying: translations, pictures and what is said in other words are not seen, nor posts of headquarters
    that are not held. Set phrases of a season count as copies. A mission may have written first what both publish at once. Independence
    of a text, not of a policy.
    Parameters: `posts`, `accounts`; `headquarters`, handles or ids (empty: offices ministry, minister, spokesperson); `theta`, one or
    several; `similarity`, words or characters; `within` in days; `by`, columns of posts or accounts; `zone` of days.
    Returns the group columns, `theta`, `independence`, `n` (posts), `low`, `high`, `reposted`, `copied`, `unknown` (no text, or a repost of
    nobody named), `method`.

    >>> accounts = pd.DataFrame({"platform": "x", "account_id": ["h", "m"], "ministry": "PER", "office": ["ministry", "embassy"],
    ...     "handle": None})
    >>> said = ["Visas are free from Monday on", "visas are free from Monday on!", "Concert tonight", None]
    >>> posts = pd.DataFrame({"platform": "x", "post_id": list("1234"), "account_id": list("hmmm"), "ministry": "PER", "text": said,
    ...     "posted_at": pd.to_datetime(["2020-01-01", "2020-01-02", "2020-01-03", "2020-01-04"], utc=True),
    ...     "repost_of_id": [None, None, None, "1"]})
    >>> independence(posts, accounts)[["independence", "n", "reposted", "copied"]].round(3).values.tolist()
    [[0.333, 3, 1, 1]]
    """
    by, thetas = group_columns(by), _thetas(theta)
    frame = closest_lines(posts, accounts, headquarters, similarity, within, by)
    frame = frame.assign(day=frame.posted_at.dt.tz_convert(zone).dt.tz_localize(None).dt.normalize())
    held = roles(accounts, headquarters, *split_columns(by, accounts)[1])
    has_head, frame = set(held.ministry[held.role == "headquarters"]), frame[frame.role == "mission"]
    if "account_id" in by:  # those without any post too
        silent = held[held.role == "mission"].merge(
            frame[ACCOUNT].drop_duplicates(), "left", ACCOUNT, indicator="where"
        )
        silent = silent[silent["where"] == "left_only"].reindex(columns=frame.columns)
        silent = silent.assign(is_unknown=True, is_repost_of_head=False, head_texts=0)
        frame = pd.concat([frame, silent.astype(frame.dtypes)], ignore_index=True) if len(silent) else frame

    def rows(part):
        known, is_post = part[~part.is_unknown], part.post_id.notna()
        fields = {"unknown": int((part.is_unknown & is_post).sum()), "reposted": int(known.is_repost_of_head.sum())}
        if not set(part.ministry) & has_head or not known.head_texts.any():
            reason = SILENT_HEAD if set(part.ministry) & has_head else NO_HEAD
            reason = reason if len(known) else NO_POSTS
            return [{"theta": each, "n": 0, "unknown": fields["unknown"], "method": reason} for each in thetas]
        # Where no text of headquarters is held nothing could be copied: such a post is no own one.
        is_told = known.head_texts.gt(0) | known.is_repost_of_head
        fields["unknown"] += int((~is_told).sum())
        known = known[is_told]
        found = []
        for each in thetas:
            copied = ~known.is_repost_of_head & (known.closest >= each - 1e-12)
            free = (~copied & ~known.is_repost_of_head).groupby(known.day).agg(["sum", "size"])
            row = clustered_share_row("independence", *free.to_numpy().T)
            found.append({"theta": each, **fields, "copied": int(copied.sum()), **row})
        return found

    columns = {"theta": "float64", "independence": "float64", **NUMBERS}
    columns |= dict.fromkeys(("reposted", "copied", "unknown"), "Int64") | {"method": "str"}
    return result_table(frame, by, rows, columns)


@measure(unit="share of coded posts", keys=("theta", "part"), columns=("agreement", "method"))
def copy_rule(
    posts,
    accounts,
    codings,
    *,
    codebook="copies",
    code="copy",
    headquarters="",
    theta=(0.3, 0.5, 0.7, 0.9),
    similarity="words",
    within=30,
    gate=0.667,
    by="ministry",
):
    """How well the rule of shared shingles finds the posts that coders call copies: precision and recall.

    Formula: precision: posts that both call a copy / posts that the rule calls one; recall: the same / posts that coders call one;
    reposts left out. Interval: Wilson; exact one-sided for none and all.
    **Unit** share of coded posts. **Reads** codings: item_id (a post), variable, coder, code; as `independence`. **Source** van Rijsbergen
    1979, Information Retrieval, ch. 7; Wilson 1927; docs/methods.md#independence.
    **Caution** Of these posts and this theta: choose theta on others than those that tell how good it is. Recall needs posts drawn at
    random, whatever their similarity. Coders who know headquarters' posts by heart find more.
    Parameters: `posts`, `accounts`, `codings`; `codebook`; `code`, the code of a copy; `headquarters`, `theta`, `similarity`, `within` as in
    `independence`; `gate` of the coders' agreement; `by`, columns of posts or accounts.
    Returns the group columns, `theta`, `part` (precision, recall), `copy_rule`, `n` (posts), `low`, `high`, `agreement` (α), `method`.

    >>> accounts = pd.DataFrame({"platform": "x", "account_id": ["h", "m"], "ministry": "PER", "office": ["ministry", "embassy"],
    ...     "handle": None})
    >>> said = ["Visas are free from Monday on", "visas are free from Monday on!", "Los visados son gratis"]
    >>> posts = pd.DataFrame({"platform": "x", "post_id": list("123"), "account_id": list("hmm"), "ministry": "PER", "text": said,
    ...     "posted_at": pd.to_datetime(["2020-01-01", "2020-01-02", "2020-01-03"], utc=True), "repost_of_id": None})
    >>> codings = pd.DataFrame({"codebook": "copies", "item_id": ["2", "3"], "variable": "copy", "coder": "a", "code": "copy"})
    >>> copy_rule(posts, accounts, codings, theta=0.5)[["part", "copy_rule", "n"]].values.tolist()
    [['precision', 1.0, 1], ['recall', 0.5, 2]]
    """
    by, thetas = group_columns(by), _thetas(theta)
    frame = closest_lines(posts, accounts, headquarters, similarity, within, by)
    frame = frame[frame.role == "mission"]
    used = ~frame.is_repost & ~frame.is_unknown & frame.head_texts.gt(0)
    items = _coded_posts(frame, used, codings, codebook, by, gate)

    def rows(part):
        part = part[part.item_id.notna()]
        known = part.dropna(subset="true")
        fields = {"agreement": part.agreement.iloc[0] if len(part) else np.nan}
        reason = why_nothing(part, known, NOTHING_CODED)
        if reason:
            kinds = [(each, name) for each in thetas for name in ("precision", "recall")]
            return [{"theta": each, "part": name, "n": 0, **fields, "method": reason} for each, name in kinds]
        found = []
        for each in thetas:
            called, true = known.closest >= each - 1e-12, known.true == code
            for name, among in (("precision", called), ("recall", true)):
                row = share_row("copy_rule", int((called & true).sum()), int(among.sum()))
                row["method"] = (
                    row["method"]
                    if among.any()
                    else f"not defined: {'the rule' if name == 'precision' else 'coders'} call none a copy"
                )
                found.append(
                    {"theta": each, "part": name, **fields, **row, "method": row["method"] + reference_words(part)}
                )
        return found

    columns = {
        "theta": "float64",
        "part": "str",
        "copy_rule": "float64",
        **NUMBERS,
        "agreement": "float64",
        "method": "str",
    }
    return result_table(items, by, rows, columns)


def copy_labels(
    posts,
    accounts,
    codings,
    *,
    codebook="copies",
    codes=("copy", "own"),
    headquarters="",
    theta=THETA,
    similarity="words",
    within=30,
):
    """Codings with the rule of copies as a coder `model`, so that `corrected_share` and `confusion_share` read them.

    Of missions' posts that are no reposts, whether coders saw them or not; coders' rows of other posts are left out.

    >>> accounts = pd.DataFrame({"platform": "x", "account_id": ["h", "m"], "ministry": "PER", "office": ["ministry", "embassy"],
    ...     "handle": None})
    >>> posts = pd.DataFrame({"platform": "x", "post_id": list("12"), "account_id": list("hm"), "ministry": "PER", "text": "Open day today",
    ...     "posted_at": pd.to_datetime(["2020-01-01", "2020-01-02"], utc=True), "repost_of_id": None})
    >>> codings = pd.DataFrame({"codebook": ["copies"], "item_id": ["2"], "variable": "copy", "coder": "a", "code": "copy"})
    >>> copy_labels(posts, accounts, codings)[["coder", "code"]].values.tolist()
    [['a', 'copy'], ['model', 'copy']]
    """
    frame = closest_lines(posts, accounts, headquarters, similarity, within)
    frame = frame[(frame.role == "mission") & ~frame.is_repost & ~frame.is_unknown & frame.head_texts.gt(0)]
    held = to_pandas(codings)
    held = held[held.codebook.eq(codebook) & held.item_id.isin(frame.post_id)]
    variable = held.variable.iloc[0] if len(held) else "copy"
    labels = np.where(frame.closest >= theta - 1e-12, *codes)
    rule = frame[["post_id"]].rename(columns={"post_id": "item_id"}).assign(coder=MODEL, code=labels)
    rule = rule.assign(codebook=codebook, variable=variable)
    return pd.concat([held.assign(post_id=held.item_id), rule.assign(post_id=rule.item_id)], ignore_index=True)


@measure(unit="share of posts", keys=("aggregation",), columns=("accounts", "method"))
def repost_share(posts, *, by="ministry"):
    """Which share of posts are reposts, pooled, as mean and as median of accounts.

    Formula: pooled: reposts / posts; mean and median: of the shares of accounts. Intervals: Wilson at the effective size, accounts as
    clusters; t of the logit, each account left out in turn; order statistics (binomial).
    **Unit** share of posts. **Reads** posts.repost_of_id, account_id. **Source** Wilson 1927; Conover 1999, Practical Nonparametric
    Statistics, ch. 3; docs/methods.md#repost-share.
    **Caution** Three numbers of the same posts: one prolific account makes the pooled one. Exports that leave reposts out have none.
    Below eight accounts there is no interval.
    Parameters: `posts`; `by`, columns of posts.
    Returns the group columns, `aggregation` (pooled, mean, median), `repost_share`, `n` (posts, or accounts), `low`, `high`, `accounts`,
    `method`.

    >>> posts = pd.DataFrame({"ministry": "PER", "platform": "x", "account_id": list("aaaabc"), "repost_of_id": [*"111", None, None, None]})
    >>> repost_share(posts).repost_share.tolist()  # 3 of 6; (.75 + 0 + 0) / 3; the middle one of 0, 0, .75
    [0.5, 0.25, 0.0]
    """
    by = group_columns(by)
    held = to_pandas(canonical(posts, "posts", dict.fromkeys([*by, *ACCOUNT, "repost_of_id"])))
    held = held.assign(hit=held.repost_of_id.notna())

    def rows(part):
        each = part.groupby(ACCOUNT).hit.agg(["sum", "size"])
        shares, n = np.sort((each["sum"] / each["size"]).to_numpy()), len(each)
        pooled = clustered_share_row("repost_share", *each.to_numpy().T, unit="accounts", in_order=False)
        few = too_few(n, "accounts")
        table = np.column_stack([shares, np.ones(n)])
        value, low, high = jackknife_interval(
            lambda sums: divide(sums[:, 0], sums[:, 1]), table, "logit", in_order=False
        )
        mean = {"repost_share": value, "n": n, "low": low, "high": high}
        mean["method"] = few or (
            f"t, each of {n} accounts left out" if low == low else "no interval: accounts all alike"
        )
        place = int(binom.ppf(0.025, n, 0.5)) - 1
        median = {"repost_share": np.median(shares), "n": n, "method": few}
        if not few:
            median |= {"low": shares[place], "high": shares[n - 1 - place], "method": "order statistics"}
        kinds = {"pooled": pooled, "mean of accounts": mean, "median of accounts": median}
        return [{"aggregation": name, **row, "accounts": n} for name, row in kinds.items()]

    columns = {"aggregation": "str", "repost_share": "float64", **NUMBERS, "accounts": "int64", "method": "str"}
    return result_table(held, by, rows, columns)


def _thetas(theta):
    """The thresholds as a list, each above 0 and at most 1."""
    thetas = [float(each) for each in (theta if isinstance(theta, (list, tuple)) else [theta])]
    if not thetas or not all(0 < each <= 1 for each in thetas):
        raise TableError(f"theta: found {theta!r}. Expected: shares of shingles above 0 and at most 1, such as 0.5.")
    return thetas


def _coded_posts(frame, used, codings, codebook, by, gate):
    """Posts with `true`, the code of most coders where they agree; `item_id` is missing where a post is not coded or not used."""
    held = to_pandas(codings)
    items = labelled(held[held.item_id.isin(frame.post_id[used])], codebook, [], model=MODEL, gate=gate)
    wanted = ["item_id", "true", "absent", "agreement", "one", "is_split"]
    return frame.merge(items[wanted], "left", left_on="post_id", right_on="item_id").sort_values([*by, "post_id"])
