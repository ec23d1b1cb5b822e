"""Commenters: how many people comment, and how many of them come back."""

from ibis import _

from digidip.measures._registry import measure
from digidip.measures.statistics._columns import POST, canonical, group_columns, to_pandas
from digidip.measures.statistics._comment_queries import COMPLETENESS, NO_AUTHORS, NO_COMMENTS, collected_posts
from digidip.measures.statistics._intervals import share_row
from digidip.measures.statistics._result_table import NUMBERS, result_table


@measure(unit="commenters", columns=("comments", "method"), people=("n",))
def commenter_count(posts, comments, *, by="ministry", completeness=COMPLETENESS):
    """Number of people who comment: distinct authors that are not official.

    Formula: distinct authors of comments by others. No interval: all comments held are counted.
    **Unit** commenters. **Reads** comments.author, is_official. **Source** a definition of this project;
    docs/methods.md#commenters.
    **Caution** Authors are pseudonyms: one person may have several, and has another on each platform. Comments whose author
    is not known are left out, and those that were not collected bring further people. Of real people, fewer than 5 are
    withheld (docs/methods.md#small-cells).
    Parameters: `posts`, `comments`; `by`, columns of posts; `completeness`, the share of the comments reported that must be
    held (docs/methods.md#completeness).
    Returns the group columns, `commenter_count`, `n` (the same commenters), `low`, `high` (missing), `comments` (how many
    they wrote), `method`; missing, never 0, where the export cannot tell.

    >>> import pandas as pd
    >>> ids = {"platform": "x", "account_id": "a", "post_id": "1", "label": "synthetic"}
    >>> posts = pd.DataFrame({**ids, "ministry": ["PER"]})
    >>> comments = pd.DataFrame({**ids, "comment_id": list("cdef"), "author": ["p", "q", "p", "a"],
    ...                          "is_official": [False, False, False, True]})
    >>> commenter_count(posts, comments)[["commenter_count", "comments"]].values.tolist()
    [[2, 3]]
    """

    def rows(part):
        people = _people(part)
        if isinstance(people, str):
            return [{"n": 0, "method": people}]
        return [{"commenter_count": len(people), "n": len(people), "comments": people.sum(), "method": ""}]

    by, columns = group_columns(by), {"commenter_count": "Int64", **NUMBERS, "comments": "Int64", "method": "str"}
    return result_table(_comments_per_author(posts, comments, by, completeness), by, rows, columns)


@measure(unit="share of commenters", columns=("method",), people=("n",))
def returning_commenter_share(posts, comments, *, by="ministry", completeness=COMPLETENESS):
    """Share of the people who comment that comment more than once.

    Formula: authors with two comments or more / authors, of comments by others. Interval: Wilson; one-sided exact for none
    or all.
    **Unit** share of commenters. **Reads** comments.author, is_official. **Source** Wilson 1927;
    docs/methods.md#commenters.
    **Caution** Of the window alone: who comments once here may have come back later. Authors are pseudonyms: one person may
    have several. Comments whose author is not known are left out. Of real people, fewer than 5 with or without are withheld
    (docs/methods.md#small-cells).
    Parameters: `posts`, `comments`; `by`, columns of posts; `completeness` as in `commenter_count`.
    Returns the group columns, `returning_commenter_share`, `n` (commenters), `low`, `high`, `method`; missing, never 0,
    where the export cannot tell.

    >>> import pandas as pd
    >>> ids = {"platform": "x", "account_id": "a", "post_id": "1", "label": "synthetic"}
    >>> posts = pd.DataFrame({**ids, "ministry": ["PER"]})
    >>> comments = pd.DataFrame({**ids, "comment_id": list("cde"), "author": ["p", "q", "p"], "is_official": False})
    >>> returning_commenter_share(posts, comments).returning_commenter_share.tolist()
    [0.5]
    """

    def rows(part):
        people = _people(part)
        if isinstance(people, str):
            return [{"n": 0, "method": people}]
        return [share_row("returning_commenter_share", int((people > 1).sum()), len(people))]

    by, columns = group_columns(by), {"returning_commenter_share": "float64", **NUMBERS, "method": "str"}
    return result_table(_comments_per_author(posts, comments, by, completeness), by, rows, columns)


@measure(unit="share of commenters", keys=("week",), columns=("method",), people=("n",))
def new_commenter_share(posts, comments, *, by="ministry", zone="UTC", completeness=COMPLETENESS):
    """Share of the people who comment in a week that did not comment in any week before.

    Formula: authors whose first comment held is of the week / authors of the week, of comments by others. Interval: Wilson;
    one-sided exact for none or all.
    **Unit** share of commenters. **Reads** comments.author, is_official, commented_at. **Source** Wilson 1927;
    docs/methods.md#commenters.
    **Caution** In the first weeks all are new, since nobody is seen before the window: look at later ones. A share that stays high is a
    crowd that changes, not one that grows. Authors are pseudonyms: one person may have several. Of real people, fewer than 5
    with or without are withheld (docs/methods.md#small-cells).
    Parameters: `posts`, `comments`; `by`, columns of posts; `zone` of the weeks, which begin on Monday; `completeness` as in
    `commenter_count`.
    Returns the group columns, `week` (its Monday), `new_commenter_share`, `n` (commenters), `low`, `high`, `method`.

    >>> import pandas as pd
    >>> ids = {"platform": "x", "account_id": "a", "post_id": "1", "label": "synthetic"}
    >>> posts = pd.DataFrame({**ids, "ministry": ["PER"]})
    >>> comments = pd.DataFrame({**ids, "comment_id": list("cde"), "author": ["p", "p", "q"], "is_official": False,
    ...     "commented_at": pd.to_datetime(["2018-05-02T10:00Z", "2018-05-09T10:00Z", "2018-05-10T10:00Z"])})
    >>> new_commenter_share(posts, comments).new_commenter_share.tolist()  # p, then p again and q
    [1.0, 0.5]
    """
    by = group_columns(by)
    held = canonical(comments, "comments", [*POST, "author", "is_official", "commented_at"])
    held = held.filter(_.author.notnull(), _.is_official == False)  # noqa: E712
    joined = collected_posts(posts, comments, by, completeness).left_join(held, POST)
    frame = to_pandas(joined.select(*by, "incomplete", "author", "commented_at"))
    local = frame.commented_at.dt.tz_convert(zone).dt.tz_localize(None)
    frame["week"] = local.dt.to_period("W-SUN").dt.start_time

    def rows(part):
        known = part[part.incomplete.isna()].dropna(subset=["author", "week"]).drop_duplicates(["author", "week"])
        if known.empty:
            return [{"n": 0, "method": next(iter(sorted(part.incomplete.dropna())), NO_AUTHORS)}]
        is_new = known.week.eq(known.groupby("author").week.transform("min"))
        weeks = is_new.groupby(known.week).agg(["sum", "size"])
        return [{"week": week} | share_row("new_commenter_share", *map(int, own)) for week, *own in weeks.itertuples()]

    columns = {"week": "datetime64[us]", "new_commenter_share": "float64", **NUMBERS, "method": "str"}
    return result_table(frame, by, rows, columns)


def _comments_per_author(posts, comments, by, completeness):
    """How many comments each author wrote under the posts of a group, in pandas; posts without any have no author."""
    held = canonical(comments, "comments", [*POST, "comment_id", "author", "is_official"])
    joined = collected_posts(posts, comments, by, completeness).left_join(held, POST)
    return joined.group_by([*by, "author", "is_official", "incomplete"]).agg(comments=_.comment_id.count()).to_pandas()


def _people(part):
    """Comments by author of the people in a group, or in words why they cannot be told."""
    held = part[(part.comments > 0) & part.incomplete.isna()]
    if held.empty and part.incomplete.notna().any():
        return part.incomplete.dropna().min()
    named = held[held.is_official.notna() & held.author.notna()]
    if named.empty:
        return NO_AUTHORS if len(held) else NO_COMMENTS
    return named[~named.is_official.astype(bool)].groupby("author").comments.sum()
