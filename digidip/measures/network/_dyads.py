"""Dyads: a frame of pairs (`sender`, `receiver`, values) as square matrices with the same nodes."""

import hashlib

import ibis
import numpy as np

from digidip.tables import TableError


def dyad_frame(dyads, by, columns):
    """These columns of the dyads in pandas: nodes as text, values as finite floats or missing.

    `dyads` is an Ibis table or a pandas frame, left as it is. An absent column, a row without its two nodes and a value
    that is no finite number raise `TableError`.

    >>> import pandas as pd
    >>> dyad_frame(pd.DataFrame({"sender": ["a"], "receiver": ["b"], "tie": [True]}), [], ["tie"]).values.tolist()
    [['a', 'b', 1.0]]
    """
    names = list(dict.fromkeys([*by, "sender", "receiver", *columns]))
    if absent := [name for name in names if name not in dyads.columns]:
        wanted, found = ", ".join(map(repr, absent)), ", ".join(map(str, dyads.columns))
        raise TableError(f"dyads: no column {wanted}. Found: {found}. Give one row per pair of nodes.")
    frame = dyads[names].to_pandas() if isinstance(dyads, ibis.Table) else dyads[names]
    if unnamed := int(frame[["sender", "receiver"]].isna().any(axis=1).sum()):
        raise TableError(
            f"dyads: {unnamed} rows without sender or receiver. Each row needs both; leave the others out."
        )
    frame = frame.astype({"sender": "str", "receiver": "str"})
    return frame.assign(**{column: _finite(frame[column], column) for column in dict.fromkeys(columns)})


def _finite(values, column):
    """A column as floats, missing where it is missing."""
    try:
        floats = values.astype("float64")
    except (TypeError, ValueError) as error:
        raise TableError(
            f"dyads: column {column!r} is not numeric ({error}). Give numbers, or True and False."
        ) from error
    if np.isinf(floats).any():
        raise TableError(f"dyads: column {column!r} holds infinite values. Give finite numbers, or leave them missing.")
    return floats


def matrices(frame, columns, directed):
    """A stack of matrices, their sorted nodes, and what was left out, in words.

    Columns × n × n, missing on the diagonal.

    A pair without a row is missing, not 0. Nodes without one pair whose values are all known are left out. A pair given
    twice, or of two values where ties have no direction, raises `TableError`.

    >>> import pandas as pd
    >>> pairs = pd.DataFrame({"sender": ["a", "b", "b"], "receiver": ["b", "a", "b"], "tie": [1.0, 0.0, 1.0]})
    >>> stack, nodes, words = matrices(pairs, ["tie"], directed=True)
    >>> stack[0].tolist(), nodes.tolist(), words
    ([[nan, 1.0], [0.0, nan]], ['a', 'b'], '; 1 self-tie left out')
    """
    pairs = frame[frame.sender != frame.receiver]
    if (twice := pairs.duplicated(["sender", "receiver"])).any():
        sender, receiver = pairs.loc[twice, ["sender", "receiver"]].iloc[0]
        raise TableError(
            f"dyads: {sender} to {receiver} has two rows. Give one row per pair, or name the group in `by`."
        )
    nodes, place = np.unique(pairs[["sender", "receiver"]].to_numpy(object).astype(str), return_inverse=True)
    stack = np.full((len(columns), len(nodes), len(nodes)), np.nan)
    rows, cells = place.reshape(-1, 2).T, pairs[columns].to_numpy()
    stack[:, rows[0], rows[1]] = cells.T
    stack = stack if directed else _mirrored(stack, nodes, columns)
    known = ~np.isnan(stack).any(axis=0)
    in_a_dyad = known.any(axis=0) | known.any(axis=1)
    left_out = {"self-tie": len(frame) - len(pairs), "node without a known dyad": int((~in_a_dyad).sum())}
    return stack[:, in_a_dyad][:, :, in_a_dyad], nodes[in_a_dyad], _words(left_out)


def _mirrored(stack, nodes, columns):
    """Both halves alike: the value of a pair from whichever of its two rows gives one."""
    turned = stack.transpose(0, 2, 1)
    if (apart := np.argwhere((stack != turned) & ~np.isnan(stack) & ~np.isnan(turned))).size:
        column, one, other = apart[0]
        pair = f"{nodes[one]} to {nodes[other]} is {stack[column, one, other]:g}, back {turned[column, one, other]:g}"
        raise TableError(f"dyads: {columns[column]!r}: {pair}. Say directed=True, or give one value per pair.")
    return np.where(np.isnan(stack), turned, stack)


def _words(numbers):
    """'; 1 self-tie left out', '; 2 nodes without a known dyad left out': nothing where the number is 0."""
    plural = {1: str}
    return "".join(f"; {n:,} {plural.get(n, _several)(thing)} left out" for thing, n in numbers.items() if n)


def _several(thing):
    """The plural of 'node …' and 'self-tie'."""
    first, space, rest = thing.partition(" ")
    return f"{first}s{space}{rest}"


def known_dyads(stack, weight):
    """How many dyads are known in every matrix; `weight` is what a cell counts, 1 or 1/2."""
    return int(weight * (~np.isnan(stack).any(axis=0)).sum())


def is_binary(matrix):
    """Nothing but 0, 1 and the missing."""
    return bool(np.isin(matrix[~np.isnan(matrix)], (0, 1)).all())


def seed_of(stack, nodes):
    """A seed that only the data decide: the first four bytes of their SHA-256.

    >>> seed_of(np.zeros((1, 1, 1)), np.array(["a"])) == seed_of(-np.zeros((1, 1, 1)), np.array(["a"]))
    True
    """
    cells = np.where(np.isnan(stack), np.nan, stack + 0.0)
    return int.from_bytes(hashlib.sha256("\n".join(nodes).encode() + cells.astype("<f8").tobytes()).digest()[:4])
