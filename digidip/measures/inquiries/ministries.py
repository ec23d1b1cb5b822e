"""Ministries: how many of them leave most of what they are asked unanswered."""

from digidip.measures._registry import measure
from digidip.measures.inquiries._inquiry_table import INQUIRY
from digidip.measures.inquiries.answers import inquiry_answer_share
from digidip.measures.statistics._columns import group_columns
from digidip.measures.statistics._intervals import share_row
from digidip.measures.statistics._result_table import NUMBERS, result_table
from digidip.tables import TableError


@measure(unit="share of ministries", keys=("least",), columns=("unknown", "method"))
def unresponsive_share(inquiries, *, least=0.5, over="ministry", by=()):
    """Share of ministries that answer less than a given part of their inquiries.

    Formula: ministries with answered / asked below `least` / ministries with an inquiry. Interval: Wilson; one-sided exact
    for none or all. Each ministry counts once, however much it is asked.
    **Unit** share of ministries. **Reads** inquiries: is_answered, kind. **Source** Wilson 1927;
    docs/methods.md#answer-share.
    **Caution** A few inquiries put a ministry on either side by chance. The ministries held are those that somebody
    collected, not a sample of all: the interval speaks of ministries like these. What "regularly" means is `least`.
    Parameters: `inquiries`, made by `inquiries`; `least`, a share; `over`, the unit; `by`, columns it carries.
    Returns the group columns, `least`, `unresponsive_share`, `n` (ministries), `low`, `high`, `unknown` (ministries of which
    the export cannot tell), `method`.

    >>> import pandas as pd
    >>> rows = pd.DataFrame({"ministry": ["PER", "PER", "USA", "USA"], "platform": "x", "post_id": list("1122"),
    ...     "comment_id": list("cdef"), "kind": "complex", "is_answered": [True, True, False, True], "absent": None})
    >>> unresponsive_share(rows).unresponsive_share.item(), unresponsive_share(rows, least=0.6).unresponsive_share.item()
    (0.0, 0.5)
    """
    if not 0 < least <= 1:
        raise TableError(f"least must be a share above 0 and at most 1, not {least!r}.")
    by = group_columns(by)
    table = inquiry_answer_share(inquiries, by=[*dict.fromkeys([*by, over])])
    table = table[(table["kind"] == INQUIRY) & (table["interval"] == "")]

    def rows(part):
        known = part["inquiry_answer_share"].dropna()
        share = share_row("unresponsive_share", int((known < least).sum()), len(known))
        return [{"least": least, **share, "unknown": len(part) - len(known)}]

    columns = {"least": "float64", "unresponsive_share": "float64", **NUMBERS, "unknown": "int64", "method": "str"}
    return result_table(table, by, rows, columns)
