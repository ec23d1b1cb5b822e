"""Five invented embassies in Paris over eight weeks of 2016, and profiles on X of these and of Peru's missions.

Planted: how many posts a week each embassy publishes where, an embassy silent since 2015, one whose profile counts no
post, a post a second before the window and one at its end, a missing count, a hostile text.
"""

import random
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sample_forms import Page, crowdtangle_csv, crowdtangle_row
from sample_missions import missions, on_x, x_handle
from sample_shared import Post, table

PARIS, UTC = ZoneInfo("Europe/Paris"), ZoneInfo("UTC")
MONDAY, WEEKS = datetime(2016, 3, 7, tzinfo=PARIS), 8
END = datetime(2016, 5, 2, tzinfo=PARIS)
LAST_YEAR = datetime(2015, 11, 2, tzinfo=PARIS)
# Page, X account and channel of each embassy, and its posts a week on each; the Swedish page wrote six posts in 2015.
PAGES = {"Usa": (150000000000011, 2), "Estonia": (150000000000012, 5), "Israel": (150000000000013, 1)}
DORMANT = 150000000000014
ON_X = {"Usa": (150000201, 10), "Estonia": (150000202, 1), "Israel": (150000203, 3)}
EMPTY = ("SampleEmbChileParis", 150000204)
CHANNEL, VIDEOS = "UCsampleEmbUsaParis00001", 3
HEADQUARTERS = ("SampleCancilleria", 150000004, 128419)
FOLLOWERS_IN_PARIS = {"Usa": 61200, "Estonia": 2140, "Israel": 18900}
# Followers of Peru's 34 missions on X, in the order of their ids.
FOLLOWERS = (
    4705, 4131, 3418, 3505, 2383, 3372, 7578, 4208, 3192, 312, 540, 315, 2179, 791, 2070, 855, 3602,
    1060, 7229, 840, 1295, 631, 2060, 980, 578, 181, 2247, 1100, 47172, 47288, 15872, 10336, 5981, 5883,
)  # fmt: skip
TEXTS = (
    "[synthetic] Open house at the embassy: {n} places are left.",
    "[synthetic] Portes ouvertes à l'ambassade : il reste {n} places.",
    "[synthetic] Film evening number {n} in the garden of the embassy.",
    "[synthetic] Concert n° {n} dans le jardin de l'ambassade.",
)
HOSTILE = "[synthetic] <img src=x onerror=alert(1)> in Paris"
TWEET = (
    "id,timestamp_utc,user_screen_name,user_id,user_name,text,lang,to_tweetid,to_userid,to_username,retweeted_id,"
    "retweeted_user_id,retweet_count,like_count,reply_count,mentioned_ids,mentioned_names"
).split(",")
VIDEO = (
    "position,channelId,channelTitle,videoId,publishedAt,publishedAtSQL,videoTitle,videoDescription,viewCount,"
    "likeCount,commentCount"
).split(",")
USER = "id,screen_name,name,timestamp_utc,verified,tweets,followers,friends".split(",")


def moments(rng, first, weeks, per_week):
    """As many moments in every week, by day, in order."""
    made = []
    for week in range(weeks):
        hours = rng.sample(range(8, 7 * 24 - 8), per_week)
        made += [
            first.replace(tzinfo=None) + timedelta(weeks=week, hours=h, seconds=rng.randrange(3600)) for h in hours
        ]
    return [moment.replace(tzinfo=PARIS) for moment in sorted(made)]


def text_of(rng):
    """One of the texts."""
    return rng.choice(TEXTS).format(n=rng.randrange(3, 40))


def pages_csv(rng):
    """The pages by CrowdTangle, stamped in UTC; the first comment count is missing."""
    rows, dormant = [], ("Sweden", DORMANT, moments(rng, LAST_YEAR, 6, 1))
    each = [(name, page, moments(rng, MONDAY, WEEKS, rate)) for name, (page, rate) in PAGES.items()]
    for name, page, at in [*each, dormant]:
        likes = 900 * (3 + len(name)) + page % 7
        about = Page(
            f"Sample Embassy of {name} in Paris", f"SampleEmb{name}InParis", "FR", likes, "Invented page", "UTC"
        )
        for number, moment in enumerate(at):
            local, part = (
                moment.astimezone(UTC).replace(tzinfo=None),
                1016000000000000 + page % 100 * 10**9 + number * 7919,
            )
            comments, likes = rng.randrange(12), rng.randrange(5, 90)
            post = Post(f"{page}_{part}", local, "Photo", text_of(rng), "", "", comments, likes, likes // 9)
            rows.append(crowdtangle_row(about, number, post, comments if rows else ""))
    return crowdtangle_csv(rows)


def tweets_csv(rng):
    """The posts on X by minet; two of the American embassy stand just outside the window."""
    rows = []
    for name, (account, rate) in ON_X.items():
        at = moments(rng, MONDAY, WEEKS, rate)
        at += [MONDAY - timedelta(seconds=1), END] if name == "Usa" else []
        for number, moment in enumerate(at):
            text = HOSTILE if name == "Usa" and number == 7 else text_of(rng)
            rows.append(tweet(rng, name, account, moment, text))
    return table(TWEET, sorted(rows, key=lambda row: row["id"]))


def tweet(rng, name, account, moment, text):
    """A row of minet's export; the id carries the moment."""
    seconds = int(moment.timestamp())
    row = {"id": (seconds * 1000 - 1288834974657 << 22) + rng.randrange(1 << 22), "timestamp_utc": seconds}
    row |= {"user_screen_name": f"SampleEmb{name}Paris", "user_id": account, "text": text, "lang": "en"}
    row |= {"user_name": f"Sample Embassy of {name} in Paris"}
    return row | {"retweet_count": rng.randrange(9), "like_count": rng.randrange(30), "reply_count": rng.randrange(5)}


def videos_csv(rng):
    """The American embassy's videos by YouTube Data Tools, the latest first."""
    rows = []
    for number, moment in enumerate(moments(rng, MONDAY, WEEKS, VIDEOS)):
        at = moment.astimezone(UTC)
        row = {
            "channelId": CHANNEL,
            "channelTitle": "Sample Embassy of Usa in Paris",
            "videoId": f"sampleUsa{number:02}",
        }
        row |= {"publishedAt": f"{at:%Y-%m-%dT%H:%M:%SZ}", "publishedAtSQL": f"{at:%Y-%m-%d %H:%M:%S}"}
        row |= {
            "videoTitle": text_of(rng),
            "videoDescription": "[synthetic] Invented video",
            "commentCount": rng.randrange(6),
        }
        rows.append(row | {"viewCount": rng.randrange(200, 9000), "likeCount": rng.randrange(4, 90)})
    return table(VIDEO, [row | {"position": place} for place, row in enumerate(rows[::-1], 1)])


def users_csv(rng):
    """Profiles on X of 1 July 2016: Peru's headquarters and missions, and the embassies in Paris."""
    by_key = {mission.key: mission for mission in missions()}
    handles = [x_handle(by_key[key]) for key in on_x()[0]]
    peru = [(handle, 150000100 + n, count) for n, (handle, count) in enumerate(zip(handles, FOLLOWERS, strict=True))]
    paris = [(f"SampleEmb{name}Paris", account, FOLLOWERS_IN_PARIS[name]) for name, (account, _rate) in ON_X.items()]
    rows = []
    for handle, account, followers in [HEADQUARTERS, *peru, *paris, (*EMPTY, 310)]:
        posts = 0 if account == EMPTY[1] else rng.randrange(40, 9000)
        row = {"id": account, "screen_name": handle, "name": f"{handle} [synthetic]", "timestamp_utc": 1293840000}
        rows.append(row | {"verified": 0, "tweets": posts, "followers": followers, "friends": rng.randrange(30, 900)})
    return table(USER, rows)


def make_presence():
    """The files: name -> text."""
    rng = random.Random("digidip presence")
    return {
        "paris_crowdtangle.csv": pages_csv(rng),
        "paris_tweets.csv": tweets_csv(rng),
        "paris_videos.csv": videos_csv(rng),
        "missions_on_x.csv": users_csv(rng),
    }
