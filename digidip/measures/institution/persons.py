"""Persons and institutions: what each posts on, how it is received, week by week, and who is mentioned."""

import numpy as np
import pandas as pd
from scipy.stats import binomtest, t, wilcoxon

from digidip.measures._registry import measure
from digidip.measures.institution._missions import MISSIONS
from digidip.measures.listening._labels import labelled
from digidip.measures.statistics._columns import ACCOUNT, canonical, group_columns, to_pandas
from digidip.measures.statistics._intervals import clustered_share_row, sum_error, too_few
from digidip.measures.statistics._result_table import NUMBERS, result_table, with_adjusted_p
from digidip.tables import TableError

PERSONS = "minister", "ambassador", "spokesperson"
VOICES = {"persons": PERSONS, "institution": ("ministry",), "missions": MISSIONS}
COUNTS = "like_count", "comment_count", "repost_count"
TRAITS = "link", "thread"  # what posts themselves tell, without coders
NO_WEEK = "not available: in no week is it known of both"
NO_MENTIONS = "not available: no mentions are held"


@measure(
    unit="difference of shares",
    keys=("pair", "code"),
    columns=("p", "p_adjusted", "p_sign", "person", "institution", "agreement", "method"),
)
def pair_difference(
    posts,
    accounts,
    codings,
    *,
    pairs,
    codebook="content",
    codes=("service", "explanation"),
    gate=0.667,
    by="ministry",
    zone="UTC",
):
    """How much larger a share of a person's posts than of the institution's is of a kind, by weeks.

    Formula: mean over weeks in which posts of both are coded of (share of the person's coded posts with the code - share of the
    institution's). Interval: t, weeks in order. p: Wilcoxon's signed ranks; p_sign: sign test; p_adjusted: Benjamini and Hochberg of p,
    over all rows. No coder is needed for `link`, a post with an address, and `thread`, a post in answer to one of the same account.
    **Unit** difference of shares. **Reads** posts.posted_at, account_id, for traits link, text, reply_to_id, reply_to_account_id; accounts.handle;
    codings: item_id (a post), variable, coder, code.
    **Source** Wilcoxon 1945 (doi:10.2307/3001968); Krippendorff 2004, Content Analysis, ch. 11; docs/methods.md#persons.
    **Caution** The same week, not the same topics. Codes are those of more than half of the coders, where they agree; without agreement
    there is no result. Posts coded stand for the others if drawn from them. What an account posts is not whom it reaches.
    Parameters: `posts`, `accounts`, `codings`; `pairs`, `person: institution` by handle or id, separated by commas, or a mapping;
    `codebook`, `codes` (of it, or link, thread); `gate` of agreement; `by`, columns of accounts; `zone` of weeks.
    Returns the group columns, `pair`, `code`, `pair_difference`, `n` (weeks), `low`, `high`, `p`, `p_adjusted`, `p_sign`, `person` and
    `institution` (mean shares of these weeks), `agreement` (α), `method`.

    >>> accounts = pd.DataFrame({"platform": "x", "account_id": ["m", "i"], "ministry": "PER", "handle": ["Minister", "Ministry"]})
    >>> posts = pd.DataFrame({"platform": "x", "post_id": list("1234"), "account_id": list("mmii"), "ministry": "PER",
    ...     "posted_at": pd.to_datetime(["2020-01-06", "2020-01-07"] * 2, utc=True)})
    >>> codings = pd.DataFrame({"codebook": "content", "item_id": list("1234"), "variable": "kind", "coder": "a",
    ...     "code": ["service", "service", "service", "other"]})
    >>> pair_difference(posts, accounts, codings, pairs="Minister: Ministry", codes="service")[["pair_difference", "n"]].values.tolist()
    [[0.5, 1.0]]
    """
    by, codes = group_columns(by), group_columns(codes)
    traits = ("link", "text", "reply_to_id", "reply_to_account_id") if set(codes) & set(TRAITS) else ()
    frame = _paired_posts(posts, accounts, pairs, by, zone, *traits)
    frame, absent, alpha = _with_codes(frame, codings, codebook, gate)

    def rows(part):
        found = []
        for pair, own in part.groupby("pair", sort=True):
            for code in codes:
                hits = own.assign(hit=_has(own, code))
                weeks = hits.pivot_table(index="week", columns="side", values="hit", aggfunc="mean")
                weeks = weeks.reindex(columns=["person", "institution"]).dropna()
                row = {"pair": pair, "code": code, "agreement": np.nan if code in TRAITS else alpha}
                if weeks.empty or (absent and code not in TRAITS):
                    found.append(row | {"n": 0, "method": (absent if code not in TRAITS else "") or NO_WEEK})
                    continue
                cells = _compared((weeks.person - weeks.institution).to_numpy(), weeks)
                found.append(row | {"pair_difference": cells.pop("value")} | weeks.mean().to_dict() | cells)
        return found

    columns = {"pair": "str", "code": "str", "pair_difference": "float64", **NUMBERS}
    columns |= dict.fromkeys(("p", "p_sign", "person", "institution", "agreement"), "float64") | {"method": "str"}
    return with_adjusted_p(result_table(frame, by, rows, columns))


@measure(unit="ratio", keys=("pair", "count"), columns=("p", "p_adjusted", "p_sign", "person", "institution", "method"))
def pair_ratio(
    posts,
    accounts,
    *,
    pairs,
    counts=COUNTS,
    per_follower=False,
    matched=None,
    codebook="content",
    gate=0.667,
    by="ministry",
    zone="UTC",
):
    """How many times as much a person's posts draw as the institution's, in the same week.

    Formula: exp of the mean over weeks in which both post of log((mean of the person's posts + ½) / (mean of the institution's + ½));
    with `per_follower` of means per thousand followers when posted, without the ½. With `matched` the means of a week are of
    kinds that both have posts of, weighed by n m / (n + m) for n posts of one and m of the other. Interval: t, weeks in order. p: Wilcoxon's signed
    ranks; p_sign: sign test; p_adjusted: Benjamini and Hochberg of p, over all rows.
    **Unit** ratio. **Reads** posts.posted_at, repost_of_id, follower_count, the counts; accounts.handle. **Source** Wilcoxon 1945
    (doi:10.2307/3001968); docs/methods.md#persons.
    **Caution** Reposts are left out: their counts are of the original. A person has other followers than an institution, and other news.
    Counts age. A share of few weeks is no rule. Per follower, weeks in which one of them drew none have no ratio and are counted in `method`.
    Parameters: as `pair_difference`; `counts`, columns of posts; `per_follower`; `matched`, codings, by which posts of one kind are compared.
    Returns the group columns, `pair`, `count`, `pair_ratio`, `n` (weeks), `low`, `high`, `p`, `p_adjusted`, `p_sign`, `person` and
    `institution` (mean of weekly means), `method`.

    >>> accounts = pd.DataFrame({"platform": "x", "account_id": ["m", "i"], "ministry": "PER", "handle": ["Minister", "Ministry"]})
    >>> posts = pd.DataFrame({"platform": "x", "post_id": list("123"), "account_id": list("mmi"), "ministry": "PER", "repost_of_id": None,
    ...     "posted_at": pd.to_datetime(["2020-01-06", "2020-01-07", "2020-01-08"], utc=True), "like_count": [5, 6, 1]})
    >>> pair_ratio(posts, accounts, pairs="Minister: Ministry", counts="like_count")[["pair_ratio", "n"]].round(6).values.tolist()
    [[4.0, 1.0]]
    """
    by, counts = group_columns(by), group_columns(counts)
    if unknown := set(counts) - set(COUNTS):
        raise TableError(f"counts must be of {', '.join(COUNTS)}, not {sorted(unknown)[0]!r}.")
    more = ["follower_count"] if per_follower else []
    frame = _paired_posts(posts, accounts, pairs, by, zone, "repost_of_id", *counts, *more)
    frame, absent, cell = frame[frame.repost_of_id.isna()], "", ["week"]
    if matched is not None:
        frame, absent, _ = _with_codes(frame, matched, codebook, gate)
        cell = ["week", "true"]

    def rows(part):
        found = []
        for pair, own in part.groupby("pair", sort=True):
            for count in counts:
                known = own[own[count].notna()]
                acts = known[count].astype(float)
                if per_follower:
                    known = known[known.follower_count.gt(0).fillna(False)]
                    acts = 1_000 * acts[known.index] / known.follower_count.astype(float)
                weeks = _weekly_means(known.assign(acts=acts), cell)
                row = {"pair": pair, "count": count}
                logs = np.log(weeks[weeks.gt(0).all(axis=1)] if per_follower else weeks + 0.5)
                if logs.empty or absent:
                    found.append(row | {"n": 0, "method": absent or NO_WEEK})
                    continue
                cells = _compared((logs.person - logs.institution).to_numpy(), logs)
                if none := len(weeks) - len(logs):
                    cells["method"] += f"; {none} more in which one of them drew none"
                ends = {name: np.exp(cells.pop(name)) for name in ("value", "low", "high")}
                found.append(row | weeks.mean().to_dict() | cells | ends | {"pair_ratio": ends["value"]})
        return found

    columns = {"pair": "str", "count": "str", "pair_ratio": "float64", **NUMBERS}
    columns |= dict.fromkeys(("p", "p_sign", "person", "institution"), "float64") | {"method": "str"}
    return with_adjusted_p(result_table(frame, by, rows, columns))


@measure(unit="share of mentions", keys=("voice", "period"), columns=("people", "method"), people=("people",))
def voice_share(follows, accounts, *, tie="mention", period="all", by="ministry", zone="UTC"):
    """Which share of others' mentions of a ministry's accounts is of persons, ministry and missions.

    Formula: mentions of accounts of these offices / mentions of all accounts of the ministry; a tie without a weight counts once; ties
    from accounts of the ministry are left out. Interval: Wilson at the effective size, who mentions as clusters.
    **Unit** share of mentions. **Reads** follows.source_id, target_id, tie, weight, observed_at; accounts.office. **Source** Wilson 1927;
    docs/methods.md#persons.
    **Caution** A mention is no praise. Mentions without a handle are not seen. A collection that searched for one account holds mentions
    of that one above all. Fewer than 5 who mention are withheld (docs/methods.md#small-cells).
    Parameters: `follows`, `accounts`; `tie`; `period`, all, month or week; `by`, columns of accounts; `zone` of periods.
    Returns the group columns, `voice` (persons, institution, missions, other), `period`, `voice_share`, `n` (mentions), `low`, `high`, `people`
    (who mention), `method`.

    >>> accounts = pd.DataFrame({"platform": "x", "account_id": ["m", "i"], "ministry": "PER", "office": ["minister", "ministry"]})
    >>> follows = pd.DataFrame({"platform": "x", "source_id": list("abcde"), "target_id": list("mmmii"), "tie": "mention", "weight": None,
    ...     "observed_at": pd.Timestamp("2020-01-06", tz="UTC"), "label": "synthetic"})
    >>> voice_share(follows, accounts)[["voice", "voice_share", "n"]].values.tolist()
    [['persons', 0.6, 5], ['institution', 0.4, 5]]
    """
    by = group_columns(by)
    if period not in ("all", "month", "week"):
        raise TableError(f"period must be all, month or week, not {period!r}.")
    wanted = list(dict.fromkeys([*ACCOUNT, *by, "ministry", "office"]))
    known = to_pandas(canonical(accounts, "accounts", wanted)).sort_values(wanted).drop_duplicates(ACCOUNT)
    offices = {office: voice for voice, names in VOICES.items() for office in names}
    known = known.assign(voice=known.office.map(offices).fillna("other"))
    ties = canonical(follows, "follows", ["platform", "source_id", "target_id", "tie", "weight", "observed_at"])
    ties = to_pandas(ties.filter(ties.tie == tie)).rename(columns={"target_id": "account_id"})
    own = set(zip(known.platform, known.account_id, strict=True))
    others = [key not in own for key in zip(ties.platform, ties.source_id, strict=True)]
    frame = ties[np.array(others, dtype=bool)].merge(known, on=ACCOUNT)
    local = frame.observed_at.dt.tz_convert(zone).dt.tz_localize(None)
    starts = {
        "all": lambda: "all",
        "month": lambda: local.dt.strftime("%Y-%m"),
        "week": lambda: local.dt.to_period("W").dt.start_time.dt.strftime("%Y-%m-%d"),
    }
    frame = frame.assign(weight=frame.weight.fillna(1.0).astype(float), period=starts[period]())
    groups = known[by].drop_duplicates()
    frame = groups.merge(frame, "left", by) if by else frame

    def rows(part):
        reposted = part.dropna(subset="source_id")
        if reposted.empty:
            return [{"voice": "", "period": period, "n": 0, "people": 0, "method": NO_MENTIONS}]
        found, seen = [], [voice for voice in [*VOICES, "other"] if reposted.voice.eq(voice).any()]
        for each, among in reposted.groupby("period", sort=True):
            for voice in seen:
                hits = among.weight.where(among.voice.eq(voice), 0.0)
                sizes = pd.DataFrame({"hits": hits, "all": among.weight}).groupby(among.source_id).sum()
                row = clustered_share_row("voice_share", *sizes.to_numpy().T, unit="people", in_order=False)
                found.append({"voice": voice, "period": each, "people": len(sizes), **row})
        return found

    columns = {"voice": "str", "period": "str", "voice_share": "float64", **NUMBERS, "people": "Int64", "method": "str"}
    return result_table(frame, by, rows, columns)


def _with_codes(frame, codings, codebook, gate):
    """Posts with `true`, what most coders see, missing where they do not; why nothing can be told of codes, and their agreement."""
    held = to_pandas(codings)
    items = labelled(held[held.item_id.isin(frame.post_id)], codebook, [], gate=gate)
    absent, alpha = next(iter(items.absent.dropna()), ""), items.agreement.iloc[0] if len(items) else np.nan
    return frame.merge(items[["item_id", "true"]], "left", left_on="post_id", right_on="item_id"), absent, alpha


def _weekly_means(known, cell):
    """The mean of `acts` of both sides in each week in which both have posts; of cells of week and kind, weighed by the posts of both."""
    side = ["person", "institution"]
    means, sizes = (
        known.pivot_table(index=cell, columns="side", values="acts", aggfunc=how).reindex(columns=side).dropna()
        for how in ("mean", "size")
    )
    weight = sizes["person"] * sizes["institution"] / sizes.sum(axis=1)
    return means.mul(weight, axis=0).groupby("week").sum().div(weight.groupby("week").sum(), axis=0)


def _has(own, code):
    """Whether each post is of a kind, as 0 and 1; missing where nobody tells."""
    if code == "link":
        return (own.link.notna() | own.text.fillna("").str.contains(r"https?://|www\.")).astype(float)
    if code == "thread":
        return own.reply_to_account_id.eq(own.account_id).fillna(False).astype(float)
    return own.true.eq(code).astype(float).where(own.true.notna())


def _paired_posts(posts, accounts, pairs, by, zone, *columns):
    """Posts of the accounts of pairs, with `pair`, `side` (person or institution) and `week` (Monday), in order of time."""
    known = to_pandas(canonical(accounts, "accounts", dict.fromkeys([*ACCOUNT, *by, "handle"])))
    held = to_pandas(canonical(posts, "posts", dict.fromkeys([*ACCOUNT, "post_id", "posted_at", *columns])))
    names, rows = _pairs(pairs), []
    for pair in names:
        for side, name in zip(("person", "institution"), pair, strict=True):
            wanted = name.lower()
            hit = known[known.account_id.str.lower().eq(wanted) | known.handle.str.lower().eq(wanted)]
            if hit.empty and len(known):
                listed = ", ".join(sorted(known.handle.fillna(known.account_id))[:12])
                raise TableError(
                    f"pairs: found {name!r}. Expected: a handle or an id of the accounts selected, such as {listed}. Mend the pair, or leave "
                    "pairs empty."
                )
            rows.append(hit.assign(pair=": ".join(pair), side=side))
    frame = pd.concat(rows, ignore_index=True) if rows else known.iloc[:0].assign(pair="", side="")
    group = frame[frame.side.eq("person")][["pair", *by]].drop_duplicates("pair")
    frame = frame.drop(columns=by).merge(group, on="pair") if by else frame
    found = held.merge(frame, on=ACCOUNT)
    local = found.posted_at.dt.tz_convert(zone).dt.tz_localize(None).dt.normalize()
    week = local - pd.to_timedelta(local.dt.day_of_week, unit="D")
    return found.assign(week=week).sort_values(["pair", "posted_at", "post_id"], ignore_index=True)


def _pairs(pairs):
    """(person, institution) of each pair of a text or a mapping.

    >>> _pairs("Minister: Ministry, @Envoy:Ministry")
    [('Minister', 'Ministry'), ('Envoy', 'Ministry')]
    """
    if not isinstance(pairs, str):
        return [(str(person), str(institution)) for person, institution in dict(pairs).items()]
    found = [tuple(name.strip().lstrip("@") for name in pair.split(":")) for pair in pairs.split(",") if pair.strip()]
    if wrong := [pair for pair in found if len(pair) != 2 or not all(pair)]:
        raise TableError(
            f"pairs: found {':'.join(wrong[0])!r}. Expected: a person, a colon and an institution, by handle. Mend it."
        )
    return found


def _compared(differences, weeks):
    """Mean of weekly differences, limits, p and method; weeks in order."""
    n, value = len(differences), float(np.mean(differences))
    row = {"value": value, "n": n, "low": np.nan, "high": np.nan, "method": too_few(n, "weeks")}
    moved = differences[np.abs(differences) > 1e-12]
    if len(moved):
        row["p"] = wilcoxon(moved).pvalue
        row["p_sign"] = binomtest(int((moved > 0).sum()), len(moved)).pvalue
    if row["method"]:
        return row
    error, free = sum_error((differences - value) / n)
    half = t.ppf(0.975, free) * error
    if not half > 0:
        return row | {"method": "no interval: weeks all alike"}
    return row | {"low": value - half, "high": value + half, "method": f"t, {n} weeks in order"}
