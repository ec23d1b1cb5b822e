"""Platforms: how a ministry spreads its activity over them, and who specialises."""

from functools import partial

import numpy as np
import pandas as pd

from digidip.measures._registry import measure
from digidip.measures.statistics._columns import POST, canonical, group_columns, local_posts
from digidip.measures.statistics._counts import divide
from digidip.measures.statistics._intervals import clustered_share_row, jackknife_interval
from digidip.measures.statistics._result_table import NUMBERS, day_method, result_table, with_adjusted_p
from digidip.tables import TableError

ACTS = ("reaction_count", "like_count", "comment_count", "repost_count")
NOTHING = "not defined: nothing counted"
NO_OTHERS = "not available: no post on another platform is held"
UNCOUNTED = "not available: the export does not count it"


@measure(unit="share of posts, acts or answers", keys=("of", "platform"), columns=("method",))
def platform_share(posts, comments=None, *, of="posts", by="ministry", zone="UTC"):
    """How a ministry's posts, engagement or official answers are split over platforms.

    Formula: posts (acts of engagement; official answers) on the platform / all of the group. Interval: Wilson at the
    effective number, local days as clusters; one-sided exact for none or all.
    **Unit** share of posts, acts or answers. **Reads** posts.platform, posted_at and counts; comments.is_official.
    **Source** Wilson 1927; docs/methods.md#platforms; docs/methods.md#uncertainty.
    **Caution** Acts are not alike: a like on one platform is not a like on another. Engagement adds reactions (or else
    likes), comments and reposts, over posts where any is known. What was not collected counts as nothing here. Each interval
    holds by itself, not all platforms together. None from fewer than eight days.
    Parameters: `posts`, `comments`; `of` "posts", "engagement" or "answers"; `by`, columns of posts; `zone` of the days.
    Returns the group columns, `of`, `platform`, `platform_share`, `n` (posts, acts or answers of the group), `low`,
    `high`, `method`.

    >>> import pandas as pd
    >>> posts = pd.DataFrame({"ministry": "PER", "platform": ["x", "x", "x", "facebook"], "posted_at": "2016-03-07"})
    >>> platform_share(posts)[["platform", "platform_share", "method"]].values.tolist()
    [['facebook', 0.25, 'no interval: fewer than 8 days'], ['x', 0.75, 'no interval: fewer than 8 days']]
    """
    if of not in ("posts", "engagement", "answers"):
        raise TableError(f"of must be 'posts', 'engagement' or 'answers', not {of!r}.")
    frame = (
        _answers(posts, comments, group_columns(by), zone)
        if of == "answers"
        else _posts(posts, of, group_columns(by), zone)
    )
    columns = {"of": "str", "platform": "str", "platform_share": "float64", **NUMBERS, "method": "str"}
    return result_table(frame, group_columns(by), partial(_share_rows, of=of), columns)


@measure(unit="share of posts", keys=("channels",), columns=("method",))
def main_channel_share(posts, *, channels=("facebook", "x"), by="ministry", zone="UTC"):
    """Share of a ministry's posts that are on the platforms called its main channels.

    Formula: posts on the platforms `channels` / posts. Interval: Wilson at the effective size, local days as clusters in
    order; one-sided exact for none; none from fewer than eight days.
    **Unit** share of posts. **Reads** posts.platform, posted_at. **Source** Wilson 1927; docs/methods.md#platforms;
    docs/methods.md#uncertainty.
    **Caution** What was not collected counts as not posted. Where no post on any other platform is held, nobody knows
    whether there were none, and the share is missing.
    Parameters: `posts`; `channels`, names of platforms; `by`, columns of posts; `zone` of the days.
    Returns the group columns, `channels` (joined by " + "), `main_channel_share`, `n` (posts), `low`, `high`, `method`.

    >>> import pandas as pd
    >>> posts = pd.DataFrame({"ministry": "PER", "platform": ["x", "x", "facebook", "youtube"],
    ...     "posted_at": "2016-03-07"})
    >>> main_channel_share(posts)[["channels", "main_channel_share"]].values.tolist()
    [['facebook + x', 0.75]]
    """
    by, names = group_columns(by), sorted(channels)

    def rows(part):
        fields, is_on = {"channels": " + ".join(names)}, part.platform.isin(names)
        if is_on.all():
            return [fields | {"n": 0, "method": NO_OTHERS}]
        days = is_on.astype(float).groupby(part.day).agg(["sum", "size"]).to_numpy().T
        return [fields | clustered_share_row("main_channel_share", *days)]

    columns = {"channels": "str", "main_channel_share": "float64", **NUMBERS, "method": "str"}
    return result_table(_posts(posts, "posts", by, zone), by, rows, columns)


@measure(unit="normalised entropy, 0 to 1", columns=("platforms", "method"))
def platform_entropy(posts, *, platforms=(), by="ministry", zone="UTC"):
    """How evenly a ministry's posts are spread over platforms: 0 all on one, 1 the same on each.

    Formula: - Σ s ln s / ln k, s the share of posts on each of k platforms. Interval: t of the logit, each
    local day left out in turn, days in order.
    **Unit** normalised entropy, 0 to 1. **Reads** posts.platform, posted_at. **Source** Shannon 1948
    (doi:10.1002/j.1538-7305.1948.tb01338.x); docs/methods.md#platforms; docs/methods.md#uncertainty.
    **Caution** k is the number of platforms compared, the same for all groups: another k gives other numbers. No interval
    from fewer than eight days.
    Parameters: `posts`; `platforms`, names (empty: all that occur in the posts); `by`, columns of posts; `zone` of the days.
    Returns the group columns, `platform_entropy`, `n` (posts), `low`, `high`, `platforms` (k), `method`.

    >>> import pandas as pd
    >>> posts = pd.DataFrame({"ministry": ["PER"] * 2 + ["USA"], "platform": ["x", "facebook", "x"],
    ...     "posted_at": "2016-03-07"})
    >>> platform_entropy(posts).platform_entropy.tolist()
    [1.0, 0.0]
    """
    frame = _posts(posts, "posts", group_columns(by), zone)
    names = sorted(platforms or set(frame.platform))
    columns = {"platform_entropy": "float64", **NUMBERS, "platforms": "int64", "method": "str"}
    return result_table(frame, group_columns(by), partial(_entropy_rows, names=names), columns)


@measure(
    unit="index, 0 to 2", columns=("expected", "expected_low", "expected_high", "p", "p_adjusted", "leading", "method")
)
def platform_specialisation(posts, *, by="ministry", zone="UTC", draws=9999, seed=20):
    """How far a group's choice of platforms departs from that of all others (Krugman's index).

    Formula: Σ |s - o|, s the group's share of posts on a platform, o that of all the others' posts together: 0 alike, 2
    nothing in common. Interval: t of the logarithm, each local day left out in turn. `expected`, `p`: platforms exchanged at
    random between the posts of all groups; p = (1 + as large) / (1 + draws); `p_adjusted`: Benjamini and Hochberg over groups.
    **Unit** index, 0 to 2. **Reads** posts.platform, posted_at. **Source** Krugman 1991, Geography and Trade;
    docs/methods.md#platforms.
    **Caution** Chance alone gives more than 0, the more the fewer the posts: read it beside `expected`. The exchange takes
    posts as independent, so p is too small where they come in bursts. What was not collected counts as not posted.
    Parameters: `posts`; `by`, columns of posts; `zone` of the days; `draws`, `seed` of the exchange.
    Returns the group columns, `platform_specialisation`, `n` (posts), `low`, `high`, `expected`, `expected_low`,
    `expected_high`, `p`, `p_adjusted`, `leading` (platform on which it is most above the others), `method`.

    >>> import pandas as pd
    >>> posts = pd.DataFrame({"ministry": ["EST"] * 4 + ["USA"] * 4, "platform": list("ffff") + list("fxxx"),
    ...     "posted_at": "2016-03-07"})
    >>> posts["platform"] = posts.platform.map({"f": "facebook", "x": "x"})
    >>> platform_specialisation(posts)[["ministry", "platform_specialisation", "leading"]].values.tolist()
    [['EST', 1.5, 'facebook'], ['USA', 1.5, 'x']]
    """
    frame, by = _posts(posts, "posts", group_columns(by), zone), group_columns(by)
    columns = {"platform_specialisation": "float64", **NUMBERS, **dict.fromkeys(EXPECTED, "float64")}
    names = sorted(set(frame.platform))
    everything = frame.groupby("platform").acts.sum().reindex(names).to_numpy()
    rows = partial(_specialisation_rows, everything=everything, names=names, everybody=_by_day(frame, names))
    columns |= {"leading": "str", "method": "str"}
    return with_adjusted_p(result_table(frame, by, partial(rows, draws=draws, seed=seed), columns))


EXPECTED = ("expected", "expected_low", "expected_high", "p")


def _posts(posts, of, by, zone):
    """Posts with their `day` and what is counted of each: itself, or its acts of engagement.

    Missing where none is known.
    """
    if of == "posts":
        return local_posts(posts, [*dict.fromkeys([*by, "platform"])], zone).assign(acts=1.0)
    counts = [name for name in ACTS if name in posts.columns]
    frame = local_posts(posts, [*dict.fromkeys([*by, "platform"])], zone, *counts)
    known = frame.reindex(columns=list(ACTS)).astype("float64")
    liked = known.reaction_count.fillna(known.like_count)
    return frame.assign(
        acts=pd.concat([liked, known.comment_count, known.repost_count], axis=1).sum(axis=1, min_count=1)
    )


def _answers(posts, comments, by, zone):
    """Posts with the number of official answers under them.

    Missing where no comment of the platform names its author.
    """
    frame = local_posts(posts, [*dict.fromkeys([*by, *POST])], zone)
    held = canonical(comments, "comments", [*POST, "is_official"]).to_pandas().dropna(subset="is_official")
    answers = held.assign(acts=held.is_official.astype(float)).groupby(POST).acts.sum()
    table = frame.merge(answers.reset_index(), "left", POST)
    return table.assign(acts=table.acts.fillna(0.0).where(table.platform.isin(set(held.platform))))


def _by_day(frame, names):
    """What is counted on each local day (rows) and platform (columns), the days of the whole frame.

    An array.
    """
    return frame.pivot_table("acts", "day", "platform", "sum", fill_value=0.0).reindex(columns=names, fill_value=0.0)


def _shares(sums):
    """Rows of sums as shares, missing where the sum is 0."""
    return divide(sums, sums.sum(axis=1, keepdims=True))


def _share_rows(part, of):
    """A row for each platform of the group."""
    names, total = sorted(set(part.platform)), part.acts.sum()
    if not total:
        reason = NOTHING if part.acts.notna().any() else UNCOUNTED
        return [{"of": of, "platform": name, "n": 0, "method": reason} for name in names]
    table = _by_day(part, names).to_numpy().T
    cells = zip(names, table, strict=True)
    days = table.sum(axis=0)
    return [{"of": of, "platform": name} | clustered_share_row("platform_share", acts, days) for name, acts in cells]


def _entropy(sums):
    """Normalised entropy of each row of sums."""
    shares = _shares(sums)
    logs = np.log(shares, out=np.zeros_like(shares), where=shares > 0)
    return np.abs((shares * logs).sum(axis=1)) / np.log(sums.shape[1])


def _entropy_rows(part, names):
    """The row of one group, or why it has none."""
    table = _by_day(part, names).to_numpy()
    if len(names) < 2 or not table.sum():
        reason = "not defined: one platform" if len(names) < 2 else NOTHING
        return [{"n": 0, "platforms": len(names), "method": reason}]
    value, low, high = jackknife_interval(_entropy, table, "logit")
    fields = {"n": int(table.sum()), "platforms": len(names), "method": day_method(value, low, len(table))}
    return [{"platform_entropy": value, "low": low, "high": high} | fields]


def _specialisation_rows(part, everything, names, everybody, draws, seed):
    """The row of one group against all others, or why it has none."""
    own = _by_day(part, names).reindex(everybody.index, fill_value=0.0).to_numpy()
    size, others = int(own.sum()), everything - own.sum(axis=0)
    if not others.sum() or len(names) < 2:
        return [{"n": 0, "method": "not defined: no others" if not others.sum() else "not defined: one platform"}]
    both, k = np.hstack([own, everybody.to_numpy() - own]), len(names)

    def index(sums):
        return np.abs(_shares(sums[:, :k]) - _shares(sums[:, k:])).sum(axis=1)

    value, low, high = jackknife_interval(index, both, "log")
    taken = np.random.default_rng(seed).multivariate_hypergeometric(everything.astype(int), size, size=draws)
    null = index(np.hstack([taken, everything - taken]).astype(float))
    expected = dict(zip(EXPECTED, (null.mean(), *np.quantile(null, [0.025, 0.975])), strict=False))
    fields = {"platform_specialisation": value, "n": size, "low": low, "high": high, **expected}
    lead = names[int(np.argmax(_shares(own.sum(axis=0)[None]) - _shares(others[None])))]
    p = (1 + (null >= value - 1e-12).sum()) / (1 + draws)
    return [fields | {"p": p, "leading": lead, "method": f"{draws:,} exchanges; {day_method(value, low, len(own))}"}]
