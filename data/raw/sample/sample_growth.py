"""Four invented ministries on Flickr, 2011 to 2016: when they opened and closed accounts, what one published, who followed it.

Planted: openings of a few a year in all four, three times as many in Fiji from the first of January 2014 on, when its policy
changed; openings of the two shocks of 2012 and 2015 in Samoa; accounts that close at a steady rate; two accounts of Fiji
that publish, one with another mix from July 2014 on and one without; followers of one that near a ceiling, of one that grow by a share.
"""

import math
import random
from datetime import date, timedelta

from sample_shared import table

FIRST, MONTHS, POLICY = 2011, 72, 36  # January; months; the month of the policy, and of the others' nothing
OPENINGS = {"FJI": 0.8, "WSM": 0.0, "TON": 0.7, "VUT": 0.9}  # a month, before the policy
RISE, CLOSING = 3.0, 0.10  # of Fiji's openings; of accounts that close in a year
SHOCKS = ((date(2012, 4, 1), 30, 22), (date(2015, 3, 1), 45, 26))  # of Samoa: middle, spread in days, accounts
HEADS = "920001", "920002"  # of Fiji, and publish
CHANGE, LATER = 42, {"920001": (0.05, 0.85), "920002": (0.55, 0.30)}  # month; share of photos and videos from then on
USUAL = (0.55, 0.30)  # the rest are links
POSTS, BEGUN = 3, 24  # of a month, of each head; month of their first
CEILING, PACE, HALF, GROWTH = 9_000, 1.6, 1.5, 0.35  # followers; rates a year; years
END = date(2017, 1, 1)
MAPS = {
    "growth_accounts.csv": "table: accounts\nplatform: flickr\ncolumns: {account_id: account, ministry: state, "
    "from_on: {from: opened, format: '%Y-%m-%d'}, to_on: {from: closed, format: '%Y-%m-%d'}, source: {constant: invented for the sample}}\n",
    "growth_posts.csv": "table: posts\nplatform: flickr\ncolumns: {post_id: post, account_id: account, medium: medium, "
    "posted_at: {from: posted, format: '%Y-%m-%d', zone: UTC}}\n",
    "growth_followers.csv": "table: metrics\nplatform: flickr\ncolumns: {account_id: account, follower_count: followers, post_count: posts, "
    "observed_at: {from: seen, format: '%Y-%m-%d', zone: UTC}}\n",
}


def month_start(month):
    """The first day of a month by its number."""
    return date(FIRST + month // 12, month % 12 + 1, 1)


def openings(rng, state, mean):
    """Days on which a state opened accounts."""
    if state == "WSM":
        days = [middle + timedelta(days=round(rng.gauss(0, spread))) for middle, spread, n in SHOCKS for _ in range(n)]
        return sorted(days)
    made = []
    for month in range(MONTHS):
        rate, chance, n = mean * (RISE if state == "FJI" and month >= POLICY else 1), rng.random(), 0
        reached = math.exp(-rate)  # a Poisson number by its distribution
        step = reached
        while chance > reached:
            n += 1
            step *= rate / n
            reached += step
        made += [month_start(month) + timedelta(days=rng.randrange(28)) for _ in range(n)]
    return sorted(made)


def accounts(rng):
    """One row for each account."""
    rows = [{"account": account, "state": "FJI", "opened": "2011-01-03"} for account in HEADS]
    opened = [
        (first, state, day)
        for first, (state, mean) in enumerate(OPENINGS.items(), 1)
        for day in openings(rng, state, mean)
    ]
    lives = [-math.log(1 - (place + 0.5) / len(opened)) / CLOSING for place in range(len(opened))]
    rng.shuffle(lives)  # an even share of each length of life, so that the rate comes out as planted
    for number, ((first, state, day), years) in enumerate(zip(opened, lives, strict=True)):
        closed = day + timedelta(days=1 + round(365.25 * years))
        row = {"account": f"9200{first}{number + 10:03}", "state": state, "opened": day}
        rows.append(row | ({"closed": closed} if closed < END else {}))
    return table(["account", "state", "opened", "closed"], rows)


def posts(rng):
    """Posts of the two heads: as many in each month, the mix of one changed."""
    rows = []
    for account in HEADS:
        for month in range(BEGUN, MONTHS):
            photo, video = LATER[account] if month >= CHANGE else USUAL
            for number in range(POSTS):
                at = month_start(month) + timedelta(days=2 + 6 * number)
                medium = rng.choices(("photo", "video", "link"), (photo, video, 1 - photo - video))[0]
                row = {"post": f"{account[-1]}{month}{number}", "account": account, "posted": at}
                rows.append(row | {"medium": medium})
    return table(["post", "account", "posted", "medium"], rows)


def followers(rng):
    """A count a month of each head, with errors of 1 %."""
    rows = []
    for month in range(0, MONTHS, 2):
        years = month / 12
        sizes = CEILING / (1 + math.exp(-PACE * (years - HALF))), 400 * math.exp(GROWTH * years)
        for account, size in zip(HEADS, sizes, strict=True):
            count = round(size * math.exp(rng.gauss(0, 0.01)))
            rows.append(
                {
                    "account": account,
                    "seen": month_start(month),
                    "followers": count,
                    "posts": POSTS * max(0, month - BEGUN),
                }
            )
    return table(["account", "seen", "followers", "posts"], rows)


def policy_events():
    """Rows of reference/events.csv."""
    cells = ["FJI", "policy change", f"{month_start(POLICY)}T00:00:00Z", "", "", "invented for the sample", "synthetic"]
    return [["Sample policy of open accounts", "FJI", *cells]]


def make_growth():
    """The files and their maps: name -> text."""
    rng = random.Random("digidip openings")
    files = {
        "growth_accounts.csv": accounts(rng),
        "growth_posts.csv": posts(rng),
        "growth_followers.csv": followers(rng),
    }
    return files | {f"{name}.map.yml": text for name, text in MAPS.items()}
