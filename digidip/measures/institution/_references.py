"""Reference tables as measures read them: some columns, in pandas, in their types, sorted."""

from difflib import get_close_matches

import pandas as pd

from digidip.measures.statistics._columns import to_pandas
from digidip.tables import REFERENCES, TableError, currency_code

MOST_LISTED = 12  # words in a message
LEDGER = {"money": "", "hours": "hours"}  # kinds of costs; money is told in its currency


def reference_rows(table, name, columns):
    """These columns of a reference table, from Ibis or pandas; texts are None where missing, numbers float, days without zone."""
    columns = list(dict.fromkeys(columns))
    if absent := [column for column in columns if column not in table.columns]:
        wanted, found = ", ".join(map(repr, absent)), ", ".join(map(str, table.columns))
        raise TableError(f"{name}: no column {wanted}. Found: {found}. See digidip.tables.REFERENCES.")
    frame, rules = to_pandas(table[columns]), REFERENCES.get(name, {})
    kinds = {column: rules[column].kind if column in rules else "" for column in columns}
    typed = {column: _typed(frame[column], kind) for column, kind in kinds.items()}
    found = pd.DataFrame(typed, columns=columns)
    return found.sort_values(columns, kind="stable", ignore_index=True)


def check_word(what, word, known):
    """Nothing, if a word is one of the known; else `TableError` that says which are. Where none is known, nothing is asked.

    >>> check_word("outcome", "likes", ["likes", "views"])
    """
    known = sorted({str(one) for one in known})
    if known and word not in known:
        near = get_close_matches(str(word), known, n=1)
        listed = ", ".join(known[:MOST_LISTED]) + (
            f" and {len(known) - MOST_LISTED:,} more" * (len(known) > MOST_LISTED)
        )
        hint = f" The nearest is {near[0]!r}." if near else ""
        raise TableError(f"{what}: found {word!r}. Expected: one of {listed}.{hint} Mend the word.")


def _typed(cells, kind):
    """A column in the type of its kind."""
    if kind in ("number", "count"):
        return pd.to_numeric(cells).astype("float64")
    if kind in ("on", "at"):
        days = pd.to_datetime(cells, utc=True).dt.tz_localize(None)
        return days.astype("datetime64[us]")
    if cells.dtype.kind in "if" and cells.notna().any():
        return cells
    return cells.astype(object).where(cells.notna(), None)


def ledger(costs, by, *columns):
    """Rows of costs with `priced_in`: the currency as its code, or hours. Another kind, and money without a currency that is one, are errors."""
    frame = reference_rows(costs, "costs", [*by, *columns, "item", "kind", "amount", "currency"])
    strange = sorted({str(kind) for kind in frame["kind"]} - {*LEDGER, "None"})
    if strange:
        raise TableError(
            f"costs: kind is {strange[0]!r}. Expected: money or hours. Mend the rows of the table of costs."
        )
    codes = frame["currency"].map(currency_code, na_action="ignore").astype(object)
    if (unknown := frame["currency"].notna() & codes.isna()).any():
        row = frame[unknown].iloc[0]
        raise TableError(
            f"costs: {row['item']!r} has the currency {row['currency']!r}. Expected: a code of ISO 4217, such as USD. Mend the row."
        )
    frame = frame.assign(currency=codes.where(codes.notna(), None))
    lost = frame[frame["kind"].eq("money") & frame["amount"].notna() & frame["currency"].isna()]
    if len(lost):
        raise TableError(
            f"costs: {lost['item'].iloc[0]!r} is money without a currency. Expected: a code of ISO 4217. Mend the row."
        )
    if frame["amount"].lt(0).any():
        item = frame["item"][frame["amount"].lt(0)].iloc[0]
        raise TableError(f"costs: {item!r} has an amount below 0. Expected: 0 or more. Mend the row.")
    return frame.assign(priced_in=frame["currency"].where(frame["kind"].eq("money"), frame["kind"]).fillna("unknown"))
