"""Sixteen weeks of 2018 of an invented ministry and its consulate: what is said under their posts, and how they are liked.

Planted: topics and stances of the comments by language, a step of stance under the ministry's posts on a known day and none
under the consulate's, two coders who agree in Spanish and not in English, a classifier of known errors in each language,
posts of the ministry that follow two topics of inquiries after three days, likes that differ by week and comments that do
not, two weeks of bought reach that triple likes alone, and one author who comments much.
"""

import random
from datetime import datetime, timedelta
from math import exp

from sample_shared import table

START, DAYS, CHANGE = datetime(2018, 3, 5), 112, 56  # Monday; the step is on 30 April
MINISTRY, CONSULATE, ON_INSTAGRAM = "930101", "930102", "930201"
TOPICS = "visa", "trade", "security"
STANCES = "support", "oppose", "neither"
MIX = {"es": (0.40, 0.35, 0.25), "en": (0.25, 0.35, 0.40), "pt": (0.4, 0.3, 0.3)}
STAND = {"visa": (0.50, 0.20, 0.30), "trade": (0.30, 0.30, 0.40), "security": (0.20, 0.50, 0.30)}
STEP = 0.25  # of support at the cost of opposition, so .5 of net stance, at most
ERRORS = {  # how the classifier labels what is support, oppose, neither
    "es": ((0.80, 0.08, 0.12), (0.15, 0.70, 0.15), (0.20, 0.10, 0.70)),
    "en": ((0.70, 0.15, 0.15), (0.05, 0.85, 0.10), (0.10, 0.25, 0.65)),
}
ERRORS["pt"] = ERRORS["es"]
RIGHT = {"es": (0.97, 0.95), "en": (0.78, 0.74), "pt": (0.97, 0.95)}  # of two coders
LAG, FOLLOWS = 3, 0.8  # days, and how often the ministry takes up the topic asked most
UNSURE = 0.14  # of its codes each coder says na: as a label, no language passes the gate, as missing Spanish does
CODED, REUSED = 0.65, 14  # share of comments coded; posts of the ministry that take up a follower's contribution
CAMPAIGN, LIFT = range(84, 98), 3.0  # two weeks of bought reach from 28 May
LEVEL, BETWEEN, WITHIN = {"likes": 5.0, "reposts": 3.0}, 0.5, 0.7  # log points: weeks, and posts of a week
WORDS = {
    ("es", "visa"): "visado cita pasaporte consulado trámite formulario tasa espera turno renovación",
    ("es", "trade"): "comercio exportación arancel carne soja mercado acuerdo empresa puerto inversión",
    (
        "es",
        "security",
    ): "seguridad frontera policía migración control delito cooperación narcotráfico operativo ejército",
    ("en", "visa"): "visa appointment passport consulate paperwork form fee waiting renewal documents",
    ("en", "trade"): "trade exports tariff beef soybean market agreement company port investment",
    ("en", "security"): "security border police migration control crime cooperation trafficking operation army",
    ("pt", "visa"): "visto agendamento passaporte consulado taxa",
    ("pt", "trade"): "comércio exportação tarifa mercado acordo",
    ("pt", "security"): "segurança fronteira polícia migração crime",
}
FILLING = {
    "es": "hoy siempre nuestro país también",
    "en": "today always our country also",
    "pt": "hoje sempre nosso país",
}
MAPS = {
    "listening_facebook.csv": ("posts", "facebook", "posted_at"),
    "listening_instagram.csv": ("posts", "instagram", "posted_at"),
    "listening_comments.csv": ("comments", "facebook", "commented_at"),
}


def stamp(moment):
    """A moment in UTC."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def comment(rng, number, post, day, account, hot):
    """One comment: its row, its topic, its stance."""
    lang = rng.choices(("es", "en", "pt"), (0.61, 0.38, 0.01))[0]
    topic = hot if rng.random() < 0.4 else rng.choices(TOPICS, MIX[lang])[0]
    support, oppose, neither = STAND[topic]
    moved = min(STEP, oppose) if account == MINISTRY and day >= CHANGE else 0
    stance = rng.choices(STANCES, (support + moved, oppose - moved, neither))[0]
    words = rng.sample(WORDS[lang, topic].split(), 4) + rng.sample(FILLING[lang].split(), 2)
    author = "talker" if rng.random() < 0.06 else f"person{rng.randrange(420):03}"
    at = START + timedelta(days=day, hours=rng.uniform(15, 22))
    text = "[synthetic] " + " ".join(words) + ("?" if rng.random() < 0.6 else ".")
    row = {"comment_id": f"l{number:04}", "post_id": post, "author": author, "text": text, "lang": lang}
    return row | {"commented_at": stamp(at)}, topic, stance


def post_row(rng, account, day, topic, week, comments):
    """One post: what it is about, and its counts."""
    log = {name: level + week + rng.gauss(0, WITHIN) for name, level in LEVEL.items()}
    bought = LIFT if account != ON_INSTAGRAM and day in CAMPAIGN else 1
    scale = 0.4 if account == ON_INSTAGRAM else 1
    at = START + timedelta(days=day, hours=rng.uniform(11, 14))
    row = {"post_id": f"{account}-{day:03}", "account_id": account, "text": f"[synthetic] News on {topic}, day {day}"}
    row |= {"like_count": round(scale * bought * exp(log["likes"])), "comment_count": comments}
    return row | {"repost_count": round(scale * exp(log["reposts"])), "posted_at": stamp(at)}


def coded(rng, row, topic, stance):
    """What two coders and the classifier see in one comment."""
    found = [
        [
            "stance",
            row["comment_id"],
            "stance",
            "model",
            rng.choices(STANCES, ERRORS[row["lang"]][STANCES.index(stance)])[0],
        ]
    ]
    if rng.random() < CODED:
        for coder, right in zip(("coder-a", "coder-b"), RIGHT[row["lang"]], strict=True):
            others = [each for each in STANCES if each != stance]
            seen = stance if rng.random() < right else rng.choice(others)
            seen = "na" if rng.random() < UNSURE else seen
            found.append(["stance", row["comment_id"], "stance", coder, seen])
        found.append(["subject", row["comment_id"], "subject", "coder-a", topic])
    return found


def make_all_rows():
    """Posts by file, comments, codings: one draw for all of them."""
    rng = random.Random("digidip listening")
    halves = [rng.gauss(0, BETWEEN) for _ in range(DAYS // 14)]
    weeks = [sign * each for each in halves for sign in (1, -1)]  # two and two cancel, so those of bought reach too
    hot = {account: [rng.choices(TOPICS, (0.4, 0.4, 0.2))[0] for _ in range(DAYS)] for account in (MINISTRY, CONSULATE)}
    posts, comments, codings = {"listening_facebook.csv": [], "listening_instagram.csv": []}, [], []
    reused = {*rng.sample(range(DAYS), REUSED)}
    for day in range(DAYS):
        for account in (MINISTRY, CONSULATE, ON_INSTAGRAM):
            topic = rng.choice(TOPICS)
            if account == MINISTRY and day >= LAG and hot[account][day - LAG] != "security" and rng.random() < FOLLOWS:
                topic = hot[account][day - LAG]
            many = 0 if account == ON_INSTAGRAM else max(1, round(rng.gauss(4.5, 1.5)))
            row = post_row(rng, account, day, topic, weeks[day // 7], many)
            posts["listening_instagram.csv" if account == ON_INSTAGRAM else "listening_facebook.csv"].append(row)
            codings.append(["subject", row["post_id"], "subject", "coder-a", topic])
            for _ in range(many):
                said, about, stance = comment(rng, len(comments), row["post_id"], day, account, hot[account][day])
                comments.append(said)
                codings += coded(rng, said, about, stance)
        for coder, errs in (("coder-a", 0), ("coder-b", 0.01)):
            code = "yes" if (day in reused) != (rng.random() < errs) else "no"
            codings.append(["reuse", f"{MINISTRY}-{day:03}", "takes up a contribution", coder, code])
    return posts, comments, [[*row, "synthetic"] for row in codings]


def stance_rows():
    """What coders and the classifier saw, for the table of codings."""
    return make_all_rows()[2]


def reach_events():
    """The two weeks of bought reach."""
    begins, ends = (stamp(START + timedelta(days=day)) for day in (CAMPAIGN.start, CAMPAIGN.stop))
    return [["Sample bought reach", "PRY", "campaign", begins, ends, "", "invented for the sample", "synthetic"]]


def make_listening():
    """The files and their maps: name -> text."""
    posts, comments, _ = make_all_rows()
    made = {}
    for name, (kind, platform, time) in MAPS.items():
        rows = posts.get(name, comments)
        columns = [column for column in rows[0] if column != time]
        made[name] = table([*columns, time], rows)
        lines = [
            f"table: {kind}",
            f"platform: {platform}",
            'delimiter: ","',
            "columns:",
            *(f"  {each}: {each}" for each in columns),
        ]
        made[f"{name}.map.yml"] = "\n".join([*lines, f"  {time}: {{from: {time}, format: iso, zone: UTC}}"]) + "\n"
    return made
