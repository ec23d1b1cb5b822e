"""Mentions and posts around an invented visa campaign of 2018: 300 days from 1 January, America/Port_of_Spain.

Planted: two hashtags that rise with the campaign and one that does not, above a trend, a week and errors of first order; a rise
between announcement and campaign; three sister series that share the errors and have no event, and one that has its own; a day
of which the count is not known. Posts: one a day, whose likes rise by half; twelve events, most with a post in hours; videos.
"""

import random
from datetime import datetime, timedelta

from sample_shared import table

START, DAYS = datetime(2018, 1, 1), 300
ANNOUNCED, EVENT, LAST = 200, 220, 265  # days from the start; the event lasts until the day before LAST
WEEK = (6, 10, 8, 4, 2, -14, -16)  # Monday to Sunday
RHO, ERROR, SHARED = 0.5, 8, 6  # of errors: correlation of neighbours, of each series, of all together
SERIES = {  # level at first, growth a day, level and slope that the campaign adds, and a rise after the announcement
    "#SinVisaMuestra": (200, 0.2, 120, 1.0, 40),
    "#VisaFreeSample": (90, 0.1, 30, 0.0, 0),
    "#QuietSample": (150, 0.0, 0, 0.0, 0),
    "SisterMfaNorth": (180, 0.2, 0, 0.0, 0),
    "SisterMfaSouth": (120, 0.1, 0, 0.0, 0),
    "SisterMfaWest": (260, 0.1, 0, 0.0, 0),
    "SisterMfaSummit": (140, 0.0, 0, 0.0, 0),
}
OWN_EVENT, UNKNOWN = ("SisterMfaSummit", 232, 240, 260), ("#SinVisaMuestra", 150)
PAGE, HANDLE, FOLLOWERS, LIKES, RISE = "810101", "SampleMfaTrinidad", 40_000, 120, 1.5
WAITS = 2, 0.5, 5, 20, 1, 3, 30, 9, 4, None, 12, None  # hours until a post has the hashtag of the event
VIDEOS, ONE_VIDEO = range(10, 300, 15), 230  # days; the one of the campaign has views and nothing else
MAP = """table: posts
platform: facebook
delimiter: ","
columns:
  post_id: post_id
  account_id: account_id
  posted_at: {from: posted_at, format: iso, zone: UTC}
  text: text
  medium: medium
  like_count: likes
  view_count: views
  follower_count: followers
"""


def stamp(moment):
    """A moment of Port of Spain, four hours behind, in UTC."""
    return f"{moment + timedelta(hours=4):%Y-%m-%dT%H:%M:%SZ}"


def errors(rng, sd):
    """Errors of first order."""
    value, made = 0.0, []
    for _ in range(DAYS):
        value = RHO * value + rng.gauss(0, sd)
        made.append(value)
    return made


def mentions(rng):
    """A row a day, a column for each series."""
    shared, rows = errors(rng, SHARED), []
    own = {name: errors(rng, ERROR) for name in SERIES}
    for day in range(DAYS):
        at = START + timedelta(days=day)
        cells = {"Date": f"{at:%Y-%m-%d}"}
        for name, (level, growth, step, slope, before) in SERIES.items():
            size = level / 200
            value = level + growth * day + size * (WEEK[at.weekday()] + shared[day] + own[name][day])
            value += before * (ANNOUNCED <= day < EVENT) + (step + slope * (day - EVENT)) * (EVENT <= day < LAST)
            value += OWN_EVENT[3] * (name == OWN_EVENT[0] and OWN_EVENT[1] <= day < OWN_EVENT[2])
            cells[name] = "" if (name, day) == UNKNOWN else max(0, round(value))
        rows.append(cells)
    return table(["Date", *SERIES], rows)


def events():
    """Twelve events with a hashtag each, three weeks apart."""
    return [
        (f"Sample event {n + 1}", START + timedelta(days=12 + 21 * n, hours=14), f"SampleEvent{n + 1}")
        for n in range(12)
    ]


def posts(rng):
    """One post a day at nine, and those on events."""
    made = []
    for day in range(DAYS):
        at, rises = START + timedelta(days=day, hours=9), EVENT <= day < LAST
        row = {"posted_at": stamp(at), "text": f"[synthetic] News of day {day}", "medium": "text"}
        row |= {
            "likes": max(1, round(rng.gauss(LIKES * (RISE if rises else 1), 15))),
            "followers": FOLLOWERS + 20 * day,
        }
        if day in VIDEOS:
            row |= {"medium": "video", "views": round(rng.uniform(0.1, 0.6) * FOLLOWERS)}
        if day == ONE_VIDEO:
            row = {name: row[name] for name in ("posted_at", "text")} | {"medium": "video", "views": 1_200_000}
        made.append(row)
    told = [("The visa waiver", START + timedelta(days=day), "SinVisaMuestra") for day in (ANNOUNCED, EVENT)]
    for (name, at, tag), wait in zip([*told, *events()], (1, 1, *WAITS), strict=True):
        if wait is not None:
            row = {
                "posted_at": stamp(at + timedelta(hours=wait)),
                "text": f"[synthetic] {name} #{tag}",
                "medium": "photo",
            }
            made.append(row | {"likes": LIKES, "followers": FOLLOWERS})
    made.sort(key=lambda row: row["posted_at"])
    named = [{"post_id": f"{PAGE}-{number:03}", "account_id": PAGE, **row} for number, row in enumerate(made)]
    return table(["post_id", "account_id", "posted_at", "text", "medium", "likes", "views", "followers"], named)


def campaign_events():
    """Rows of reference/events.csv."""
    told = [
        ("Sample visa campaign", "announcement", ANNOUNCED, ANNOUNCED + 1),
        ("Sample visa waiver", "campaign", EVENT, LAST),
    ]
    known = ["SinVisaMuestra", "data/raw/sample/make_sample.py", "synthetic"]
    made = [
        [name, "", "TTO", kind, *(stamp(START + timedelta(days=day)) for day in (begins, ends)), *known]
        for name, kind, begins, ends in told
    ]
    boost = [stamp(START + timedelta(days=day)) for day in (ONE_VIDEO, ONE_VIDEO + 5)]
    made.append(["Sample boost", "", "TTO", "paid reach", *boost, "", *known[1:]])
    return made + [
        [name, "", "TTO", "conference", stamp(at), stamp(at + timedelta(hours=3)), tag, *known[1:]]
        for name, at, tag in events()
    ]


def make_campaign():
    """The files and the map of the posts: name -> text."""
    rng = random.Random("digidip campaign")
    made = {"mediacloud_campaign.csv": mentions(rng), "campaign_posts.csv": posts(rng)}
    return made | {"campaign_posts.csv.map.yml": MAP}
