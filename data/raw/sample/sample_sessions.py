"""Three invented ministries in April 2016: one answers in question sessions, one all the time, one in a crisis only.

Moments are local time of the ministry until they are written; minimaxir writes five hours behind UTC all year. What is
planted is exact: see the README. Events and codings of topics belong to the tables of data/raw/sample/reference.
"""

import itertools
import random
from collections import Counter
from datetime import datetime, timedelta
from typing import NamedTuple

from sample_forms import statuses_csv
from sample_further import further_posts, with_counts
from sample_shared import comment, crowd, csv_text, say

APRIL, DAYS = datetime(2016, 4, 1), 30
SESSIONS = [
    (datetime(2016, 4, 8, 15), 105, 28),
    (datetime(2016, 4, 15, 15), 40, 8),
    (datetime(2016, 4, 22, 15), 30, 10),
]
ANSWERS, MINUTES, OUTSIDE = 5, 15, 15
TAG = "AskSampleSweden"
TOPICS = {
    "border": "When will the border crossing in {place} open again?",
    "visa": "How do I apply for a tourist visa in {place}?",
    "passport": "Can I renew my passport in {place} by post?",
    "trade": "What does the trade round mean for {place}?",
    "climate": "Who pays for the climate week in {place}?",
}
CRISIS = (datetime(2016, 4, 11, 6), datetime(2016, 4, 14, 6))
OPEN_DAYS = (3, 12, 21)  # days of April that the Brazilian ministry announces as open for questions


class Account(NamedTuple):
    """A page: its id, the name under which it answers, and how far its civil time is ahead of minimaxir's."""

    page: int
    name: str
    ahead: timedelta


SWEDEN = Account(150000000000031, "Sample Ministry for Foreign Affairs (Sweden)", timedelta(hours=7))
BRAZIL = Account(150000000000032, "Sample Ministry of External Relations (Brazil)", timedelta(hours=2))
JAPAN = Account(150000000000033, "Sample Ministry of Foreign Affairs (Japan)", timedelta(hours=14))


class Talk:
    """Comments under the posts of one page, as they are put and answered."""

    def __init__(self, rng, account):
        self.rng, self.account, self.made, self.topics = rng, account, [], {}
        self.names, self.weights = crowd(rng)

    def say(self, post, at, text, author="", parent=""):
        """One comment; by somebody of the crowd unless an author is named."""
        author = author or self.rng.choices(self.names, cum_weights=self.weights)[0]
        self.made.append(comment(self.rng, post, len(self.made), at, f"[synthetic] {text}", author, parent))
        return self.made[-1].id

    def ask(self, post, at, topic):
        """A question on a topic."""
        text = TOPICS[topic].format(place=self.rng.choice(["Exampleland", "Testonia", "Specimen City"]))
        self.topics[self.say(post, at, text)] = topic
        return self.made[-1].id

    def answer(self, post, at, asked):
        """An official answer to a question."""
        return self.say(post, at, say(self.rng, "answer_en"), self.account.name, asked)


def daily_posts(rng, account, kind, hour=9):
    """A post on each morning of April."""
    moments = [APRIL + timedelta(n, hours=hour) for n in range(DAYS)]
    posts = further_posts(rng, account.page, moments, kind, ["photo", "link", "video", "status"])
    first = 1016000000000000 + account.page % 100 * 10**9  # other pages end in the same digit
    return [post._replace(id=f"{account.page}_{first + 6841 * number}") for number, post in enumerate(posts)]


def session(talk, post, begins, asked, border):
    """Questions in the two hours before a session; five of them are answered, the last fifteen minutes after the first."""
    others = itertools.cycle([topic for topic in TOPICS if topic != "border"])
    topics = ["border"] * border + [next(others) for _ in range(asked - border)]
    talk.rng.shuffle(topics)
    moments = sorted(begins - timedelta(seconds=talk.rng.randrange(60, 7000)) for _ in topics)
    questions = [talk.ask(post, at, topic) for at, topic in zip(moments, topics, strict=True)]
    for number, question in enumerate(sorted(talk.rng.sample(questions, ANSWERS))):
        talk.answer(post, begins + timedelta(minutes=MINUTES * number / (ANSWERS - 1)), question)


def swedish_talk(rng, posts):
    """Three sessions, and fifteen answers outside, each on another day."""
    talk = Talk(rng, SWEDEN)
    for begins, asked, border in SESSIONS:
        session(talk, posts[begins.day - 1], begins, asked, border)
    others = [post for post in posts if post.at.day not in {begins.day for begins, _, _ in SESSIONS}]
    answered = set(rng.sample(others, OUTSIDE))
    for post in others:
        at = post.at + timedelta(seconds=rng.randrange(600, 20000))
        question = talk.ask(post, at, rng.choice(list(TOPICS)))
        if post in answered:
            talk.answer(post, at + timedelta(seconds=rng.randrange(900, 9000)), question)
    return talk


def brazilian_talk(rng, posts):
    """150 questions at any moment of April, each answered half an hour later: answers come as if by chance."""
    talk = Talk(rng, BRAZIL)
    for second in sorted(rng.randrange(DAYS * 86400 - 1800) for _ in range(150)):
        asked_at = APRIL + timedelta(seconds=second)
        post = posts[second // 86400]
        talk.answer(post, asked_at + timedelta(minutes=30), talk.ask(post, asked_at, rng.choice(list(TOPICS))))
    return talk


def japanese_talk(rng, posts):
    """Four questions under every post, three times as many in the crisis, and answers in the crisis only."""
    talk = Talk(rng, JAPAN)
    for post in posts:
        inside = CRISIS[0] <= post.at < CRISIS[1]
        for number in range(12 if inside else 4):
            at = post.at + timedelta(seconds=rng.randrange(600, 30000))
            question = talk.ask(post, at, rng.choice(list(TOPICS)))
            if inside and number < 8:
                talk.answer(post, at + timedelta(seconds=rng.randrange(600, 7200)), question)
    return talk


def invited(posts):
    """The Swedish posts; those of the days of sessions invite to ask."""
    days = {begins.day for begins, _, _ in SESSIONS}
    text = f"[synthetic] Ask the sample ministry: we answer {ANSWERS} questions at 15:00. #{TAG}"
    return [post._replace(text=text) if post.at.day in days else post for post in posts]


def exported(stem, account, posts, talk):
    """The two files of a page: posts with their counts, and comments."""
    counts = Counter(written.post for written in talk.made)
    posts = with_counts(posts, [counts[post.id] for post in posts])
    held = [[*c[:5], c.at - account.ahead, c.likes] for c in sorted(talk.made, key=lambda c: (c.post, c.at))]
    return {
        f"{stem}_facebook_statuses.csv": statuses_csv([p._replace(at=p.at - account.ahead) for p in posts]),
        f"{stem}_facebook_comments.csv": csv_text("comments", held),
    }


def swedish():
    """Posts and talk of the Swedish ministry."""
    rng = random.Random("digidip swe")
    posts = invited(daily_posts(rng, SWEDEN, "estonia_post"))
    return posts, swedish_talk(rng, posts)


def make_sessions():
    """The files of the three ministries: name -> text."""
    rng = random.Random("digidip bra"), random.Random("digidip jpn")
    brazil = daily_posts(rng[0], BRAZIL, "kenya_post", hour=0)
    japan = daily_posts(rng[1], JAPAN, "kenya_post")
    return {
        **exported("swe", SWEDEN, *swedish()),
        **exported("bra", BRAZIL, brazil, brazilian_talk(rng[0], brazil)),
        **exported("jpn", JAPAN, japan, japanese_talk(rng[1], japan)),
    }


def session_events():
    """Rows of reference/events.csv: announced sessions, days open for questions, one crisis."""
    source, rows = "data/raw/sample/make_sample.py", []
    for number, (begins, _, _) in enumerate(SESSIONS, 1):
        at = begins - timedelta(hours=2)  # Stockholm is two hours ahead of UTC in April
        rows.append([f"{TAG}, session {number}", "SWE", "question session", at, at + timedelta(minutes=30), TAG])
    for number, day in enumerate(OPEN_DAYS, 1):
        at = APRIL + timedelta(day - 1, hours=3)
        rows.append([f"Open day {number}", "BRA", "question session", at, at + timedelta(1), ""])
    rows.append(["Invented flood in Exampleland", "JPN", "crisis", *(at - timedelta(hours=9) for at in CRISIS), ""])
    return [[*row[:3], *(f"{at:%Y-%m-%dT%H:%M:%SZ}" for at in row[3:5]), row[5], source, "synthetic"] for row in rows]


def topic_rows():
    """Rows of reference/codings.csv: the topic of every question put to the Swedish ministry, by one invented coder."""
    topics = swedish()[1].topics
    return [["topic", item, "topic", "coder-1", code, "synthetic"] for item, code in sorted(topics.items())]
