"""An invented Colombian ministry in January 2016: who replies first, by hand or by machine, and to questions since deleted.

Every group has its exact number (see the README). Moments are local time of the ministry, which is that of minimaxir.
"""

import random
from datetime import timedelta

from sample_further import further_posts
from sample_sessions import Account, Talk, exported
from sample_shared import END, START, log_normal, say

COLOMBIA = Account(150000000000034, "Cancillería de muestra (Colombia)", timedelta(0))
GROUPS = {  # who replies, in this order -> how many questions
    ("ministry",): 32,
    ("late ministry",): 8,
    ("other", "ministry"): 20,
    ("other",): 20,
    ("machine",): 12,
    ("machine", "ministry"): 12,
    (): 16,
}
DELETED, REMARKS, THANKED = 7, 30, {"praise": 12, "criticism": 3}
MACHINE = "Hola, este es un mensaje automático. Pronto le atenderemos."
OTHERS = [
    "A mí me pidieron lo mismo, llame por la mañana.",
    "Yo fui el martes y sí atendían.",
    "Vaya temprano, hay cola.",
]
TONES = {
    "praise": ["Excelente labor de todo el equipo.", "Muy bien por {tema}.", "Orgullo de país, felicitaciones."],
    "criticism": ["Nunca contestan, qué mal servicio.", "Puro gasto en {tema}.", "La atención en {lugar} es pésima."],
}


def posts_of(rng):
    """A post on each morning of January."""
    moments = [START + timedelta(n, hours=6) for n in range(31)]
    posts = further_posts(rng, COLOMBIA.page, moments, "peru_post", ["photo", "link", "video", "status"])
    return [
        post._replace(id=f"{COLOMBIA.page}_{1016034000000000 + 6841 * number}") for number, post in enumerate(posts)
    ]


def reply(talk, post, asked, asker, at, who):
    """One reply to a question: when it came."""
    rng = talk.rng
    if who == "machine":
        at += timedelta(seconds=rng.randrange(5, 40))
        talk.say(post, at, MACHINE, COLOMBIA.name, asked)
    elif who == "other":
        at += log_normal(rng, 25, 0.8)
        other = rng.choice([name for name in talk.names if name != asker])
        talk.say(post, at, rng.choice(OTHERS), other, asked)
    else:
        at = (
            max(at, END) + timedelta(days=rng.randrange(1, 6))
            if who == "late ministry"
            else at + log_normal(rng, 180, 1)
        )
        talk.say(post, at, say(rng, "answer_es"), COLOMBIA.name, asked)
    return at


def ask(talk, posts, replies):
    """A question on a day of January, late ones in its last four days, and the replies to it, one after the other."""
    rng, late = talk.rng, "late ministry" in replies
    at = START + timedelta(rng.randrange(27 if late else 0, 31), rng.randrange(7 * 3600, 24 * 3600))
    post = posts[at.day - 1]
    asked = talk.say(post, at, say(rng, rng.choice(["procedural_es", "procedural_es", "complex_es"])))
    asker = talk.made[-1].author
    if not replies:
        talk.say(post, at + timedelta(hours=5), "Sigo esperando.", asker, asked)
    for who in replies:
        at = reply(talk, post, asked, asker, at, who)
    return asked


def remark(talk, posts, tone, is_thanked):
    """A remark of praise or criticism, and what the ministry says to it if it does."""
    post = talk.rng.choice(posts)
    at = post.at + log_normal(talk.rng, 150, 1)
    said = talk.say(post, at, say_tone(talk.rng, tone))
    if is_thanked:
        talk.say(post, at + log_normal(talk.rng, 120, 0.5), "Gracias por su comentario.", COLOMBIA.name, said)
    return said


def say_tone(rng, tone):
    """A phrase of praise or criticism with its slots filled."""
    slots = {"tema": "la feria del libro", "lugar": rng.choice(["Villa Muestra", "San Ejemplo"])}
    return rng.choice(TONES[tone]).format(**slots)


def colombian():
    """Posts, talk, and the tone of each remark by its id; deleted questions leave the answers to them behind."""
    rng = random.Random("digidip col")
    posts = posts_of(rng)
    talk = Talk(rng, COLOMBIA)
    for replies, number in GROUPS.items():
        for _ in range(number):
            ask(talk, posts, replies)
    deleted = {ask(talk, posts, ("ministry",)) for _ in range(DELETED)}
    talk.made = [written for written in talk.made if written.id not in deleted]
    tones = {remark(talk, posts, tone, n < thanked): tone for tone, thanked in THANKED.items() for n in range(REMARKS)}
    return posts, talk, tones


def make_replies():
    """The files of the ministry: name -> text."""
    posts, talk, _ = colombian()
    return exported("col", COLOMBIA, posts, talk)


def tone_rows():
    """Rows of reference/codings.csv: praise or criticism in the remarks, by two coders of whom the second errs twice in thirty."""
    rng, rows = random.Random("digidip codings tone"), []
    for item, tone in sorted(colombian()[2].items()):
        for coder, errors in (("coder-a", 0.0), ("coder-b", 1 / 15)):
            code = "neither" if rng.random() < errors else tone
            rows.append(["tone", item, "tone", coder, code, "synthetic"])
    return rows
