"""States by name: what registries call a state → ISO 3166-1 alpha-3, exactly or not at all.

Names are compared without case, blanks, signs and diacritics, and without a "the" before or (the) behind; apart from that a name must be
one that ISO 3166 (as pycountry has it) or ALIASES gives. Nothing is matched by likeness. A ministry or government is taken for the state it
is named after. Other organisations, provinces, states of the past and states that ISO 3166-1 does not list have no code,
apart from the senders of `deliveries.FURTHER_SENDERS`.
"""

import re
import unicodedata
from functools import cache

import pycountry

# Names in use (Wikidata, Hamilton and embassypages.com, Unicode CLDR, United Nations) that ISO 3166 does not have.
ALIASES = {
    "BIH": ("Bosnia", "Bosnia-Herzegovina"),
    "BLM": ("St. Barthélemy",),
    "BRN": ("Brunei",),
    "CHN": ("PRC", "P.R. China"),
    "CIV": ("Ivory Coast", "Republic of Ivory Coast"),
    "COD": (
        "Democratic Republic of the Congo", "Democratic Republic of Congo", "DR Congo", "DRC", "Congo-Kinshasa",
        "Congo Democratic Republic", "Congo, Dem. Rep.", "Congo DRC",
    ),
    "COG": ("Republic of Congo", "Congo-Brazzaville", "Congo Republic", "Congo, Rep."),
    "CPV": ("Cape Verde",),
    "CZE": ("Czech Rep.",),
    "DOM": ("Dominican Rep.",),
    "EUE": ("European Union", "EU"),
    "FLK": ("Falkland Islands", "Falklands"),
    "FSM": ("Micronesia",),
    "GBR": ("UK", "U.K.", "Great Britain", "United Kingdom of Great Britain"),
    "GUY": ("Co-operative Republic of Guyana",),
    "HKG": ("Hong Kong SAR", "China, Hong Kong Special Administrative Region"),
    "IRL": ("Republic of Ireland", "Ireland, Republic of"),
    "ITA": ("Republic of Italy",),
    "KNA": ("St. Kitts and Nevis", "St Kitts & Nevis"),
    "KOR": ("Korea Republic", "Republic of Korea", "Korea South"),
    "LAO": ("Laos",),
    "LBY": ("State of Libya", "Libyan Arab Jamahiriya"),
    "LCA": ("St. Lucia",),
    "MAC": ("Macau", "Macau SAR", "China, Macao Special Administrative Region"),
    "MKD": ("Macedonia", "Republic of Macedonia", "FYROM", "Former Yugoslav Republic of Macedonia"),
    "MMR": ("Burma", "Republic of the Union of Myanmar"),
    "NLD": ("Holland",),
    "PRK": ("Korea North", "Korea DPR", "DPRK"),
    "PSE": ("Palestine", "State of Palestine", "Palestinian Territories", "Palestinian Authority"),
    "RUS": ("Russia",),
    "RWA": ("Republic of Rwanda",),
    "SHN": ("St. Helena", "Saint Helena"),
    "SWZ": ("Swaziland",),
    "SYR": ("Syria",),
    "TLS": ("East Timor",),
    "TUR": ("Turkey", "Republic of Turkey"),
    "TWN": ("Republic of China", "Republic of China (Taiwan)", "Chinese Taipei"),
    "USA": ("US", "U.S.", "U.S.A."),
    "VAT": ("Vatican", "Vatican City", "Holy See", "State of the Vatican City"),
    "VCT": ("St. Vincent and the Grenadines", "St Vincent & Grenadines"),
    "VIR": ("U.S. Virgin Islands", "United States Virgin Islands"),
    "XKX": ("Kosovo", "Republic of Kosovo"),
    "XOM": ("Sovereign Order of Malta", "Sovereign Military Order of Malta", "Order of Malta"),
}  # fmt: skip
OF_A_STATE = re.compile(
    r"(?i)(?:ministry of (?:foreign|external) affairs(?: and [\w ]+?)?|(?:federal )?government) of (.+)"
)
NAMES = ("name", "official_name", "common_name")


def state_names(names):
    """The ISO 3166-1 alpha-3 code of each name, None where it is the name of no state: a dict name → code.

    `names` is any iterable of text (a missing one is no state); a code of two or three capitals stands for itself.

    >>> state_names(["Korearepublic", "Türkiye", "the Bahamas", "DNK", "Government of Sweden", "Kosovo", "Quebec", "Irann"])
    {'Korearepublic': 'KOR', 'Türkiye': 'TUR', 'the Bahamas': 'BHS', 'DNK': 'DNK', 'Government of Sweden': 'SWE',
     'Kosovo': 'XKX', 'Quebec': None, 'Irann': None}
    """
    return {name: _state(name) for name in names}


def _state(name):
    given = name.strip() if isinstance(name, str) else ""
    of_state = OF_A_STATE.fullmatch(given)
    return (
        _codes().get(given)
        or _codes_by_key().get(_key(given))
        or (_codes_by_key().get(_key(of_state[1])) if of_state else None)
    )


@cache
def _codes():
    """Codes that stand for themselves."""
    own = {code: country.alpha_3 for country in pycountry.countries for code in (country.alpha_2, country.alpha_3)}
    return own | {code: code for code in ALIASES}


@cache
def _codes_by_key():
    """Key of every name → code; a name that two states have is none."""
    found = {}
    for country in pycountry.countries:
        for name in filter(None, (getattr(country, kind, None) for kind in NAMES)):
            found.setdefault(_key(name), set()).add(country.alpha_3)
    for code, names in ALIASES.items():
        for name in names:
            found.setdefault(_key(name), set()).add(code)
    return {key: codes.pop() for key, codes in found.items() if len(codes) == 1}


def _key(name):
    """A name in small letters and digits alone, without diacritics and "the"."""
    bare = re.sub(r"(?i)^the\s|\s\(the\)[ *]*$", "", name.strip())
    plain = unicodedata.normalize("NFKD", bare.replace("&", "and"))
    return "".join(letter for letter in plain.casefold() if letter.isalnum())
