"""Who follows whom on X among Peru's invented missions, at two dates, and their posts of February to June 2016.

Planted: communities by region, headquarters as the only bridge between the Americas and the others, a chain without a
way back in Africa, an account suspended between the dates, a newcomer, a self-loop, and accounts outside the register.
"""

import random
from datetime import UTC, datetime, timedelta
from itertools import combinations

from sample_missions import missions, on_x, x_handle
from sample_shared import say, table

HEADQUARTERS, MINISTER = 150000004, 150000099
SUSPENDED, NEWCOMER = "C:Miami", "E:PL"
# Accounts outside the register by class, in the order of their numbers from 910000000000 on.
OUTSIDERS = {
    "foreign ministry": 9,
    "international organisation": 6,
    "media": 9,
    "civil society": 7,
    "diaspora": 8,
    "individual": 9,
}
COLUMNS = (
    "id,timestamp_utc,user_screen_name,user_id,user_name,text,lang,to_tweetid,to_userid,to_username,retweeted_id,"
    "retweeted_user_id,retweet_count,like_count,reply_count,mentioned_ids,mentioned_names"
).split(",")
FIRST, LAST = datetime(2016, 2, 1, tzinfo=UTC), datetime(2016, 6, 30, tzinfo=UTC)


def ids_of(region=None):
    """Ids of the missions on X, of one community or all, in order."""
    return [150000100 + n for n, (_key, of) in enumerate(on_x()[0].items()) if region in (None, of)]


def id_of(key):
    """The id of one mission on X."""
    return 150000100 + list(on_x()[0]).index(key)


def within(rng, members):
    """Follows in a community: of its pairs three in ten are mutual and a quarter go one way."""
    made = []
    for pair in combinations(members, 2):
        chance, one = rng.random(), rng.sample(pair, 2)
        made += [pair, pair[::-1]] if chance < 0.3 else [tuple(one)] if chance < 0.55 else []
    return made


def around_headquarters(rng, region, followers, followed):
    """Follows between headquarters and some missions of a community."""
    members = [account for account in ids_of(region) if account != id_of(NEWCOMER)]
    up = [(account, HEADQUARTERS) for account in rng.sample(members, followers)]
    return up + [(HEADQUARTERS, account) for account in rng.sample(members, followed)]


def outsiders(name=None):
    """Ids of the accounts outside the register, of one class or all."""
    classes = [each for each, size in OUTSIDERS.items() for _ in range(size)]
    return [910000000001 + number for number, each in enumerate(classes) if name in (None, each)]


def with_outsiders(rng):
    """Follows between the register and others: headquarters reaches all classes, consulates mainly the diaspora."""
    made = [(HEADQUARTERS, other) for other in rng.sample(outsiders(), 18)]
    made += [(other, HEADQUARTERS) for other in rng.sample(outsiders(), 30)]
    for key in on_x()[0]:
        near = outsiders("diaspora") + outsiders("individual") if key[0] == "C" else outsiders()
        near = outsiders("international organisation") if key == "P:Geneva" else near
        if key not in ("E:EG", "E:MA", "E:ZA", NEWCOMER):
            made += [(id_of(key), other) for other in rng.sample(near, min(8, len(near)))]
            made += [(other, id_of(key)) for other in rng.sample(near, 3)]
    return made


def first_wave(rng):
    """Follows of 15 January."""
    made = [(HEADQUARTERS, HEADQUARTERS), (HEADQUARTERS, MINISTER), (MINISTER, HEADQUARTERS)]
    made += [(id_of("E:EG"), id_of("E:MA")), (id_of("E:MA"), id_of("E:ZA")), (id_of("E:EG"), id_of("E:ZA"))]
    made += [(account, MINISTER) for account in rng.sample(ids_of("Americas"), 6)]
    europe = [account for account in ids_of("Europe") if account != id_of(NEWCOMER)]
    for members in (ids_of("Americas"), europe, ids_of("Asia")):
        made += within(rng, members)
    made += [(id_of("E:JP"), id_of("E:ES")), (id_of("E:DE"), id_of("E:CN")), (id_of("E:CN"), id_of("E:DE"))]
    for region, followers, followed in (("Americas", 12, 9), ("Europe", 10, 7), ("Asia", 5, 2)):
        made += around_headquarters(rng, region, followers, followed)
    return made + with_outsiders(rng)


def second_wave(rng, before):
    """Follows of 1 July: the suspended account is gone, a newcomer is there, four follows are ended, a dozen begun."""
    ended = rng.sample([tie for tie in before if HEADQUARTERS not in tie and tie[0] in ids_of("Americas")], 4)
    kept = [tie for tie in before if id_of(SUSPENDED) not in tie and tie not in ended]
    newcomer, friends = id_of(NEWCOMER), [id_of("E:DE"), id_of("E:SE"), id_of("E:NL")]
    new = [(newcomer, HEADQUARTERS), (HEADQUARTERS, newcomer)]
    new += [pair for friend in friends for pair in ((newcomer, friend), (friend, newcomer))]
    for region, number in (("Americas", 7), ("Europe", 5)):
        members = [account for account in ids_of(region) if account not in (id_of(SUSPENDED), newcomer)]
        absent = [(a, b) for a in members for b in members if a != b and (a, b) not in before]
        new += rng.sample(absent, number)
    return kept + new


def edges_csv(ties):
    """A table of edges, sorted."""
    return "Source,Target,Kind\n" + "".join(f"{source},{target},follow\n" for source, target in sorted(ties))


def people():
    """Handle and name of every account that posts, by id."""
    by_key = {mission.key: mission for mission in missions()}
    known = {id_of(key): (x_handle(by_key[key]), f"{by_key[key].city} (muestra)") for key in on_x()[0]}
    return known | {HEADQUARTERS: ("SampleCancilleria", "Cancillería de muestra")}


def post(rng, who, at, text, mentioned=(), **told):
    """A row of minet's export; the id carries the moment."""
    number = (int(at.timestamp() * 1000) - 1288834974657 << 22) + rng.randrange(1 << 22)
    handle, name = people()[who]
    names = "|".join(people()[account][0].lower() for account in mentioned)
    counts = {"retweet_count": rng.randrange(6), "like_count": rng.randrange(20), "reply_count": rng.randrange(3)}
    row = {"id": number, "timestamp_utc": int(at.timestamp()), "user_screen_name": handle, "user_id": who}
    row |= {"user_name": name, "text": text, "lang": "es", "mentioned_names": names}
    return row | {"mentioned_ids": "|".join(map(str, mentioned))} | counts | told


def companion(rng, who):
    """Another mission of the same community."""
    region = next(region for region in set(on_x()[0].values()) if who in ids_of(region))
    return rng.choice([account for account in ids_of(region) if account not in (who, id_of(SUSPENDED))])


def originals(rng, number, mentions, speaker, target):
    """Posts of their own, the first `mentions` of which name another account."""
    made = []
    for turn in range(number):
        who, at = speaker(), FIRST + timedelta(seconds=rng.randrange(int((LAST - FIRST).total_seconds())))
        named = (target(who),) if turn < mentions else ()
        text = say(rng, "peru_post") + "".join(f" @{people()[account][0]}" for account in named)
        made.append(post(rng, who, at, text, named))
    return made


def repost(rng, who, original):
    """A repost within two days."""
    at = datetime.fromtimestamp(original["timestamp_utc"], UTC) + timedelta(seconds=rng.randrange(60, 172800))
    author, text = original["user_id"], f"RT @{original['user_screen_name']}: {original['text']}"
    named = [author, *(int(account) for account in original["mentioned_ids"].split("|") if account)]
    return post(rng, who, at, text, named, retweeted_id=original["id"], retweeted_user_id=author)


def reply(rng, who, original):
    """A reply within a day."""
    at = datetime.fromtimestamp(original["timestamp_utc"], UTC) + timedelta(seconds=rng.randrange(60, 86400))
    author, handle = original["user_id"], original["user_screen_name"]
    told = {"to_tweetid": original["id"], "to_userid": author, "to_username": handle}
    return post(rng, who, at, f"@{handle} [synthetic] Gracias, lo compartimos aquí.", [author], **told)


def posts_csv(rng):
    """Posts of headquarters and its missions: own ones, reposts and replies, in order of time."""
    speakers = [a for region in ("Americas", "Europe", "Asia") for a in ids_of(region) if a != id_of(SUSPENDED)]
    of_mission, of_centre = lambda: rng.choice(speakers), lambda: HEADQUARTERS
    centre = originals(rng, 70, 30, of_centre, lambda _who: rng.choice(speakers))
    mine = originals(rng, 100, 60, of_mission, lambda who: companion(rng, who))
    mine += originals(rng, 50, 40, of_mission, lambda _who: HEADQUARTERS)
    mine += originals(rng, 6, 0, lambda: rng.choice([id_of("E:EG"), id_of("E:MA")]), None)
    heard = [own for own in mine if own["user_id"] in speakers]
    made = [repost(rng, of_mission(), rng.choice(centre)) for _ in range(80)]
    for act, number in ((repost, 40), (reply, 25)):
        chosen = rng.choices(heard, k=number)
        made += [act(rng, companion(rng, own["user_id"]), own) for own in chosen]
    made += [reply(rng, of_mission(), rng.choice(centre)) for _ in range(20)]
    made += [reply(rng, HEADQUARTERS, rng.choice(heard)) for _ in range(10)]
    return table(COLUMNS, sorted(centre + mine + made, key=lambda row: row["id"]))


def make_mission_ties():
    """The two crawls and the posts: name -> text."""
    rng = random.Random("digidip per mission ties")
    first = first_wave(rng)
    return {
        "per_follows_2016-01-15.csv": edges_csv(first),
        "per_follows_2016-07-01.csv": edges_csv(second_wave(rng, first)),
        "per_mission_posts.csv": posts_csv(rng),
    }
