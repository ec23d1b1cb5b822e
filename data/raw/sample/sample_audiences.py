"""Four months of 2019 of an invented ministry and its embassy: whom posts address, who answers, and what they say to whom.

Planted: audiences of posts and of commenters by quota; words of address with known errors, so that the rule's confusion matrix is
known; messages of the ministry tied to audiences and of the embassy to none; commenters of the ministry who answer posts made for
them half of the time, of the embassy at random; journalists of the diaspora, who are two audiences; 30 % unknown, under the
embassy's posts 60 %, where too few comments are coded to tell audiences apart; followers among whom the diaspora is rarer than
among commenters and nationals are as frequent.
"""

import random
from datetime import datetime, timedelta

from sample_shared import table

START, DAYS = datetime(2019, 2, 4, 6), 120
MINISTRY, EMBASSY = "940101", "940102"
CLASSES = "media", "foreign publics", "diaspora", "nationals", "diplomatic community", "unknown"
POSTS = 18, 18, 18, 18, 12, 36  # of each account, in the order of CLASSES
ALSO = 4  # posts of each account for the diaspora that are for the media too
KNOWN = 0.15, 0.20, 0.30, 0.27, 0.08  # of commenters who can be known
FOLLOWERS = 0.10, 0.40, 0.15, 0.27, 0.08  # of followers who can be known
UNKNOWN = {MINISTRY: 0.30, EMBASSY: 0.60, "followers": 0.40}
COMMENTS, CODED = 340, {MINISTRY: 210, EMBASSY: 130}  # of each account; of these coded
LISTED = 120  # followers of each account that were drawn and coded
MATCHED = {MINISTRY: 0.5, EMBASSY: 0.0}  # how often a commenter chooses a post made for them
TIED = {MINISTRY: 0.7, EMBASSY: 0.0}  # how often a post carries the message of its audience
MESSAGES = "security", "culture", "services", "climate", "trade"  # of the five audiences
HIT, LOST = {"posts": 0.80, "comments": 0.85}, {"posts": 0.12, "comments": 0.11}  # labelled right; taken for unknown
INVENTED = 0.10  # of the unknown, labelled as one of the five
RIGHT = {"coder-a": 0.97, "coder-b": 0.95}
EVENING = {
    MINISTRY: 16.5,
    EMBASSY: 19.5,
}  # hour of UTC about which comments come: half past eight in Mauritius and in Monaco
JOURNALISTS = 0.2  # of the commenters of the diaspora
ADDRESS = {
    "media": {"en": "Dear journalists", "fr": "Point de presse", "de": "Pressekonferenz"},
    "foreign publics": {"en": "Visit our country", "fr": "Visitez notre pays", "de": "Besuchen Sie unser Land"},
    "diaspora": {"en": "To our diaspora", "fr": "À notre diaspora", "de": "An unsere Diaspora"},
    "nationals": {"en": "Dear citizens", "fr": "Chers concitoyens", "de": "Liebe Mitbürger"},
    "diplomatic community": {"en": "Excellencies", "fr": "Excellences", "de": "Exzellenzen"},
    "unknown": {"en": "News", "fr": "Nouvelles", "de": "Neues"},
}
DECLARE = {
    "media": {"en": "I am a reporter", "fr": "Je suis journaliste"},
    "foreign publics": {"en": "In your country", "fr": "Dans votre pays"},
    "diaspora": {"en": "We live abroad", "fr": "Je vis à l'étranger"},
    "nationals": {"en": "As a citizen", "fr": "Ici au pays"},
    "diplomatic community": {"en": "As a diplomat", "fr": "En tant que diplomate"},
    "unknown": {"en": "Thanks", "fr": "Merci"},
}
MAPS = {
    "audience_posts.csv": "table: posts\nplatform: facebook\ncolumns: {post_id: post, account_id: account, text: text, lang: lang, "
    "posted_at: {from: posted, format: iso, zone: UTC}}\n",
    "audience_comments.csv": "table: comments\nplatform: facebook\ncolumns: {comment_id: comment, post_id: post, author: author, text: text, "
    "lang: lang, commented_at: {from: commented, format: iso, zone: UTC}}\n",
}


def labelled(rng, true, of):
    """What the words of an item make the rule say of it."""
    draw = rng.random()
    if true == "unknown":
        return rng.choice(CLASSES[:5]) if draw < INVENTED else true
    if draw < HIT[of]:
        return true
    return "unknown" if draw < HIT[of] + LOST[of] else rng.choice([each for each in CLASSES[:5] if each != true])


def post(rng, account, day, true, also):
    """One post: its row, and what its message is."""
    label, own = labelled(rng, true, "posts"), CLASSES.index(true)
    lang, words = rng.choice(("en", "fr", "de") if label != "unknown" else ("fr", "de")), ADDRESS[label]
    if label == "unknown" and account == MINISTRY:
        lang = rng.choice(("en", "fr"))
    if label == "foreign publics" and account == MINISTRY and rng.random() < 0.5:
        lang, words = "de", ADDRESS["unknown"]  # a language that is official elsewhere tells it
    if label == "diaspora" and account == EMBASSY and rng.random() < 0.5:
        lang, words = "en", ADDRESS["unknown"]
    message = MESSAGES[own] if own < 5 and rng.random() < TIED[account] else rng.choice(MESSAGES)
    text = f"[synthetic] {words[lang]}" + f" – {ADDRESS['media'][lang]}" * also + f": {message}, {day}"
    at = START + timedelta(days=day, hours=rng.uniform(0, 8))
    row = {"post": f"{'me'[account == EMBASSY]}{day:03}", "account": account, "posted": f"{at:%Y-%m-%dT%H:%M:%SZ}"}
    return row | {"lang": lang, "text": text}, message


def quota(rng, shares, n):
    """Classes of n items, as near to the shares as whole numbers come, in a random order."""
    exact = [share * n for share in shares]
    counts = [int(each) for each in exact]
    for place in sorted(range(len(exact)), key=lambda each: counts[each] - exact[each])[: n - sum(counts)]:
        counts[place] += 1
    classes = [name for name, count in zip(CLASSES, counts, strict=True) for _ in range(count)]
    rng.shuffle(classes)
    return classes


def comment(rng, number, account, true, posts):
    """One comment: its row, and whether a journalist of the diaspora wrote it."""
    made_for = [each for each, meant in posts if meant == true and true != "unknown"]
    under = rng.choice(made_for if made_for and rng.random() < MATCHED[account] else [each for each, _ in posts])
    label, lang = labelled(rng, true, "comments"), rng.choice(("en", "fr"))
    also = true == "diaspora" and rng.random() < JOURNALISTS
    also_words = f", {DECLARE['media'][lang].lower()}" * also
    late, part = divmod(2 * rng.random(), 1)  # on the day of the post or the next, about one hour of the evening
    hour = EVENING[account] + 2.4 * (part - 0.5) * (1 + 2 * abs(part - 0.5))
    at = datetime.fromisoformat(under["posted"][:10]) + timedelta(days=late, hours=hour)
    row = {"comment": f"a{number:04}", "post": under["post"], "author": f"{true[:2]}{rng.randrange(60)}{account[-1]}"}
    text = f"[synthetic] {DECLARE[label][lang]}{also_words}. {number}"
    return row | {"commented": f"{at:%Y-%m-%dT%H:%M:%SZ}", "lang": lang, "text": text}, also


def seen(rng, codebook, item, variable, true, classes, also=False):
    """What two coders see in one item; a second audience both see."""
    rows = []
    for coder, right in RIGHT.items():
        code = true if rng.random() < right else rng.choice([each for each in classes if each != true])
        rows.append([codebook, item, variable, coder, code, "synthetic"])
        if also:
            rows.append([codebook, item, "also", coder, "media", "synthetic"])
    return rows


def make_all_rows():
    """Posts, comments, codings: one draw for all of them."""
    rng = random.Random("digidip audiences")
    posts, comments, codings = [], [], []
    for account in (MINISTRY, EMBASSY):
        meant = [name for name, count in zip(CLASSES, POSTS, strict=True) for _ in range(count)]
        rng.shuffle(meant)
        both = {*[day for day, name in enumerate(meant) if name == "diaspora"][:ALSO]}
        own = []
        for day, true in enumerate(meant):
            row, message = post(rng, account, day, true, day in both)
            own.append((row, true))
            codings += seen(rng, "audience", row["post"], "main", true, CLASSES, day in both)
            codings += seen(rng, "message", row["post"], "message", message, MESSAGES)
        posts += [row for row, _ in own]
        shares = [share * (1 - UNKNOWN[account]) for share in KNOWN] + [UNKNOWN[account]]
        coded = quota(rng, shares, CODED[account])
        for place, true in enumerate(coded + quota(rng, shares, COMMENTS - len(coded))):
            row, also = comment(rng, len(comments), account, true, own)
            comments.append(row)
            if place < len(coded):
                codings += seen(rng, "audience", row["comment"], "main", true, CLASSES, also)
        shares = [share * (1 - UNKNOWN["followers"]) for share in FOLLOWERS] + [UNKNOWN["followers"]]
        for number, true in enumerate(quota(rng, shares, LISTED)):
            codings += seen(rng, "follower", f"f{number}", account, true, CLASSES)
    return posts, comments, codings


def audience_rows():
    """What coders saw, for the table of codings."""
    return make_all_rows()[2]


def make_audiences():
    """The files and their maps: name -> text."""
    posts, comments, _codings = make_all_rows()
    comments.sort(key=lambda row: row["comment"])
    files = {
        "audience_posts.csv": table(["post", "account", "posted", "lang", "text"], posts),
        "audience_comments.csv": table(["comment", "post", "author", "commented", "lang", "text"], comments),
    }
    return files | {f"{name}.map.yml": text for name, text in MAPS.items()}
