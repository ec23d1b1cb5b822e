"""Three invented accounts on X over eight quarters, monologue, dialogue and a change between them; two rounds of coding.

Norway only posts, Canada only asks and answers, Australia turns from the one to the other with 2015. Moments are UTC.
"""

import csv
import io
import json
import random
from datetime import datetime, timedelta

ACCOUNTS = {
    "NOR": (150000011, "SampleVoiceNorway", "Sample spokesperson (Norway)"),
    "CAN": (150000012, "SampleVoiceCanada", "Sample spokesperson (Canada)"),
    "AUS": (150000013, "SampleVoiceAustralia", "Sample spokesperson (Australia)"),
}
PEOPLE = [(910000000001 + n, f"sample_person_{n:02d}", f"Sample Person {n}") for n in range(40)]
STRANGER = (910000000900, "sample_museum", "Sample Museum")
QUARTERS = [datetime(year, month, 1) for year in (2014, 2015) for month in (1, 4, 7, 10)]
AUSTRALIA = dict(zip(QUARTERS, [(10, 1), (10, 0), (10, 2), (10, 1), (3, 9), (3, 8), (3, 10), (3, 9)], strict=True))
NEWS = "[synthetic] The minister met colleagues on {topic}.", "[synthetic] New office hours for {topic}."
ASKS = "[synthetic] What should we do next for {topic}?", "[synthetic] Which question on {topic} shall we answer first?"
SAID = "[synthetic] And {topic}", "[synthetic] My view on {topic}", "[synthetic] Thanks, also for {topic}"
ANSWERS = "[synthetic] You find {topic} on our page.", "[synthetic] Yes, {topic} starts in spring."
TOPICS = "visas", "trade", "the summit", "study abroad", "aid", "the climate talks"
DEPTHS = (1, 2, 2, 5)  # turns of the threads under a question: unanswered, answered, answered, to and fro
PRINCIPLES = {
    "dialogic loop": ("asks", "answers"),
    "usefulness of information": ("explains", "gives an address"),
    "return visits": ("announces more", "invites back"),
    "conservation of visitors": ("keeps within the page", "names the page"),
}
PRESENT = {  # chance that coder a finds an indicator of each principle
    "USA": (0.05, 0.8, 0.4, 0.5),
    "PER": (0.75, 0.8, 0.5, 0.5),
}
SLIPS = {"principles": 0.03, "principles-pilot": 0.35}  # chance that coder b sees otherwise
ITEMS = {"principles": 20, "principles-pilot": 8}


def say(rng, phrases):
    """A phrase with its slot filled."""
    return rng.choice(phrases).format(topic=rng.choice(TOPICS))


def user(who):
    """A user object with what a reader reads."""
    return {"id_str": str(who[0]), "screen_name": who[1], "name": who[2]}


def tweet(rng, at, who, text, to=None, mentioned=None, original=None):
    """A tweet of API v1.1 with the keys that are read; its id carries the millisecond of publication."""
    clock = int((at - datetime(1970, 1, 1)).total_seconds()) * 1000 + rng.randrange(1000)
    made = {"created_at": f"{at:%a %b %d %H:%M:%S} +0000 {at:%Y}"}
    made |= {
        "id_str": str((clock - 1288834974657 << 22) + rng.randrange(1 << 22)),
        "full_text": text,
        "user": user(who),
    }
    if to:
        made |= {"in_reply_to_status_id_str": to["id_str"], "in_reply_to_user_id_str": to["user"]["id_str"]}
    if mentioned:
        made["full_text"] += f" @{mentioned[1]}"
        made["entities"] = {"user_mentions": [{"id_str": str(mentioned[0]), "screen_name": mentioned[1]}]}
    return made | ({"retweeted_status": original} if original else {})


def thread(rng, under, at, who, depth):
    """So many turns under a tweet: a person, the ministry, the person, …"""
    made, person, last = [], rng.choice(PEOPLE), under
    for turn in range(depth):
        at += timedelta(minutes=rng.randrange(20, 400))
        last = tweet(rng, at, *((who, say(rng, ANSWERS)) if turn % 2 else (person, say(rng, SAID))), to=last)
        made.append(last)
    return made


def news(rng, start, who, number, mentioned):
    """Posts that ask nothing, six days apart, the first of them with a mention."""
    days = [start + timedelta(3 + 6 * n, rng.randrange(28800, 64800)) for n in range(number)]
    return [tweet(rng, at, who, say(rng, NEWS), mentioned=None if n else mentioned) for n, at in enumerate(days)]


def reposts(rng, start, who, number):
    """Another account's posts repeated: no talk of the ministry's own."""
    days = [start + timedelta(10 + 30 * n, 43200) for n in range(number)]
    originals = [tweet(rng, at - timedelta(hours=2), STRANGER, say(rng, NEWS)) for at in days]
    pairs = zip(days, originals, strict=True)
    return [tweet(rng, at, who, f"RT @{STRANGER[1]}: {it['full_text']}", original=it) for at, it in pairs]


def under_each(rng, posts, who, depths):
    """Threads of these depths under the posts in turn, the posts before them."""
    made = list(posts)
    for number, depth in enumerate(depths):
        post = posts[number % len(posts)]
        at = datetime.strptime(post["created_at"], "%a %b %d %H:%M:%S %z %Y").replace(tzinfo=None)
        made += thread(rng, post, at + timedelta(hours=number), who, depth)
    return made


def norway(rng, start):
    """Monologue: twelve posts, two reposts, three remarks without an answer."""
    posts = news(rng, start, ACCOUNTS["NOR"], 12, ACCOUNTS["CAN"])
    return under_each(rng, posts, ACCOUNTS["NOR"], (1, 1, 1)) + reposts(rng, start, ACCOUNTS["NOR"], 2)


def canada(rng, start):
    """Dialogue: two questions with threads of 1, 2, 2 and 5 turns under each, one repost."""
    days, who = [start + timedelta(5 + 40 * n, 50400) for n in range(2)], ACCOUNTS["CAN"]
    posts = [tweet(rng, at, who, say(rng, ASKS), mentioned=None if n else ACCOUNTS["NOR"]) for n, at in enumerate(days)]
    depths = [depth for depth in DEPTHS for _ in posts]
    return under_each(rng, posts, who, depths) + reposts(rng, start, who, 1)


def australia(rng, start):
    """Ten posts and about one answer a quarter; from 2015 three posts and about nine answers."""
    number, answered = AUSTRALIA[start]
    posts = news(rng, start, ACCOUNTS["AUS"], number, ACCOUNTS["NOR"])
    return under_each(rng, posts, ACCOUNTS["AUS"], (2,) * answered)


def make_dialogue():
    """The file of the three accounts: name -> text."""
    rng = random.Random("digidip dialogue")
    made = [tweet for start in QUARTERS for corner in (norway, canada, australia) for tweet in corner(rng, start)]
    lines = [json.dumps(each, separators=(",", ":")) for each in sorted(made, key=lambda each: int(each["id_str"]))]
    return {"dialogue_tweets.jsonl": "\n".join(lines) + "\n"}


def coded_posts(files):
    """Ids of posts of January 2016 that the coders read: every fifth of the steady State Department, and of Peru."""
    state = csv.DictReader(io.StringIO(files["usa-steady_facebook_statuses.csv"]))
    peru = csv.DictReader(io.StringIO(files["per_crowdtangle.csv"]))
    pages = [row for row in peru if row["Facebook Id"] == "150000000000003"]
    return {
        "USA": [row["status_id"] for row in state][2::5],
        "PER": [f"{row['Facebook Id']}_{row['URL'].rsplit('/', 1)[1]}" for row in pages][2::5],
    }


def principle_rows(files):
    """Rows of reference/codings.csv: two coders on the principles of dialogue, a study and the pilot before it."""
    rng, rows = random.Random("digidip principles"), []
    for codebook, slip in SLIPS.items():
        for ministry, items in coded_posts(files).items():
            for item in items[: ITEMS[codebook]]:
                rows += coded(rng, codebook, item, PRESENT[ministry], slip)
    rows[7][4] = ""
    return rows


def coded(rng, codebook, item, present, slip):
    """The codes of both coders for every indicator of one item."""
    rows = []
    for (principle, indicators), chance in zip(PRINCIPLES.items(), present, strict=True):
        for indicator in indicators:
            seen = rng.random() < chance
            codes = {"sample-coder-a": seen, "sample-coder-b": seen ^ (rng.random() < slip)}
            variable = f"{principle}: {indicator}"
            rows += [[codebook, item, variable, coder, str(int(code)), "synthetic"] for coder, code in codes.items()]
    return rows
