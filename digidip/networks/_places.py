"""The places of accounts in the registry: which mission an account belongs to, all accounts at once."""

from digidip.networks._missions import observed
from digidip.tables import OFFICES, TableError, canonical

KINDS = {"ambassador": "embassy"} | {office: office for office in OFFICES}
MISSION = ["mission_id", "office", "ministry", "receiving", "city"]
PLACE = ["ministry", "office", "receiving"]


def placed_accounts(accounts, missions):
    """Accounts of missions in pandas with the `mission_id` they belong to; missing where the registry cannot tell.

    Reads accounts and missions as last observed. An account belongs to the one mission of its ministry, kind (an
    ambassador's is the embassy) and receiving state; of several, to the one in its city. Accounts of headquarters are
    left out.

    >>> import pandas as pd
    >>> accounts = pd.DataFrame({"platform": "x", "account_id": ["1", "2"], "ministry": "PER", "office": "ambassador",
    ...     "receiving": ["FRA", "JPN"], "city": None})
    >>> missions = pd.DataFrame({"mission_id": ["m"], "sender": "Peru", "ministry": "PER", "office": "embassy",
    ...     "receiving": "FRA", "city": "Paris", "observed_at": "2016-01-01"})
    >>> placed_accounts(accounts, missions).mission_id.tolist()
    ['m', nan]
    """
    held = canonical(accounts, "accounts", ["platform", "account_id", *PLACE, "city"]).to_pandas()
    abroad = held[held.office.isin(KINDS)].sort_values(["platform", "account_id"]).reset_index(drop=True)
    register = _register(missions, ["mission_id", "ministry"])
    pairs = _sought(abroad.assign(office=abroad.office.map(KINDS), account=abroad.index)).merge(
        _sought(register), on=PLACE, suffixes=("", "_of_mission")
    )
    here = (pairs.city != "") & (pairs.city == pairs.city_of_mission)
    elsewhere = ~here.groupby(pairs.account).transform("any") & ((pairs.office == "embassy") | (pairs.city == ""))
    found = pairs[here | elsewhere].drop_duplicates("account", keep=False).set_index("account")["mission_id"]
    return abroad.assign(mission_id=found.reindex(abroad.index).astype("str"))


def placed_nodes(nodes, accounts, missions):
    """Give each account among the nodes its `mission_id`, and make each mission without one a node; in place.

    Returns the number of missions, and of strays: accounts of missions that the registry does not tell apart.
    """
    found, register = placed_accounts(accounts, missions), _register(missions, ["mission_id"])
    for account, mission in found.dropna(subset="mission_id")[["account_id", "mission_id"]].itertuples(index=False):
        nodes[account]["mission_id"] = mission
    for row in register[~register.mission_id.isin(found.mission_id)].to_dict("records"):
        node = f"mission:{row['mission_id']}"
        if node in nodes:
            raise TableError(f"accounts: an account has the id {node!r}, which is kept for missions without one.")
        nodes[node] = {name: cell for name, cell in row.items() if isinstance(cell, str)} | {"is_account": False}
    return len(register), int(found.mission_id.isna().sum())


def _register(missions, key):
    """The missions as last observed, each once."""
    return observed(missions, MISSION).to_pandas()[MISSION].sort_values(MISSION).drop_duplicates(key)


def _sought(frame):
    """The frame with what is compared as text, nothing for what is missing, cities in small letters."""
    text = {name: frame[name].astype("object").fillna("") for name in (*PLACE, "city")}
    return frame.assign(**text | {"city": text["city"].str.casefold()})


def placed_missions(missions, accounts, states):
    """Missions as last observed with their place on a map, their `region`, and whether an account is known (`is_present`).

    `states` is the reference table of ministries. A mission of which the registry gives no place stands in the middle of
    its receiving state, where that is known.

    >>> import pandas as pd
    >>> missions = pd.DataFrame({"mission_id": ["m"], "sender": "Peru", "ministry": "PER", "office": "embassy", "city": "Paris",
    ...     "receiving": "FRA", "latitude": None, "longitude": None, "observed_at": "2016-01-01"})
    >>> states = pd.DataFrame({"ministry": ["FRA"], "region": "Europe", "latitude": 46.7, "longitude": 2.5})
    >>> accounts = missions.assign(platform="x", account_id="1")
    >>> placed_missions(missions, accounts, states)[["latitude", "region", "is_present"]].values.tolist()
    [[46.7, 'Europe', True]]
    """
    names = [*MISSION, "sender", "latitude", "longitude", "observed_at"]
    register = observed(missions, names).to_pandas()[names].sort_values(["mission_id", "ministry"])
    told = states.rename(columns={"ministry": "receiving"})[["receiving", "region", "latitude", "longitude"]]
    both = register.merge(told, "left", "receiving", suffixes=("", "_of_state"))
    own = both.latitude.notna() & both.longitude.notna()
    place = {
        name: both[name].where(own, both[f"{name}_of_state"]).astype("float64") for name in ("latitude", "longitude")
    }
    known = set(placed_accounts(accounts, missions)["mission_id"].dropna())
    place["region"] = both.region.astype("object").fillna("not known")
    found = both.assign(**place, is_present=both.mission_id.isin(known))
    return found.drop(columns=["latitude_of_state", "longitude_of_state"])
