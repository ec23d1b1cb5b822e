"""An invented headquarters, its twelve missions in six zones, and four persons who post beside institutions: LinkedIn, January to June 2022.

Planted: which share of a mission's posts are its own, and how soon it posts on an event (each ten points of independence make it a
quarter faster; events outside its office hours, two and a half times slower); verbatim copies, near-copies of known similarity, copies
of the same minute, translations, phrases that all use, reposts; a mission that never posts and one that never posts on an event; reposts
that one prolific mission makes most of; own posts that draw more, and posts close to headquarters' that draw fewer comments; three
ministers and an ambassador beside institutions, of which some explain or tell of services more, and some not; who is mentioned.
"""

import math
import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sample_shared import table

START, WEEKS = datetime(2022, 1, 3, tzinfo=UTC), 26
HEAD, HOME = "940000", "Africa/Johannesburg"
MISSIONS = {  # account: zone, share of posts of its own, of posts without an event: how many, how many of these are reposts
    "940001": ("Europe/London", 0.85, 30, 2),
    "940002": ("Europe/Lisbon", 0.50, 30, 5),  # never on an event
    "940003": ("Europe/Rome", 0.70, 30, 3),
    "940004": ("Europe/Berlin", 0.30, 30, 6),
    "940005": ("Africa/Nairobi", 0.65, 30, 3),
    "940006": ("Europe/Moscow", 0.20, 30, 8),
    "940007": ("Asia/Tokyo", 0.90, 30, 1),
    "940008": ("Asia/Seoul", 0.75, 30, 2),
    "940009": ("America/Lima", 0.40, 30, 5),
    "940010": ("America/New_York", 0.10, 90, 72),  # Washington, a city that no zone is named after
    "940011": ("America/Argentina/Buenos_Aires", 0.55, 30, 4),
}  # and 940012, which never posts
NO_EVENTS = "940002"
FOLLOWERS = {each: 1_500 + 700 * (int(each) * 7 % 11) for each in MISSIONS}
HASTE, OPEN, PACE = 2.23, 2.5, 1 / 30  # log ratio for a whole of independence; in office hours; an hour
HORIZON = 72
EVENTS, DAYS_ALONE, SILENT_HEAD = 40, (5, 12, 19, 26, 33, 40), (3, 9, 15, 21, 27, 36)
OWN_DRAWS, CLOSE = 0.5, -0.8  # log ratio of reposts of own posts; of comments, for a whole of similarity
PAIRS = {  # person: institution
    "940021": HEAD,
    "940022": "940031",
    "940023": "940032",
    "940041": HEAD,
}
KINDS = {  # share of service and of explanation
    HEAD: (0.30, 0.15),
    "940021": (0.65, 0.15),
    "940022": (0.40, 0.30),
    "940031": (0.40, 0.30),
    "940023": (0.20, 0.30),
    "940032": (0.55, 0.30),
    "940041": (0.15, 0.65),
}
CODED, ERRORS = 150, {"coder-a": 0.02, "coder-b": 0.05}
SOURCES = 60
WORDS = (
    "harbour garden treaty river museum winter bridge concert ocean visitor school market orchard station signal meadow "
    "window letter island lantern kitchen forest cotton engine festival mirror pencil valley silver thunder walnut basket "
    "candle desert emerald feather granite horizon ivory jacket kettle ladder marble needle olive parcel quarry ribbon "
    "saddle timber umbrella velvet wagon yellow zephyr anchor barley copper dragon ember falcon ginger hollow indigo "
    "jasmine kindle linen magnet nectar orbit pepper quiver rocket summit tunnel union violet willow yonder acorn bishop "
    "cradle domino elbow fabric gallop hammer insect jungle kernel lemon mantle nickel oyster pillow quartz raven"
).split()
FORMULA = "warm wishes to all our friends on this day of joy and peace".split()
MAPS = {
    "autonomy_posts.csv": "table: posts\nplatform: linkedin\ncolumns: {post_id: post, account_id: account, text: text, repost_of_id: of, "
    "like_count: likes, comment_count: comments, repost_count: reposts, follower_count: followers, "
    "posted_at: {from: posted, format: '%Y-%m-%dT%H:%M', zone: UTC}}\n",
    "autonomy_mentions.csv": "table: follows\nplatform: linkedin\ncolumns: {source_id: who, target_id: account, tie: {constant: mention}, "
    "weight: times, observed_at: {from: day, format: '%Y-%m-%d', zone: UTC}}\n",
}


def is_open(at, zone):
    """Whether a moment lies in office hours, Monday to Friday from nine to five."""
    local = at.astimezone(ZoneInfo(zone))
    return local.weekday() < 5 and 9 <= local.hour < 17


def event_times(rng):
    """The moments of the events in order, one in each four days and a half; of some the day alone."""
    found = []
    for number in range(1, EVENTS + 1):
        day = START + timedelta(days=5 + 4.2 * (number - 1))
        at = day.replace(hour=rng.randrange(24), minute=rng.randrange(60))
        if number in DAYS_ALONE:
            at = datetime(at.year, at.month, at.day, tzinfo=ZoneInfo(HOME)).astimezone(UTC)
        found.append(at)
    return found


def line(rng, words=12):
    """An invented text."""
    return rng.sample(WORDS, words)


def changed(rng, words, kind):
    """A copy of twelve words: verbatim (similarity 1), last word changed (9/11), one in the middle (7/13), two (4/16)."""
    places = {"verbatim": (), "last": (11,), "middle": (5,), "two": (3, 8)}[kind]
    rest = [word for word in WORDS if word not in words]
    return [rng.choice(rest) if at in places else word for at, word in enumerate(words)]


SIMILAR = {"verbatim": 1.0, "last": 9 / 11, "middle": 7 / 13, "two": 4 / 16}


class Posts:
    """What is posted, row by row, and what each post is in truth."""

    def __init__(self, rng):
        self.rng, self.rows, self.truth, self.kinds = rng, [], {}, {}

    def add(self, account, at, words="", of="", truth="", similarity=0.0, own=1.0, kind=""):
        """One post; its number."""
        rng, number = self.rng, f"94{len(self.rows) + 1:05}"
        followers = FOLLOWERS.get(account, 20_000 if account == HEAD else 9_000)
        mean = 4 * followers / 1_000 * math.exp(OWN_DRAWS * (own - MISSIONS.get(account, ("", 1))[1]))
        reposts = count(rng, mean * rng.gammavariate(4, 1 / 4)) if not of else 3
        comments = count(rng, 6 * math.exp(CLOSE * similarity) * rng.gammavariate(4, 1 / 4))
        row = {"post": number, "account": account, "posted": f"{at:%Y-%m-%dT%H:%M}", "text": " ".join(words), "of": of}
        counts = {"likes": 2 * reposts + 1, "comments": comments, "reposts": reposts, "followers": followers}
        self.rows.append(row | counts)
        if truth:
            self.truth[number] = truth
        if kind:
            self.kinds[number] = kind
        return number


def count(rng, mean):
    """A Poisson number."""
    n, product = 0, rng.random()
    while product > math.exp(-mean):
        n, product = n + 1, product * rng.random()
    return n


def kinds_of(rng, account, n):
    """What an account's posts are, each share as planted."""
    service, explanation = (round(share * n) for share in KINDS[account])
    found = ["service"] * service + ["explanation"] * explanation + ["other"] * (n - service - explanation)
    rng.shuffle(found)
    return found


def all_posts():
    """All posts in the order in which they are made."""
    made, rng = Posts(random.Random("digidip autonomy")), random.Random("digidip autonomy, times")
    lines = []  # of headquarters: number, moment, words
    for week in range(WEEKS):
        for day in (0, 2, 4):
            at = START + timedelta(weeks=week, days=day, hours=8, minutes=rng.randrange(300))
            lines.append([None, at, FORMULA if day == 4 and week % 4 == 0 else line(rng)])
    for each, kind in zip(lines, kinds_of(rng, HEAD, len(lines)), strict=True):
        each[0] = made.add(HEAD, each[1], each[2], kind=kind)
    plain = [each for each in lines if each[2] is not FORMULA]
    for account in MISSIONS:
        without_event(made, rng, account, plain)
    on_events(made, rng)
    for account in [*PAIRS, *sorted({*PAIRS.values()} - {HEAD})]:
        for n, kind in enumerate(kinds_of(rng, account, 2 * WEEKS)):
            at = START + timedelta(weeks=n // 2, days=1 + 2 * (n % 2), hours=7, minutes=rng.randrange(600))
            made.add(account, at, line(rng, 7), kind=kind)
    return made


def without_event(made, rng, account, lines):
    """A mission's posts that are on no event: own ones, reposts and copies, as many as planted."""
    zone, share, n, reposts = MISSIONS[account]
    own, copies = round(share * n), n - round(share * n) - reposts
    ways = ["verbatim", "last", "middle", "verbatim", "scheduled"]
    acts = [*["repost"] * reposts, *(ways[at % 5] for at in range(copies))]
    # of what counts as own: two weak copies and two translations, which no rule of shared words sees, and a phrase of all
    acts += ["two", "translation", "formula", "two", "translation"][: min(5, own)] + ["own"] * max(0, own - 5)
    for act in acts:
        number, at, words = rng.choice(lines)
        later = at + timedelta(minutes=rng.randrange(30, 4_000))
        if act == "own":
            made.add(account, at_desk(rng, zone), line(rng), truth="own")
        elif act == "formula":
            made.add(
                account, START + timedelta(days=5 + 28 * rng.randrange(6), hours=9), FORMULA, truth="own", similarity=1
            )
        elif act == "repost":
            made.add(account, later, of=number)
        elif act == "translation":
            made.add(account, later, [word[::-1] for word in words], truth="copy", own=1)
        else:
            how = "verbatim" if act == "scheduled" else act
            said, near = changed(rng, words, how), SIMILAR[how]
            when = at if act == "scheduled" else later
            made.add(account, when, said, truth="copy", similarity=near, own=float(act == "two"))


def at_desk(rng, zone):
    """A moment, four times of five in office hours."""
    while True:
        at = START + timedelta(minutes=rng.randrange(WEEKS * 7 * 1_440))
        if is_open(at, zone) or rng.random() < 0.08:
            return at


def on_events(made, rng):
    """Posts on events: of headquarters on most, of missions after exponential waits."""
    for number, at in enumerate(event_times(random.Random("digidip autonomy, events")), 1):
        tag, said, told = f"#SampleEvent{number:02}", line(rng), None
        if number not in SILENT_HEAD:
            told = at + timedelta(minutes=round(60 * rng.expovariate(1 / 6)) + 1)
            made.add(HEAD, told, [*said, tag])
        for account, (zone, share, *_) in MISSIONS.items():
            if account == NO_EVENTS:
                continue
            rate = PACE * math.exp(HASTE * (share - 0.5)) * (OPEN if is_open(at, zone) else 1)
            when = at + timedelta(minutes=round(60 * rng.expovariate(rate)) + 1)
            copies = rng.random() > share and told is not None and told <= when
            if when < at + timedelta(hours=HORIZON):
                words = said if copies else line(rng)
                truth, near = ("copy", 1.0) if copies else ("own", 0.0)
                made.add(account, when, [*words, tag], truth=truth, similarity=near, own=1 - near)


def mentions():
    """Who mentioned whom, week by week: persons a little more often each week."""
    rng, rows = random.Random("digidip autonomy, mentions"), []
    persons, institutions = [*PAIRS], [HEAD, "940031", "940032"]
    for week in range(WEEKS):
        share = 0.4 + 0.4 * week / (WEEKS - 1)
        for _ in range(14):
            account = rng.choice(persons if rng.random() < share else institutions)
            day = START + timedelta(weeks=week, days=rng.randrange(7))
            rows.append(
                {
                    "who": f"samplereader{rng.randrange(SOURCES):02}",
                    "account": account,
                    "day": f"{day:%Y-%m-%d}",
                    "times": rng.randrange(1, 4),
                }
            )
    rows = {(row["who"], row["account"], row["day"]): row for row in rows}.values()
    return table(["who", "account", "day", "times"], rows)


def autonomy_events():
    """Rows of reference/events.csv."""
    times = event_times(random.Random("digidip autonomy, events"))
    rest = ["data/raw/sample/sample_autonomy.py", "synthetic"]
    return [
        [
            f"Sample announcement {n}",
            "",
            "ZAF",
            "announcement",
            f"{at:%Y-%m-%dT%H:%M:00Z}",
            "",
            f"SampleEvent{n:02}",
            *rest,
        ]
        for n, at in enumerate(times, 1)
    ]


def autonomy_rows():
    """Rows of reference/codings.csv: which posts are copies, and what posts are about."""
    made, rng = all_posts(), random.Random("digidip codings autonomy")
    drawn = sorted(rng.sample(sorted(made.truth), CODED))
    rows = []
    for book, truth in (("copies", {each: made.truth[each] for each in drawn}), ("content", made.kinds)):
        for item, code in truth.items():
            for coder, error in ERRORS.items():
                others = ["copy", "own"] if book == "copies" else ["service", "explanation", "other"]
                said = rng.choice([each for each in others if each != code]) if rng.random() < error else code
                rows.append([book, item, "copy" if book == "copies" else "kind", coder, said, "synthetic"])
    return rows


def make_autonomy():
    """The files and their maps: name -> text."""
    columns = ["post", "account", "posted", "text", "of", "likes", "comments", "reposts", "followers"]
    files = {"autonomy_posts.csv": table(columns, all_posts().rows), "autonomy_mentions.csv": mentions()}
    return files | {f"{name}.map.yml": text for name, text in MAPS.items()}
