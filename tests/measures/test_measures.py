"""The laws of every measure, in one loop over the catalogue; its table is computed once for all of them."""

import inspect
import re
from copy import deepcopy
from functools import cache
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import ibis
import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from digidip import measures
from digidip.measures import measure
from digidip.measures.inquiries.inquiries import inquiry_table
from digidip.networks import tie_network
from digidip.tables import TableError

KNOWN = (  # a group exists through what these count
    *("post_count", "activity_rank", "role_share", "cross_role_share"),
    *("event_rate", "practice_indicator", "dimension_score", "posting_gap", "posting_gap_share"),
    *("repost_share", "office_hours_share"),  # of posts with a moment, which all have
    *("platform_share", "main_channel_share", "platform_entropy", "platform_specialisation"),
)
MIX = (  # of media and languages: posts with long texts, some with links, and with entities
    *("medium_share", "effective_mix", "engagement_rate_ratio", "feature_lift", "within_event_ratio", "language_share"),
    *(
        "language_agreement",
        "language_distance",
        "readability",
        "version_share",
        "version_delay",
        "version_match",
        "version_hours",
    ),
)
LEAVING = ("departure_hazard", "departure_ratio")  # of dated lists of followers
COUNTS_ALONE = ("follower_flow", "common_loss", "growth_step", "growth_gap", "follower_index")
AROUND = ("excess_ratio", "cumulative_excess", "foretold_attention", "trend_change", "rate_change", "placebo_ratio")
AROUND += ("donor_shift", "donor_weight", "synthetic_gap")  # an event, in series of attention
LABELLED = ("confusion_share", "classifier_f1", "corrected_share", "stance_share", "net_stance", "reception")
LABELLED += ("reception_trend", "trend_placebo")  # of what coders and a classifier saw in comments
SCREENED = (
    "risk_rate",
    "threat_count",
    "screen_quality",
    "screen_precision",
    "half_corrected_share",
)  # of a score and coders
OF_AUDIENCES = (
    "audience_coverage",
    "audience_share",
    "audience_bound",
    "audience_entropy",
    "match_rate",
    "answering_share",
    "answering_odds_ratio",
)
OF_AUDIENCES += (
    "audience_message_information",
    "message_share",
    "engagement_lift",
)  # of posts and commenters with an audience
OPENED = (
    "account_openings",
    "half_adoption",
    "adoption_share",
    "account_survival",
    "migration_share",
)  # of accounts with their days
GROWN = ("growth_score", "growth_forecast", "silent_share")  # of counts of followers and posts
PAIRED = ("pair_difference", "pair_ratio")  # persons beside institutions
ABROAD = ("independence", "copy_rule", "repost_share", "event_lag", "event_lag_days", "waiting_share", "mission_speed")
ABROAD += ("independence_speed", "headquarters_lag", "first_share", "office_hours_share", "independence_engagement")
ABROAD += ("discipline_ratio", "voice_share", *PAIRED)  # of missions beside their headquarters
METRICS = ("metric_correlation", "metric_reliability", "metric_shift", "platform_agreement")
AGENDA = (  # of two sources of attention to the same topics
    *("unit_root_p", "attention_lead", "lead_share", "attention_response", "lag_correlation", "lead_permutation"),
    *("attention_peak", "attention_correlation"),
)
REFERENCED = "costs", "goals", "practices", "documents"
RESULTS = {  # of reference tables of ledgers, practices and documents: what each measure is given
    "incremental_cost": {"option": "page", "base": "x"},
    "acceptability": {"worth": (1, 9)},
    "cost_swing": {"worth": 9, "wage": (1, 2, 3)},
    "rhetoric_correlation": {"index": "dialogue_index", "unit": "writer"},
    "activity_difference": {"active": "active", "terms": ["population", "gdp_per_person"]},
    "event_rate": {"kind": "press conference", "start": "", "end": ""},
    "topic_drift": {"of": "lang"},
    "active_month_share": {"start": "", "end": ""},
    "adoption_ratio": {"item": "answers", "start": "", "end": "2016-01-01"},
    "adoption_by_exposure": {"item": "answers", "start": "", "end": "2016-01-01"},
}
REPOSTED = (
    "amplifier_share",
    "spread_share",
    "agenda_coverage",
)  # reposts, what coders know of who made them, and items
SAID = {
    "en": "The ministers met in the capital today and spoke at length of 5 visas. #visas",
    "es": "Los ministros se reunieron hoy en la capital y hablaron de 5 visados. #visas",
}
ASKED = {"How much is a visa?": "procedural", "Who can help?": "complex", "Hello": "none"}
DYADS = {"outcome": "comment_count", "terms": ["embassy", "distance"]}
GROWTH = ("follower_growth", "broadcast_share", "answered_share", "weekly")
FOLLOWERS = pd.DataFrame({"platform": "facebook", "account_id": ["us", "pe"], "follower_count": [500, 9000]})
FOLLOWERS = FOLLOWERS.assign(observed_at=pd.Timestamp("2016-01-31", tz="UTC"))
ORDINARY = pd.DataFrame({"platform": "facebook", "account_id": list("abcd"), "follower_count": [90, 800, 7000, 60000]})
ORDINARY = ORDINARY.assign(posting_rate=2.0, comment_count=40, answered_count=30, mentioned_count=9, returned_count=4)
WINDOW = {"start": "2016-01-01", "end": "2016-02-01"}
CRISIS = pd.DataFrame({"event": ["Flood"], "ministry": [None], "kind": ["crisis"]}).assign(
    begins_at=pd.Timestamp("2016-01-08T00:00Z"), ends_at=pd.Timestamp("2016-01-12T00:00Z")
)
EVENTS = pd.DataFrame(
    {"ministry": ["USA"] * 6 + ["PER"] * 3 + ["NIL"], "kind": "press conference", "medium": "photo"}
).assign(begins_at=pd.to_datetime([f"2012-02-{day:02}T09:00Z" for day in (1, 3, 6, 8, 10, 13, 1, 2, 9, 1)]))
FOLDER = TemporaryDirectory()
BY = ["ministry", "medium"]
GROUPS = [("USA", "photo"), ("PER", "video"), ("NIL", "photo")]
COUNTS = ["like_count", "comment_count", "repost_count"]
ALL = pytest.mark.parametrize("name", measures.units())


def is_of_networks(name):
    """Whether a measure takes a graph: the harness then makes one of follows, accounts and missions."""
    return "graph" in inspect.signature(measure(name)).parameters


def is_of_codings(name):
    """Whether a measure reads what coders chose."""
    return "codings" in inspect.signature(measure(name)).parameters


def is_of_inquiries(name):
    """Whether a measure takes the table of inquiries: the harness then makes one of posts, comments and codings."""
    return "inquiries" in inspect.signature(measure(name)).parameters


def holding(name):
    """What a measure is made from: what its first parameter names, else follows, accounts and missions, or posts.

    Measures that read the same get the very same tables, so that what is made of these is made once.
    """
    wanted = tuple(inspect.signature(measure(name)).parameters)
    if is_of_networks(name):
        return ties()
    if name.startswith("profile_"):
        return profiles()
    if name in MIX:
        return multimedia() if "accounts" in wanted else multimedia()[:1]
    if name in LEAVING:
        return leaving()
    if name in COUNTS_ALONE:
        return counted()
    if name in AROUND:
        return (attention(),)
    if name in OPENED:
        return (opened(),)
    if name in ABROAD:
        return tuple(
            missions_and_head()[each] for each in wanted if each in missions_and_head() and each != "codings"
        ) + ((coded_kinds(name),) if "codings" in wanted else ())
    if name.startswith("mix_"):
        return (yearly(),)
    if name in GROWN:
        return grown()
    if name == "policy_contrast":
        return (openings(),)
    if name in ("event_delay", "prompt_share", "views_per_audience"):
        return (campaign(),)
    if name in LABELLED:
        return (labels(),)
    if name in SCREENED:
        return (scored(),)
    if name == "removed_share":
        return (checked(),)
    if name == "removal_odds_ratio":
        return published()[0], checked()[["codebook", "item_id", "variable", "coder", "code"]]
    if name in OF_AUDIENCES:
        return meant_and_said() if "followers" in wanted else meant_and_said()[:1]
    if name == "engagement_hour_share":
        return heard()
    if name in METRICS:
        return (liked(),)
    if name == "topic_lead":
        return (*collected(), topics_of(*collected()))
    if name.startswith("topic_s"):
        return talkative()
    if name in AGENDA:
        return (panels(),)
    if wanted[0] in ("costs", "goals"):
        goals, costs, outcomes, scores = spent()
        return (goals, scores if "scores" in wanted else costs) if wanted[0] == "goals" else (costs, outcomes)
    if wanted[0] == "practices":
        return practised()
    if wanted[0] == "documents":
        return written()
    if name == "active_month_share":
        return abroad("posts", False)[:2]
    if name == "activity_difference":
        (hosts,) = abroad("hosts", False)
        return (hosts.assign(active=np.arange(len(hosts)) % 2 == 1),)
    if name == "topic_drift":
        return (yearly(),)
    if name in REPOSTED:
        return reposts() if wanted[0] == "follows" else items()
    if wanted[0] == "events":
        return (EVENTS,)
    if wanted[0] == "attention":
        return (streams(),)
    if is_of_codings(name):
        return posts_and_codings() if "posts" in wanted else codings()
    if "accounts" in wanted or wanted[0] == "hosts":
        return abroad(wanted[0], "population" in wanted)
    if name.startswith(("platform_", "main_channel")):
        return on_platforms()
    return collected() if {"comments", "inquiries"} & set(wanted) else published()


@cache
def streams():
    """Forty days of two streams of each of two groups, all of which rise while the crisis lasts; of NIL no count is known."""
    rng, days = np.random.default_rng(9), pd.date_range("2015-12-15", periods=40, tz="UTC")
    groups = [("USA", "photo"), ("PER", "video"), ("NIL", "photo")]
    parts = [
        pd.DataFrame({"begins_at": days, "value": rng.poisson(6, 40) + 40.0 * (days.day == 9)}).assign(
            ministry=ministry, medium=medium, series=f"{medium} {n}"
        )
        for ministry, medium in groups
        for n in range(2)
    ]
    rows = pd.concat(parts, ignore_index=True).assign(source="x", unit="posts", span="day", total=None)
    return rows.assign(value=rows.value.where(rows.ministry != "NIL"))


@cache
def panels():
    """Seventy days of two topics by two sources in each of two groups; of NIL no share is known."""
    rng, days = np.random.default_rng(9), pd.date_range("2016-01-01", periods=70, tz="UTC")
    parts = [
        pd.DataFrame({"begins_at": days, "value": rng.random(70) / 5}).assign(
            ministry=ministry, medium=medium, source=source, series=f"topic {n}"
        )
        for ministry, medium in (("USA", "photo"), ("PER", "video"), ("NIL", "photo"))
        for source, n in product(("ministry", "press"), range(2))
    ]
    rows = pd.concat(parts, ignore_index=True).assign(unit="share", span="day", total=None)
    return rows.assign(value=rows.value.where(rows.ministry != "NIL"))


@cache
def spent():
    """Goals, and a ledger of ten items of two pages in each of two ministries with what they brought, and scores; of NIL no amount."""
    rng = np.random.default_rng(42)
    rows = [(ministry, medium, page, n) for ministry, medium in GROUPS for page in "xy" for n in range(10)]
    costs = pd.DataFrame(rows, columns=["ministry", "medium", "page", "n"])
    costs["item"] = costs.ministry + costs.page + costs.pop("n").astype(str)
    costs = costs.assign(kind="money", currency="USD", goal="reach", amount=rng.uniform(9, 20, len(costs)).round(2))
    costs = pd.concat([costs, costs.assign(kind="hours", currency=None, amount=2.0)], ignore_index=True)
    costs = costs.assign(amount=costs.amount.where(costs.ministry != "NIL"), label="synthetic")
    outcomes = pd.DataFrame({"item": costs.item.unique(), "outcome": "clicks", "label": "synthetic"})
    outcomes["value"] = rng.integers(3, 9, len(outcomes)).astype(float) + 9 * outcomes.item.str.contains("y")
    goals = pd.DataFrame(GROUPS, columns=["ministry", "medium"]).assign(indicator="views", measure=None, weight=1.0)
    goals = pd.concat([goals.assign(goal=goal) for goal in ("reach", "answers")], ignore_index=True)
    goals["goal"] = goals.goal.where(goals.ministry != "NIL", "not " + goals.goal)
    scores = pd.DataFrame(list(product("xyz", ("reach", "answers"))), columns=["option", "goal"]).assign(
        value=rng.random(6)
    )
    return goals.assign(label="synthetic"), costs, outcomes, scores


@cache
def practised():
    """Twelve practices of two ministries, said and observed, and when thirty accounts of each began to answer; of NIL no value."""
    rng, list_ = np.random.default_rng(42), [f"advantage {n}" for n in range(1, 8)]
    rows = [(*group, None, item, who) for group in GROUPS for item in list_ for who in ("observed", "self-report")]
    rows += [(*group, f"{group[0]}{n}", "answers", "observed") for group in GROUPS for n in range(30)]
    practices = pd.DataFrame(rows, columns=["ministry", "medium", "account_id", "item", "said_by"])
    practices["value"] = np.where(practices.said_by == "self-report", 1.0, 0.5)
    days = pd.Timestamp("2015-01-01", tz="UTC") + pd.to_timedelta(rng.integers(0, 400, len(rows)), unit="D")
    practices["since_on"] = pd.Series(days).where(practices.account_id.notna())
    known = practices.ministry != "NIL"
    practices = practices.assign(value=practices.value.where(known), since_on=practices.since_on.where(known))
    accounts = practices[["account_id"]].dropna().reset_index(drop=True)
    accounts["city"] = accounts.account_id.str[:3] + (np.arange(len(accounts)) // 3).astype(str)
    return practices.assign(label="synthetic"), accounts.assign(label="synthetic")


@cache
def written():
    """Twelve texts of each of two ministries, each by another writer, that speak of reach or of answers; of NIL no text."""
    rng, plain = np.random.default_rng(42), ["the", "ministry", "people", "work"]
    rows = [(*group, f"{group[0]}{n}", f"w{n}", ("speech", "news")[n % 2]) for group in GROUPS for n in range(12)]
    documents = pd.DataFrame(rows, columns=["ministry", "medium", "document_id", "writer", "kind"])
    said = [" ".join(rng.choice([*plain, *words], 40)) for words in (["reach"], ["answer", "reach"]) * 18]
    documents["text"] = pd.Series(said).where(documents.ministry != "NIL")
    deeds = pd.DataFrame(
        {"writer": [f"w{n}" for n in range(12)], "dialogue_index": rng.random(12), "label": "synthetic"}
    )
    return documents.assign(label="synthetic"), deeds


@cache
def reposts():
    """Thirty accounts that repeat posts in each of two groups, none in NIL; and what coders know of every other."""
    rows = pd.DataFrame(list(product(("USA", "PER", "NIL"), range(30))), columns=["ministry", "n"])
    rows = rows.assign(medium=rows.ministry.map({"USA": "photo", "PER": "video", "NIL": "photo"}), platform="x")
    rows = rows.assign(source_id="a" + rows.n.astype(str), target_id="z", weight=1.0 + rows.n, label="synthetic")
    rows = rows.assign(tie=np.where(rows.ministry == "NIL", "follow", "repost")).drop(columns="n")
    told = pd.DataFrame({"item_id": [f"a{n}" for n in range(0, 30, 2)], "code": ["media", "public", "public"] * 5})
    return rows, told.assign(codebook="demo", variable="kind", coder="a", label="synthetic")


@cache
def items():
    """Items of an agenda in two groups, in NIL without a hashtag."""
    return (
        EVENTS.assign(
            kind="agenda item", event="item", hashtag=EVENTS.ministry.map({"USA": "a", "PER": "b"}), ends_at=pd.NaT
        ),
    )


@cache
def posts_and_codings():
    """The posts, and what was coded of the two ministries of which something is known."""
    (coded,) = codings()
    return published()[0], coded[coded.ministry != "NIL"]


@cache
def collected():
    """The posts with as many comments reported as are held, so that something can be said of answers."""
    posts, comments = published()
    held = posts.post_id.map(comments.post_id.value_counts()).fillna(0).astype("Int64")
    return posts.assign(comment_count=held.where(posts.ministry != "NIL")), comments


@cache
def on_platforms():
    """The posts on two platforms."""
    posts, comments = published()
    return posts.assign(platform=np.where(np.arange(len(posts)) % 3, "facebook", "x")), comments


@cache
def multimedia():
    """The posts with texts in two languages, links and hashtags, and accounts in two states; of NIL nothing is known."""
    posts, _ = published()
    number, is_known = np.arange(len(posts)), posts.ministry != "NIL"
    languages = pd.Series(np.where(number % 2, "en", "es"))
    posts = posts.assign(
        text=languages.map(SAID).where(is_known), lang=languages.where(is_known & (number % 3 > 0)), follower_count=None,
        link=pd.Series([f"https://example.org/{n % 60 // 2}" for n in number]).where(is_known),
        medium=posts.medium.where(is_known), posted_at=posts.posted_at.sort_values(ignore_index=True),
    )  # fmt: skip
    posts.loc[~is_known, COUNTS] = None
    accounts = pd.DataFrame(
        {"platform": "facebook", "account_id": ["us", "pe", "ni"], "receiving": ["GBR", "ESP", None]}
    )
    return posts, accounts


@cache
def attached():
    """What stands in the posts beside their text: a photo, a video, both, or nothing."""
    posts, kinds = multimedia()[0], [["photo"], ["video"], ["photo", "video"], ["text"], ["text"]]
    rows = [("facebook", post, kind) for n, post in enumerate(posts.post_id[:120]) for kind in kinds[n % 5]]
    return pd.DataFrame(rows, columns=["platform", "post_id", "value"]).assign(kind="medium")


@cache
def leaving():
    """Daily lists of the followers of two accounts, who ask and like, and leave now and then; of a third, NIL, no list."""
    posts, comments = collected()
    accounts = pd.DataFrame(
        {"platform": "facebook", "account_id": ["us", "pe", "ni"], "ministry": ["USA", "PER", "NIL"]}
    )
    rng, days = np.random.default_rng(6), pd.date_range("2016-01-01", periods=25, tz="UTC")
    last = {(account, f"p{n}"): rng.integers(4, 40) for account in ("us", "pe") for n in range(90)}
    rows = [(who, account, "follow", day) for (account, who), end in last.items() for day in days[:end]]
    rows += [(who, account, "like", days[2]) for account, who in list(last)[70::2]]
    follows = pd.DataFrame(rows, columns=["source_id", "target_id", "tie", "observed_at"])
    follows, accounts = follows.assign(platform="facebook", label="synthetic"), accounts.assign(label="synthetic")
    return follows, accounts.assign(medium=["photo", "video", "photo"]), posts, comments


@cache
def counted():
    """Four daily counts of followers of twenty accounts of two ministries, half of them in Lima; of NIL none."""
    ids, rng = [f"a{n:02}" for n in range(40)], np.random.default_rng(8)
    accounts = pd.DataFrame({"platform": "x", "account_id": ids, "ministry": ["USA"] * 20 + ["PER"] * 20})
    accounts = accounts.assign(medium=["photo"] * 10 + ["video"] * 30, city=["Lima", "Paris"] * 20)
    rows = [(each, day, count) for each in ids for day, count in enumerate(rng.integers(900, 1100, 4), start=1)]
    metrics = pd.DataFrame(rows, columns=["account_id", "day", "follower_count"]).assign(platform="x")
    metrics["observed_at"] = pd.Timestamp("2016-01-01", tz="UTC") + pd.to_timedelta(metrics.pop("day"), unit="D")
    nobody = pd.DataFrame(
        {"platform": "x", "account_id": ["nil"], "ministry": "NIL", "medium": "photo", "city": "Lima"}
    )
    return metrics, pd.concat([accounts, nobody], ignore_index=True)


@cache
def attention():
    """Daily mentions of three campaigns and of two others that met with no flood; of NIL no number."""
    rng, days = np.random.default_rng(7), pd.date_range("2015-12-10", periods=36, tz="UTC")
    names = {"us1": ("USA", "photo"), "us2": ("USA", "video"), "pe": ("PER", "photo"), "ni": ("NIL", "photo")}
    rows = [
        (name, day, count, *names.get(name, (None, None)))
        for name in [*names, "one", "two"]
        for day, count in zip(days, rng.poisson(50, 36), strict=True)
    ]
    table = pd.DataFrame(rows, columns=["series", "begins_at", "value", "ministry", "medium"])
    table["value"] = table["value"].astype(float).mask(table.series == "ni")
    return table.assign(source="media", unit="mentions", span="day", label="synthetic")


@cache
def opened():
    """Thirty accounts of each of two ministries, opened over three years, some closed; of NIL no day is known."""
    rng, n = np.random.default_rng(35), 63
    days = pd.Timestamp("2012-01-01") + pd.to_timedelta(rng.integers(0, 1100, n), unit="D")
    accounts = pd.DataFrame({"platform": "x", "account_id": [f"a{k:02}" for k in range(n)], "from_on": days.date})
    accounts["ministry"] = ["USA"] * 30 + ["PER"] * 30 + ["NIL"] * 3
    accounts["medium"] = (["photo"] * 15 + ["video"] * 15) * 2 + ["photo"] * 3
    accounts = accounts.assign(office="embassy", receiving=None, city=[f"C{k % 5}" for k in range(n)])
    accounts.loc[1::4, "platform"] = "bluesky"
    accounts["to_on"] = [day.date() if k % 3 == 0 else None for k, day in enumerate(days + pd.Timedelta(days=400))]
    return accounts.assign(**{name: accounts[name].where(accounts.ministry != "NIL") for name in ("from_on", "to_on")})


@cache
def missions_and_head():
    """Two headquarters with nine missions and a minister each, events on which most post, mentions; of NIL one silent mission."""
    rng, rows, posts = np.random.default_rng(43), [], []
    for ministry, medium in (("USA", "photo"), ("PER", "video")):
        offices = {"h": "ministry", "z": "minister"} | {f"m{n}": "embassy" for n in range(9)}
        rows += [(f"{ministry}{each}", ministry, medium, office, f"C{each}") for each, office in offices.items()]
        said = {n: " ".join(rng.permutation([f"w{k}" for k in range(30)])[:9]) for n in range(16)}
        for n, text in said.items():
            posts.append((f"{ministry}h", ministry, medium, n * 12, f"{text} #e{n}" if n < 12 else text))
        for each in [name for name in offices if name != "h"]:
            for n in range(16):
                own = " ".join(rng.permutation([f"v{k}" for k in range(30)])[:9])
                text = said[n] if rng.random() < (int(each[1]) / 12 if each[1:] else 0) else own
                posts.append(
                    (
                        f"{ministry}{each}",
                        ministry,
                        medium,
                        n * 12 + 1 + rng.integers(1, 9),
                        f"{text} #e{n}" if n < 12 else text,
                    )
                )
    rows.append(("NILm", "NIL", "photo", "embassy", "Nowhere"))
    accounts = pd.DataFrame(rows, columns=["account_id", "ministry", "medium", "office", "city"])
    accounts = accounts.assign(platform="x", handle=accounts.account_id, label="synthetic", receiving=None)
    frame = pd.DataFrame(posts, columns=["account_id", "ministry", "medium", "hour", "text"])
    frame["posted_at"] = pd.Timestamp("2016-01-04T00:30Z") + pd.to_timedelta(frame.pop("hour"), unit="h")
    silent = pd.DataFrame({"account_id": "NILm", "ministry": "NIL", "medium": "photo", "text": None}, index=range(4))
    frame = pd.concat([frame, silent.assign(posted_at=pd.Timestamp("2015-01-04T09:00Z"))], ignore_index=True)
    known = frame.ministry != "NIL"
    frame = frame.assign(platform="x", label="synthetic", repost_of_id=None, post_id=[f"q{n}" for n in frame.index])
    frame = frame.assign(**{each: pd.Series(rng.poisson(9, len(frame)), dtype="Int64").where(known) for each in COUNTS})
    frame = frame.assign(follower_count=pd.Series(500, frame.index, dtype="Int64").where(known))
    events = pd.DataFrame(
        {"event": [f"E{n}" for n in range(12)], "hashtag": [f"e{n}" for n in range(12)], "ministry": None}
    )
    times = pd.Timestamp("2016-01-04T00:31Z") + pd.to_timedelta(np.arange(12) * 12, unit="h")
    events = events.assign(
        begins_at=[each.normalize() if n == 6 else each for n, each in enumerate(times)], ends_at=pd.NaT
    )
    follows = pd.DataFrame(
        {"source_id": [f"s{n % 20}" for n in range(80)], "target_id": rng.choice(accounts.account_id[:-1], 80)}
    )
    follows = follows.assign(platform="x", tie="mention", weight=1.0, observed_at=frame.posted_at[0], label="synthetic")
    return {"posts": frame, "accounts": accounts, "events": events, "follows": follows}


@cache
def coded_kinds(name):
    """What two coders, who agree, saw in the posts but those of NIL: copies, or what they are about."""
    codes = ["service", "explanation", "other"] if name in PAIRED else ["copy", "own"]
    posts = missions_and_head()["posts"].query("ministry != 'NIL'")
    found = pd.DataFrame({"item_id": posts.post_id, "code": np.random.default_rng(3).choice(codes, len(posts))})
    return pd.concat([found.assign(coder=who, codebook="demo", variable="kind", label="synthetic") for who in "ab"])


@cache
def yearly():
    """The posts in two languages, spread over fourteen months."""
    posts = multimedia()[0]
    months = pd.date_range("2014-01-05", periods=14, freq="MS", tz="UTC")
    return posts.assign(posted_at=months[np.arange(len(posts)) // 2 % 14])


@cache
def grown():
    """Sixteen monthly counts of followers and posts of an account of each of two ministries; of NIL none."""
    ids, months = ["a", "b"], pd.date_range("2014-01-01", periods=16, freq="MS", tz="UTC")
    accounts = pd.DataFrame({"platform": "x", "account_id": [*ids, "n"], "ministry": ["USA", "PER", "NIL"]})
    accounts["medium"] = ["photo", "video", "photo"]
    noise = np.random.default_rng(5).normal(0, 0.02, 32)
    rows = [(each, month, at) for each in ids for at, month in enumerate(months)]
    metrics = pd.DataFrame(rows, columns=["account_id", "observed_at", "at"]).assign(platform="x")
    metrics["follower_count"] = (500 * np.exp(0.04 * metrics.pop("at") + noise)).round().astype("int64")
    return metrics.assign(post_count=np.where(metrics.account_id == "a", 7, metrics.index)), accounts


@cache
def openings():
    """Days of two accounts and two others that met with no flood, few counts a day; of NIL none."""
    table = attention()
    return table.assign(value=(table.value // 12).astype(float))


@cache
def campaign():
    """The posts, with views and followers, and a hashtag in some of January's."""
    posts = published()[0]
    known = posts.ministry != "NIL"
    views, size = np.arange(len(posts)) * 10.0 + 5, pd.Series(100.0, posts.index)
    flood = posts.posted_at.between(CRISIS.begins_at[0], CRISIS.ends_at[0])
    posts = posts.assign(view_count=pd.Series(views).where(known), follower_count=size.where(known))
    return posts.assign(text=posts.text.where(~flood, "On the #flood"))


@cache
def labels():
    """Two coders who mostly agree on 320 comments of two ministries over six weeks, and a classifier; of NIL no code."""
    rng, n = np.random.default_rng(7), 340
    items = pd.DataFrame({"item_id": [f"i{k:03}" for k in range(n)], "post_id": [f"p{k // 2}" for k in range(n)]})
    items["ministry"] = ["USA", "PER"] * 160 + ["NIL"] * 20
    items["medium"] = [["photo", "video"][k // 2 % 2] for k in range(n)]
    items["posted_at"] = pd.Timestamp("2016-01-01T10:00Z") + pd.to_timedelta(np.arange(n) // 8, unit="D")
    items = items.assign(variable="stance", codebook="demo", label="synthetic")
    codes = pd.Series(rng.choice(["support", "oppose", "neither"], n))
    seen = {
        "a": codes,
        "b": codes.where(rng.random(n) < 0.95, "neither"),
        "model": codes.where(rng.random(n) < 0.8, "oppose"),
    }
    known = items.ministry != "NIL"
    return pd.concat([items.assign(coder=who, code=told.where(known)) for who, told in seen.items()], ignore_index=True)


@cache
def scored():
    """Severity of two in five of 240 comments of two ministries by two coders, and a score of all; of NIL a score alone."""
    rng, n = np.random.default_rng(41), 260
    items = pd.DataFrame({"item_id": [f"i{k:03}" for k in range(n)], "author": [f"p{k // 2}" for k in range(n)]})
    items["ministry"] = ["USA", "PER"] * 120 + ["NIL"] * 20
    items["medium"] = [["photo", "video"][k // 2 % 2] for k in range(n)]
    items = items.assign(codebook="demo", label="synthetic")
    severe = rng.choice([0, 1, 2], n, p=[0.6, 0.2, 0.2])
    score = items.assign(
        variable="score", coder="model", code=(0.3 * severe + 0.4 * rng.random(n)).round(2).astype(str)
    )
    read = items[(items.ministry != "NIL") & (np.arange(n) % 5 < 2)].assign(variable="severity")
    seen = [read.assign(coder=coder, code=pd.Series(severe.astype(str))) for coder in "ab"]
    return pd.concat([score, *seen], ignore_index=True)


@cache
def checked():
    """The posts of two ministries on two days of checks, one in five gone at the first or the second; of NIL no check."""
    posts = published()[0][["post_id", "ministry", "medium", "posted_at", "label"]]
    posts = posts.rename(columns={"post_id": "item_id", "posted_at": "published_at"}).assign(codebook="demo", coder="a")
    numbers = np.arange(len(posts))
    parts = [
        posts.assign(variable=day, code=np.where(numbers % 10 < gone, "removed", "there"))
        for day, gone in (("2016-02-02", 1), ("2016-02-20T08:00Z", 2))
    ]
    rows = pd.concat(parts, ignore_index=True)
    known = rows.ministry != "NIL"
    return rows.assign(code=rows.code.where(known))


@cache
def meant_and_said():
    """Posts and comments of two ministries with an audience, by a coder and a rule, of NIL none; and coded followers."""
    rng, kinds = np.random.default_rng(7), ["media", "diaspora", "unknown"]
    posts = pd.DataFrame(
        {"post_id": [f"p{n:02}" for n in range(60)], "side": "addressed", "code": rng.choice(kinds, 60)}
    )
    posts["message"] = rng.choice(["visas", "trade"], 60)
    said = pd.DataFrame(
        {"post_id": rng.choice(posts.post_id, 200), "side": "answering", "code": rng.choice(kinds, 200)}
    )
    said["author"] = [f"u{n}" for n in rng.integers(0, 90, 200)]
    items = pd.concat([posts.assign(item_id=posts.post_id), said.assign(item_id=[f"c{n:03}" for n in range(200)])])
    of = items.post_id.str[1:].astype(int) % 2
    items = items.assign(ministry=np.where(of, "USA", "PER"), medium=np.where(of, "photo", "video"))
    items = items.assign(codebook="demo", variable="main", label="synthetic", platform="x")
    rule = items.assign(coder="rule", code=items.code.where(rng.random(len(items)) < 0.9, "unknown"))
    nothing = items.iloc[:1].assign(ministry="NIL", item_id="none", coder=None, code=None, side=None, message=None)
    listed = items[items.side == "answering"].assign(codebook="follower", coder="a", side="following")
    return pd.concat([items.assign(coder="a"), rule, nothing], ignore_index=True), listed.reset_index(drop=True)


@cache
def heard():
    """Comments by the hour under posts of two ministries, of NIL without a time; their accounts, one of them abroad, and regions."""
    rng, n = np.random.default_rng(7), 130
    rows = pd.DataFrame({"ministry": ["USA", "PER"] * 60 + ["NIL"] * 10, "post_id": [f"p{k // 3}" for k in range(n)]})
    rows = rows.assign(account_id=rows.ministry.str.lower(), medium=np.where(rows.ministry == "PER", "video", "photo"))
    times = pd.Timestamp("2016-01-01", tz="UTC") + pd.to_timedelta(rng.integers(0, 999, n), unit="h")
    rows = rows.assign(
        commented_at=times, is_official=False, is_approximate=rows.ministry == "NIL", platform="x", label="synthetic"
    )
    accounts = pd.DataFrame({"platform": "x", "account_id": ["usa", "per", "nil"], "ministry": ["USA", "PER", "NIL"]})
    regions = pd.DataFrame({"ministry": ["USA", "FRA"], "region": ["Americas", "Europe"], "label": "derived-public"})
    return rows, accounts.assign(receiving=[None, "FRA", None], label="synthetic"), regions


@cache
def liked():
    """Posts of a photo on two platforms over fourteen weeks, with counts; of NIL without any."""
    rng, posts = np.random.default_rng(9), published()[0]
    known = posts.ministry != "NIL"
    posts = posts.assign(medium="photo", platform=np.where(np.arange(len(posts)) % 2, "facebook", "x"))
    posts["posted_at"] = pd.Timestamp("2016-01-01T10:00Z") + pd.to_timedelta(np.arange(len(posts)) % 60 * 39, unit="h")
    return posts.assign(
        **{name: pd.Series(rng.negative_binomial(2, 0.1, len(posts)), dtype="Int64").where(known) for name in COUNTS}
    )


@cache
def talkative():
    """The posts with twice as many comments, so that a language has texts enough."""
    posts, comments = collected()
    return posts, pd.concat(
        [comments.assign(comment_id=comments.comment_id + f"-{n}") for n in range(2)], ignore_index=True
    )


def topics_of(posts, comments):
    """One coder's topics of all posts and comments."""
    ids = pd.concat([posts.post_id[posts.ministry != "NIL"], comments.comment_id], ignore_index=True)
    codes = np.random.default_rng(3).choice(["visa", "trade"], len(ids))
    return pd.DataFrame({"item_id": ids, "codebook": "demo", "variable": "topic", "coder": "a", "code": codes})


@cache
def abroad(first, has_population):
    """Accounts of three ministries beside their missions, posts, profiles or hosts; of NIL nothing but an account is known."""
    ids, rng = [f"a{n:02}" for n in range(24)], np.random.default_rng(4)
    states = [f"S{n:02}" for n in range(12)] * 2
    accounts = pd.DataFrame({"account_id": ids, "handle": ids, "ministry": ["USA"] * 12 + ["PER"] * 12})
    accounts = accounts.assign(platform=["facebook", "x"] * 12, office="embassy", receiving=states, city=None)
    accounts["medium"] = ["photo", "photo", "video", "video"] * 6
    nobody = pd.DataFrame(
        {"account_id": ["nil"], "ministry": "NIL", "platform": "x", "office": "embassy", "medium": "photo"}
    )
    everyone = pd.concat([accounts, nobody], ignore_index=True)
    if first == "hosts":
        hosts = accounts.assign(
            **{name: rng.lognormal(size=24) for name in ("reach_rate", "gdp_per_person", "population", *GROWTH)}
        )
        return (pd.concat([hosts, nobody], ignore_index=True),)
    if first == "missions":
        missions = accounts.assign(
            mission_id=ids, sender=accounts.ministry, observed_at=pd.Timestamp("2016-01-01", tz="UTC")
        )
        return missions, everyone[everyone.index % 3 != 1]
    seen = pd.DataFrame({"platform": accounts.platform, "account_id": ids, "post_count": 0})
    seen["observed_at"], seen["follower_count"] = pd.Timestamp("2016-01-01", tz="UTC"), rng.integers(1, 900, 24)
    if first == "metrics" and not has_population:
        before = seen.assign(observed_at=pd.Timestamp("2015-12-02", tz="UTC"), follower_count=500)
        return pd.concat([before, seen], ignore_index=True), everyone
    if first == "metrics":
        users = accounts[["platform", "receiving"]].drop_duplicates().assign(year=2016, user_count=5000, ministry="FRA")
        return seen, everyone, users
    posts = accounts.iloc[rng.integers(0, 20, 90)][["platform", "account_id"]]
    return (
        posts.assign(
            posted_at=pd.Timestamp("2015-12-20", tz="UTC") + pd.to_timedelta(rng.integers(0, 40, 90), unit="D")
        ),
        everyone,
        seen,
    )


@cache
def profiles():
    """Two coders on five fields of 18 profiles of two ministries; of a third, NIL, nobody could tell anything."""
    fields = codings()[0].drop(columns="variable").iloc[np.arange(100) % 40]
    fields = fields.assign(variable=[f"f{n % 5}" for n in range(100)], item_id=[f"p{n // 5:02}" for n in range(100)])
    fields["ministry"] = np.where(np.arange(100) < 50, "USA", np.where(np.arange(100) < 90, "PER", "NIL"))
    fields["medium"] = np.where(np.arange(100) // 5 % 2, "photo", "video")
    codes = np.where(np.random.default_rng(5).random(100) < 0.6, "present", "absent").astype(object)
    codes[[3, 17]], codes[90:] = "not captured", None
    both = [fields.assign(coder=coder, code=codes) for coder in ("a", "b")]
    both[1].iloc[5, both[1].columns.get_loc("code")] = "absent"
    return (pd.concat(both, ignore_index=True),)


@cache
def codings():
    """Two coders who mostly agree on 40 items of two ministries, and one coder alone on those of a third, NIL."""
    rng = np.random.default_rng(3)
    numbers = [number for n in range(20) for number in (n, 60 + n, 120 + n % 4)]
    items = pd.DataFrame({"item_id": list(map(str, numbers)), "ministry": ["USA", "PER", "NIL"] * 20})
    items["medium"] = ["photo", "photo", "photo", "video", "video", "video"] * 10
    items["variable"] = [f"dialogic loop: indicator {n // 12}" for n in range(60)]
    told = items[items.ministry != "NIL"]
    further = [
        told.assign(variable=[f"dialogic loop: indicator {(n // 12 + k) % 5}" for n in told.index]) for k in range(1, 5)
    ]
    items = pd.concat([items, *further], ignore_index=True)
    first = items.assign(codebook="demo", label="synthetic", coder="a", code=rng.choice(["0", "1"], len(items)))
    second = first[first.ministry != "NIL"].assign(coder="b")
    second.loc[second.index[::9], "code"] = "1"
    return (pd.concat([first, second], ignore_index=True),)


@cache
def ties():
    """A ministry and its accounts in three states, some followed, two of its embassies without an account."""
    rng = np.random.default_rng(2)
    ids = [f"a{number:02}" for number in range(24)]
    accounts = pd.DataFrame(
        {
            "platform": "x",
            "account_id": ids,
            "ministry": "PER",
            "office": ["ministry"] + ["consulate"] * 23,
            "receiving": [None, *rng.choice(["FRA", "JPN", "KEN"], 23)],
            "city": [None, *(f"City {number}" for number in range(23))],
        }
    )
    pairs = pd.DataFrame({"source_id": rng.choice(ids[:20], 150), "target_id": rng.choice(ids[:20], 150)})
    follows = pairs.drop_duplicates().assign(
        platform="x", tie="follow", weight=lambda f: rng.integers(1, 5, len(f)) / 4, observed_at="2016-01-01"
    )
    missions = accounts.iloc[1:].assign(
        mission_id=lambda f: f.account_id, sender="Peru", observed_at=pd.Timestamp("2016-01-01", tz="UTC")
    )
    missions["city"] = missions.city.replace({"City 3": "Elsewhere", "City 21": "Nowhere"})
    return follows.reset_index(drop=True), accounts, missions.reset_index(drop=True)


@cache
def published():
    """Two ministries with comments (one steady, one stormy) and a third, NIL, about which nothing is known.

    The rows of posts are dyads too, for the measures that read these: 60 of the 72 ordered pairs of nine nodes a ministry.
    """
    rng = np.random.default_rng(1)
    counts = np.append(rng.negative_binomial(5, 0.1, 60), rng.negative_binomial(0.1, 0.002, 60)).tolist()
    posts = pd.DataFrame(
        {
            "platform": "facebook",
            "label": "synthetic",
            "post_id": [str(i) for i in range(124)],
            "account_id": ["us"] * 60 + ["pe"] * 60 + ["ni"] * 4,
            "ministry": ["USA"] * 60 + ["PER"] * 60 + ["NIL"] * 4,
            "posted_at": pd.Timestamp("2016-01-01T01:00Z") + pd.to_timedelta(rng.integers(0, 31 * 24, 124), unit="h"),
            "medium": rng.choice(["photo", "video", "link"], 124),
            "comment_count": pd.array([*counts, None, None, None, None], dtype="Int64"),
        }
    )
    posts.loc[posts.ministry == "NIL", "posted_at"] = pd.Timestamp("2015-06-01T00:00Z")
    pairs = [pair for pair in product("abcdefghi", repeat=2) if pair[0] != pair[1]][:60]
    posts[["sender", "receiver"]] = [*pairs, *pairs, *pairs[:4]]
    posts["embassy"], posts["distance"] = rng.integers(0, 2, 124), rng.normal(size=124)
    posts[["reply_to_id", "reply_to_account_id", "repost_of_id"]] = None
    posts["text"] = rng.choice(["A question?", "News."], 124)
    posts[["quote_of_id", "link"]], posts["like_count"], posts["repost_count"] = None, 1, np.arange(124) % 3
    under = posts.iloc[:120].sample(300, replace=True, random_state=1)
    comments = under[["platform", "post_id", "account_id", "label"]].assign(
        comment_id=[f"c{i}" for i in range(300)],
        parent_id=[f"c{i - 1}" if i % 3 == 2 else None for i in range(300)],
        is_official=[i % 6 == 5 for i in range(300)],
        commented_at=pd.Timestamp("2016-01-02T00:00Z")
        + pd.to_timedelta([120 * i + i * i % 47 for i in range(300)], unit="m"),
        author=[f"p{i % 70}" for i in range(300)],
        text=[
            f"{text}{'!' * (i % 37)} #{'visa' if i % 4 else 'trade'}"
            for i, text in enumerate(rng.choice(list(ASKED), 300))
        ],
        lang=["en" if i % 5 else "es" for i in range(300)],
    )
    return posts, comments.reset_index(drop=True)


def inquiry_codings(comments):
    """Two coders who saw in every third comment what stands in it, and agree."""
    rows = comments.sort_values("comment_id").iloc[::3]
    told = pd.DataFrame(
        {"item_id": rows.comment_id, "code": rows.text.str.replace("!* #.*", "", regex=True).map(ASKED)}
    )
    told = told.assign(codebook="inquiry", variable="kind")
    return pd.concat([told.assign(coder="a"), told.assign(coder="b")])


def tone_codings():
    """Two coders who agree that every other comment is praise and the rest criticism."""
    told = pd.DataFrame({"item_id": [f"c{n}" for n in range(300)], "code": ["praise", "criticism"] * 150})
    told = told.assign(codebook="tone", variable="tone")
    return pd.concat([told.assign(coder="a"), told.assign(coder="b")])


def given_to(name):
    """What a measure needs besides tables, and few draws."""
    wanted, given = inspect.signature(measure(name)).parameters, {}
    given |= {"draws": 19 if is_of_networks(name) else 199} if "draws" in wanted else {}
    given |= {"period": "week"} if "period" in wanted else {}
    given |= {"attribute": "size" if name.startswith("prestige") else "receiving"} if "attribute" in wanted else {}
    if name in ABROAD:
        pairs = (
            {"pairs": {f"{each}z": f"{each}h" for each in ("USA", "PER")} | {"NILm": "NILm"}} if name in PAIRED else {}
        )
        return (
            pairs
            | ({"codebook": "demo"} if "codebook" in wanted else {})
            | ({"headquarters": "USAh, PERh"} if "headquarters" in wanted else {})
        )
    given |= {"terms": ["kind"]} if name in ("waiting_ratio_drift", "waiting_ratio_by_phase") else {}
    given |= {"alpha": 1} if name == "waiting_ratio_by_phase" else {}
    given |= WINDOW if "start" in wanted and name != "account_openings" else {}
    given |= {"channels": ("facebook",)} if "channels" in wanted else {}
    given |= {"permutations": 199} if "permutations" in wanted else {}
    given |= {"gap": 4000} if "gap" in wanted else {"gaps": (60, 4000)} if "gaps" in wanted else {}
    given |= {"events": CRISIS} if "events" in list(wanted)[1:] else {}
    given |= {"metrics": FOLLOWERS, "baseline": ORDINARY} if "baseline" in wanted else {}
    given |= {"events": CRISIS.assign(hashtag="flood")} if name in ("event_delay", "prompt_share") else {}
    given |= {"recall": 0.8} if name == "threat_count" else {}
    about = name in (*AROUND, "policy_contrast")
    given |= {"event": "Flood", "series": ("us1", "us2", "pe", "ni")} if about else {}
    longer = CRISIS.assign(ends_at=CRISIS.begins_at + pd.Timedelta(days=40))
    given |= {"events": longer, "kind": "crisis"} if name == "metric_shift" else {}
    given |= {"events": CRISIS, "kind": "crisis"} if name.startswith(("silence_", "removal_")) else {}
    given |= {"seeds": 3, "topics": 2} if "seeds" in wanted else {}
    given |= {"lags": 2} if "lags" in wanted else {}
    given |= {"curves": "logistic"} if "curves" in wanted else {}
    given |= {"of": "lang", "period": "month"} if name.startswith("mix_") else {}
    given |= {"tones": tone_codings()} if "tones" in wanted else {}
    given |= {"span": "day"} if next(iter(wanted)) == "attention" and not about else {}
    given |= (
        {"posts": pd.DataFrame({"posted_at": EVENTS.begins_at[:1], "text": "#a"})} if name == "agenda_coverage" else {}
    )
    given |= {"detectors": ("simple",), "targets": (10,)} if "detectors" in wanted else {}
    given |= {"treated": "city: Lima"} if "treated" in wanted else {}
    given |= {"day": "2016-01-04"} if name == "growth_step" else {}
    given |= {"terms": ["photo", "hour"]} if name == "engagement_rate_ratio" else {}
    given |= {"entities": attached()} if name in MIX and "entities" in wanted else {}
    given |= RESULTS.get(name, {})
    return given | ({"codebook": "demo"} if "codebook" in wanted else {})


def run(name, *tables, **given):
    """The measure of these tables; of networks, of the graph that the tables make; of inquiries, of their table."""
    wanted, given = inspect.signature(measure(name)).parameters, given | given_to(name)
    if is_of_networks(name):
        return of_network(name, made(network, *tables), **given)
    given = {"by": BY} | given if "by" in wanted else given
    if "dyads" in wanted:
        return measure(name)(tables[0], **DYADS | given)
    if is_of_inquiries(name):
        table = made(inquiries, *tables, by=given["by"])
        return measure(name)(table, *tables[1:] * ("comments" in wanted), **given)
    if next(iter(wanted)) in REFERENCED:
        positional = [
            each for each in inspect.signature(measure(name)).parameters.values() if each.kind != each.KEYWORD_ONLY
        ]
        return measure(name)(*tables[: len(positional)], **given)
    if is_of_codings(name) or "accounts" in wanted or "hosts" in wanted:
        return measure(name)(*tables, **given)
    return measure(name)(*(tables if "comments" in wanted else tables[:1]), **given)


MADE = {}  # what was made, with the tables it was made from, whose ids are its key


def made(make, *tables, **given):
    """make(tables), once for the same tables."""
    key = make, *map(id, tables), *map(str, given.values())
    if key not in MADE:
        MADE[key] = tables, make(*tables, **given)
    return MADE[key][1]


def inquiries(*tables, by):
    """The table of inquiries of posts and comments, some of which are coded."""
    comments = tables[1] if isinstance(tables[1], pd.DataFrame) else tables[1].to_pandas()
    return inquiry_table(*tables, codings=inquiry_codings(comments), by=by)


def network(*tables):
    """The network of follows and accounts, most of which have a size."""
    graph = tie_network(*tables)
    graph.add_nodes_from((node, {"size": float(node[-1])}) for node in graph if node[-1].isdigit() and node != "a07")
    return graph


def shuffled(*tables):
    """The tables with their rows in another order."""
    return [frame.sample(frac=1, random_state=seed) for seed, frame in enumerate(tables, start=2)]


def without_rows(*tables):
    """The tables without a row."""
    return [frame.iloc[:0] for frame in tables]


def one_account(follows, accounts, missions):
    """The tables of a network of one account."""
    return follows.iloc[:0], accounts.iloc[1:2], missions.iloc[:0]


def in_duckdb(*tables):
    """The tables from Parquet through a DuckDB connection."""
    connection, folder = ibis.duckdb.connect(), Path(FOLDER.name) / str(len(MADE))
    folder.mkdir()
    for number, frame in enumerate(tables):
        frame.to_parquet(folder / f"{number}.parquet")
    return [connection.read_parquet(folder / f"{number}.parquet") for number in range(len(tables))]


def of_network(name, graph, **given):
    """The measure of a graph; of two dates, of the graph and of a later one with fewer ties."""
    if "later" in inspect.signature(measure(name)).parameters:
        later = graph.copy()
        later.remove_edges_from(list(graph.edges)[::3])
        return measure(name)(graph, later, **given)
    return measure(name)(graph, **given)


@cache
def computed(name):
    """The table, once for all laws; and copies, from before, of all that it was made from."""
    tables = holding(name)
    whole = []
    if is_of_networks(name):
        whole = [made(network, *tables)]
    elif is_of_inquiries(name):
        whole = [made(inquiries, *tables, by=BY)]
    before = [deepcopy(each) for each in (*tables, *whole)]
    return before, (*tables, *whole), run(name, *tables)


@ALL
def test_empty_in_gives_empty_out(name):
    """No posts, no accounts: no rows, but the promised columns."""
    table = run(name, *made(without_rows, *holding(name)))
    assert table.empty
    assert list(table) == list(computed(name)[2])


@ALL
def test_neither_row_order_nor_engine_matters(name):
    """Shuffled rows in Parquet, read through a DuckDB connection, give the table of the pandas frames to the last digit."""
    shuffled_in_duckdb = made(in_duckdb, *made(shuffled, *holding(name)))
    assert_frame_equal(run(name, *shuffled_in_duckdb), computed(name)[2], check_exact=True)


@ALL
def test_columns_are_as_promised(name):
    """Group columns (a network is one group), keys, the measure, n, low, high and what follows; sorted by group."""
    groups, said = [] if is_of_networks(name) else BY, measures.registered()[name]
    _, _, table = computed(name)
    assert list(table) == [*groups, *said["keys"], name, "n", "low", "high", *said["columns"]]
    if groups:
        assert_frame_equal(table[groups], table[groups].sort_values(groups, kind="stable"))
    assert table.dtypes[["n", "low", "high"]].tolist() == ["int64", "float64", "float64"]


@ALL
def test_keys_tell_rows_apart(name):
    """No two rows have the same group columns and keys, so that no two facts have one name."""
    _, _, table = computed(name)
    groups = ["all"] if is_of_networks(name) else BY
    assert not table.assign(all="").duplicated([*groups, *measures.registered()[name]["keys"]]).any()


@ALL
def test_input_is_unchanged(name):
    """The frames given are the frames kept, and so are the graph and the table of inquiries."""
    before, after, _ = computed(name)
    for one, kept in zip(after, before, strict=True):
        if isinstance(one, pd.DataFrame):
            assert_frame_equal(one, kept)
        else:
            assert one.graph == kept.graph
            assert list(one.nodes(data=True)) == list(kept.nodes(data=True))
            assert list(one.edges(data=True)) == list(kept.edges(data=True))


@ALL
def test_nothing_to_measure_is_missing(name):
    """A group of which nothing is known, and a network of one account, have rows, without a number in them."""
    table = computed(name)[2]
    if is_of_networks(name):
        nothing = run(name, *made(one_account, *holding(name)))
    else:
        table = table.set_index("ministry")
        assert {"NIL", "PER", "USA"} == set(table.index)
        nothing = table.loc[["NIL"]]
    assert len(nothing)
    if name not in KNOWN:
        assert nothing[name].isna().all()
        assert (nothing.n == 0).all()
        assert nothing[["low", "high"]].isna().all(axis=None)


@ALL
def test_interval_holds_the_value(name):
    """low <= value <= high wherever there are such, and no limit without a value."""
    _, _, table = computed(name)
    present = table.dropna(subset=[name])
    assert not ((present.low > present[name]) | (present.high < present[name])).any()
    assert present[name].notna().any()
    assert table.loc[table[name].isna(), ["low", "high"]].isna().all(axis=None)


@ALL
def test_docstring_speaks_in_fixed_words(name):
    """Summary, formula, unit, reads, source, caution, parameters, returns, example; the unit as in the catalogue."""
    text = inspect.getdoc(measure(name))
    words = ["Formula:", "**Unit**", "**Reads**", "**Source**", "**Caution**", "Parameters:", "Returns", ">>>"]
    places = [text.index(word) for word in words]
    assert places == sorted(places)
    assert len(text.partition("\n")[0]) < 100
    assert re.sub(r"\s+", " ", text.split("**Unit**")[1]).strip().startswith(measures.units()[name])


@ALL
def test_the_registry_reads_what_the_decorator_says(name):
    """Unit, keys, columns and limits of the catalogue are those of the function."""
    function, said = measure(name), measures.registered()[name]
    assert {each: getattr(function, each) for each in said} == said
    assert getattr(measures, name) is function


def test_missing_group_key_is_a_group():
    """Posts without a medium stand in a row of their own."""
    posts = published()[0].copy()
    posts.loc[:9, "medium"] = None
    table = measure("post_count")(posts, by="medium")
    assert table.medium.isna().tolist() == [False, False, False, True]
    assert table.post_count.tolist()[-1] == 10


def test_absent_column_is_named():
    """A column that the table lacks is named, with those it has."""
    with pytest.raises(TableError, match="posts: no column 'lang'. Found: ministry"):
        measure("post_count")(pd.DataFrame({"ministry": ["PER"]}), by=["ministry", "lang"])


def test_unknown_measure_is_refused():
    """An unknown name is refused with the nearest ones, as an attribute too."""
    with pytest.raises(TableError, match="No measure 'post_counts'. Nearest: post_count"):
        measure("post_counts")
    with pytest.raises(AttributeError, match="no measure or helper 'share_abov'. Nearest: share_above"):
        measures.share_abov  # noqa: B018
    with pytest.raises(TableError, match="catalogue"):
        measure("klout")
