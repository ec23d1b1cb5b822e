"""What can be run on a holding: a ready command for each ministry and platform in it, and what the notebooks lack.

What a notebook needs stands in its metadata, {"digidip": {"needs": ["posts", "comments"]}}: canonical tables without
which it has nothing to say; of a list among them, ["attention", "posts"], one is enough. A parameter whose default fits the sample alone stands beside that with the value to take
for other data, "own_data": {"other": ""}.
"""

import shlex
from typing import NamedTuple

import pandas as pd

from digidip.studies._notebooks import notebooks, read_notebook

# How each canonical table comes into a holding, for who lacks it.
SOURCES = {
    "accounts": "a list of official accounts, in data/reference/accounts.csv or through digidip map FILE --table accounts",
    "posts": "any export of posts, or digidip collect",
    "comments": "exports of comments or replies, such as those of graph_api, twitter_v2, youtube_api, or digidip collect --replies",
    "follows": "lists of followers, digidip collect --followers, or networks as edge lists, GEXF, GraphML, GDF",
    "missions": "a registry of missions, such as digidip fetch embassies-2022",
    "metrics": "profiles with counts of followers, such as those of minet_users",
    "attention": "series of attention, such as those of google_trends or gdelt_timeline, or digidip map",
    "events": "a list of dated events, through digidip map FILE --table events",
}


class NextRuns(NamedTuple):
    """Parameters of the runs that a holding allows, notebooks it can feed (as typed), and {table: notebooks that lack it}."""

    parameters: list
    ready: list
    lacking: dict


def next_runs(facts, build, folder):
    """What can be run on a build; a NextRuns.

    facts: of the build (`store.facts_of`); build: its folder; folder: that of the notebooks.
    """
    ready, lacking = [], {}
    for path in notebooks(folder):
        about = read_notebook(path)["metadata"].get("digidip", {})
        if "needs" not in about:
            continue
        needed = [[need] if isinstance(need, str) else need for need in about["needs"]]
        lacks = [tables[0] for tables in needed if not any(map(facts["rows"].get, tables))]
        own = "".join(f" -p {name}={value}" for name, value in about.get("own_data", {}).items())
        ready += [path.stem + own] * (not lacks)
        for table in lacks:
            lacking.setdefault(table, []).append(path.stem.split("-")[0])
    return NextRuns(_parameters(facts, build) if facts["rows"].get("posts") else [], ready, lacking)


def _parameters(facts, build):
    """The parameters for each ministry and platform, most posts first: its whole time, in the zone that its files state."""
    posts = pd.read_parquet(build / "posts", columns=["ministry", "platform", "posted_at"])
    spans = posts.groupby(["ministry", "platform"], dropna=False)["posted_at"].agg(["size", "min", "max"]).reset_index()
    found = []
    for row in spans.sort_values("size", ascending=False).itertuples():
        named = [each["zone"] for each in facts["deliveries"] if (each["ministry"], each["platform"]) == row[1:3]]
        zone = next(filter(None, named), "UTC")
        first, last = (pd.Timestamp(each).tz_convert(zone).normalize() for each in (row.min, row.max))
        window = {"start": f"{first:%Y-%m-%d}", "end": f"{last + pd.DateOffset(days=1):%Y-%m-%d}", "zone": zone}
        ministry = "" if pd.isna(row.ministry) else row.ministry
        found.append({"data": "processed", "ministry": ministry, "platform": row.platform, "account": "", **window})
    return found


def command_of(notebook, parameters, options=()):
    """The command that runs a notebook with these parameters; options: words before `run`; it may have parameters of its own.

    >>> command_of("10-comment-analysis", {"data": "processed", "account": ""})
    'digidip run 10-comment-analysis -p data=processed -p account='
    """
    words = [word for name, value in parameters.items() for word in ("-p", f"{name}={value}")]
    return shlex.join(["digidip", *options, "run", *shlex.split(notebook), *words])
