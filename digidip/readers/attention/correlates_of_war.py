"""Diplomatic exchange of states, 1817–2005, as the Correlates of War project publishes it: one record per pair and year.

Data: Diplomatic Exchange v2006.1, `Diplomatic_Exchange_2006v1.csv` (correlatesofwar.org, formats.md §13; the codebook was
not read, the direction is inferred from known missions and agrees with public code). Comma, UTF-8; uneven years, the
last every fifth. `DR_at_1` is the mission that side 2 keeps at side 1: **sender is ccode2, receiver ccode1**. Levels: 0
none, 1 chargé d'affaires, 2 minister, 3 ambassador; 9 is `unknown` where DE = 1 in 1950–1965 (levels were not
collected) and `other` elsewhere. Every pair stands twice, mirrored: each record gives the row of its DR_at_1. A
record whose mirror is not in the file (somebody kept one order) gives two rows, that of DR_at_2 as well; records that
contradict each other are rejects, both. Left out: version (2006.1 as a rounded float). Terms: download it, do not pass it
on. One row: 2,20,1930,0,2,1,2006.0999755859375.
"""

import ibis
from ibis import _

from digidip.readers.attention._attention import rejected
from digidip.readers.attention._cow_states import ISO3
from digidip.readers.opening._cells import identifier, number
from digidip.readers.opening._files import fit
from digidip.readers.opening._records import rows

PLATFORM = ""
CAPPED_AT = ()
AUTHORS = "name"
LOOSE = False
REQUIRED = {"exchanges": {"ccode1", "ccode2", "year", "DR_at_1", "DR_at_2", "DE"}}
OPTIONAL = {"exchanges": {"version"}}
LEVELS = {0: "none", 1: "chargé d'affaires", 2: "minister", 3: "ambassador"}
UNCOLLECTED = (1950, 1965)

EXCHANGES = {
    "source": ibis.literal("Correlates of War Diplomatic Exchange v2006.1"),
    "sender": _.sender,
    "ministry": _.sender.cases(*ISO3.items()),
    "receiver": _.receiver,
    "receiving": _.receiver.cases(*ISO3.items()),
    "year": _.year,
    "level": ibis.cases(
        (_.rank != 9, _.rank.cases(*LEVELS.items())),
        ((_.DE == 1) & _.year.between(*UNCOLLECTED), "unknown"),
        else_="other",
    ),
    "is_exchanged": _.DE == 1,
    "export_row": _.export_row,
    "reject": _.reject,
}


def fits(path):
    """Share of the file's columns that this reader knows; 0 if one it requires is missing."""
    return fit(path, REQUIRED["exchanges"], OPTIONAL["exchanges"])


def read(path, *, zone=None):
    """A row per sender, receiver and year as canonical columns, raw values; `zone` is not needed, years have none."""
    table = rows(path, REQUIRED["exchanges"], OPTIONAL["exchanges"])
    table = table.mutate(**{column: number(_[column]) for column in ("year", "DR_at_1", "DR_at_2", "DE")})
    table = _mirrored(table.mutate(ccode1=identifier(_.ccode1), ccode2=identifier(_.ccode2)))
    is_coded = _.DR_at_1.isin([*LEVELS, 9]) & _.DR_at_2.isin([*LEVELS, 9]) & _.DE.isin([0, 1])
    table = table.mutate(
        reject=rejected(
            (
                ~(number(_.ccode1).notnull() & number(_.ccode2).notnull() & _.year.notnull()),
                "no pair of states and year",
            ),
            (~is_coded.fill_null(False), "a code that the data set does not have (DR_at_1, DR_at_2, DE)"),
            (_.is_contradicted, "another record of the pair and year says otherwise"),
        )
    )
    sides = ibis.ifelse(_.is_alone & _.reject.isnull(), ibis.array([1, 2]), ibis.array([1]))
    table = table.mutate(side=sides).unnest("side").order_by("export_row", "side")
    held = {
        "sender": ibis.ifelse(_.side == 1, _.ccode2, _.ccode1),
        "receiver": ibis.ifelse(_.side == 1, _.ccode1, _.ccode2),
        "rank": ibis.ifelse(_.side == 1, _.DR_at_1, _.DR_at_2),
    }
    return {"exchanges": table.mutate(**held).select(**EXCHANGES)}


def _mirrored(table):
    """The records with `is_alone`, no record of the pair in the other order, and `is_contradicted`, one that differs."""
    is_low = number(_.ccode1) < number(_.ccode2)
    told = ibis.ifelse(is_low, _.DR_at_1 * 100 + _.DR_at_2, _.DR_at_2 * 100 + _.DR_at_1) * 100 + _.DE
    table = table.mutate(low=ibis.least(_.ccode1, _.ccode2), high=ibis.greatest(_.ccode1, _.ccode2), told=told)
    pair = ibis.window(group_by=["low", "high", "year"])
    return table.mutate(
        is_alone=_.ccode1.min().over(pair) == _.ccode1.max().over(pair),
        is_contradicted=(_.told.min().over(pair) != _.told.max().over(pair)).fill_null(False),
    )
