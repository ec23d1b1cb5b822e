"""Followers who are ignored: what the sample plants, and answers worked out by hand."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.genmod.families import Binomial
from statsmodels.genmod.families.links import CLogLog
from statsmodels.genmod.generalized_linear_model import GLM

from digidip import store
from digidip.measures.listening import counts, retention
from digidip.measures.listening._followers import at_risk, follower_spells
from digidip.measures.statistics._comment_queries import NO_INSTANTS
from digidip.tables import TableError

PLANTED = {"SampleMfaSingapore": 3.0, "SampleConSingaporeLyon": 1.0}  # ignored to answered
OTHERS = {"answered": 1.4, "liked only": 1.0}  # to silent


@pytest.fixture(scope="module")
def singapore():
    """The sample's lists and counts, in pandas: follows, accounts, posts, comments, metrics, events."""
    held = store.load("sample", "SGP", zone="Asia/Singapore", of="follows")
    names = ("follows", "accounts", "posts", "comments", "metrics")
    return {name: getattr(held, name).to_pandas() for name in names} | {"events": store.reference("events", "sample")}


@pytest.fixture(scope="module")
def spells(singapore):
    """The rows of followers between lists, by handle."""
    lists = [singapore[name] for name in ("follows", "accounts", "posts", "comments")]
    return follower_spells(*lists, ["handle"], after_hours=24, asks="question", purges=singapore["events"])


def lists(**days):
    """Lists of followers of account a: day in September 2019 → letters of those in it."""
    rows = [(f"2019-09-{day.removeprefix('d')}", who) for day, names in days.items() for who in names]
    follows = pd.DataFrame(rows, columns=["observed_at", "source_id"]).assign(platform="x", target_id="a", tie="follow")
    accounts = pd.DataFrame({"platform": "x", "account_id": ["a"], "ministry": "PER"})
    posts = pd.DataFrame({"ministry": "PER", "platform": "x", "account_id": "a", "post_id": ["1"]})
    return [frame.assign(label="synthetic") for frame in (follows, accounts, posts)]


def said(**asked):
    """Questions of September 2019: who → (asked, answered or nothing)."""
    rows = []
    for who, (at, answered) in asked.items():
        rows.append(
            {"comment_id": f"c{who}", "author": who, "commented_at": at, "text": "Where?", "is_official": False}
        )
        if answered:
            reply = {
                "comment_id": f"r{who}",
                "parent_id": f"c{who}",
                "author": "a",
                "is_official": True,
                "text": "Here.",
            }
            rows.append(reply | {"commented_at": answered})
    frame = pd.DataFrame(rows).assign(platform="x", account_id="a", post_id="1", lang=None, label="synthetic")
    return frame if "parent_id" in frame else frame.assign(parent_id=None)


def test_planted_ratios_are_inside_their_intervals(singapore):
    """Three in one account, one in the other; those who only like leave as the silent do."""
    given = [singapore[name] for name in ("follows", "accounts", "posts", "comments")]
    found = retention.departure_ratio(*given, purges=singapore["events"], by="handle").dropna(subset="low")
    found = found.set_index(["handle", "term"])
    for handle, ratio in PLANTED.items():
        for term, truth in {"ignored to answered": ratio, **OTHERS}.items():
            assert found.low[handle, term] < truth < found.high[handle, term], (handle, term)
    assert found.low["SampleMfaSingapore", "ignored to answered"] > 1


def test_errors_are_those_of_clusters_over_the_rows(spells):
    """The grouped fit with its own sandwich is statsmodels' clustered one over the rows themselves."""
    known = at_risk(spells[spells.handle == "SampleMfaSingapore"])
    params, spread, names, people = retention._cloglog(known)
    parts = {"status": known.status, "week": ((known.begins - known.begins.min()).dt.days // 7).astype(str)}
    parts["late"] = known.is_new.map({True: "yes", False: "no"})
    design = np.column_stack([np.ones(len(known)), *(parts[name] == level for name, level in names[1:])]).astype(float)
    slow = GLM(known.left.to_numpy(float), design, family=Binomial(CLogLog()), offset=np.log(known.days)).fit(
        cov_type="cluster", cov_kwds={"groups": pd.factorize(known.source_id)[0]}
    )
    assert params == pytest.approx(slow.params, rel=1e-5) and people == known.source_id.nunique()
    assert np.sqrt(np.diag(spread)) == pytest.approx(slow.bse, rel=5e-3)  # expected information


def test_purged_deleted_and_back_again(spells):
    """A purge and deleted accounts are out of the risk; whom one list lacks did not leave; a gap is one row of two days."""
    assert spells.why_out.value_counts()["deleted account"] == 12  # six persons in two lists
    purged = spells[spells.why_out == "purge"]
    assert purged.begins.dt.strftime("%Y-%m-%d").unique().tolist() == ["2019-09-21"]
    assert set(spells.days.dropna()) == {1.0, 2.0}
    known = at_risk(spells)
    returned = known[known.left].merge(spells, on=["platform", "account_id", "source_id"], suffixes=("", "_later"))
    assert not (returned.begins_later > returned.begins).any()


def test_nobody_is_ignored_at_the_question(refused):
    """Waiting until the hours are over, ignored from then on, answered from the answer on; zero hours are refused."""
    given = lists(d01="pqr", d02="pqr", d03="pqr", d04="pqr", d05="r")
    comments = said(p=("2019-09-01T12:00Z", None), q=("2019-09-01T12:00Z", "2019-09-03T06:00Z"))
    found = follower_spells(*given, comments, ["ministry"], after_hours=24, asks="question", purges=None)
    status = found.groupby("source_id").status.agg(list).to_dict()
    assert status["p"] == ["silent", "waiting", "ignored", "ignored"]
    assert status["q"] == ["silent", "waiting", "ignored", "answered"]
    assert status["r"] == ["silent"] * 4
    assert found[found.left].source_id.tolist() == ["p", "q"] and found[found.left].since.tolist() == [1.5, 0.75]
    message = refused(TableError, lambda: retention.departure_hazard(*given, comments, ignored_after_h=0))
    assert "immortal time" in message
    refused(TableError, lambda: retention.return_share(given[2], comments, ignored_after_h=-1))


def test_hazards_worked_by_hand(singapore):
    """Departures over days, by status; only counts: nothing of followers, said in words."""
    given = lists(d01="pqrs", d02="pqrs", d03="pq", d05="pq")
    comments = said(p=("2019-08-30T12:00Z", None), q=("2019-08-30T12:00Z", "2019-08-30T13:00Z"))
    found = retention.departure_hazard(*given, comments, of="status").set_index("level")
    assert found.departure_hazard["silent"] == pytest.approx(500) and found.follower_days["silent"] == 4
    assert found.follower_days[["ignored", "answered"]].tolist() == [4, 4] and found.n.sum() == 2
    nothing = retention.departure_ratio(singapore["follows"].iloc[:0], singapore["accounts"], *given[2:], comments)
    assert nothing.method.str.startswith("not available: fewer than two dated lists").all()


def test_return_of_those_who_asked(singapore):
    """Planted .2 and .45 and more; matched difference as Mantel and Haenszel by hand."""
    share = retention.return_share(singapore["posts"], singapore["comments"]).set_index("status").return_share
    assert share["ignored"] < 0.3 < 0.4 < share["answered"]
    found = retention.return_difference(singapore["posts"], singapore["comments"]).iloc[0]
    assert found.high < 0 and found.n + found.unmatched > 300
    frame = pd.DataFrame({"ministry": "PER", "status": ["ignored"] * 12 + ["answered"] * 8, "absent": None})
    frame = frame.assign(
        returned=[True] * 3 + [False] * 9 + [True] * 4 + [False] * 4,
        stratum=["1"] * 6 + ["2"] * 6 + ["1"] * 4 + ["2"] * 4,
    )
    (row,) = retention._difference_rows(frame)  # 3/6 - 4/4 with weight 2.4; 0 - 0 with weight 2.4
    assert row["return_difference"] == pytest.approx(-0.25) and (row["n"], row["strata"]) == (20, 2)


def test_days_and_ages_make_nobody_ignored():
    """p is answered at an age, q asks again on a day alone: neither is ignored or answered, nor known to be back."""
    follows, accounts, posts = lists(d01="pqr", d05="pqr", d09="qr", d13="qr")
    held = said(p=("2019-09-02", "2019-09-02"), q=("2019-09-02", None)).assign(is_approximate=[None, True, None])
    again = held.iloc[[2]].assign(comment_id="z", commented_at="2019-09-05", is_approximate=True)
    held = pd.concat([held, again]).assign(retrieved_at=pd.Timestamp("2019-10-01", tz="UTC"))
    hazards = retention.departure_hazard(follows, accounts, posts, held, of="status").set_index("level")
    assert hazards.follower_days["silent"] == 12 and not hazards.follower_days[["answered", "ignored", "waiting"]].any()
    assert hazards.method["silent"].endswith(retention.UNTIMED)
    shares = retention.return_share(posts, held)
    assert shares.n.tolist() == [0, 0] and set(shares.method) == {NO_INSTANTS}


def test_counts_bound_and_find_the_purge(singapore):
    """An account that stands still, a purge named, a step planted at .4 % a day for six of seven consulates."""
    flow = counts.follower_flow(singapore["metrics"], singapore["accounts"], by="handle").set_index(["handle", "flow"])
    still = flow.loc["SampleSingaporeStill"]
    assert (
        still.high.isna().tolist() == [False, True, True] and still.low["lost at least"] < 600
    )  # of some 6,000 who left
    lost = flow.follower_flow["SampleMfaSingapore", "lost at least"]
    assert 0 < lost < 100
    losses = counts.common_loss(singapore["metrics"], singapore["accounts"], purges=singapore["events"])
    assert losses[losses.is_purge].event.tolist() == ["Sample purge"]
    grown = counts.growth_step(
        singapore["metrics"], singapore["accounts"], day="2019-09-18", treated="office: consulate"
    )
    assert grown.low[0] < 0.004 * 6 / 7 < grown.high[0] and grown.low[0] > 0
    none = counts.growth_step(singapore["metrics"], singapore["accounts"], day="", treated="")
    assert none.growth_step.isna().all() and none.method[0].startswith("not defined: no account treated")
    with pytest.raises(TableError, match="day: found 'nonsense'"):
        counts.growth_step(singapore["metrics"], singapore["accounts"], day="nonsense", treated="")
    with pytest.raises(TableError, match="treated: found 'office'"):
        counts.growth_gap(singapore["metrics"], singapore["accounts"], treated="office")


def test_an_account_counts_once_a_day():
    """Counted twice a day, minutes apart, it is one account still, with the followers of the day's last count."""
    rows = [(day, minute, 100 * day + minute) for day in (1, 2, 3) for minute in (0, 5)]
    twice = pd.DataFrame(
        {"observed_at": [f"2019-09-0{day}T09:0{minute}Z" for day, minute, _count in rows], "platform": "x"}
    ).assign(account_id="a", follower_count=[count for *_at, count in rows])
    found = counts.follower_index(twice, lists(d1="p")[1])
    assert found[["n", "followers"]].to_numpy().tolist() == [[1, 105], [1, 205], [1, 305]]
    assert counts.common_loss(twice, lists(d1="p")[1]).n.tolist() == [1, 1]
    assert counts.follower_flow(twice, lists(d1="p")[1]).n.tolist() == [5] * 3  # every count bounds what came and left
