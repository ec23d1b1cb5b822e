"""An invented registry of missions of sixty states, which keep embassies where their ministries follow, and elsewhere.

Planted: of the ordered pairs whose ministry follows (third date of `sample_ministries`) FOLLOWED have an embassy, of the
others UNFOLLOWED, chosen with more weight within a region. Malta has embassies and no account. Peru sends none here: its
missions stand in a file of their own. One sender is no state.
"""

import csv
import random
from pathlib import Path

from sample_ministries import CODES, waves

MINISTRIES = Path(__file__).resolve().parents[2] / "reference" / "ministries.csv"
ABSENT = "BOL CRI CYP ECU ETH GEO IRQ JAM JOR LKA MYS NAM PAN RWA SEN SVN UKR ALB".split()  # no missions listed
STATES = sorted({*CODES, "MLT"} - {*ABSENT})
COMMONWEALTH = {"AUS", "BGD", "CAN", "GBR", "GHA", "IND", "KEN", "MLT", "NGA", "NZL", "PAK"}
FOLLOWED, UNFOLLOWED = 0.56, 0.20
WITHIN_REGION = 4.0
CONSULATES = 45
HEADER = (
    "operator;operatorQID;jurisdictions;jurisdictionQIDs;country;countryQID;city;cityQID;address;latitude;longitude;"
    "phone;email;website;facebook;twitter;youtube;picture;pictureAuthor;pictureLicense;pictureLicenseURL;type;typeQID;"
    "creation;QID;"
)


def known():
    """Name and region of every state, by its code."""
    with open(MINISTRIES, encoding="utf-8", newline="") as file:
        return {row["ministry"]: (row["state"], row["region"]) for row in csv.DictReader(file)}


def chosen(rng, pairs, share, states):
    """This share of the pairs, those within a region with more weight (the largest keys of Efraimidis and Spirakis)."""
    region = {code: states[code][1] for code in STATES}
    weight = {(a, b): WITHIN_REGION if region[a] == region[b] else 1.0 for a, b in pairs}
    keys = {pair: rng.random() ** (1 / weight[pair]) for pair in pairs}
    return sorted(pairs, key=keys.get, reverse=True)[: round(share * len(pairs))]


def kind(sender, receiver):
    """The registry's own word for an embassy."""
    if sender == "VAT":
        return "apostolic nunciature"
    return "high commission" if {sender, receiver} <= COMMONWEALTH else "embassy"


def make_embassies():
    """The registry: name -> text."""
    rng, states = random.Random("digidip embassies"), known()
    follows = set(waves(random.Random("digidip mfa"))[-1])
    pairs = [(a, b) for a in STATES for b in STATES if a != b and a != "PER"]
    embassies = chosen(rng, [pair for pair in pairs if pair in follows], FOLLOWED, states)
    embassies += chosen(rng, [pair for pair in pairs if pair not in follows], UNFOLLOWED, states)
    listed = [(states[a][0], states[b][0], kind(a, b)) for a, b in sorted(embassies)]
    listed += [(states[a][0], states[b][0], "consulate general") for a, b in rng.sample(sorted(embassies), CONSULATES)]
    listed += [("Sample Free Territory", states[code][0], "embassy") for code in ("DEU", "FRA")]
    rows = [
        f"{sender};;;;{receiver};{';' * 16}{word};;;Q{990000000 + number}"
        for number, (sender, receiver, word) in enumerate(sorted(listed), 1)
    ]
    return {"embassies.csv": "\n".join([HEADER, *rows]) + "\n"}
