"""Seventy-seven invented accounts of ministries on X: who follows whom at three dates, and what they say of two goals.

The numbers of ties are those of the published waves (77 accounts, 14, 28 and 30 followers each on average). Everything
else is planted: attraction grows with the product of the state except for seven small states, ties are returned more
often than chance has it, two accounts open after the first date, three rise and one falls. Of two goals, one gives
attention later to whoever mentioned others first; the other gives it to anybody.
"""

import itertools
import math
import random
from datetime import datetime, timedelta

# State and ten times the logarithm of its product in millions; the Holy See's is not known. Peru's account is older.
STATES = """
AGO120 ALB103 ARE133 ARG136 ARM101 AUS138 AUT128 BEL130 BGD131 BGR117 BOL111 BRA150 CAN142 CHE131 CHL129 CHN167 COL133
CRI111 CYP104 CZE126 DEU151 DNK124 DOM118 ECU121 EGY137 ESP142 EST105 ETH118 FIN123 FRA146 GBR147 GEO104 GHA116 GRC125
HRV114 HUN124 IDN148 IND158 IRL123 IRQ132 ISL095 ISR125 ITA145 JAM100 JOR112 JPN154 KAZ129 KEN117 KOR143 LKA123 LTU113
LVA107 MAR124 MEX145 MYS135 NAM100 NGA138 NLD136 NZL120 PAK137 PAN113 PER128 PHL134 POL137 PRT125 QAT126 ROU129 RUS151
RWA098 SAU142 SEN104 SVN110 THA138 TUR144 UKR128 USA166 VAT070
""".split()
CODES = [state[:3] for state in STATES]
PRODUCT = {state[:3]: int(state[3:]) / 10 for state in STATES}
ACCOUNTS = {code: str(150077001 + place) for place, code in enumerate(CODES)} | {"PER": "150000004"}
HANDLES = {code: f"SampleMfa{code}" for code in CODES} | {"PER": "SampleCancilleria"}
ACTORS = {f"sample_actor_{number:02}": str(150077900 + number) for number in range(1, 11)}
PUNCHING = ("EST", "GEO", "ISL", "ISR", "JAM", "LTU", "RWA")
OPENED_LATER = ("LKA", "SEN")
RISING, FALLING = ("JOR", "NAM", "SVN"), "JPN"
WAVES = (("2014", 1078), ("2015", 2156), ("2016", 2310))
LOST = 0.06
RETURNED = 3.0
SILENT = {"EST", "IND", "KEN", "PER", "USA"}  # their posts stand in other files
GOALS = {"SampleMineFree": True, "SampleCleanRivers": False}  # whether attention follows contribution
PERIODS = (datetime(2015, 2, 2), datetime(2015, 9, 7))
PER_PERIOD, PARTNERS = 66, 30
POST_HEADER = (
    "id,time,from_user_name,from_user_id,text,filter_level,to_user_name,in_reply_to_status_id,mentions,hashtags"
)


def attraction(wave):
    """How much each account draws followers at a date: by product, lifted for small states, moved for a few."""
    found = {code: math.exp(0.30 * (PRODUCT[code] - 12.5)) for code in CODES}
    found |= dict.fromkeys(PUNCHING, 2.6)
    found |= {code: found[code] * (0.5, 2.0, 7.0)[wave] for code in RISING}
    found[FALLING] *= (1.6, 0.7, 0.3)[wave]
    return {code: 0.0 if wave == 0 and code in OPENED_LATER else value for code, value in found.items()}


def grown(rng, ties, number, drawing, activity):
    """The ties with more of them up to `number`; one that returns another is RETURNED times as likely."""
    ties, live = set(ties), [code for code in CODES if drawing[code]]
    busy = list(itertools.accumulate(activity[code] for code in live))
    drawn = list(itertools.accumulate(drawing[code] for code in live))
    while len(ties) < number:
        source, target = rng.choices(live, cum_weights=busy)[0], rng.choices(live, cum_weights=drawn)[0]
        if source != target and rng.random() < (1 if (target, source) in ties else 1 / RETURNED):
            ties.add((source, target))
    return ties


def waves(rng):
    """Ties between ministries at each date: a few are lost, those to the falling account more, others come."""
    ties, found, activity = set(), [], {code: rng.lognormvariate(0, 0.5) for code in CODES}
    for wave, (_, number) in enumerate(WAVES):
        kept = {tie for tie in sorted(ties) if rng.random() >= (0.5 if tie[1] == FALLING else LOST)}
        ties = grown(rng, kept, number, attraction(wave), activity)
        found.append(sorted(ties))
    return found


def actor_ties(rng, live):
    """Ties between ministries and ten actors of other classes: organisations are followed much, the others less."""
    ids, found = list(ACTORS.values()), []
    for place, actor in enumerate(ids):
        share = 0.55 if place < 4 else 0.25
        found += [(ACCOUNTS[code], actor) for code in live if rng.random() < share]
        found += [(actor, ACCOUNTS[code]) for code in live if rng.random() < share / 2]
    return found


def follows_csv(rng, ties, wave):
    """One date as a table of edges."""
    live = [code for code in CODES if wave or code not in OPENED_LATER]
    rows = [(ACCOUNTS[source], ACCOUNTS[target]) for source, target in ties] + actor_ties(rng, live)
    return "Source,Target,Kind\n" + "".join(f"{source},{target},follow\n" for source, target in sorted(rows))


def mentions(rng, source, chances):
    """One to three others, by their chances."""
    others = [code for code in chances if code != source]
    drawn = rng.choices(others, [chances[code] for code in others], k=rng.choice((1, 1, 2, 3)))
    return sorted(set(drawn))


def goal_posts(rng, leads):
    """Posts of a goal in two periods, as moment, source and targets; in the second, attention may follow contribution."""
    members = rng.sample([code for code in CODES if code not in SILENT | {"VAT"}], PARTNERS)
    given = {code: rng.paretovariate(1.1) for code in members}
    others = list(given.values())
    rng.shuffle(others)
    chances = [dict.fromkeys(members, 1.0), given if leads else dict(zip(members, others, strict=True))]
    posts = []
    for first, heard, said in zip(PERIODS, chances, (given, dict.fromkeys(members, 1.0)), strict=True):
        for source in rng.choices(members, [said[code] for code in members], k=PER_PERIOD):
            at = first + timedelta(rng.randrange(80), rng.randrange(7 * 3600, 20 * 3600))
            posts.append((at, source, mentions(rng, source, heard)))
    return posts


def post_row(number, at, handle, account, named, goal):
    """A post as DMI-TCAT wrote it; its id carries the second of publication."""
    seconds = int((at - datetime(1970, 1, 1)).total_seconds())
    text = " ".join([f"[synthetic] Note {number} on our common goal", *(f"@{name}" for name in named), f"#{goal}"])
    key = (seconds * 1000 - 1288834974657 << 22) + number
    return [key, seconds, handle, account, text, "low", "", "", "; ".join(named), goal]


def goals_csv(rng):
    """The posts of both goals, and one by each of the actors, who are no ministries and whose posts are left out."""
    rows = []
    for goal, leads in GOALS.items():
        for at, source, targets in sorted(goal_posts(rng, leads)):
            named = [HANDLES[code] for code in targets] + rng.sample(list(ACTORS), rng.random() < 0.2)
            rows.append(post_row(len(rows) + 1, at, HANDLES[source], ACCOUNTS[source], named, goal))
    for place, (handle, account) in enumerate(ACTORS.items()):
        rows.append(
            post_row(len(rows) + 1, PERIODS[0] + timedelta(place, 40000), handle, account, [], "SampleMineFree")
        )
    return "\n".join([POST_HEADER, *(",".join(map(str, row)) for row in sorted(rows))]) + "\n"


def make_ministries():
    """The files of the ministries: name -> text."""
    rng = random.Random("digidip mfa")
    found = waves(rng)
    files = {f"mfa_follows_{year}.csv": follows_csv(rng, found[wave], wave) for wave, (year, _) in enumerate(WAVES)}
    return {**files, "mfa_goals.csv": goals_csv(rng)}
