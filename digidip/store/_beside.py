"""Two selections of a holding as one, so that ministries can stand beside each other."""

from dataclasses import replace

from digidip.store._work import count
from digidip.tables import LABELS, SCHEMA


def beside(one, other):
    """The rows of both selections, each once; the label is the weaker one, the window that of the first.

    >>> from digidip.store import load
    >>> window = {"platform": "facebook", "start": "2016-01-01", "end": "2016-02-01"}
    >>> both = beside(load("sample", "USA", **window), load("sample", "PER", **window))
    >>> both.ministry, both.label
    ('USA beside PER', 'synthetic')
    """
    tables = {name: getattr(one, name).union(getattr(other, name), distinct=True) for name in SCHEMA}
    told = {"label": max(one.label, other.label, key=LABELS.index), "n": count(tables[one.of])}
    return replace(one, **tables, ministry=f"{one.ministry or 'all'} beside {other.ministry or 'all'}", **told)
