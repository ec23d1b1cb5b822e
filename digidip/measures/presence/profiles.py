"""Profiles: how complete the profiles of accounts are, as coders found them.

A missing field is not an absent one.

A code is `present` (the field is there), `absent` (the profile was seen and has no such field) or `not captured` (what
was kept of the profile does not show it). An empty code means that the coder could not tell.
"""

from functools import partial

import numpy as np

from digidip.measures._registry import measure
from digidip.measures.dialogue.agreement import coder_agreement
from digidip.measures.statistics._codings import ITEM, coded, reliability
from digidip.measures.statistics._columns import group_columns
from digidip.measures.statistics._intervals import share_row
from digidip.measures.statistics._result_table import NUMBERS, result_table
from digidip.tables import TableError

CODES = {"present": 1.0, "absent": 0.0, "not captured": np.nan}
GATE = 0.667
NOTHING = "not defined: no field known"


@measure(unit="1 present, 0 absent", keys=("item_id", "variable"), columns=("state",))
def profile_field(codings, *, codebook="profile", by="codebook"):
    """Whether a field is on a profile: what the coders who could tell agree on.

    Formula: 1 if all codes are present, 0 if all are absent; missing where they differ or the field was not captured.
    **Unit** 1 present, 0 absent. **Reads** codings: item_id, variable, coder, code. **Source** a rule of this project;
    docs/methods.md#profiles.
    **Caution** A field that was not captured is not absent. Where coders differ nobody is right: settle it, then code again.
    Parameters: `codings`; `codebook`; `by`, columns of codings.
    Returns the group columns, `item_id`, `variable`, `profile_field`, `n` (coders who could tell), `low`, `high`
    (missing), `state` (present, absent, disputed, not captured).

    >>> import pandas as pd
    >>> codes = {"banner": ["present", "present"], "hours": ["absent", "present"], "rules": ["not captured", None]}
    >>> rows = [("profile", "a", field, coder, code) for field, pair in codes.items() for coder, code in enumerate(pair)]
    >>> codings = pd.DataFrame(rows, columns=["codebook", "item_id", "variable", "coder", "code"])
    >>> profile_field(codings)[["variable", "profile_field", "state"]].values.tolist()
    [['banner', 1.0, 'present'], ['hours', nan, 'disputed'], ['rules', nan, 'not captured']]
    """
    columns = {"item_id": "str", "variable": "str", "profile_field": "float64", **NUMBERS, "state": "str"}
    return result_table(_coded(codings, codebook, group_columns(by)), group_columns(by), _field_rows, columns)


@measure(
    unit="share of fields",
    keys=("item_id",),
    columns=("present", "absent", "unknown", "alpha", "method"),
    limits="unknown fields absent, and present",
)
def profile_score(codings, *, codebook="profile", gate=GATE, by="codebook"):
    """Share of the fields of a profile that are there, if coders agree well enough for a result.

    Formula: fields present / fields known. Limits: all fields that are not known, absent or present.
    **Unit** share of fields. **Reads** codings: item_id, variable, coder, code. **Source** Krippendorff 2004, ch. 11;
    docs/methods.md#profiles.
    **Caution** Every field weighs the same, which nobody has shown to be right. Labels of verification are the platform's
    act, and impostors have most of the other fields too. α is that of all fields of the group pooled.
    Parameters: `codings`; `codebook`; `gate`, the least α (Krippendorff, nominal); `by`, columns of codings.
    Returns the group columns, `item_id`, `profile_score`, `n` (fields known), `low`, `high`, `present`, `absent`,
    `unknown` (fields disputed or not captured), `alpha`, `method`: "no result" below the gate.

    >>> import pandas as pd
    >>> codes = {"banner": "present", "bio": "present", "hours": "absent", "rules": "not captured"}
    >>> rows = [("profile", "a", field, coder, code) for field, code in codes.items() for coder in (1, 2)]
    >>> codings = pd.DataFrame(rows, columns=["codebook", "item_id", "variable", "coder", "code"])
    >>> profile_score(codings).round(3)[["profile_score", "n", "low", "high", "alpha"]].values.tolist()  # 2/3; 2/4; 3/4
    [[0.667, 3.0, 0.5, 0.75, 1.0]]
    """
    by = group_columns(by)
    columns = {"item_id": "str", "profile_score": "float64", **NUMBERS}
    after = {**dict.fromkeys(("present", "absent", "unknown"), "int64"), "alpha": "float64", "method": "str"}
    rows = partial(_gated, rows=_score_rows, empty=_no_scores, gate=gate)
    return result_table(_coded(codings, codebook, by), by, rows, columns | after)


@measure(unit="share of profiles", keys=("variable",), columns=("unknown", "alpha", "method"))
def profile_item_share(codings, *, codebook="profile", gate=GATE, by="codebook"):
    """Share of the profiles that have a field: the difficulty of each item of the rubric.

    Formula: profiles with the field present / profiles where it is known. Interval: Wilson; one-sided exact bound where
    none or all have it.
    **Unit** share of profiles. **Reads** codings: item_id, variable, coder, code. **Source** Wilson 1927;
    docs/methods.md#profiles.
    **Caution** Profiles where the field was not captured or is disputed are left out (`unknown`).
    Parameters: `codings`; `codebook`; `gate`, the least α; `by`, columns of codings.
    Returns the group columns, `variable`, `profile_item_share`, `n` (profiles), `low`, `high`, `unknown`, `alpha`,
    `method`: "no result" below the gate.

    >>> import pandas as pd
    >>> rows = [("profile", item, "bio", coder, "present" if item == "a" else "absent") for item in "ab" for coder in (1, 2)]
    >>> codings = pd.DataFrame(rows, columns=["codebook", "item_id", "variable", "coder", "code"])
    >>> profile_item_share(codings)[["variable", "profile_item_share", "n"]].values.tolist()
    [['bio', 0.5, 2]]
    """
    by = group_columns(by)
    after = {"unknown": "int64", "alpha": "float64", "method": "str"}
    columns = {"variable": "str", "profile_item_share": "float64", **NUMBERS, **after}
    rows = partial(_gated, rows=_item_rows, empty=_no_items, gate=gate)
    return result_table(_coded(codings, codebook, by), by, rows, columns)


@measure(unit="KR-20, at most 1", columns=("fields", "incomplete", "alpha", "method"))
def profile_reliability(codings, *, codebook="profile", gate=GATE, by="codebook", draws=9999, seed=20):
    """Whether the fields measure one thing: Kuder and Richardson's formula 20.

    Formula: k / (k - 1) · (1 - Σ p q / σ²), p the share of profiles with a field, q = 1 - p, σ² the variance of the number
    of fields (divided by the number of profiles), k fields. Interval: over profiles drawn again.
    **Unit** KR-20, at most 1. **Reads** codings: item_id, variable, coder, code. **Source** Kuder and Richardson 1937
    (doi:10.1007/BF02288391); docs/methods.md#kr20.
    **Caution** Of profiles all of whose fields are known. Fields that every profile has, or none, add nothing. Below 0 the
    fields go against each other, and a sum of them says little.
    Parameters: `codings`; `codebook`; `gate`, the least α; `by`, columns of codings; `draws`, `seed` of the bootstrap.
    Returns the group columns, `profile_reliability`, `n` (complete profiles), `low`, `high`, `fields` (k), `incomplete`
    (profiles left out), `alpha`, `method`: "no result" below the gate.

    >>> import pandas as pd
    >>> fields = {"a": "111", "b": "110", "c": "000"}  # p 2/3, 2/3, 1/3: Σ p q = 2/3; sums 3, 2, 0: σ² = 14/9
    >>> rows = [("profile", item, str(k), coder, ["absent", "present"][int(code)]) for item, codes in fields.items()
    ...         for k, code in enumerate(codes) for coder in (1, 2)]
    >>> codings = pd.DataFrame(rows, columns=["codebook", "item_id", "variable", "coder", "code"])
    >>> profile_reliability(codings).profile_reliability.round(3).item()  # 3/2 · (1 - 3/7)
    0.857
    """
    by = group_columns(by)
    after = {"fields": "int64", "incomplete": "int64", "alpha": "float64", "method": "str"}
    rows = partial(_gated, rows=partial(_reliability_rows, draws=draws, seed=seed), empty=_no_reliability, gate=gate)
    return result_table(_coded(codings, codebook, by), by, rows, {"profile_reliability": "float64", **NUMBERS, **after})


def _coded(codings, codebook, by):
    """The rows of the codebook; a code that it does not have is an error."""
    frame = coded(codings, codebook, by=by)
    strange = sorted(set(frame.code.dropna()) - set(CODES))
    if strange:
        raise TableError(f"codings: code {strange[0]!r} in codebook {codebook!r}. Expected: {', '.join(CODES)}.")
    return frame


def _states(part):
    """Each field of each profile: value, coders who could tell, state; sorted."""
    table = part.assign(value=part.code.map(CODES).astype("float64"))
    found = table.groupby(ITEM).value.agg(["min", "max", "count"]).reset_index()
    agreed = found["min"].where(found["min"] == found["max"])
    words = np.select(
        [found["count"] == 0, agreed == 1, agreed == 0], ["not captured", "present", "absent"], "disputed"
    )
    return found.assign(value=agreed, state=words)


def _field_rows(part):
    """A row for each field of each profile."""
    names = [*ITEM, "value", "count", "state"]
    found = _states(part)[names].rename(columns={"value": "profile_field", "count": "n"})
    return found.to_dict("records")


def _gated(part, rows, empty, gate):
    """The rows of one group with its α; without a number where coders agree too little."""
    [agreement] = coder_agreement(
        part.assign(all=""), codebook=part.codebook.iloc[0], by="all", gate=gate, draws=2
    ).to_dict("records")
    alpha, states = {"alpha": agreement["coder_agreement"]}, _states(part)
    if not agreement["is_reliable"]:
        method = agreement["method"].partition(";")[0]
        return [row | alpha | {"method": method} for row in empty(states)]
    return [row | alpha for row in rows(states)]


def _score_rows(states):
    """The score of each profile."""
    found = []
    for item, part in states.groupby("item_id"):
        present, absent = int((part.value == 1).sum()), int((part.value == 0).sum())
        known, every = present + absent, len(part)
        fields = {"item_id": item, "n": known, "present": present, "absent": absent, "unknown": every - known}
        limits = {
            "low": present / every,
            "high": (every - absent) / every,
            "method": "limits: unknown fields either way",
        }
        row = {"profile_score": present / known, **limits} if known else {"method": NOTHING}
        found.append(fields | row)
    return found


def _no_scores(states):
    """A row without a score for each profile."""
    return [{"item_id": item, "n": 0, "present": 0, "absent": 0, "unknown": 0} for item in sorted(set(states.item_id))]


def _item_rows(states):
    """The share of each field."""
    return [
        {"variable": name, "unknown": int(part.value.isna().sum())}
        | share_row("profile_item_share", int((part.value == 1).sum()), int(part.value.count()))
        for name, part in states.groupby("variable")
    ]


def _no_items(states):
    """A row without a share for each field."""
    return [{"variable": name, "n": 0, "unknown": 0} for name in sorted(set(states.variable))]


def _reliability_rows(states, draws, seed):
    """KR-20 of the complete profiles with its interval, or why there is none."""
    table = states.pivot(index="item_id", columns="variable", values="value")
    complete = table.dropna().to_numpy()
    fields = {"fields": table.shape[1], "incomplete": len(table) - len(complete)}
    value, low, high = reliability(complete, draws, seed)
    if np.isnan(value):
        return [fields | {"n": 0, "method": "not defined: fewer than two complete profiles or fields, or all alike"}]
    row = {"profile_reliability": value, "n": len(complete), "low": low, "high": high}
    return [fields | row | {"method": "bootstrap of profiles"}]


def _no_reliability(states):
    """A row without a number."""
    return [{"n": 0, "fields": states.variable.nunique(), "incomplete": 0}]
