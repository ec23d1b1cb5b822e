"""Gatherings: who meets at workshops and conferences, by role."""

from itertools import combinations

import numpy as np

from digidip.measures._registry import measure
from digidip.measures.network._dyads import seed_of
from digidip.measures.network._followers import check_draws
from digidip.measures.statistics._codings import coded
from digidip.measures.statistics._columns import group_columns
from digidip.measures.statistics._intervals import share_row
from digidip.measures.statistics._result_table import NUMBERS, result_table

UNTOLD = "unknown"


@measure(unit="share of participants", keys=("event", "role"), columns=("participants", "method"), people=("n",))
def role_share(codings, *, codebook="roles", by=()):
    """Who was at the table: the participants of each event by role.

    Formula: participants of the event in the role / participants of the event. Interval: Wilson; exact, one-sided, where
    all have one role.
    **Unit** share of participants. **Reads** codings: `variable` names the event, `item_id` the participant, `code` the
    role. **Source** docs/methods.md#gatherings; docs/claims-and-studies.md#f01, #g19.
    **Caution** A list of speakers is complete, and then the interval speaks of whom such events draw, not of error. A
    role that the coders do not give, or on which they differ, is unknown and stays in the denominator.
    Parameters: `codings`; `codebook`; `by`, group columns.
    Returns the group columns, `event`, `role`, `role_share`, `n` (participants), `low`, `high`, `participants` (in the
    role), `method`.

    >>> import pandas as pd
    >>> coded = {"codebook": "roles", "item_id": ["1", "2", "3"], "variable": "workshop", "coder": "A", "label": "synthetic"}
    >>> roles = pd.DataFrame(coded | {"code": ["embassy", "embassy", "company"]})
    >>> role_share(roles)[["role", "participants", "n"]].values.tolist()
    [['company', 1, 3], ['embassy', 2, 3]]
    """
    by = group_columns(by)

    def rows(part):
        found = _roles(part)
        counts = found.groupby(["variable", "role"]).size()
        sizes = counts.groupby("variable").sum()
        return [
            {"event": event, "role": role, "participants": many} | share_row("role_share", many, int(sizes[event]))
            for (event, role), many in counts.items()
        ]

    columns = {"event": "str", "role": "str", "role_share": "float64", **NUMBERS, "participants": "int64"}
    return result_table(coded(codings, codebook, by=by), by, rows, columns | {"method": "str"})


@measure(unit="share of pairs", columns=("expected", "p", "method"))
def cross_role_share(codings, *, codebook="roles", by=(), draws=1999, seed=None):
    """How far people who met at events met others of another role.

    Formula: pairs of participants who were at one event or more together and have different roles / all such pairs;
    `expected`: the mean of the same when the roles change participants at random; `p` = (1 + number of draws at least as
    far from `expected`) / (1 + `draws`).
    **Unit** share of pairs. **Reads** codings, as `role_share`. **Source** Borgatti and Everett 1997
    (doi:10.1016/S0378-8733(96)00301-2) on two-mode networks; docs/methods.md#gatherings;
    docs/claims-and-studies.md#f01.
    **Caution** Where everybody met everybody (one event) the roles cannot be mixed otherwise and p is 1. Pairs with an
    unknown role are left out. To sit in one room is not to speak.
    Parameters: `codings`; `codebook`; `by`, group columns; `draws`; `seed` (default: from a hash of the data).
    Returns the group columns, `cross_role_share`, `n` (pairs), `low`, `high` (missing), `expected`, `p`, `method`.

    >>> import pandas as pd
    >>> coded = {"codebook": "roles", "item_id": ["1", "2", "3"], "variable": "workshop", "coder": "A"}
    >>> roles = pd.DataFrame(coded | {"code": ["embassy", "embassy", "company"]})
    >>> cross_role_share(roles)[["cross_role_share", "n", "p"]].round(3).values.tolist()  # 2 of 3 pairs
    [[0.667, 3.0, 1.0]]
    """
    by = group_columns(by)

    def rows(part):
        found = _roles(part)
        found = found[found.role != UNTOLD]
        people, codes = np.unique(found.item_id), found.drop_duplicates("item_id").sort_values("item_id").role
        met = {pair for _, one in found.groupby("variable") for pair in combinations(sorted(one.item_id.unique()), 2)}
        if not met:
            return [{"n": 0, "method": "not defined: nobody of known role met another"}]
        ends = np.searchsorted(people, np.array(sorted(met)))
        return [_crossing(codes.astype("category").cat.codes.to_numpy(), ends, people, draws, seed)]

    columns = {"cross_role_share": "float64", **NUMBERS, "expected": "float64", "p": "float64", "method": "str"}
    return result_table(coded(codings, codebook, by=by), by, rows, columns)


def _roles(part):
    """One row per event and participant with the role, unknown where coders differ or do not say."""
    codes = part.assign(code=part.code.fillna(UNTOLD)).groupby(["variable", "item_id"]).code
    role = codes.first().where(codes.nunique() == 1, UNTOLD)
    return role.rename("role").reset_index()


def _crossing(roles, ends, people, draws, seed):
    """Share of pairs with two roles, beside that of shuffled roles."""
    check_draws(draws)
    started = seed_of(np.vstack([roles, roles]).astype(float), people.astype(str)) if seed is None else seed
    shuffled = np.random.default_rng(started).permuted(np.tile(roles, (draws, 1)), axis=1)
    value = np.mean(np.not_equal(*roles[ends].T))
    drawn = np.array([np.mean(np.not_equal(*one[ends].T)) for one in shuffled])
    far = np.abs(drawn - drawn.mean()) >= abs(value - drawn.mean()) - 1e-9
    method = f"{draws:,} random orders of roles, seed {started}"
    fields = {"expected": drawn.mean(), "p": (1 + far.sum()) / (1 + draws), "method": method}
    return {"cross_role_share": value, "n": len(ends)} | fields
