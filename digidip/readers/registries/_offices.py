"""What kind of mission a registry means by its own category: for the engine, and in Python."""

import re

import ibis

# Words of a category, and classes of Wikidata, → kind of mission; the first that is found decides.
OFFICES = {
    r"de facto|former|defunct|building": "other",
    r"permanent (mission|representation|delegation)|/Q2360219$": "permanent mission",
    r"consul|(assistant|deputy) high commission|/Q(7843791|372690|23891529|24868622|1783003|73088858)$": "consulate",
    r"embassy|high commission|nunciature|/Q(3917681|18414273|620045|19600600)$": "embassy",
}


def office_of(category):
    """The kind of mission that a registry's own category says, `other` for every other word or none."""
    return ibis.cases(
        *((category.re_search(f"(?i){words}"), office) for words, office in OFFICES.items()), else_="other"
    )


def has_office(category):
    """Whether a category is that of an embassy, a consulate or a permanent mission; False for none."""
    found = (office for words, office in OFFICES.items() if re.search(f"(?i){words}", category or ""))
    return next(found, "other") != "other"
