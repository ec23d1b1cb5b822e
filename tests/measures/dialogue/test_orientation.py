"""Orientation: broadcast and answers by hand, growth, partial correlations, and what the sample planted."""

from functools import cache
from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import false_discovery_control, rankdata, spearmanr
from statsmodels.api import OLS, add_constant

from digidip import store
from digidip.measures.dialogue.orientation import broadcast_share, partial_correlation
from digidip.measures.presence.audience import follower_growth
from digidip.tables import TableError

ACCOUNTS = ["ministry", "platform", "account_id", "handle"]


@cache
def planted():
    """Broadcast, answers and growth of the fourteen ministries."""
    held = store.load("sample", platform="bluesky")
    shares = broadcast_share(held.posts, held.comments, by=ACCOUNTS)
    growth = follower_growth(held.metrics, held.accounts, by=ACCOUNTS)
    return shares.merge(growth[[*ACCOUNTS, "follower_growth"]], on=ACCOUNTS)


def test_broadcast_by_hand():
    """On Facebook: two posts, one of them a question followed up, a repost, one answer to one of two comments."""
    ids = {"platform": "facebook", "account_id": "a"}
    posts = pd.DataFrame({**ids, "ministry": "PER", "post_id": list("123"), "text": ["Why?", "News.", "Theirs."]})
    days = ["2016-01-01", "2016-01-15", "2016-01-15"]
    posts = posts.assign(posted_at=days, reply_to_id=None, reply_to_account_id=None, repost_of_id=[None, None, "z"])
    comments = pd.DataFrame({**ids, "post_id": list("112"), "comment_id": list("cde"), "parent_id": [None, "c", None]})
    (row,) = broadcast_share(posts, comments.assign(is_official=[False, True, False])).to_dict("records")
    assert (row["broadcast_share"], row["n"]) == (0.25, 4)  # B 1 of A 1 + Q 1 + B 1 + a repost
    assert (row["answered_share"], row["asked"], row["weekly"]) == (0.5, 2, 1.0)


def test_who_never_answers_has_a_share_of_zero():
    """Poland's twelve comments are all unanswered, and the export tells parents: 0 of 12, not missing."""
    row = planted().set_index("ministry").loc["POL"]
    assert (row.answered_share, row.asked) == (0, 12) and row.broadcast_share > 0.9


def test_growth_needs_two_days():
    """One count, none, and 0 at first give no growth; an earlier count does not depend on the order of rows."""
    accounts = pd.DataFrame({"platform": "x", "account_id": list("abcd"), "handle": None, "ministry": "PER"})
    metrics = pd.DataFrame({"platform": "x", "account_id": list("aabdd"), "follower_count": [121, 100, 9, 0, 7]})
    days = ["2016-03-01", "2016-01-01", "2016-01-01", "2016-01-01", "2016-03-01"]
    rows = follower_growth(metrics.assign(observed_at=days), accounts).set_index("account_id")
    assert rows.follower_growth["a"] == pytest.approx(10) and rows.n["a"] == 60
    assert rows.follower_growth[["b", "c", "d"]].isna().all() and rows.method["c"].startswith("not available")


def test_planted_correlation_goes_once_posting_is_held():
    """Who answers more grows more slowly, since who posts much answers little: given posting, nothing is left."""
    rows = partial_correlation(planted(), terms=["answered_share"]).set_index("given")
    assert rows.high[""] < -0.5 and rows.low["weekly"] < 0 < rows.high["weekly"]
    assert abs(rows.partial_correlation["weekly"]) < 0.2


def test_partial_correlation_is_that_of_residuals():
    """Against SciPy without a column held, and against residuals of statsmodels and the t of its regression with one."""
    frame = planted()
    rows = partial_correlation(frame, terms=["broadcast_share"]).set_index("given")
    plain = spearmanr(frame.broadcast_share, frame.follower_growth)
    assert rows.partial_correlation[""] == pytest.approx(plain.statistic) and plain.pvalue < 1e-8
    assert rows.p[""] == 1 / 10_000  # of orders drawn at random, and not from the tail of t
    y, x, z = (rankdata(frame[name]) for name in ("follower_growth", "broadcast_share", "weekly"))
    rest = [OLS(column, add_constant(z)).fit().resid for column in (y, x)]
    assert rows.partial_correlation["weekly"] == pytest.approx(np.corrcoef(*rest)[0, 1])
    fit = OLS(y, add_constant(np.column_stack([z, x]))).fit()
    assert rows.p["weekly"] == pytest.approx(fit.pvalues[2])


@pytest.mark.parametrize(("n", "p"), [(4, 2 / 24), (5, 2 / 120), (7, 2 / 5040), (11, 1 / 10_000)])
def test_a_perfect_order_of_few(n, p):
    """All orders counted: 2 of n! are perfect; of many, none of those drawn. There is no interval of no width."""
    hosts = pd.DataFrame({"platform": "x", "growth": np.arange(n), "answered": np.arange(n)[::-1], "weekly": 1.0})
    (row,) = partial_correlation(hosts, outcome="growth", terms=["answered"], given=[]).to_dict("records")
    assert (row["partial_correlation"], row["p"]) == pytest.approx((-1, p)) and np.isnan(
        [row["low"], row["high"]]
    ).all()


def test_every_order_of_seven_against_a_loop():
    """With ties and a column held: the orders of what is left that correlate as much, counted one by one."""
    hosts = pd.DataFrame({"platform": "x", "growth": [3, 1, 4, 1, 5, 9, 2], "answered": [2, 7, 1, 8, 2, 8, 1]})
    hosts["weekly"] = [1, 4, 1, 4, 2, 1, 3]
    rows = partial_correlation(hosts, outcome="growth", terms=["answered"]).set_index("given")
    design = add_constant(rankdata(hosts.weekly))
    y, x = (OLS(rankdata(hosts[name]), design).fit().resid for name in ("growth", "answered"))
    drawn = np.abs([y @ np.array(order) for order in permutations(x)])
    assert rows.p["weekly"] == pytest.approx((drawn >= abs(y @ x) - 1e-9).mean())
    assert rows.p_adjusted.tolist() == pytest.approx(false_discovery_control(rows.p).tolist())


def test_few_accounts_and_flat_columns_have_no_correlation():
    """Four are needed and one more for each column held; a column of one value tells nothing."""
    few = partial_correlation(planted().head(4), terms=["answered_share"])
    assert few.n.tolist() == [4, 0]
    flat = partial_correlation(planted().assign(answered_share=0.5), terms=["answered_share"])
    assert flat.partial_correlation.isna().all() and flat.method.str.startswith("not defined").all()


def test_an_absent_column_is_named():
    """The column that is missing, and those found."""
    with pytest.raises(TableError, match="hosts: no column 'staff'"):
        partial_correlation(planted(), given=["staff"])
