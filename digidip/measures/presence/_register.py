"""The register of missions beside the accounts: which mission is on which platforms."""

import pandas as pd
from ibis import _

from digidip.measures.statistics._common import canonical
from digidip.networks import accounts_at_missions

KEY = ["mission_id", "ministry"]


def register(missions, accounts, by):
    """Rows of pandas: the group columns, `on` (a frozenset of platforms), `is_mission`; and the platforms of all accounts.

    One row per mission as last observed; with is_mission False one per account that belongs to no mission the registry
    tells apart, where the group columns are columns of accounts too. Group columns are those of missions.
    """
    held = canonical(missions, "missions", [*by, *KEY, "sender", "observed_at"])
    held = held.filter(_.observed_at == _.observed_at.max().over(group_by=_.ministry.coalesce(_.sender))).to_pandas()
    placed, platforms = accounts_at_missions(accounts, missions), _platforms(accounts)
    known = placed.dropna(subset="mission_id").groupby(KEY)["platform"].agg(frozenset)
    own = held.sort_values([*KEY, *by]).drop_duplicates(KEY)
    own = own.assign(on=[known.get(key, frozenset()) for key in zip(own.mission_id, own.ministry, strict=True)])
    frames = [own.assign(is_mission=True)]
    if set(by) <= set(accounts.columns):
        strays = canonical(accounts, "accounts", [*by, "platform", "account_id", "office"]).to_pandas()
        strays = strays.merge(placed[placed.mission_id.isna()][["platform", "account_id"]])
        frames.append(strays.assign(on=strays.platform.map(lambda platform: frozenset([platform])), is_mission=False))
    return pd.concat([frame[[*dict.fromkeys(by), "on", "is_mission"]] for frame in frames]), platforms


def _platforms(accounts):
    """The platforms of all accounts, sorted."""
    names = canonical(accounts, "accounts", ["platform"]).distinct().to_pandas()["platform"]
    return sorted(names.dropna())
