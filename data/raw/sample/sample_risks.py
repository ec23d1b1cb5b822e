"""Two hundred days of 2022 of an invented ministry and its mission: abuse under their posts, talks, a leak, what was taken down.

Abuse is a token that stands for it, never an abusive word. Planted: severity by language, a classifier of known errors in each,
coders who read some of what it flags and some of the rest and agree, no threat at all, a third language that nobody read; three
talks, of which two silence the accounts; a leak after which diplomats are spoken of better; two deleted posts and three
corrected; removals of abusive comments between checks; posts off the message.
"""

import random
from datetime import datetime, timedelta
from math import log

from sample_shared import table

START, DAYS = datetime(2022, 1, 3), 200  # a Monday
MINISTRY, MISSION = "960101", "960102"
COMMENTS = 1_300
LANGUAGES = {"en": 0.60, "es": 0.385, "pt": 0.015}
SEVERE = {"en": (0.06, 0.04), "es": (0.10, 0.08), "pt": (0.08, 0.05)}  # shares of severity 1 and 2; none is 3, a threat
FOUND = {"en": (0.80, 0.95), "es": (0.60, 0.90), "pt": (0.60, 0.90)}  # sensitivity, specificity of the classifier
READ, RIGHT = 100, 0.97  # comments of each language that coders read, flagged and others; how often each coder is right
TALKS = {"Sample talks 1": (63, 77, 0.25), "Sample talks 2": (133, 147, 0.0), "Sample talks 3": (168, 182, 1.0)}
LEAK, AROUND, MOVED = 105, 45, 0.45  # day; days on both sides of which comments are coded; from oppose to support
LASTING, NEVER, CHECKS = (
    6,
    0.3,
    10,
)  # mean days until an abusive comment is removed; share that never is; days between checks
WATCHED = 70
OFF, VAGUE = 0.08, 0.10  # posts off the message; posts on it in other words
POINTS = (
    "small island states need fair access to climate finance and protection of coasts from storms",
    "regional trade grows with open ports common standards and lower tariffs for fish rum and sugar",
    "our consulates help citizens abroad with passports emergencies and voting registration",
)
OTHER = (
    "cricket concert recipe birthday sunset festival holiday music lottery garden football carnival weather dance film"
)
FILLING = {
    "en": "today again our page people island news",
    "es": "hoy otra vez nuestra página isla gente",
    "pt": "hoje nossa ilha gente de novo",
}
HEADS = {
    "risks_posts.csv": "table: posts\nplatform: facebook\ncolumns: {post_id: post, account_id: account, text: text, lang: lang, "
    "posted_at: {from: posted, format: '%Y-%m-%dT%H:%M', zone: UTC}}\n",
    "risks_comments.csv": "table: comments\nplatform: facebook\ncolumns: {comment_id: comment, post_id: post, author: author, "
    "text: text, lang: lang, commented_at: {from: said, format: '%Y-%m-%dT%H:%M', zone: UTC}}\n",
}


def stamp(moment):
    """A moment in UTC, to the minute."""
    return f"{moment:%Y-%m-%dT%H:%M}"


def pace(day):
    """What share of the usual number of posts a day has."""
    return min([share for first, last, share in TALKS.values() if first <= day < last], default=1.0)


def posts(rng):
    """One row for each post, and whether it is off the message."""
    rows, off = [], {}
    for day in range(DAYS):
        for account, usual in ((MINISTRY, (0.95, 0.45)), (MISSION, (0.55,))):
            for number, chance in enumerate(usual):
                drawn = rng.random() < chance * pace(day)
                lang = "es" if rng.random() < 0.12 else "en"
                is_off = rng.random() < OFF
                words = rng.sample(rng.choice(POINTS).split(), 7) + rng.sample(FILLING["en"].split(), 2)
                if is_off:
                    words = rng.sample(OTHER.split(), 5) + rng.sample(FILLING["en"].split(), 2)
                elif rng.random() < VAGUE:
                    words = rng.sample(FILLING["en"].split(), 4)
                at = START + timedelta(days=day, hours=12 + 3 * number, minutes=rng.randrange(150))
                text = "[synthetic] " + " ".join(words if lang == "en" else rng.sample(FILLING["es"].split(), 5))
                post = f"{account[-1]}{day:03}{number}"
                if drawn:
                    rows.append({"post": post, "account": account, "text": text, "lang": lang, "posted": stamp(at)})
                    off[post] = is_off
    return rows, off


def comments(rng, under):
    """One row for each comment, its severity, and the classifier's score; 300 authors, some of whom are abusive more often."""
    rows, told = [], {}
    for number in range(COMMENTS):
        post = rng.choice(under)
        lang = rng.choices([*LANGUAGES], [*LANGUAGES.values()])[0]
        rude, abusive = SEVERE[lang]
        who = rng.randrange(300)
        heat = 2.0 if who % 3 == 0 else 0.5  # a third of them is four times as often rude
        drawn = rng.random() / heat
        severity = 2 if drawn < abusive else 1 if drawn < abusive + rude else 0
        se, sp = FOUND[lang]
        is_flagged = rng.random() < (se if severity else 1 - sp)
        score = rng.uniform(0.5, 0.99 if severity else 0.85) if is_flagged else rng.uniform(0.01, 0.49)
        words = rng.sample(FILLING[lang].split(), 3)
        if severity:
            words.insert(rng.randrange(4), f"token{(severity - 1) * 6 + rng.randrange(6) + 1}")
        said = datetime.fromisoformat(post["posted"]) + timedelta(minutes=rng.randrange(10, 2_000))
        row = {"comment": f"q{number:04}", "post": post["post"], "author": f"speaker{who:03}", "text": " ".join(words)}
        rows.append(row | {"lang": lang, "said": stamp(said)})
        told[row["comment"]] = (lang, severity, round(score, 2))
    return rows, told


def risk_rows(rng, told):
    """Scores of all comments; severity by two coders of those drawn, by language and stratum."""
    found = [["risk", item, "score", "model", score] for item, (_, _, score) in told.items()]
    for lang in ("en", "es"):
        for is_flagged in (True, False):
            own = [item for item, (of, _, score) in told.items() if of == lang and (score >= 0.5) == is_flagged]
            for item in sorted(rng.sample(own, min(READ, len(own)))):
                for coder in ("coder-a", "coder-b"):
                    severity = told[item][1]
                    seen = severity if rng.random() < RIGHT else abs(severity - 1)
                    found.append(["risk", item, "severity", coder, seen])
    return found


def regard_rows(rng, said, posted):
    """How diplomats are spoken of, by two coders, of two comments a day about the leak."""
    found, each_day = [], {}
    for row in said:
        day = (posted[row["post"]] - START).days
        each_day.setdefault(day, []).append(row["comment"])
    for day in range(LEAK - AROUND, LEAK + AROUND):
        for item in each_day.get(day, [])[:2]:
            support, oppose = (0.25 + MOVED, 0.5 - MOVED) if day >= LEAK else (0.25, 0.5)
            code = rng.choices(("support", "oppose", "neither"), (support, oppose, 0.25))[0]
            for coder in ("coder-a", "coder-b"):
                seen = code if rng.random() < 0.97 else "neither"
                found.append(["regard", item, "diplomats", coder, seen])
    return found


def moderation_rows(rng, made, told, said):
    """Checks: every post of the ministry at the end; abusive comments on the next days of checks, until they are gone."""
    last, found = f"{START + timedelta(days=DAYS + 10):%Y-%m-%d}", []
    talks, others = [], []
    for row in made:
        if row["account"] == MINISTRY:
            day = (datetime.fromisoformat(row["posted"]) - START).days
            (talks if TALKS["Sample talks 1"][0] <= day < TALKS["Sample talks 1"][1] else others).append(row["post"])
    removed, corrected = talks[:2], [talks[2], *others[50:52]]
    for post in sorted([*talks, *others]):
        code = "removed" if post in removed else "corrected" if post in corrected else "there"
        found.append(["moderation", post, last, "checker", code])
    abusive = [row for row in said if told[row["comment"]][1] and told[row["comment"]][0] != "pt"][:WATCHED]
    for row in abusive:
        at = datetime.fromisoformat(row["said"])
        gone = at + timedelta(days=-LASTING * log(1 - rng.random())) if rng.random() >= NEVER else None
        first = (at - START).days // CHECKS + 1
        for number in range(first, first + 3):
            check = START + timedelta(days=number * CHECKS)
            is_gone = gone is not None and gone < check
            found.append(
                ["moderation", row["comment"], f"{check:%Y-%m-%d}T00:00Z", "checker", "removed" if is_gone else "there"]
            )
            if is_gone:
                break
    return found


def message_rows(rng, made, off):
    """Whether posts are off the message, by two coders: all that are in fact, as many more, and those in other words."""
    english = [row["post"] for row in made if row["lang"] == "en"]
    chosen = {post for post in english if off[post]} | {*rng.sample(english, 60)}
    chosen |= {row["post"] for row in made if row["lang"] == "en" and len(row["text"].split()) == 5}
    found = []
    for post in sorted(chosen):
        for coder in ("coder-a", "coder-b"):
            seen = int(off[post]) if rng.random() < 0.98 else 1 - int(off[post])
            found.append(["off-message", post, "severity", coder, seen])
    return found


def make_risk_tables():
    """All that is drawn, once: posts, comments, codings."""
    rng = random.Random("digidip risks 2")
    made, off = posts(rng)
    said, told = comments(rng, made)
    posted = {row["post"]: datetime.fromisoformat(row["posted"]) for row in made}
    codings = risk_rows(rng, told) + regard_rows(rng, said, posted)
    codings += moderation_rows(rng, made, told, said) + message_rows(rng, made, off)
    return made, said, [[*row, "synthetic"] for row in codings]


def make_risks():
    """The files and their maps: name -> text."""
    made, said, _ = make_risk_tables()
    rows = {"risks_posts.csv": made, "risks_comments.csv": said}
    files = {name: table([*own[0]], own) for name, own in rows.items()}
    return files | {f"{name}.map.yml": head for name, head in HEADS.items()}


def risk_codings():
    """What the classifier, coders and a checker saw, for the table of codings."""
    return make_risk_tables()[2]


def risk_events():
    """Rows of reference/events.csv: three talks and a leak."""
    spans = {name: ("negotiation", first, last) for name, (first, last, _) in TALKS.items()}
    spans["Sample leak"] = ("leak", LEAK, LEAK + 1)
    moments = {
        name: [f"{START + timedelta(days=day):%Y-%m-%dT%H:%M:%SZ}" for day in days]
        for name, (_, *days) in spans.items()
    }
    return [
        [name, "", "BRB", spans[name][0], *moments[name], "", "invented for the sample", "synthetic"] for name in spans
    ]


def message_documents():
    """Rows of reference/documents.csv: the talking points, a paragraph each."""
    text = "\n\n".join(POINTS)
    source = "invented for the sample"
    return [["points-brb", "BRB", "talking points", "2021-12-01", "en", text, source, "synthetic"]]
