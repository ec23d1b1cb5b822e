"""What was printed: published figures as text, their parts, precision and contradictions."""

import re
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from digidip import measures
from digidip.deliveries import REFERENCE, read_csv_texts
from digidip.tables import TableError

SUBJECT = (
    "ministry", "office", "accounts", "handles", "platform", "start", "end", "window", "zone",
    "measure", "definition", "rests_on", "sample", "untestable",
)  # fmt: skip
COLUMNS = [
    "id", "citation", "figure", "value", "unit", "period", "population", "locator",
    "status", "recompute", "grade", "low", "high", "study", "kind", *SUBJECT,
]  # fmt: skip
WINDOWS = ("whole", "inside")  # a run's window is the figure's, or lies inside it
BOTH_ENDS = ("F005", "F006", "F009", "F116a")  # both ends belong to the interval
IN_WORDS = (
    *BOTH_ENDS,
    "F015a",
    "F028",
    "F065",
    "F093",
    "F093b",
    "F095",
    "F128",
)  # the interval comes from words, not from digits
DISAGREE = r"conflict|disagree|differs|mixes|page says|page calls|fits 175|not exhaustive|does NOT equal"


def published(study="", folder=REFERENCE):
    """The published figures as text, one row per figure, checked.

    `study` keeps the figures of one notebook.

    A repeated id, an unknown grade, `low` above `high`, unequal numbers of parts, another header, or a file that is
    not UTF-8 raise `TableError` with the row.

    >>> published("10-comment-analysis").set_index("id").loc["F003", ["value", "low", "high"]].tolist()
    ['12', '11.5', '12.5']
    """
    path = Path(folder) / "published_figures.csv"
    figures = _checked_figures(path, path.read_bytes())[0].copy()
    return figures[figures["study"] == study].reset_index(drop=True) if study else figures


def published_parts(folder=REFERENCE):
    """The parts of all published figures (see `parts`)."""
    path = Path(folder) / "published_figures.csv"
    return _checked_figures(path, path.read_bytes())[1].copy()


@lru_cache(maxsize=4)
def _checked_figures(path, _content):
    """The figures and their parts, as two tables; of the same content read once, since every check and verdict asks."""
    figures = read_csv_texts(path, COLUMNS)
    if list(figures.columns) != COLUMNS:
        found = ", ".join(figures.columns)
        raise TableError(f"{path} (row 1): found {found}. Expected: {', '.join(COLUMNS)}. Restore the header.")
    repeated = figures["id"].duplicated()
    if repeated.any():
        row = repeated.idxmax()
        raise TableError(
            f"{path} (row {row + 2}): id {figures.id[row]} again. Expected: each id once. Rename one of them."
        )
    rows = enumerate(figures.itertuples(index=False), start=2)
    records = [part for row, figure in rows for part in _parts_of(figure, f"{path} (row {row}, {figure.id})")]
    return figures, _part_table(records)


def _parts_of(figure, where):
    """The parts of one figure as records, or a TableError that says where."""
    grade, low, high = ([part.strip() for part in text.split(";")] for text in (figure.grade, figure.low, figure.high))
    grade = grade * len(low) if len(grade) == 1 else grade
    if not len(grade) == len(low) == len(high):
        counts = f"{len(grade)} grades, {len(low)} low, {len(high)} high"
        raise TableError(f"{where}: {counts}. Expected: as many parts in each. Separate the parts by '; '.")
    if set(grade) - set("XRBDN"):
        raise TableError(f"{where}: grade {figure.grade!r}. Expected: X, R, B, D or N. Correct the grade.")
    subjects = _subjects_of(figure, len(low), where)
    records = []
    for number, (letter, least, most) in enumerate(zip(grade, low, high, strict=True), start=1):
        bounds = pd.to_numeric([least or "nan", most or "nan"], errors="coerce")
        if np.isnan(bounds).tolist() != [least == "", most == ""]:
            raise TableError(
                f"{where}: low {least!r}, high {most!r}. Expected: numbers or nothing. Correct the interval."
            )
        if bounds[0] > bounds[1]:
            raise TableError(f"{where}: low {least} is above high {most}. Expected: low <= high. Correct the interval.")
        ends = {"low_in": letter != "B", "high_in": letter != "R" or figure.id in BOTH_ENDS}
        record = {"name": f"{figure.id}_{number}", **figure._asdict(), "grade": letter, "printed": least}
        records.append(record | {"low": bounds[0], "high": bounds[1], **ends, **subjects[number - 1]})
    return records


def _subjects_of(figure, count, where):
    """Unit and subject of each part: a cell with as many parts as the figure has one each, any other stands for all.

    A part without a registered measure, or the reason why no run can test it, is a TableError that says where.
    """
    cells = {name: [text.strip() for text in getattr(figure, name).split(";")] for name in ("unit", *SUBJECT)}
    shared = {name: getattr(figure, name) for name in cells}
    found = [shared | {name: cell[part] for name, cell in cells.items() if len(cell) == count} for part in range(count)]
    for subject in found:
        known = subject["measure"] in measures.registered()
        if known == bool(subject["untestable"]) or known and subject["window"] not in WINDOWS:
            given = {name: subject[name] for name in ("measure", "window", "untestable") if subject[name]}
            raise TableError(
                f"{where}: found {given or 'no subject'}. Expected: a measure with window {' or '.join(WINDOWS)}, or "
                "else the reason in untestable. Mend the subject."
            )
    return found


def pairs(text):
    """The cells of "threshold=100, relation=more than" by name."""
    return dict(pair.split("=", 1) for pair in text.split(", ")) if text else {}


def count_testable(folder=REFERENCE):
    """How many figures, and numbers in them, some run can test: a row for each notebook that compares them."""
    table = published_parts(folder)
    counts = [
        rows.groupby("study")["id"].agg(["nunique", "size"]) for rows in (table, table[table["untestable"] == ""])
    ]
    both = pd.concat(counts, axis=1).fillna(0).astype(int).rename_axis("notebook").reset_index()
    return both.set_axis(["notebook", "figures", "numbers", "testable figures", "testable numbers"], axis=1)


def parts(figures):
    """One row per part of each figure (F041_1 to F041_3): low, high, and whether they belong."""
    records = [record for figure in figures.itertuples(index=False) for record in _parts_of(figure, figure.id)]
    return _part_table(records)


def _part_table(records):
    return pd.DataFrame(records).set_index("name", drop=False)


def printed_interval(text):
    """The numbers a printed number may stand for: half a unit of its last place to either side.

    >>> printed_interval("65"), printed_interval("65.0"), printed_interval("1.1 million")
    ((64.5, 65.5), (64.95, 65.05), (1050000.0, 1150000.0))
    """
    found = re.fullmatch(r"((?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)( [mb]illion)?", text)
    if not found:
        raise TableError(f"printed number: found {text!r}. Expected: digits as printed. Pass the number as text.")
    digits, unit = found.groups()
    number, scale = Decimal(digits.replace(",", "")), {None: 1, " million": 10**6, " billion": 10**9}[unit]
    half = Decimal(1).scaleb(number.as_tuple().exponent) / 2
    return float((number - half) * scale), float((number + half) * scale)


def precision(folder=REFERENCE):
    """Whether each recorded interval stands for a number in the printed text, a row per part."""
    table = published_parts(folder)
    table = table[table["low"].notna() & ~table["id"].isin(IN_WORDS)].copy()
    fits = [_is_printed(part) for part in table.itertuples()]
    table["verdict"] = np.where(fits, "compatible", "internally inconsistent")
    return table[["name", "value", "grade", "low", "high", "verdict"]].reset_index(drop=True)


def _is_printed(part):
    """True if some number of the printed text has this interval (R), this value (X) or this bound (B)."""
    for text in re.findall(r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?: [mb]illion)?", part.value):
        low, high = printed_interval(text)
        exact = all(abs(a - b) <= 1e-9 * abs(b) for a, b in ((low, part.low), (high, part.high)))
        inside = low <= part.low < high and (part.grade == "B" or part.low == (low + high) / 2)
        if exact if part.grade == "R" else inside:
            return True
    return False


def contradictions(folder=REFERENCE):
    """Figures printed in conflicting ways: each reading in its own row, none dropped."""
    figures = published(folder=folder)
    base = figures["id"].str[:4]
    families = base[figures["id"].str.len() > 4]
    noted = (figures["value"] + " " + figures["period"] + " " + figures["recompute"]).str.contains(DISAGREE)
    table = figures.assign(figure=base, reading=figures["id"], what=figures["figure"], note=figures["recompute"])
    columns = ["figure", "reading", "what", "value", "unit", "citation", "note"]
    return table.loc[base.isin(families) | noted, columns].reset_index(drop=True)
