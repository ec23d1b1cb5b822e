"""A ministry on X that takes questions by hashtag, eight times in April 2016; whom it answers is planted as odds.

Moments are UTC, three hours behind Helsinki. A question of a session carries the hashtag, or stands under the post that
announced it; questions without it are asked on other days too. Each question of a session is answered or not by itself,
with the odds given here, so that a conditional logit within sessions recovers them.
"""

import json
import random
from datetime import datetime, timedelta

from sample_dialogue import tweet
from sample_sessions import TOPICS

ACCOUNT = (150077029, "SampleMfaFIN", "Sample ministry of foreign affairs (Finland)")
TAG = "AskSampleFinland"
APRIL, DAYS = datetime(2016, 4, 1), 30
SESSIONS = [datetime(2016, 4, day, 12) for day in (5, 7, 12, 14, 19, 21, 26, 28)]
QUESTIONS, HALF_AN_HOUR = 30, 30
ODDS = {"other language": 0.25, "position": 0.2}  # against English; of the last question against the first
MIDDLE = 0.9  # odds of an answer for an English question in the middle of the queue
LANGUAGES = ("fi", "sv", "fr", "de", "es", "ru", "ar", "pt", "zh")  # beside English, in which half of them are put
PEOPLE = [(910000001000 + n, f"sample_asker_{n:03d}", f"Sample Asker {n}") for n in range(150)]
PLACES = "Exampleland", "Testonia", "Specimen City"
NEWS = "[synthetic] The minister met colleagues in {place}."
INVITATION = "[synthetic] Tomorrow at 15:00 we answer your questions for half an hour. "
ANSWER = "[synthetic] Thank you for asking: the embassy in {place} tells you more."


def tagged(made, *tags):
    """The tweet with hashtags at its end."""
    text = " ".join([made["full_text"], *(f"#{tag}" for tag in tags)])
    return made | {"full_text": text, "entities": {"hashtags": [{"text": tag} for tag in tags]}}


def question(rng, at, under, *tags):
    """Somebody's question under a tweet; half in English, the rest in nine languages by its declared code."""
    topic, place = rng.choice(list(TOPICS)), rng.choice(PLACES)
    text = "[synthetic] " + rng.choice(["", "Good day. ", "I have asked before: "]) + TOPICS[topic].format(place=place)
    lang = "en" if rng.random() < 0.5 else rng.choice(LANGUAGES)
    return tagged(tweet(rng, at, rng.choice(PEOPLE), text, to=under), *tags, topic) | {"lang": lang}


def ours(rng, at, phrase, to=None):
    """A tweet of the ministry."""
    return tweet(rng, at, ACCOUNT, phrase.format(place=rng.choice(PLACES)), to=to) | {"lang": "en"}


def is_answered(rng, asked, position):
    """Whether a question of a session is answered: odds by its language and its place in the queue, 0 to 1."""
    odds = MIDDLE * ODDS["position"] ** (position - 0.5) * (1 if asked["lang"] == "en" else ODDS["other language"])
    return rng.random() < odds / (1 + odds)


def session(rng, begins, news):
    """An invitation a day before, questions in the day between, answers within half an hour; two out of its scope."""
    invitation = tagged(ours(rng, begins - timedelta(1), INVITATION), TAG)
    moments = sorted(begins - timedelta(seconds=rng.randrange(600, 86000)) for _ in range(QUESTIONS))
    asked = []
    for at in moments:
        elsewhere = rng.random() < 0.3
        tags = [TAG] if elsewhere or rng.random() < 0.8 else []
        asked.append(question(rng, at, news if elsewhere else invitation, *tags))
    chosen = [it for place, it in enumerate(asked) if is_answered(rng, it, place / (QUESTIONS - 1))]
    others = [question(rng, moments[0] + timedelta(minutes=n), news) for n in range(2)]
    step = timedelta(minutes=HALF_AN_HOUR / len(chosen))
    answers = [ours(rng, begins + step * n, ANSWER, to=it) for n, it in enumerate([*chosen, others[0]])]
    return [invitation, *asked, *others, *answers]


def make_asked():
    """The file of the ministry: name -> text."""
    rng = random.Random("digidip fin")
    news = [ours(rng, APRIL + timedelta(n, hours=6), NEWS) for n in range(DAYS)]
    made = list(news)
    for begins in SESSIONS:
        made += session(rng, begins, news[begins.day - 2])
    for number, post in enumerate(news):
        made.append(question(rng, APRIL + timedelta(number, 3600 * 7 + rng.randrange(3600)), post))
        if number % 3 == 0:
            made.append(ours(rng, APRIL + timedelta(number, 3600 * 8 + rng.randrange(10000)), ANSWER, to=made[-1]))
    lines = [json.dumps(each, separators=(",", ":")) for each in sorted(made, key=lambda each: int(each["id_str"]))]
    return {"fin_tweets.jsonl": "\n".join(lines) + "\n"}


def asked_events():
    """Rows of reference/events.csv: the announced sessions."""
    source = "data/raw/sample/make_sample.py"
    return [
        [f"{TAG}, session {number}", "FIN", "question session", *(f"{each:%Y-%m-%dT%H:%M:%SZ}" for each in span), TAG]
        + [source, "synthetic"]
        for number, span in enumerate(((at, at + timedelta(minutes=HALF_AN_HOUR)) for at in SESSIONS), 1)
    ]
