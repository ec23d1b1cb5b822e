"""What goes with independence and with message discipline in what posts draw, within missions and between them."""

import numpy as np
import pandas as pd
from scipy.stats import t

from digidip.measures._registry import measure
from digidip.measures.institution._missions import closest_lines
from digidip.measures.institution.independence import THETA
from digidip.measures.posts._count_models import poisson_fit
from digidip.measures.statistics._columns import ACCOUNT, group_columns
from digidip.measures.statistics._intervals import too_few
from digidip.measures.statistics._result_table import NUMBERS, result_table, with_adjusted_p
from digidip.tables import TableError

COUNTS = "like_count", "comment_count", "repost_count"
BANDS = {"under .1": 0.1, ".1 to under .5": 0.5, ".5 to under 1": 1.0, "the same text": 2.0}
TENTH = "each .1 of similarity"
WITHIN, BETWEEN = "own against copied, of one mission", "missions, each .1 of independence"
NO_COUNTS = "not defined: no post with a known count and text, beside texts of headquarters"


@measure(unit="ratio of means", keys=("count", "term"), columns=("p", "p_adjusted", "missions", "exposure", "method"))
def independence_engagement(
    posts,
    accounts,
    *,
    counts=("repost_count", "like_count"),
    headquarters="",
    theta=THETA,
    similarity="words",
    within=30,
    per_follower=True,
    by="ministry",
):
    """How many times more own posts draw than copies of headquarters, within missions and between.

    Formula: Poisson by maximum likelihood, log mean = a + w (own - mean of the mission) + b mean of the mission (+ log followers at the
    time of the post, where known of every post); own is 1 for a post that is no copy, 0 for a copy (Mundlak). exp(w), and exp(.1 b).
    Interval and p: refitted without each mission, t of missions - 1 within, - 2 between; p_adjusted: Holm, over all rows.
    **Unit** ratio of means. **Reads** posts.text, posted_at, repost_of_id, follower_count, the counts; accounts. **Source** Mundlak 1978
    (doi:10.2307/1913646); Wooldridge 1999 (doi:10.1016/S0304-4076(98)00033-5); docs/methods.md#discipline.
    **Caution** Reposts are left out: their counts are of the original. Within and between answer two questions, and may differ in sign.
    Association: what a mission writes itself is on other matters than what it copies. A translation counts as own. Counts age. No interval
    from fewer than eight missions.
    Parameters: `posts`, `accounts`; `counts`, columns of posts; `headquarters`, `theta`, `similarity`, `within` as in `independence`;
    `per_follower`; `by`, columns of posts or accounts.
    Returns the group columns, `count`, `term`, `independence_engagement`, `n` (posts), `low`, `high`, `p`, `p_adjusted`, `missions`,
    `exposure` (followers, or why not), `method`.

    >>> accounts = pd.DataFrame({"platform": "x", "account_id": ["h", "m"], "ministry": "PER", "office": ["ministry", "embassy"],
    ...     "handle": None})
    >>> said = ["Visas are free from Monday on", "visas are free from Monday on!", "Concert tonight at the harbour", "Open day at ours"]
    >>> posts = pd.DataFrame({"platform": "x", "post_id": list("1234"), "account_id": list("hmmm"), "ministry": "PER", "text": said,
    ...     "posted_at": pd.to_datetime(["2020-01-01", "2020-01-02", "2020-01-03", "2020-01-04"], utc=True), "repost_of_id": None,
    ...     "follower_count": None, "like_count": [9, 2, 4, 8]})
    >>> found = independence_engagement(posts, accounts, counts="like_count")  # (4 + 8) / 2 against 2; one mission: nothing between
    >>> found.independence_engagement.round(4).tolist(), found.missions.tolist()
    ([3.0, nan], [1, 1])
    """
    by, counts = group_columns(by), _checked(counts)
    frame = closest_lines(posts, accounts, headquarters, similarity, within, by, (*counts, "follower_count"))
    frame = _originals(frame)
    if not isinstance(theta, (int, float)) or not 0 < theta <= 1:
        raise TableError(f"theta: found {theta!r}. Expected: one share of shingles above 0 and at most 1, such as 0.5.")

    def rows(part):
        found = []
        for count in counts:
            known = part[part.is_used & part[count].notna()]
            own = (known.closest < theta - 1e-12).astype(float)
            mean = own.groupby([known.platform, known.account_id]).transform("mean")
            offset, exposure = _exposure(known, per_follower)
            design = pd.DataFrame({WITHIN: own - mean, BETWEEN: mean})
            estimates = _fitted(known, known[count], design, offset, {WITHIN: (1.0, 1), BETWEEN: (0.1, 2)})
            found += [{"count": count, "term": term, "exposure": exposure, **row} for term, row in estimates.items()]
        return found

    return _ratio_table("independence_engagement", frame, by, rows)


@measure(unit="ratio of means", keys=("count", "term"), columns=("p", "p_adjusted", "missions", "exposure", "method"))
def discipline_ratio(
    posts,
    accounts,
    *,
    counts="comment_count",
    headquarters="",
    similarity="words",
    within=30,
    by="ministry",
):
    """How many times more comments posts draw the nearer they are to headquarters' words.

    Formula: Poisson by maximum likelihood, log mean = an effect of each mission + beta · similarity / .1, similarity the Jaccard of shingles
    to the text of headquarters that is most like it; and the same with bands of similarity, against posts under .1. Interval and p:
    refitted without each mission, t of missions - 1; p_adjusted: Holm, over all rows.
    **Unit** ratio of means. **Reads** posts.text, posted_at, repost_of_id, the counts; accounts. **Source** Wooldridge 1999
    (doi:10.1016/S0304-4076(98)00033-5); docs/methods.md#discipline.
    **Caution** Words, not lines of policy: who says the same in other words is as disciplined. Official matters draw other comments than a
    concert, whoever words them. Within missions alone: why some are more disciplined than others is another question. Comments are not
    yet talk. No interval from fewer than eight missions.
    Parameters: `posts`, `accounts`; `counts`, columns of posts; `headquarters`, `similarity`, `within` as in `independence`; `by`, columns of
    posts or accounts.
    Returns the group columns, `count`, `term` (each .1 of similarity, or a band), `discipline_ratio`, `n` (posts; of the band), `low`, `high`,
    `p`, `p_adjusted`, `missions`, `exposure` (none), `method`.

    >>> accounts = pd.DataFrame({"platform": "x", "account_id": ["h", "m"], "ministry": "PER", "office": ["ministry", "embassy"],
    ...     "handle": None})
    >>> said = ["Visas are free from Monday on", "visas are free from Monday on!", "Concert tonight at the harbour", "Open day at ours"]
    >>> posts = pd.DataFrame({"platform": "x", "post_id": list("1234"), "account_id": list("hmmm"), "ministry": "PER", "text": said,
    ...     "posted_at": pd.to_datetime(["2020-01-01", "2020-01-02", "2020-01-03", "2020-01-04"], utc=True), "repost_of_id": None,
    ...     "follower_count": None, "comment_count": [9, 3, 4, 8]})
    >>> discipline_ratio(posts, accounts)[["term", "discipline_ratio"]].round(4).values.tolist()  # 3 against 6; (3 / 6) ** .1
    [['each .1 of similarity', 0.933], ['under .1', 1.0], ['the same text', 0.5]]
    """
    by, counts = group_columns(by), _checked(counts)
    frame = _originals(
        closest_lines(posts, accounts, headquarters, similarity, within, by, (*counts, "follower_count"))
    )
    bands = pd.cut(frame.closest + 1e-12, [-1, *BANDS.values()], right=False, labels=list(BANDS)).astype(object)
    frame = frame.assign(band=bands)

    def rows(part):
        found = []
        for count in counts:
            known = part[part.is_used & part[count].notna()]
            terms = _fitted(
                known, known[count], pd.DataFrame({TENTH: known.closest}), None, {TENTH: (0.1, 1)}, effects=True
            )
            used = [name for name in BANDS if known.band.eq(name).any()]
            rest = [name for name in used if name != "under .1"] if "under .1" in used else []
            design = pd.DataFrame({name: known.band.eq(name).astype(float) for name in rest}, index=known.index)
            more = (
                _fitted(known, known[count], design, None, dict.fromkeys(rest, (1.0, 1)), effects=True) if rest else {}
            )
            if rest:
                terms |= {
                    "under .1": {
                        "ratio": 1.0,
                        "missions": known[ACCOUNT].drop_duplicates().shape[0],
                        "method": "reference",
                    }
                } | more
            for term, row in terms.items():
                n = len(known) if term == TENTH else int(known.band.eq(term).sum())
                found.append({"count": count, "term": term, "exposure": "none", **row, "n": n})
        return found

    return _ratio_table("discipline_ratio", frame, by, rows)


def _checked(counts):
    """The counts as a list of columns."""
    counts = group_columns(counts)
    if unknown := set(counts) - set(COUNTS):
        raise TableError(f"counts must be of {', '.join(COUNTS)}, not {sorted(unknown)[0]!r}.")
    return counts


def _originals(frame):
    """Posts of missions, with `is_used`: no reposts, and likeness to headquarters is known."""
    frame = frame[frame.role == "mission"]
    return frame.assign(is_used=~frame.is_repost & ~frame.is_unknown & frame.head_texts.gt(0))


def _exposure(known, wanted):
    """Followers at the time of each post, or none, and what the table says of it."""
    if not wanted:
        return None, "none, as asked"
    has = known.follower_count.gt(0).fillna(False)
    if len(known) and has.all():
        return known.follower_count.to_numpy(float), "followers when posted"
    return None, f"none: followers when posted known of {has.sum():,} of {len(known):,} posts"


def _fitted(known, counts, design, times, terms, effects=False):
    """For each term: ratio, limits, p, missions and method. `terms`: column -> (what its coefficient is times, freedom lost).

    With `effects` each mission has one, else one constant.
    """
    clusters = known.groupby(ACCOUNT).ngroup().to_numpy() if len(known) else np.array([], int)
    missions = len(np.unique(clusters))
    row = {"n": len(known), "missions": missions}
    if not len(known) or not counts.sum() > 0:
        return {term: row | {"n": 0, "method": NO_COUNTS} for term in terms}
    y, times = counts.to_numpy(float), np.ones(len(known)) if times is None else times
    table = design.to_numpy(float)

    def fit(keep):
        own = np.unique(clusters[keep], return_inverse=True)[1]
        first = np.eye(own.max() + 1)[own] if effects else np.ones((keep.sum(), 1))
        if effects:  # a mission whose posts drew nothing tells nothing of ratios
            drew = np.bincount(own, y[keep]) > 0
            rows, first = drew[own], first[:, drew]
        else:
            rows = np.ones(keep.sum(), bool)
        varied = np.ptp(table[keep][rows], axis=0) > 1e-12
        found = np.full(table.shape[1], np.nan)
        fitted = poisson_fit(
            y[keep][rows], np.column_stack([first[rows], table[keep][rows][:, varied]]), times[keep][rows]
        )
        if not isinstance(fitted, str):
            found[varied] = fitted.params[first.shape[1] : -1]
        return np.where(np.abs(found) < 15, found, np.nan)

    whole = fit(np.ones(len(known), bool))
    without = np.array([fit(clusters != each) for each in range(missions)]) if missions > 2 else None
    found = {}
    for place, (term, (step, lost)) in enumerate(terms.items()):
        value, cells = whole[place], {"method": "not defined: the terms cannot be told apart"}
        if np.isfinite(value):
            cells = {"ratio": np.exp(step * value)} | _limits(value, without, place, step, missions, lost)
        found[term] = row | cells
    return found


def _limits(value, without, place, step, missions, lost):
    """Limits and p of a ratio from its coefficient without each mission, or why there are none."""
    if few := too_few(missions, "missions"):
        return {"method": few}
    others = without[:, place]
    if not np.isfinite(others).all():
        return {"method": "no interval: without one of the missions there is no estimate"}
    error, free = np.sqrt((missions - 1) / missions * ((others - value) ** 2).sum()), missions - lost
    half, p = t.ppf(0.975, free) * error, 2 * t.sf(abs(value) / error, free) if error > 0 else np.nan
    cells = {"low": np.exp(step * (value - half)), "high": np.exp(step * (value + half)), "p": p}
    return cells | {"method": f"Poisson, each of {missions} missions left out, t"}


def _ratio_table(name, frame, by, rows):
    """The table of ratios, p corrected over all its rows."""
    columns = {"count": "str", "term": "str", name: "float64", **NUMBERS, "p": "float64", "missions": "int64"}
    table = result_table(
        frame,
        by,
        lambda part: [_renamed(row, name) for row in rows(part)],
        columns | {"exposure": "str", "method": "str"},
    )
    return with_adjusted_p(table, "holm")


def _renamed(row, name):
    """The row with its ratio under the name of the measure."""
    return {name if key == "ratio" else key: value for key, value in row.items()}
