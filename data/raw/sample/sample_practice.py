"""Fourteen invented ministries on Bluesky over eight weeks of 2025, their followers at two dates, and thirty ordinary institutions.

Planted: busy ministries answer less and grow faster, so that answering seems to cost growth; given how much a ministry
posts, answering has nothing to do with it. Ordinary institutions answer more than ministries of their size. UTC.
"""

import random
from datetime import UTC, datetime, timedelta

from sample_shared import table

STATES = "AUT BEL CHE CZE DNK FIN GRC HRV IRL LVA NLD POL PRT SVN".split()
START, WEEKS, EVERY = datetime(2025, 1, 6, tzinfo=UTC), 8, 12  # comments on each ministry
A_WEEK = (1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4)
ANSWERED = (9, 7, 8, 6, 4, 7, 5, 3, 5, 2, 4, 0, 3, 1)  # of the comments
SLACK = (1, 1, -1, 1, -1, -1, 1, 1, -1, -1, 1, 0, 0, 0)  # per cent of growth, alike for those who answer more or less
REPOSTS = (0, 1, 2, 3, 4)
PROFILES = {"2025-01": datetime(2025, 1, 6, 9), "2025-03": datetime(2025, 3, 3, 9)}  # when followers were counted
POST = (
    "did,uri,timestamp_utc,user_did,user_handle,user_display_name,original_text,repost_count,like_count,reply_count,"
    "indexed_at_utc,to_post_uri,to_user_did,repost_by_user_did,repost_by_user_handle,repost_timestamp_utc,quoted_uri,"
    "media_types,mentioned_user_dids"
).split(",")
PROFILE = "did,handle,posts,followers,follows,collection_time".split(",")
NEWS = "[synthetic] The minister met colleagues on {}.", "[synthetic] New office hours for {}."
ASKS = "[synthetic] What should we do next for {}?", "[synthetic] Which question on {} comes first?"
SAID = "[synthetic] And {}", "[synthetic] My view on {}", "[synthetic] What about {}?"
ANSWERS = "[synthetic] You find {} on our page.", "[synthetic] Yes, {} starts in spring."
TOPICS = "visas", "trade", "the summit", "study abroad", "aid"
KINDS = "museum", "university", "city", "railway", "library"
SIZES = (("bluesky", 20, 1200, 40_000), ("facebook", 10, 10_000, 120_000))  # institutions, fewest and most followers
BASELINE = (
    "platform,account_id,kind,follower_count,posting_rate,comment_count,answered_count,mentioned_count,returned_count,"
    "source,label"
).split(",")


def did(name):
    """An id in the form of the platform: 24 letters after the method."""
    return f"did:plc:{name.lower():2<24}"


def say(rng, phrases):
    """A phrase with its topic."""
    return rng.choice(phrases).format(rng.choice(TOPICS))


def post(rng, at, who, handle, text, to=None, **cells):
    """A row of minet's export; the key carries nothing."""
    key = "3l" + "".join(rng.choices("234567abcdefghijklmnopqrstuvwxyz", k=11))
    row = {"did": key, "uri": f"at://{who}/app.bsky.feed.post/{key}", "timestamp_utc": int(at.timestamp())}
    row |= {"user_did": who, "user_handle": handle, "original_text": text, "indexed_at_utc": f"{at:%Y-%m-%dT%H:%M:%SZ}"}
    row |= {"repost_count": rng.randrange(3), "like_count": rng.randrange(9), "reply_count": 0}
    return row | ({"to_post_uri": to["uri"], "to_user_did": to["user_did"]} if to else {}) | cells


def ministry(rng, place):
    """Eight weeks of one ministry: posts, a question a fortnight that is followed up, comments, answers, reposts."""
    state, week = STATES[place], timedelta(weeks=1)
    who, handle = did(f"samplemfa{state}"), f"samplemfa-{state.lower()}.example.org"
    name = {"user_display_name": f"Sample ministry of foreign affairs ({state}) on Bluesky"}
    other = did(f"samplemfa{STATES[(place + 1) % len(STATES)]}")
    own = [
        post(rng, START + week * w + timedelta(hours=9 + 30 * n, seconds=rng.randrange(3600)), who, handle,
             say(rng, ASKS if n == 0 and w % 4 == 0 and ANSWERED[place] else NEWS), **name,
             media_types=rng.choice(["", "image/jpeg"]), mentioned_user_dids=other if w == 2 and not n else "")
        for w in range(WEEKS) for n in range(A_WEEK[place])
    ]  # fmt: skip
    made, under = list(own), [row for row in own if row["original_text"] in asked()] or own
    for number in range(EVERY):
        to = (under + own)[number % (len(under) + len(own))]
        at = datetime.fromtimestamp(to["timestamp_utc"], UTC) + timedelta(hours=1 + number / 7)
        person = f"sampleperson{rng.randrange(40):02}"
        comment = post(rng, at, did(person), f"{person}.example.org", say(rng, SAID), to)
        made.append(comment)
        if number < ANSWERED[place]:
            made.append(post(rng, at + timedelta(hours=2), who, handle, say(rng, ANSWERS), comment, **name))
    return made + reposts(rng, place, who, handle)


def asked():
    """Every text of a question by a ministry."""
    return {phrase.format(topic) for phrase in ASKS for topic in TOPICS}


def reposts(rng, place, who, handle):
    """A museum's posts repeated: no talk of the ministry's own."""
    days = [START + timedelta(days=8 + 9 * n) for n in range(REPOSTS[place % len(REPOSTS)])]
    return [
        post(rng, day, did("samplemuseum"), "samplemuseum.example.org", say(rng, NEWS))
        | {"repost_by_user_did": who, "repost_by_user_handle": handle}
        | {"repost_timestamp_utc": int(day.timestamp()) + 7200}
        for day in days
    ]


def followers(place, later):
    """Followers at the first date and, by posts a week and what it owes to nothing, at the later one."""
    first = 2000 + 2600 * ((5 * place) % len(STATES))
    return round(first * (1 + (3 * A_WEEK[place] + SLACK[place]) / 100)) if later else first


def profiles(day):
    """The profiles of all ministries at one date."""
    at, later = PROFILES[day], day == max(PROFILES)
    return [
        {"did": did(f"samplemfa{state}"), "handle": f"samplemfa-{state.lower()}.example.org", "posts": 40 + 9 * place}
        | {"followers": followers(place, later), "follows": 100 + 7 * place}
        | {"collection_time": f"{at:%Y-%m-%dT%H:%M:%S}.000000"}
        for place, state in enumerate(STATES)
    ]


def baseline_rows():
    """Rows of reference/baseline.csv: institutions of which the large answer half, the small four in five."""
    rng, rows = random.Random("digidip baseline"), []
    for platform, number, fewest, most in SIZES:
        for place in range(number):
            share = place / (number - 1)
            size, comments, mentioned = (
                round(fewest * (most / fewest) ** share),
                rng.randrange(30, 90),
                rng.randrange(5, 15),
            )
            answered = sum(rng.random() < 0.8 - 0.3 * share for _ in range(comments))
            returned = sum(rng.random() < 0.5 for _ in range(mentioned))
            name, rate = f"sample-{platform}-{KINDS[place % len(KINDS)]}-{place:02}", round(rng.uniform(1, 6), 1)
            rows.append(
                [platform, name, KINDS[place % len(KINDS)], size, rate, comments, answered, mentioned, returned]
            )
    return [[*row, "invented for the sample", "synthetic"] for row in rows]


def make_practice():
    """The files: name -> text."""
    rng = random.Random("digidip practice")
    made = [row for place in range(len(STATES)) for row in ministry(rng, place)]
    made.sort(key=lambda row: (row["timestamp_utc"], row["uri"]))
    files = {f"bluesky_profiles_{day}.csv": table(PROFILE, profiles(day)) for day in PROFILES}
    return {"bluesky_posts.csv": table(POST, made), **files}
