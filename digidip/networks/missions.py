"""Missions: ties of sending and receiving states, what a registry lists, and which accounts belong to it."""

import ibis
from ibis import _

from digidip.networks.graph import built_network
from digidip.tables import OFFICES, TableError, canonical

HEADQUARTERS = ("ministry", "minister", "spokesperson")
KINDS = {"ambassador": "embassy"} | {office: office for office in OFFICES}
MISSION = ["mission_id", "office", "ministry", "receiving", "city"]
PLACE = ["ministry", "office", "receiving"]


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
    held = latest_missions(missions, columns, at).filter(_.office.isin(offices))
    held = held.filter(_.category.isin(categories)) if categories else held
    pairs = held.group_by(["ministry", "receiving"]).agg(weight=_.mission_id.nunique()).to_pandas()
    mapped = pairs.dropna(subset=["ministry", "receiving"])
    arcs = mapped.rename(columns={"ministry": "source", "receiving": "target"}).astype({"weight": "float64"})
    states = sorted({*pairs.ministry.dropna(), *pairs.receiving.dropna()})
    unmapped = int(pairs.weight.sum() - mapped.weight.sum())
    nodes = {state: {"ministry": state} for state in states}
    return built_network(nodes, arcs, tie="mission", unmapped=unmapped)


def mission_counts(missions, *, by="category", at=None):
    """How many missions a registry lists of each kind, and between how many senders and receivers.

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
    held = latest_missions(missions, ["mission_id", *keys, "receiver", "receiving"], at).mutate(
        pair=_.sender + "→" + _.receiver
    )
    unmapped = (_.ministry.isnull() | _.receiving.isnull()).sum()
    counts = {"missions": _.count(), "pairs": _.pair.nunique(), "senders": _.sender.nunique()}
    table = held.aggregate(by=keys, **counts, receivers=_.receiver.nunique(), unmapped=unmapped).to_pandas()
    return table.sort_values(["missions", *keys], ascending=[False, *(True for _key in keys)], ignore_index=True)


def unmapped_ends(missions, at=None):
    """Senders and receivers of missions that are no state we know: no network of states has them.

    Frame: `end` (sender, receiver), `name` in the registry's own words, `missions`; most first.

    >>> import pandas as pd
    >>> missions = pd.DataFrame({"mission_id": ["1"], "sender": ["Quebec"], "ministry": [None], "receiver": ["France"],
    ...     "receiving": ["FRA"], "observed_at": "2022-01-01"})
    >>> unmapped_ends(missions).values.tolist()
    [['sender', 'Quebec', 1]]
    """
    held = latest_missions(missions, ["mission_id", "receiver", "receiving"], at)
    ends = [
        held.filter(held[code].isnull())
        .group_by(name=held[word])
        .agg(missions=_.count())
        .mutate(end=ibis.literal(word))
        for word, code in (("sender", "ministry"), ("receiver", "receiving"))
    ]
    table = ibis.union(*ends).select("end", "name", "missions").to_pandas()
    return table.sort_values(["missions", "end", "name"], ascending=[False, False, True], ignore_index=True)


def observation_days(missions):
    """The days (UTC) on which missions were observed, as ISO text, first to last."""
    days = canonical(missions, "missions", ["observed_at"]).select(day=_.observed_at.date()).distinct().to_pandas()
    return sorted(f"{day:%Y-%m-%d}" for day in days.day)


def latest_missions(missions, columns, at=None):
    """Missions as each state, or other sender, had them when last observed, not after the date `at`."""
    held = canonical(missions, "missions", [*columns, "ministry", "sender", "observed_at"])
    if at is not None:
        held = held.filter(_.observed_at.date() <= at)
    return held.filter(_.observed_at == _.observed_at.max().over(group_by=_.ministry.coalesce(_.sender)))


def accounts_at_missions(accounts, missions):
    """Accounts of missions with the `mission_id` they belong to, missing where the registry cannot tell.

    Reads accounts and missions as last observed. An account belongs to the one mission of its ministry, kind (an
    ambassador's is the embassy) and receiving state; of several, to the one in its city. Accounts of headquarters are
    left out.

    >>> import pandas as pd
    >>> accounts = pd.DataFrame({"platform": "x", "account_id": ["1", "2"], "ministry": "PER", "office": "ambassador",
    ...     "receiving": ["FRA", "JPN"], "city": None})
    >>> missions = pd.DataFrame({"mission_id": ["m"], "sender": "Peru", "ministry": "PER", "office": "embassy",
    ...     "receiving": "FRA", "city": "Paris", "observed_at": "2016-01-01"})
    >>> accounts_at_missions(accounts, missions).mission_id.tolist()
    ['m', nan]
    """
    held = canonical(accounts, "accounts", ["platform", "account_id", *PLACE, "city"]).to_pandas()
    abroad = held[held.office.isin(KINDS)].sort_values(["platform", "account_id"]).reset_index(drop=True)
    register = _latest_register(missions, ["mission_id", "ministry"])
    pairs = _comparable(abroad.assign(office=abroad.office.map(KINDS), account=abroad.index)).merge(
        _comparable(register), on=PLACE, suffixes=("", "_of_mission")
    )
    here = (pairs.city != "") & (pairs.city == pairs.city_of_mission)
    elsewhere = ~here.groupby(pairs.account).transform("any") & ((pairs.office == "embassy") | (pairs.city == ""))
    found = pairs[here | elsewhere].drop_duplicates("account", keep=False).set_index("account")["mission_id"]
    return abroad.assign(mission_id=found.reindex(abroad.index).astype("str"))


def place_nodes(nodes, accounts, missions):
    """Give each account its `mission_id`, and make each mission without an account a node; in place.

    Returns the number of missions, and of strays: accounts of missions that the registry does not tell apart.
    """
    found, register = accounts_at_missions(accounts, missions), _latest_register(missions, ["mission_id"])
    for account, mission in found.dropna(subset="mission_id")[["account_id", "mission_id"]].itertuples(index=False):
        nodes[account]["mission_id"] = mission
    for row in register[~register.mission_id.isin(found.mission_id)].to_dict("records"):
        node = f"mission:{row['mission_id']}"
        if node in nodes:
            raise TableError(f"accounts: an account has the id {node!r}, which is kept for missions without one.")
        nodes[node] = {name: cell for name, cell in row.items() if isinstance(cell, str)} | {"is_account": False}
    return len(register), int(found.mission_id.isna().sum())


def _latest_register(missions, key):
    """The missions as last observed, each once."""
    return latest_missions(missions, MISSION).to_pandas()[MISSION].sort_values(MISSION).drop_duplicates(key)


def _comparable(frame):
    """The frame with what is compared as text, nothing for what is missing, cities in small letters."""
    text = {name: frame[name].astype("object").fillna("") for name in (*PLACE, "city")}
    return frame.assign(**text | {"city": text["city"].str.casefold()})


def located_missions(missions, accounts, states):
    """Missions as last observed: place on a map, region, and whether an account is known.

    `states` is the reference table of ministries. A mission of which the registry gives no place stands in the middle of
    its receiving state, where that is known.

    >>> import pandas as pd
    >>> missions = pd.DataFrame({"mission_id": ["m"], "sender": "Peru", "ministry": "PER", "office": "embassy", "city": "Paris",
    ...     "receiving": "FRA", "latitude": None, "longitude": None, "observed_at": "2016-01-01"})
    >>> states = pd.DataFrame({"ministry": ["FRA"], "region": "Europe", "latitude": 46.7, "longitude": 2.5})
    >>> accounts = missions.assign(platform="x", account_id="1")
    >>> located_missions(missions, accounts, states)[["latitude", "region", "is_present"]].values.tolist()
    [[46.7, 'Europe', True]]
    """
    names = [*MISSION, "sender", "latitude", "longitude", "observed_at"]
    register = latest_missions(missions, names).to_pandas()[names].sort_values(["mission_id", "ministry"])
    places = states.rename(columns={"ministry": "receiving"})[["receiving", "region", "latitude", "longitude"]]
    both = register.merge(places, "left", "receiving", suffixes=("", "_of_state"))
    own = both.latitude.notna() & both.longitude.notna()
    place = {
        name: both[name].where(own, both[f"{name}_of_state"]).astype("float64") for name in ("latitude", "longitude")
    }
    known = set(accounts_at_missions(accounts, missions)["mission_id"].dropna())
    found = both.assign(**place, is_present=both.mission_id.isin(known))
    return found.drop(columns=["latitude_of_state", "longitude_of_state"])
