"""The official accounts of a holding: those of accounts.csv, those that registries list, those that only exports name."""

import csv
import io
from datetime import date
from pathlib import Path

import ibis
import pandas as pd
from ibis import _

from digidip import readers
from digidip.deliveries import REFERENCE, is_of_sample, read_csv_texts
from digidip.home import atomic_write
from digidip.store._holding import weakest
from digidip.store._other_tables import observed, with_states
from digidip.tables import KEYS, LABELS, SCHEMA, TableError, types

KEY = list(KEYS["accounts"])
CHANNEL = r"^(?:-100)?([0-9]+)$"  # a channel of Telegram by its number; programs write a mark before it (-100, channel)
OF_SAMPLE = "data/raw/sample/"  # begins the source of an account that was invented with the sample
NEEDED = ("account_id", "handle", "label", "ministry", "name", "platform")


def accounts_of(reference):
    """accounts.csv of the reference folder (default: the repository's) as text, one row per official account.

    Columns that only its owner knows are left out, and a channel of Telegram stands as `channel` and its number. A missing
    column, two rows for one account, and a day that is no date raise `TableError`.
    """
    shipped = REFERENCE / "accounts.csv"
    own = Path(reference) / "accounts.csv" if reference else shipped
    path = own if own.exists() else shipped
    frame = read_csv_texts(path, SCHEMA["accounts"], NEEDED)
    for number, row in enumerate(frame.to_dict("records"), start=2):
        _check_row(path, number, row)
    of_telegram = frame["platform"] == "telegram"
    ids = frame.loc[of_telegram, "account_id"].str.replace(CHANNEL, r"channel\1", regex=True)
    frame.loc[of_telegram, "account_id"] = ids
    _check_once(path, frame)
    return frame.reindex(columns=list(SCHEMA["accounts"])).astype(object).where(lambda f: f.notna() & (f != ""), None)


def _check_row(path, number, row):
    for column in ("from_on", "to_on"):
        try:
            date.fromisoformat(row.get(column) or "2016-01-31")
        except ValueError:
            raise TableError(
                f"{path} (row {number}): {column} is no date. Expected: a day such as 2016-01-31, or nothing. Mend the row."
            ) from None


def _check_once(path, frame):
    twice = frame[frame.duplicated(KEY)]
    if len(twice):
        row = twice.iloc[0]
        raise TableError(
            f"{path} (row {twice.index[0] + 2}): account {row.account_id!r} on {row.platform!r} stands here twice. "
            "Expected: one row for each account. Take one out."
        )


def with_registries(holding, authors):
    """accounts.csv and, after it, the accounts of registries, latest delivery first: a pandas frame, one row each.

    authors: a pandas frame platform, account_id, handle of the posts as they were read. An account known by its handle
    alone gets the id that accounts.csv or an export gives that handle on its platform.
    """
    if not holding.with_table("accounts"):
        return holding.registered
    found = listings(holding)
    lists = zip(holding.with_table("accounts"), found, strict=True)
    declared = [rows.assign(export=delivery.path) for delivery, rows in lists if delivery.ministry]
    if declared:
        check_one_ministry(pd.concat(declared), holding.registered)
    listed = pd.concat(found[::-1], ignore_index=True)
    ids = _ids(holding, authors)
    pairs = zip(listed["platform"], listed["account_id"], strict=True)
    listed["account_id"] = [ids.get(platform + account, account) for platform, account in pairs]
    both = pd.concat([holding.registered, listed], ignore_index=True).groupby(KEY, sort=False).first()
    both["label"] = _weakest_labels(holding.registered, listed)
    return _with_none(both.reset_index().reindex(columns=list(SCHEMA["accounts"])))


def check_one_ministry(accounts, registered):
    """Nothing, unless exports say two ministries of an account that is not registered: the last would win.

    accounts: a pandas frame export, platform, account_id, ministry; one without a ministry says nothing.
    """
    accounts = accounts[accounts["ministry"].notna() & (accounts["ministry"] != "")].drop_duplicates([*KEY, "ministry"])
    twice = accounts[
        accounts.duplicated(KEY, keep=False) & ~accounts.set_index(KEY).index.isin(registered.set_index(KEY).index)
    ]
    if len(twice):
        one, other = twice.sort_values(KEY, kind="stable").iloc[:2].itertuples()
        raise TableError(
            f"account {one.account_id!r} on {one.platform}: of {one.ministry} by {one.export}, of {other.ministry} by {other.export}. "
            "Expected: one ministry for an account. Say whose it is in data/reference/accounts.csv, or take one out: digidip "
            "forget --delivery PATH. Then build again."
        )


def _weakest_labels(*frames):
    """The label of each account that claims least in any of the frames, as a series by platform and account_id."""
    known = pd.concat([frame[[*KEY, "label"]] for frame in frames])
    ranks = known[known["label"].isin(LABELS)].set_index(KEY)["label"].map(LABELS.index)
    return ranks.groupby(level=KEY).max().map(dict(enumerate(LABELS)))


def weaker_labels(holding):
    """The accounts whose label claims less than that of a delivery: a pandas frame platform, account_id, label.

    The repository's own list counts whatever the home's says, so that nobody makes the sample's accounts real.
    """
    labels = _weakest_labels(holding.registered, accounts_of(None)).reset_index()
    strongest = min(LABELS.index(delivery.label) for delivery in holding.deliveries)
    return labels[labels["label"].isin(LABELS[strongest + 1 :])]


def listings(holding):
    """The accounts of each registry, one row each; those whose sender is no state we know are rejects.

    Returns a pandas frame for each delivery. Where a registry names no sender, as those of one state do, it is the
    ministry declared for the delivery, else that of its reader.
    """
    table = with_states(observed(holding, "accounts"))
    days = {day: table[day].cast("string") for day in ("from_on", "to_on") if day in table.columns}
    rows = table.mutate(**days).order_by("export_row", *KEY).to_pandas()
    deliveries = holding.with_table("accounts")
    return [_listing(holding, delivery, rows[rows["export"] == delivery.path]) for delivery in deliveries]


def _listing(holding, delivery, rows):
    rows = rows.assign(label=delivery.label)
    has_no_sender = rows["sender"].isna() if "sender" in rows else pd.Series(True, rows.index)
    rows["ministry"] = rows.get("ministry", pd.Series(None, rows.index, dtype="object"))
    own = getattr(readers.reader(delivery.reader), "SENDER", None)
    rows.loc[has_no_sender & rows["ministry"].isna(), "ministry"] = delivery.ministry or own
    of_no_state, of_states = rows[rows["ministry"].isna()], rows[rows["ministry"].notna()]
    holding.rejects += [(delivery.path, row.export_row, _reason(row)) for row in of_no_state.itertuples()]
    once = of_states.drop_duplicates(KEY)
    counts = len(rows), len(of_states), len(once)
    holding.record_step("attach accounts", "accounts", delivery.path, *counts[:2], "accounts of no state we know")
    holding.record_step("deduplicate", "accounts", delivery.path, *counts[1:], "further rows of an account")
    return _with_none(once)


def _reason(row):
    sender = getattr(row, "sender", None)
    sender = None if pd.isna(sender) else sender
    return f"account of {sender!r}, which is no state we know" if sender else "account of no state; say --ministry"


def _ids(holding, authors):
    """Platform and `@handle` → account id, as accounts.csv and the posts of the exports tell it."""
    pairs = pd.concat([holding.registered[[*KEY, "handle"]], authors[[*KEY, "handle"]]]).dropna()
    return dict(zip(pairs["platform"] + "@" + pairs["handle"].str.lower(), pairs["account_id"], strict=True))


def accounts(holding, posts):
    """Registered accounts with the label of a delivery or posts of their own, and those that only the exports name.

    What accounts.csv says of an account goes before what the exports say; `holding.unregistered` are those it lacks.
    """
    seen = _seen(posts).to_pandas()
    labels = {delivery.label for delivery in holding.deliveries}
    with_posts = holding.registered.merge(seen[KEY], how="left", on=KEY, indicator="where")
    is_held = with_posts["label"].isin(labels)
    if not any(is_of_sample(holding.source(one), one.sha256) for one in holding.deliveries):
        is_held &= ~with_posts["source"].fillna("").str.startswith(OF_SAMPLE)  # invented, and of no concern to others
    registered = with_posts[is_held | (with_posts["where"] == "both")].drop(columns="where")
    both = pd.concat([registered, seen.assign(source="seen in the exports")]).groupby(KEY, sort=True).first()
    both["label"] = _weakest_labels(registered, seen).reindex(both.index)
    apart = seen.merge(holding.registered[KEY], how="left", on=KEY, indicator="where").query("where == 'left_only'")
    holding.unregistered = apart.drop(columns="where")
    columns = types("accounts")
    frame = both.reset_index().reindex(columns=list(columns)).astype(object)
    return ibis.memtable(_with_none(frame), schema=dict.fromkeys(columns, "string")).cast(columns)


def _seen(posts):
    """What the posts say of their accounts, as last seen; of two posts of one instant the greater id decides."""
    latest = ibis.struct({"posted_at": _.posted_at, "post_id": _.post_id})
    last = {"handle": _.handle, "name": _.account_name, "ministry": _.ministry}
    columns = {column: cell.argmax(latest, where=cell.notnull()) for column, cell in last.items()}
    return posts.group_by(KEY).aggregate(**columns, label=weakest(_.label)).order_by(KEY)


def _with_none(frame):
    return frame.astype(object).where(frame.notna(), None)


def write_accounts(reference, accounts):
    """Add accounts (dicts) to accounts.csv of the reference folder, under its columns; returns how many.

    A folder without one gets a new one. What stands there stays as it is.
    """
    path = Path(reference) / "accounts.csv"
    before = path.read_text(encoding="utf-8-sig") if path.exists() else ",".join(SCHEMA["accounts"])
    text = io.StringIO()
    columns = next(csv.reader(io.StringIO(before)))
    csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\n").writerows(accounts)
    atomic_write(path, f"{before.rstrip()}\n{text.getvalue()}".encode())
    return len(accounts)
