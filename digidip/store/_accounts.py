"""The official accounts of a holding: those of accounts.csv, and those that only the exports name."""

from datetime import date
from pathlib import Path

import ibis
import pandas as pd
from ibis import _

from digidip.deliveries import REFERENCE
from digidip.store._work import weakest
from digidip.tables import KEYS, SCHEMA, TableError, types

KEY = list(KEYS["accounts"])
NEEDED = {"platform", "account_id", "ministry", "name", "handle", "label"}


def accounts_of(reference):
    """accounts.csv of the reference folder (default: the repository's) as text, one row per official account.

    Columns that only its owner knows are left out. A missing column, two rows for one account, and a day that is no
    date raise `TableError`.
    """
    shipped = REFERENCE / "accounts.csv"
    own = Path(reference) / "accounts.csv" if reference else shipped
    path = own if own.exists() else shipped
    frame = _text(path)
    lacking = sorted(NEEDED - set(frame.columns))
    if lacking:
        raise TableError(
            f"{path} (row 1): no column {lacking[0]!r}. Expected: {', '.join(SCHEMA['accounts'])}. Add it."
        )
    for number, row in enumerate(frame.to_dict("records"), start=2):
        _check_row(path, number, row)
    _check_once(path, frame)
    return frame.reindex(columns=list(SCHEMA["accounts"])).astype(object).where(lambda f: f.notna() & (f != ""), None)


def accounts(work, posts):
    """Registered accounts with the label of a delivery or posts of their own, and those that only the exports name.

    What accounts.csv says of an account goes before what the exports say; `work.fresh` keeps those it does not know.
    """
    seen = _seen(posts).to_pandas()
    labels = {delivery.label for delivery in work.deliveries}
    held = work.registered.merge(seen[KEY], how="left", on=KEY, indicator="where")
    registered = held[held["label"].isin(labels) | (held["where"] == "both")].drop(columns="where")
    both = pd.concat([registered, seen.assign(source="seen in the exports")]).groupby(KEY, sort=True).first()
    work.fresh = seen.merge(work.registered[KEY], how="left", on=KEY, indicator="where").query("where == 'left_only'")
    work.fresh = work.fresh.drop(columns="where")
    columns = types("accounts")
    frame = both.reset_index().reindex(columns=list(columns)).astype(object)
    return ibis.memtable(frame.where(frame.notna(), None), schema=dict.fromkeys(columns, "string")).cast(columns)


def _seen(posts):
    """What the posts say of their accounts, as last seen; of two posts of one instant the greater id decides."""
    latest = ibis.struct({"posted_at": _.posted_at, "post_id": _.post_id})
    last = {"handle": _.handle, "name": _.account_name, "ministry": _.ministry}
    columns = {column: cell.argmax(latest, where=cell.notnull()) for column, cell in last.items()}
    return posts.group_by(KEY).aggregate(**columns, label=weakest(_.label)).order_by(KEY)


def _text(path):
    try:
        return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise TableError(
            f"{path}: no CSV in UTF-8 ({type(error).__name__}). Expected: a comma-separated table with the columns "
            f"{', '.join(SCHEMA['accounts'])}. Save it as CSV UTF-8."
        ) from None


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
