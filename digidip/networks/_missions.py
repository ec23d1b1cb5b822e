"""Missions as ties: the network of sending and receiving states, and what a registry lists."""

import ibis
from ibis import _

from digidip.networks._draw import drawn
from digidip.tables import OFFICES, canonical

HEADQUARTERS = ("ministry", "minister", "spokesperson")


def mission_network(missions, *, offices=OFFICES, categories=(), at=None):
    """Sending state → receiving state, weight = number of missions.

    Reads missions: the latest observation of each sender, or the latest not after the date `at`. `offices` names the
    kinds of missions that count, all by default; an "embassy" is whatever stands for one among its senders, so also a
    high commission and an apostolic nunciature. `categories` narrows that to kinds in the registry's own words, such as
    "embassy" and nothing else. Nodes are states (ISO 3166-1 alpha-3) with `ministry` = the state itself. Missions
    whose sender or place is no state we know are left out and counted as `unmapped` (`unmapped_ends` lists them); those
    in the sending state itself, as `self_loops`. Missions must come from one registry: two that list the same embassy
    count it twice. A state that the registry names as a receiver alone is a node that sends nothing.

    >>> import pandas as pd
    >>> missions = pd.DataFrame({"mission_id": ["1", "2", "3"], "office": "embassy", "sender": "Peru",
    ...     "ministry": "PER", "receiving": ["FRA", "FRA", None], "observed_at": "2022-01-01"})
    >>> network = mission_network(missions)
    >>> list(network.edges(data="weight")), network.graph["unmapped"]
    ([('PER', 'FRA', 2.0)], 1)
    """
    columns = ["mission_id", "office", "ministry", "receiving", *(["category"] if categories else [])]
    held = observed(missions, columns, at).filter(_.office.isin(offices))
    held = held.filter(_.category.isin(categories)) if categories else held
    pairs = held.group_by(["ministry", "receiving"]).agg(weight=_.mission_id.nunique()).to_pandas()
    mapped = pairs.dropna(subset=["ministry", "receiving"])
    arcs = mapped.rename(columns={"ministry": "source", "receiving": "target"}).astype({"weight": "float64"})
    states = sorted({*pairs.ministry.dropna(), *pairs.receiving.dropna()})
    unmapped = int(pairs.weight.sum() - mapped.weight.sum())
    nodes = {state: {"ministry": state} for state in states}
    return drawn(nodes, arcs, tie="mission", unmapped=unmapped)


def mission_counts(missions, *, by="category", at=None):
    """How many missions a registry lists of each kind, and between how many senders and receivers, in its own words.

    `by` names columns: category (the registry's word), office, sender, ministry, …, or () for all. Frame: these, then
    `missions`, `pairs` (sender and receiver), `senders`, `receivers`, `unmapped` (missions whose sender or place is no
    state we know); most missions first. Observation as in `mission_network`. Words, not states: a state and the
    government named after it are two senders here, one in `mission_network`.

    >>> import pandas as pd
    >>> missions = pd.DataFrame({"mission_id": ["1", "2", "3"], "category": ["embassy", "embassy", "office"],
    ...     "sender": ["Peru", "Peru", "Quebec"], "ministry": ["PER", "PER", None], "receiver": "France",
    ...     "receiving": "FRA", "observed_at": "2022-01-01"})
    >>> mission_counts(missions).values.tolist()
    [['embassy', 2, 1, 1, 1, 0], ['office', 1, 1, 1, 1, 1]]
    """
    keys = [by] if isinstance(by, str) else list(by)
    held = observed(missions, ["mission_id", *keys, "receiver", "receiving"], at).mutate(
        pair=_.sender + "→" + _.receiver
    )
    unmapped = (_.ministry.isnull() | _.receiving.isnull()).sum()
    counts = {"missions": _.count(), "pairs": _.pair.nunique(), "senders": _.sender.nunique()}
    table = held.aggregate(by=keys, **counts, receivers=_.receiver.nunique(), unmapped=unmapped).to_pandas()
    return table.sort_values(["missions", *keys], ascending=[False, *(True for _key in keys)], ignore_index=True)


def unmapped_ends(missions, at=None):
    """Who sends and where missions are, where that is no state we know: left out of every network of states.

    Frame: `end` (sender, receiver), `name` in the registry's own words, `missions`; most first.

    >>> import pandas as pd
    >>> missions = pd.DataFrame({"mission_id": ["1"], "sender": ["Quebec"], "ministry": [None], "receiver": ["France"],
    ...     "receiving": ["FRA"], "observed_at": "2022-01-01"})
    >>> unmapped_ends(missions).values.tolist()
    [['sender', 'Quebec', 1]]
    """
    held = observed(missions, ["mission_id", "receiver", "receiving"], at)
    ends = [
        held.filter(held[code].isnull())
        .group_by(name=held[word])
        .agg(missions=_.count())
        .mutate(end=ibis.literal(word))
        for word, code in (("sender", "ministry"), ("receiver", "receiving"))
    ]
    table = ibis.union(*ends).select("end", "name", "missions").to_pandas()
    return table.sort_values(["missions", "end", "name"], ascending=[False, False, True], ignore_index=True)


def observations(missions):
    """The days (UTC) on which missions were observed, as ISO text, first to last."""
    days = canonical(missions, "missions", ["observed_at"]).select(day=_.observed_at.date()).distinct().to_pandas()
    return sorted(f"{day:%Y-%m-%d}" for day in days.day)


def observed(missions, columns, at=None):
    """Missions as each state (or sender that is none) had them when last observed, not after the date `at`."""
    held = canonical(missions, "missions", [*columns, "ministry", "sender", "observed_at"])
    if at is not None:
        held = held.filter(_.observed_at.date() <= at)
    return held.filter(_.observed_at == _.observed_at.max().over(group_by=_.ministry.coalesce(_.sender)))
