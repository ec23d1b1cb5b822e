"""What studies that found nothing bound: zero of n is not none at all."""

import pandas as pd

from digidip.claims.printed import REFERENCE, parts, published
from digidip.measures.statistics._intervals import zero_bound
from digidip.tables import TableError


def zero_bounds(definitions, folder=REFERENCE):
    """Studies that print how many items they read and that none showed it: the one-sided exact 95 % bound of the share.

    `definitions`: part of a published figure that is the number of items (F065_1) -> what was looked for in them. Studies
    of one definition are also taken together; studies of different definitions never are.

    >>> zero_bounds({"F065_1": "dialogue", "F065_2": "dialogue"})[["value", "n", "high"]].round(4).values.tolist()[2]
    [0.0, 2020.0, 0.0015]
    """
    figures = parts(published(folder=folder))
    if unknown := [name for name in definitions if name not in figures.index]:
        raise TableError(f"zero_bounds: found {unknown[0]!r}. Expected: a part of a published figure, such as F065_1.")
    rows = [
        _row(figures.loc[name, "citation"], name, what, int(figures.loc[name, "low"]))
        for name, what in definitions.items()
    ]
    frame = pd.DataFrame(rows, columns=["name", "id", "definition", "value", "n", "low", "high"])
    sums = frame.groupby("definition", sort=False)["n"].agg(["sum", "size"])
    several = sums[sums["size"] > 1]
    pooled = [_row(f"together: {what}", "", what, int(n)) for what, n in several["sum"].items()]
    return pd.concat([frame, pd.DataFrame(pooled, columns=frame.columns)], ignore_index=True) if pooled else frame


def _row(name, figure, what, n):
    """None of n, and the bound."""
    label = f"{name.partition(',')[0]}, {figure}: {what}" if figure else name
    return {"name": label, "id": figure, "definition": what, "value": 0.0, "n": n, "low": 0.0, "high": zero_bound(n)}
