"""The accounts that registries list, beside those of accounts.csv, which go before them."""

import pandas as pd

from digidip import readers
from digidip.store._further import numbered, with_states
from digidip.store._stage import reading
from digidip.tables import KEYS, SCHEMA

KEY = list(KEYS["accounts"])


def registered(work, read):
    """accounts.csv and, after it, the accounts of registries, latest delivery first: a pandas frame, one row each.

    An account known by its handle alone gets the id that accounts.csv or an export gives that handle on its platform.
    """
    listed = [listing(work, delivery, frames["accounts"]) for delivery, frames in read if "accounts" in frames]
    if not listed:
        return work.registered
    found = pd.concat(listed[::-1], ignore_index=True)
    platforms = set(found.loc[found["account_id"].str.startswith("@"), "platform"])
    known = (found["platform"] + found["account_id"]).map(_ids(work, read, platforms))
    found["account_id"] = known.fillna(found["account_id"])
    both = pd.concat([work.registered, found], ignore_index=True).groupby(KEY, sort=False).first().reset_index()
    return _with_missing(both.reindex(columns=list(SCHEMA["accounts"])))


@reading
def listing(work, delivery, frame):
    """The accounts of one registry, one row each; those whose sender is no state we know are rejects.

    Where a registry names no sender, as those of one state do, it is the ministry declared for the delivery, else that of
    its reader.
    """
    listed = with_states(numbered(work, delivery, "accounts", frame)).order_by("export_row", *KEY)
    days = {day: listed[day].cast("string") for day in ("from_on", "to_on") if day in listed.columns}
    rows = listed.mutate(**days).to_pandas().assign(label=delivery.label)
    unsent = rows["sender"].isna() if "sender" in rows else pd.Series(True, rows.index)
    rows["ministry"] = rows.get("ministry", pd.Series(None, rows.index, dtype="object"))
    own = getattr(readers.reader(delivery.reader), "SENDER", None)
    rows.loc[unsent & rows["ministry"].isna(), "ministry"] = delivery.ministry or own
    lost, kept = rows[rows["ministry"].isna()], rows[rows["ministry"].notna()]
    work.rejects += [(delivery.path, row.export_row, _reason(row)) for row in lost.itertuples()]
    once = kept.drop_duplicates(KEY)
    work.tell("attach accounts", "accounts", delivery.path, len(rows), len(kept), "accounts of a state we know")
    work.tell("deduplicate", "accounts", delivery.path, len(kept), len(once), "one row for each account")
    return _with_missing(once)


def _reason(row):
    sender = getattr(row, "sender", None)
    return f"account of {sender!r}, which is no state we know" if sender else "account of no state; say --ministry"


def _ids(work, read, platforms):
    """Platform and `@handle` → account id, as accounts.csv and the posts of the exports on these platforms tell it."""
    seen = [work.registered[[*KEY, "handle"]]]
    for delivery, frames in read:
        posts = frames.get("posts")
        if delivery.platform in platforms and posts is not None and {"account_id", "handle"} <= set(posts.columns):
            pairs = posts.select("account_id", "handle").distinct().order_by("account_id", "handle")
            seen.append(pairs.to_pandas().assign(platform=delivery.platform))
    known = pd.concat(seen).dropna()
    return dict(zip(known["platform"] + "@" + known["handle"].str.lower(), known["account_id"], strict=True))


def _with_missing(frame):
    return frame.astype(object).where(frame.notna(), None)
