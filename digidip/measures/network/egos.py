"""Egos: whom the accounts of the register are tied to, by the class of the other account.

An ego is an account of the register (`is_account`; every node of a network that does not say); its alters are the
accounts it is tied to, others outside the register among them if the network was made with `outside=True`. Chance is the
same ties with their targets exchanged, so that every ego keeps its number of alters and every alter its number of egos.
"""

import igraph
import numpy as np

from digidip.measures._registry import measure
from digidip.measures.network._graphs import attributes_of, compiled, ends, network_table, null_networks
from digidip.measures.statistics._result_table import NUMBERS, with_adjusted_p
from digidip.tables import TableError

NOBODY = "not defined: no alters of a known group"
CHANCE = dict.fromkeys(("expected", "expected_low", "expected_high"), "float64")


@measure(
    unit="share of alters",
    keys=("node", "group"),
    columns=("expected", "expected_low", "expected_high", "unknown", "method"),
)
def ego_composition(graph, *, attribute="stakeholder", direction="out", draws=199, swaps=2, seed=20):
    """Share of each group among the accounts that an account is tied to.

    Formula: alters of the group / alters of known group. `expected`: mean over `draws` networks in which every ego keeps
    its number of alters and every alter its number of egos; `expected_low`, `expected_high`: their 2.5 and 97.5 % points.
    **Unit** share of alters. **Reads** ties; is_account and the attribute of nodes. **Source** Crossley et al. 2015,
    ch. 4; Maslov and Sneppen 2002 (doi:10.1126/science.1065103); docs/methods.md#egos.
    **Caution** A follow costs nothing: whom an account follows is not whom it talks to. Alters without the attribute are
    left out and counted as `unknown`.
    Parameters: `graph`; `attribute` of nodes; `direction`: out, whom the account is tied to, or in, who is tied to it;
    `draws`, `swaps` tried per tie between them, `seed` of chance.
    Returns `node`, `group`, `ego_composition`, `n` (alters of known group), `low`, `high` (missing: all ties are held),
    `expected`, `expected_low`, `expected_high`, `unknown`, `method`.

    >>> import networkx
    >>> network = networkx.DiGraph([("a", "b"), ("a", "c"), ("a", "d")])
    >>> networkx.set_node_attributes(network, {"b": "media", "c": "media", "d": "diaspora"}, "stakeholder")
    >>> ego_composition(network, draws=9).query("node == 'a'")[["group", "ego_composition"]].round(3).values.tolist()
    [['diaspora', 0.333], ['media', 0.667]]
    """

    def rows(network):
        egos, names, observed, drawn, unknown = _alters(network, attribute, direction, draws, swaps, seed)
        shares, chance = _shares(observed), _band(_shares(drawn))
        return [
            {"node": node, "group": group, "ego_composition": shares[ego, place], "n": observed[ego].sum()}
            | {name: band[ego, place] for name, band in chance.items()}
            | _counts_in_words(observed[ego], unknown[ego])
            for ego, node in egos
            for place, group in enumerate(names)
        ]

    columns = {"node": "str", "group": "str", "ego_composition": "float64", **NUMBERS, **CHANCE}
    return network_table(graph, rows, columns | {"unknown": "int64", "method": "str"})


@measure(
    unit="index, 0 to 1",
    keys=("node",),
    columns=("expected", "expected_low", "expected_high", "p", "p_adjusted", "unknown", "method"),
)
def ego_heterogeneity(graph, *, attribute="stakeholder", direction="out", draws=199, swaps=2, seed=20):
    """How mixed the accounts are that an account is tied to: Blau's index.

    Formula: 1 - Σ share(group)². `expected` and its band as in `ego_composition`. `p` = (1 + networks as far or further
    from `expected`) / (1 + draws), two-sided; `p_adjusted` after Benjamini and Hochberg over all accounts with alters.
    **Unit** index, 0 to 1. **Reads** ties; is_account and the attribute of nodes. **Source** Blau 1977, ch. 4;
    Benjamini and Hochberg 1995; docs/methods.md#egos.
    **Caution** With k groups, or k alters, it is at most 1 - 1/k: an account with two alters cannot be mixed, which
    `expected` takes into account. It does not say which groups: see `ego_composition`.
    Parameters: as `ego_composition`.
    Returns `node`, `ego_heterogeneity`, `n` (alters of known group), `low`, `high` (missing: all ties are held),
    `expected`, `expected_low`, `expected_high`, `p`, `p_adjusted`, `unknown`, `method`.

    >>> import networkx
    >>> network = networkx.DiGraph([("a", "b"), ("a", "c"), ("a", "d")])
    >>> networkx.set_node_attributes(network, {"b": "media", "c": "media", "d": "diaspora"}, "stakeholder")
    >>> ego_heterogeneity(network, draws=9).ego_heterogeneity.round(3).tolist()[0]  # 1 - 4/9 - 1/9
    0.444
    """

    def rows(network):
        egos, _names, observed, drawn, unknown = _alters(network, attribute, direction, draws, swaps, seed)
        value, other = _blau(observed), _blau(drawn)
        chance = _band(other)
        further = np.abs(other - chance["expected"]) >= np.abs(value - chance["expected"]) - 1e-12
        chance["p"] = np.where(np.isnan(value), np.nan, (1 + further.sum(axis=0)) / (1 + len(other)))
        return [
            {"node": node, "ego_heterogeneity": value[ego], "n": observed[ego].sum()}
            | {name: band[ego] for name, band in chance.items()}
            | _counts_in_words(observed[ego], unknown[ego])
            for ego, node in egos
        ]

    columns = {"node": "str", "ego_heterogeneity": "float64", **NUMBERS, **CHANCE}
    return with_adjusted_p(network_table(graph, rows, columns | {"p": "float64", "unknown": "int64", "method": "str"}))


def _alters(network, attribute, direction, draws, swaps, seed):
    """Egos, names of groups, alters by ego and group observed and drawn, and of unknown group."""
    if direction not in ("out", "in"):
        raise TableError(f"direction must be out or in, not {direction!r}.")
    is_ego = np.array([given.get("is_account") is not False for given in network.nodes.values()], dtype=bool)
    groups = attributes_of(network, attribute)
    names = sorted({group for group in groups if group is not None})
    codes = np.array([names.index(group) if group is not None else len(names) for group in groups], dtype=int)
    ego, alter = ends(compiled(network))[:: 1 if direction == "out" else -1]
    arcs = np.column_stack([ego, alter])[is_ego[ego]]
    twin = igraph.Graph(len(network), arcs.tolist(), directed=True)
    nulls = null_networks(twin, draws, swaps, seed) if twin.ecount() else [twin]
    drawn = np.array([_counted(null, codes, len(names)) for null in nulls])
    observed = _counted(twin, codes, len(names))
    egos = [(place, node) for place, node in enumerate(network) if is_ego[place]]
    return egos, names or ["unknown"], _known(observed), _known(drawn), observed[:, -1]


def _counted(twin, codes, unknown):
    """Number of alters by ego and group, those of unknown group last."""
    ego, alter = ends(twin)
    cells = np.bincount(ego * (unknown + 1) + codes[alter], minlength=twin.vcount() * (unknown + 1))
    return cells.reshape(twin.vcount(), unknown + 1)


def _known(counts):
    """The counts of known groups; one empty column where no group is known."""
    return counts[..., :-1] if counts.shape[-1] > 1 else np.zeros_like(counts)


def _shares(counts):
    """Shares of the groups of each ego, missing where it has no alters."""
    totals = counts.sum(axis=-1, keepdims=True)
    return np.divide(counts, totals, out=np.full(counts.shape, np.nan), where=totals > 0)


def _blau(counts):
    """Blau's index of each ego."""
    return 1 - (_shares(counts) ** 2).sum(axis=-1)


def _band(drawn):
    """Mean, 2.5 and 97.5 % points over the draws that have a value."""
    value = ~np.isnan(drawn)
    count = value.sum(axis=0)
    mean = np.divide(np.where(value, drawn, 0).sum(axis=0), count, out=np.full(count.shape, np.nan), where=count > 0)
    low, high = np.nanquantile(np.where(count > 0, drawn, 0), [0.025, 0.975], axis=0)
    found = zip(CHANCE, (mean, np.minimum(low, mean), np.maximum(high, mean)), strict=True)
    return {name: np.where(count > 0, band, np.nan) for name, band in found}


def _counts_in_words(counts, unknown):
    """What stands beside the numbers of one ego."""
    return {"unknown": int(unknown), "method": "" if counts.sum() else NOBODY}
