"""Mixing: whether ties stay within regions, offices or other groups that people know beforehand."""

import numpy as np
import pandas as pd
from scipy.sparse import coo_array

from digidip.measures._registry import measure
from digidip.measures.network._graphs import attributes_of, compiled, ends, network_table
from digidip.measures.statistics._intervals import Z
from digidip.measures.statistics._result_table import NUMBERS


@measure(unit="ties", keys=("attribute", "sender_group", "receiver_group"), columns=("expected",))
def mixing_matrix(graph, *, attribute="region"):
    """Ties from each group of accounts to each, beside what chance would give.

    Formula: number of ties from an account of one group to one of the other. `expected`: ties from the first group ·
    ties to the second / all ties.
    **Unit** ties. **Reads** ties; the attribute of nodes. **Source** Newman 2003 (doi:10.1103/PhysRevE.67.026126);
    docs/methods.md#mixing.
    **Caution** `expected` counts self-loops as possible, which matters in small groups. Accounts without the attribute
    are a group of their own, unknown.
    Parameters: `graph`; `attribute` of nodes.
    Returns `attribute`, `sender_group`, `receiver_group`, `mixing_matrix`, `n` (ordered pairs; no number where there is
    none), `low`, `high` (missing), `expected`.

    >>> import networkx
    >>> network = networkx.DiGraph([("a", "b"), ("b", "a"), ("a", "c")])
    >>> networkx.set_node_attributes(network, {"a": "Asia", "b": "Asia", "c": "Europe"}, "region")
    >>> mixing_matrix(network)[["sender_group", "receiver_group", "mixing_matrix", "n"]].values.tolist()[:2]
    [['Asia', 'Asia', 2.0, 2], ['Asia', 'Europe', 1.0, 2]]
    """

    def rows(network):
        groups = pd.Series([group or "unknown" for group in attributes_of(network, attribute)])
        names, counts = _mixed(groups, compiled(network))
        sizes = groups.value_counts()[names].to_numpy()
        pairs = np.outer(sizes, sizes) - np.diag(sizes)
        expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / max(counts.sum(), 1)
        fields = {"mixing_matrix": np.where(pairs, counts, np.nan), "n": pairs, "expected": expected}
        cells = [(i, j) for i in range(len(names)) for j in range(len(names))]
        return [
            {"attribute": attribute, "sender_group": names[i], "receiver_group": names[j]}
            | {name: cell[i, j] for name, cell in fields.items()}
            for i, j in cells
        ]

    words = dict.fromkeys(("attribute", "sender_group", "receiver_group"), "str")
    return network_table(graph, rows, {**words, "mixing_matrix": "float64", **NUMBERS, "expected": "float64"})


@measure(unit="coefficient, -1 to 1", keys=("attribute",), columns=("unknown", "method"))
def assortativity(graph, *, attribute="region"):
    """How far ties stay within groups: 1 if all do, 0 as by chance, below 0 if they avoid them.

    Formula: (Σ e(g, g) - Σ a(g) b(g)) / (1 - Σ a(g) b(g)), e the shares of ties from group to group, a and b their sums.
    Interval: value ± 1.96 σ, σ² = Σ (r - r(without one tie))² (jackknife), cut at -1 and 1.
    **Unit** coefficient, -1 to 1. **Reads** ties; the attribute of nodes. **Source** Newman 2003
    (doi:10.1103/PhysRevE.67.026126); docs/methods.md#mixing.
    **Caution** The jackknife takes ties as independent, and they are not: the interval is too narrow. Ties of accounts
    without the attribute are left out and counted as `unknown`.
    Parameters: `graph`; `attribute` of nodes.
    Returns `attribute`, `assortativity`, `n` (ties), `low`, `high`, `unknown` (ties), `method`.

    >>> import networkx
    >>> network = networkx.DiGraph([("a", "b"), ("b", "a"), ("c", "d"), ("a", "c")])
    >>> networkx.set_node_attributes(network, {"a": "Asia", "b": "Asia", "c": "Europe", "d": "Europe"}, "region")
    >>> assortativity(network).assortativity.round(3).item()  # e = (2, 1; 0, 1) / 4: (3/4 - 1/2) / (1 - 1/2)
    0.5
    """

    def rows(network):
        twin = compiled(network)
        _names, counts = _mixed(pd.Series(attributes_of(network, attribute), dtype="str"), twin)
        fields = {"attribute": attribute, "unknown": int(twin.ecount() - counts.sum())}
        value = _coefficient(counts)
        if np.isnan(value):
            return [{"n": 0, "method": "not defined: no ties, or all within one group", **fields}]
        spread = Z * _jackknife(counts, value) ** 0.5
        low, high = max(value - spread, -1), min(value + spread, 1)
        return [
            {"assortativity": value, "n": int(counts.sum()), "low": low, "high": high, "method": "jackknife", **fields}
        ]

    after = {"unknown": "int64", "method": "str"}
    return network_table(graph, rows, {"attribute": "str", "assortativity": "float64", **NUMBERS, **after})


@measure(unit="index, -1 to 1", keys=("attribute", "group"), columns=("expected", "unknown"))
def ei_index(graph, *, attribute="region"):
    """E-I index: external less internal ties, over both.

    -1 if all ties stay within groups, 1 if none does.

    Formula: (E - I) / (E + I); for a group, of the ties that touch it. `expected`: the same of all ordered pairs of
    accounts, as if ties fell anywhere.
    **Unit** index, -1 to 1. **Reads** ties; the attribute of nodes. **Source** Krackhardt and Stern 1988
    (doi:10.2307/2786835); docs/methods.md#mixing.
    **Caution** Small groups have many others to tie to: read it beside `expected`. Ties of accounts without the
    attribute are left out and counted as `unknown`.
    Parameters: `graph`; `attribute` of nodes.
    Returns `attribute`, `group` (all, then each), `ei_index`, `n` (ties), `low`, `high` (missing), `expected`, `unknown`.

    >>> import networkx
    >>> network = networkx.DiGraph([("a", "b"), ("b", "a"), ("a", "c")])
    >>> networkx.set_node_attributes(network, {"a": "Asia", "b": "Asia", "c": "Europe"}, "region")
    >>> ei_index(network)[["group", "ei_index", "expected"]].round(3).values.tolist()  # pairs: 4 external, 2 internal
    [['all', -0.333, 0.333], ['Asia', -0.333, 0.333], ['Europe', 1.0, 1.0]]
    """

    def rows(network):
        twin, groups = compiled(network), pd.Series(attributes_of(network, attribute), dtype="str")
        names, counts = _mixed(groups, twin)
        sizes = groups.value_counts()[names].to_numpy()
        fields = {"attribute": attribute, "unknown": int(twin.ecount() - counts.sum())}
        value, expected = _ei(counts), _ei(np.outer(sizes, sizes) - np.diag(sizes))
        return [
            {"group": name, "ei_index": index, "n": int(ties), "expected": chance, **fields}
            for name, (index, ties), (chance, _pairs) in zip(["all", *names], value, expected, strict=True)
        ]

    columns = {"attribute": "str", "group": "str", "ei_index": "float64", **NUMBERS}
    return network_table(graph, rows, columns | {"expected": "float64", "unknown": "int64"})


def _mixed(groups, twin):
    """The names of the groups, sorted, and the ties from each to each.

    Ties with an end of no group are left out.
    """
    codes, names = pd.factorize(groups, sort=True)
    source, target = codes[ends(twin)]
    known = (source >= 0) & (target >= 0)
    counts = coo_array((known[known].astype(float), (source[known], target[known])), shape=(len(names), len(names)))
    return list(names), counts.toarray()


def _coefficient(counts):
    """Newman's assortativity coefficient of a mixing matrix; missing where it is not defined."""
    total = counts.sum()
    chance = (counts.sum(axis=0) * counts.sum(axis=1)).sum() / max(total, 1) ** 2
    return (np.trace(counts) / total - chance) / (1 - chance) if total and chance < 1 - 1e-12 else np.nan


def _jackknife(counts, value):
    """Σ (value - value without one tie)² over all ties; ties of one cell have one term."""
    spread = 0.0
    for cell in np.argwhere(counts):
        fewer = counts.copy()
        fewer[tuple(cell)] -= 1
        without = _coefficient(fewer)
        spread += 0.0 if np.isnan(without) else counts[tuple(cell)] * (value - without) ** 2
    return spread


def _ei(counts):
    """E-I index and number of ties: of all, then of those that touch each group."""
    internal = np.diag(counts)
    touching = counts.sum(axis=0) + counts.sum(axis=1) - internal
    inside, ties = np.append(internal.sum(), internal), np.append(counts.sum(), touching)
    return [(1 - 2 * i / n if n else np.nan, n) for i, n in zip(inside, ties, strict=True)]
