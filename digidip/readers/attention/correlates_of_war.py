"""Diplomatic exchange of states, 1817–2005, as the Correlates of War project publishes it.

Tool: Diplomatic Exchange v2006.1, `Diplomatic_Exchange_2006v1.csv`; last seen 2026. One record per pair and uneven
    years, the last every fifth.
Format: https://correlatesofwar.org/data-sets/diplomatic-exchange/ (the codebook was not read; the direction is
    inferred from known missions and agrees with public code); docs/formats.md#correlates_of_war
Encoding: UTF-8, commas.
Zone: none; years have none.
Ids: states by their numbers in the Correlates of War; the ISO code stands beside each that exists.
Rejects: records of one pair and year that contradict each other, both of them; codes that the data set does not have.
Caution: `DR_at_1` is the mission that side 2 has at side 1: sender is ccode2, receiver ccode1. Levels: 0 none, 1
    chargé d'affaires, 2 minister, 3 ambassador; 9 is `unknown` where DE = 1 in 1950–1965 (levels were not collected)
    and `other` elsewhere. Every pair stands twice, mirrored: each record gives the row of its DR_at_1. A record whose
    mirror is not in the file gives two rows, that of DR_at_2 as well. Terms: download it, do not pass it on.
Leaves out: version (2006.1 as a rounded float).
Example: 2,20,1930,0,2,1,2006.0999755859375
"""

import ibis
from ibis import _

from digidip.readers.attention._time_series import first_problem
from digidip.readers.opening.cells import identifier, number
from digidip.readers.opening.delimited import delimited_rows

PLATFORM = ""
CAPPED_AT = ()
AUTHORS = "name"
POSTS_BY_ANYONE = False
REQUIRED = {"exchanges": {"ccode1", "ccode2", "year", "DR_at_1", "DR_at_2", "DE"}}
ISO3 = {
    "2": "USA", "20": "CAN", "31": "BHS", "40": "CUB", "41": "HTI", "42": "DOM", "51": "JAM", "52": "TTO", "53": "BRB",
    "54": "DMA", "55": "GRD", "56": "LCA", "57": "VCT", "58": "ATG", "60": "KNA", "70": "MEX", "80": "BLZ", "90": "GTM",
    "91": "HND", "92": "SLV", "93": "NIC", "94": "CRI", "95": "PAN", "100": "COL", "101": "VEN", "110": "GUY",
    "115": "SUR", "130": "ECU", "135": "PER", "140": "BRA", "145": "BOL", "150": "PRY", "155": "CHL", "160": "ARG",
    "165": "URY", "200": "GBR", "205": "IRL", "210": "NLD", "211": "BEL", "212": "LUX", "220": "FRA", "221": "MCO",
    "223": "LIE", "225": "CHE", "230": "ESP", "232": "AND", "235": "PRT", "255": "DEU", "290": "POL", "305": "AUT",
    "310": "HUN", "316": "CZE", "317": "SVK", "325": "ITA", "331": "SMR", "338": "MLT", "339": "ALB", "341": "MNE",
    "343": "MKD", "344": "HRV", "346": "BIH", "347": "XKX", "349": "SVN", "350": "GRC", "352": "CYP", "355": "BGR", "359": "MDA",
    "360": "ROU", "365": "RUS", "366": "EST", "367": "LVA", "368": "LTU", "369": "UKR", "370": "BLR", "371": "ARM",
    "372": "GEO", "373": "AZE", "375": "FIN", "380": "SWE", "385": "NOR", "390": "DNK", "395": "ISL", "402": "CPV",
    "403": "STP", "404": "GNB", "411": "GNQ", "420": "GMB", "432": "MLI", "433": "SEN", "434": "BEN", "435": "MRT",
    "436": "NER", "437": "CIV", "438": "GIN", "439": "BFA", "450": "LBR", "451": "SLE", "452": "GHA", "461": "TGO",
    "471": "CMR", "475": "NGA", "481": "GAB", "482": "CAF", "483": "TCD", "484": "COG", "490": "COD", "500": "UGA",
    "501": "KEN", "510": "TZA", "516": "BDI", "517": "RWA", "520": "SOM", "522": "DJI", "530": "ETH", "531": "ERI",
    "540": "AGO", "541": "MOZ", "551": "ZMB", "552": "ZWE", "553": "MWI", "560": "ZAF", "565": "NAM", "570": "LSO",
    "571": "BWA", "572": "SWZ", "580": "MDG", "581": "COM", "590": "MUS", "591": "SYC", "600": "MAR", "615": "DZA",
    "616": "TUN", "620": "LBY", "625": "SDN", "626": "SSD", "630": "IRN", "640": "TUR", "645": "IRQ", "651": "EGY",
    "652": "SYR", "660": "LBN", "663": "JOR", "666": "ISR", "670": "SAU", "679": "YEM", "690": "KWT", "692": "BHR",
    "694": "QAT", "696": "ARE", "698": "OMN", "700": "AFG", "701": "TKM", "702": "TJK", "703": "KGZ", "704": "UZB",
    "705": "KAZ", "710": "CHN", "712": "MNG", "713": "TWN", "731": "PRK", "732": "KOR", "740": "JPN", "750": "IND",
    "760": "BTN", "770": "PAK", "771": "BGD", "775": "MMR", "780": "LKA", "781": "MDV", "790": "NPL", "800": "THA",
    "811": "KHM", "812": "LAO", "816": "VNM", "820": "MYS", "830": "SGP", "835": "BRN", "840": "PHL", "850": "IDN",
    "860": "TLS", "900": "AUS", "910": "PNG", "920": "NZL", "935": "VUT", "940": "SLB", "946": "KIR", "947": "TUV",
    "950": "FJI", "955": "TON", "970": "NRU", "983": "MHL", "986": "PLW", "987": "FSM", "990": "WSM",
}  # fmt: skip
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


def read(path, *, zone=None):
    """A row per sender, receiver and year in canonical columns; `zone` is not needed, years have none."""
    table = delimited_rows(path, REQUIRED["exchanges"], OPTIONAL["exchanges"])
    table = table.mutate(**{column: number(_[column]) for column in ("year", "DR_at_1", "DR_at_2", "DE")})
    table = _compare_with_mirror(table.mutate(ccode1=identifier(_.ccode1), ccode2=identifier(_.ccode2)))
    is_coded = _.DR_at_1.isin([*LEVELS, 9]) & _.DR_at_2.isin([*LEVELS, 9]) & _.DE.isin([0, 1])
    table = table.mutate(
        reject=first_problem(
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
    sides_of_row = {
        "sender": ibis.ifelse(_.side == 1, _.ccode2, _.ccode1),
        "receiver": ibis.ifelse(_.side == 1, _.ccode1, _.ccode2),
        "rank": ibis.ifelse(_.side == 1, _.DR_at_1, _.DR_at_2),
    }
    return {"exchanges": table.mutate(**sides_of_row).select(**EXCHANGES)}


def _compare_with_mirror(table):
    """The records with `is_alone` and `is_contradicted`, by the record of the pair in the other order."""
    is_low = number(_.ccode1) < number(_.ccode2)
    levels = ibis.ifelse(is_low, _.DR_at_1 * 100 + _.DR_at_2, _.DR_at_2 * 100 + _.DR_at_1) * 100 + _.DE
    table = table.mutate(low=ibis.least(_.ccode1, _.ccode2), high=ibis.greatest(_.ccode1, _.ccode2), levels=levels)
    pair = ibis.window(group_by=["low", "high", "year"])
    return table.mutate(
        is_alone=_.ccode1.min().over(pair) == _.ccode1.max().over(pair),
        is_contradicted=(_.levels.min().over(pair) != _.levels.max().over(pair)).fill_null(False),
    )
