"""Reference tables: what people know beside the exports, as CSV that a person keeps by hand."""

from pathlib import Path

import pandas as pd

from digidip import deliveries
from digidip.home import facts_of
from digidip.store._folder import holding_folder
from digidip.store._holding import table_of
from digidip.store._reads import digest, note
from digidip.tables import COUNTRY, REFERENCE_WORDS, REFERENCES, TableError, currency_code, refuse_origins

SAMPLE = deliveries.SAMPLE / "reference"
DELIVERED = ("events",)  # tables whose rows may also come as deliveries, in any form, through a map
SAME = [
    "event",
    "series",
    "begins_at",
]  # of an event that is kept by hand and delivered too: counted once, as kept by hand
DAY = r"[0-9]{4}-?[0-9]{2}-?[0-9]{2}"
MEANT = {
    "count": "a whole number",
    "number": "a number",
    "at": "a UTC instant such as 2016-01-31T09:30:00Z or a day; of a month, its first day, and as its end the day after its last",
    "on": "a day such as 2016-01-31",
    "ministry": "the code of its state of ISO 3166-1 alpha-3 such as PER",
    "currency": "a currency's code of ISO 4217 such as USD",
}


def reference(name, data="sample", home=None):
    """A reference table as pandas, one row per row of its CSV; no rows where the holding has none.

    `name` is one of `tables.REFERENCES`, which says what each column means. With data="sample" a table made for the
    sample (data/raw/sample/reference) goes before the repository's (data/reference); with "processed" the home's
    data/reference/<name>.csv does, and where the repository's is read for want of it, a line says so. Events that were
    delivered (`digidip map FILE --table events`) and built follow those kept by hand,
    but for those that are there already (event, series, begins_at). Text columns hold None where a cell is empty, counts are Int64, instants UTC.
    An unknown name, a missing column and a cell that is not what its column says raise `TableError` with the row.

    >>> reference("ministries").set_index("ministry").loc["PER", ["region", "state"]].tolist()
    ['Americas', 'Peru']
    """
    if name not in REFERENCES:
        raise TableError(f"No reference table {name!r}. There are: {', '.join(REFERENCES)}.")
    places = _places(name, data, home)
    found = next((path for path in places if path.exists()), None)
    if data != "sample" and found not in (None, places[0]):
        print(f"Reference table {name}: none in the data/reference of the home, so the repository's is read.")
    note("reference", {"name": name, "data": data}, "", lambda: reference_hash(name, data, home))
    cells = (
        deliveries.read_csv_texts(found, REFERENCES[name], REFERENCES[name])
        if found
        else pd.DataFrame(columns=list(REFERENCES[name]), dtype=str)
    )
    if name == "codings":
        refuse_origins(str(found), (), pd.unique(pd.concat([cells["variable"], cells["codebook"]])))
    words = REFERENCE_WORDS[name]
    by_hand = pd.DataFrame(
        {column: _typed(found, cells[column], rule, words.get(column)) for column, rule in REFERENCES[name].items()}
    )
    folder = _with_delivered(name, data, home)
    if folder is None:
        return by_hand
    delivered = table_of(folder, name).select(*REFERENCES[name]).order_by("begins_at", "event").to_pandas()
    delivered = delivered.astype(object).where(delivered.notna(), None).astype(by_hand.dtypes)
    both = pd.concat([each for each in (by_hand, delivered) if len(each)] or [by_hand], ignore_index=True)
    return both[~both.duplicated(SAME) | (both.index < len(by_hand))].reset_index(drop=True)


def reference_hash(name, data, home=None):
    """The hash of what `reference` reads, its file and the build that has more rows; that of nothing where there is none."""
    folder = _with_delivered(name, data, home)
    hashes = [deliveries.sha256(path) for path in _places(name, data, home) if path.exists()][:1]
    return digest(hashes + ([folder.name] if folder else []))


def _with_delivered(name, data, home):
    """The holding that has delivered rows of a table that people also keep by hand; None where there is none."""
    is_built = data == "sample" or (Path(deliveries.home(home)) / "data" / "processed" / "current").exists()
    if name not in DELIVERED or not is_built:
        return None
    folder = holding_folder(data, home)
    return folder if facts_of(folder)["rows"][name] else None


def _places(name, data, home):
    """Where the table may lie, the first that exists counts."""
    first = SAMPLE if data == "sample" else Path(deliveries.home(home)) / "data" / "reference"
    return [first / f"{name}.csv", deliveries.REFERENCE / f"{name}.csv"]


def _typed(path, cells, rule, words=None):
    """One column in the type its rule names; a cell of another kind or not of its `words`, or a required one left empty, is an error."""
    trimmed = cells.str.strip().astype(object)
    given = trimmed.where(trimmed != "", None)
    typed = _converted(given, rule.kind)
    typed = typed.where(typed.isin(words), None) if words else typed
    if cells.name == "ministry":
        typed = typed.where(typed.str.match(COUNTRY).eq(True), None)
    broken = typed.isna() & (given.notna() | rule.required)
    if broken.any():
        row = int(broken.to_numpy().argmax())
        what = f"one of {', '.join(words)}" if words else MEANT.get(cells.name, MEANT.get(rule.kind, "text"))
        found = "nothing" if pd.isna(given.iloc[row]) else repr(given.iloc[row][:40])
        raise TableError(f"{path} (row {row + 2}): {cells.name} is {found}. Expected: {what}. Mend the row.")
    return typed


def _converted(given, kind):
    """Cells in the type of a kind; what is none of that kind is missing."""
    if kind in ("at", "on"):
        is_day = given.str.match(DAY).eq(True)  # 2016-03 is a month, and no instant
        return pd.to_datetime(given.where(is_day), utc=True, format="ISO8601", errors="coerce")
    if kind in ("count", "number"):
        numbers = pd.to_numeric(given, errors="coerce")
        numbers = numbers.where(numbers.abs() < float("inf"))
        whole = numbers.where(numbers % 1 == 0) if kind == "count" else numbers
        return whole.astype("Int64" if kind == "count" else "float64")
    if kind == "currency":
        given = given.map(currency_code, na_action="ignore")
    return given.where(given.notna(), None)
