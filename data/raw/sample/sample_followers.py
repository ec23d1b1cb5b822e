"""Daily lists of followers of two invented accounts over thirty days of 2019, and daily counts of these and twelve others.

Planted: in one account those whose question nobody answered for a day leave three times as fast as those who were
answered; in the other they leave no faster. Those who ask leave 1.4 times as fast as others anyway, those who only like no
faster. A purge of two in a hundred, a day without a list, accounts that are deleted, followers who are back a day later, and
an account of which two hundred come and go each day while its count stands still. Fewer of the ignored comment again. Of
twelve accounts that have counts alone, the six consulates gain .4 % more a day from the 17th day.
"""

import random
from datetime import datetime, timedelta

from sample_shared import table

START, DAYS, FIRST = datetime(2019, 9, 2), 30, 300  # Monday; followers of each account at first
HAZARD, ASKING, IGNORED = 0.007, 1.4, {"910101": 3.0, "910102": 1.0}  # a day
PURGE, GAP, AFTER = 20, 12, 24  # days, and hours after which an unanswered question is ignored
STEP_DAY, STEP = 16, 0.004
COUNTED = [f"9102{number:02}" for number in range(1, 13)]
CHURN = "910199"
ASKED = (
    "[synthetic] How long does a visa take?",
    "[synthetic] Where can I renew my passport?",
    "[synthetic] Who can help me?",
)
AGAIN = "[synthetic] Good to know.", "[synthetic] Here again."
ANSWER = "[synthetic] Please write to the consulate."
MAPS = {
    "followers_posts.csv": ("posts", "post_id account_id text", "posted_at"),
    "followers_comments.csv": ("comments", "comment_id post_id parent_id author text", "commented_at"),
    "followers_lists.csv": ("follows", "source_id target_id tie", "observed_at"),
    "followers_counts.csv": ("metrics", "account_id follower_count", "observed_at"),
}


def stamp(moment):
    """A moment in UTC."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


class Follower:
    """One person in the list of one account: when they come, ask, are answered, and leave."""

    def __init__(self, rng, account, number, first):
        self.name = f"{account[-3:]}{'fn'[first > 0]}{number:04}"
        self.first, self.last, self.asked, self.answered, self.likes = first, DAYS, None, None, False
        draw = rng.random()
        if draw < 0.5 and first < 20:
            self.asked = START + timedelta(days=max(first, 0), hours=rng.uniform(1, 24 * (22 - max(first, 0))))
            self.answered = self.asked + timedelta(hours=rng.uniform(1, 20)) if rng.random() < 0.5 else None
        elif draw < 0.7:
            self.likes = True
        for day in range(first, DAYS - 1):
            if rng.random() < self.hazard(account, START + timedelta(days=day)) and day < self.last:
                self.last = day  # the last list that has them

    def hazard(self, account, at):
        """The chance to leave until the next day."""
        chance = HAZARD * (ASKING if self.asked and self.asked <= at else 1)
        is_ignored = self.asked and not self.answered and self.asked + timedelta(hours=AFTER) <= at
        return chance * (IGNORED[account] if is_ignored else 1)


def account_rows(rng, account, both):
    """The followers of one account, purged, deleted and back again, and the rows of lists, likes, comments and posts."""
    people = [Follower(rng, account, number, 0) for number in range(FIRST)]
    people += [Follower(rng, account, number, rng.randrange(1, DAYS - 2)) for number in range(90)]
    for number, person in enumerate(people[:6]):  # deleted everywhere on day 15
        person.name, person.asked, person.likes, person.first, person.last = both[number], None, False, 0, 14
    for number, person in enumerate(people[6:18]):  # follow both accounts, and leave one alone or none
        person.name = both[6 + number]
    back = people[18:24]
    for person in back:
        person.asked, person.likes, person.last = None, False, DAYS
    listed = [
        person for person in people if person.first <= PURGE <= person.last and person not in back and not person.asked
    ]
    for person in rng.sample(listed, round(0.02 * len(listed)) + 2):
        person.last = PURGE - 1
    lists = []
    for day in range(DAYS):
        if day != GAP:
            there = [p for p in people if p.first <= day <= p.last and not (p in back and day == 8)]
            at = f"{START + timedelta(days=day):%Y-%m-%d}"
            lists += [{"source_id": p.name, "target_id": account, "tie": "follow", "observed_at": at} for p in there]
    likes = [
        {"source_id": p.name, "target_id": account, "tie": "like", "observed_at": f"{START + timedelta(days=max(p.first, 0)):%Y-%m-%d}"}
        for p in people if p.likes
    ]  # fmt: skip
    return lists + likes, said(rng, account, people)


def said(rng, account, people):
    """Questions under the post of their day, answers, and what those who asked wrote later: more where they were answered."""
    rows, n = [], 0
    for person in people:
        if not person.asked or person.asked > START + timedelta(days=min(person.last + 1, DAYS)):
            continue
        post = f"{account}-{(person.asked - START).days:02}"
        ask = {
            "comment_id": f"c{account[-3:]}{n:04}",
            "post_id": post,
            "author": person.name,
            "text": rng.choice(ASKED),
        }
        rows.append(ask | {"commented_at": stamp(person.asked)})
        if person.answered:
            reply = {
                "comment_id": f"r{account[-3:]}{n:04}",
                "parent_id": ask["comment_id"],
                "author": account,
                "text": ANSWER,
            }
            rows.append(ask | reply | {"commented_at": stamp(person.answered)})
        if rng.random() < (0.45 if person.answered else 0.2):
            later = person.asked + timedelta(hours=rng.uniform(30, 24 * 6))
            again = {
                "comment_id": f"a{account[-3:]}{n:04}",
                "post_id": post,
                "author": person.name,
                "text": rng.choice(AGAIN),
            }
            rows.append(again | {"commented_at": stamp(later)})
        n += 1
    return rows


def count_rows(rng, lists):
    """Daily counts: of listed accounts those of the lists, of twelve that grow, and of one that stands still."""
    rows = []
    for account in IGNORED:
        for day in range(DAYS):
            at = stamp(START + timedelta(days=day))
            number = sum(
                row["target_id"] == account and row["observed_at"] == at[:10] and row["tie"] == "follow"
                for row in lists
            )
            rows += [{"account_id": account, "follower_count": number, "observed_at": at}] * bool(number)
    for place, account in enumerate(COUNTED):
        followers = 2000 * (place + 1)
        for day in range(DAYS):
            rows.append(
                {
                    "account_id": account,
                    "follower_count": round(followers),
                    "observed_at": stamp(START + timedelta(days=day)),
                }
            )
            growth = rng.gauss(0.002, 0.0008) + STEP * (place % 2 and day + 1 >= STEP_DAY)
            followers *= 1 + growth - 0.02 * (day + 1 == PURGE)
    still = 20_000
    for day in range(DAYS):
        rows.append({"account_id": CHURN, "follower_count": still, "observed_at": stamp(START + timedelta(days=day))})
        still += round(rng.gauss(0, 12)) - 400 * (day + 1 == PURGE)  # two hundred come and go
    return rows


def purge_events():
    """The row of reference/events.csv."""
    begins, ends = (stamp(START + timedelta(days=day)) for day in (PURGE - 1, PURGE))
    return [["Sample purge", "SGP", "purge", begins, ends, "", "invented for the sample", "synthetic"]]


def make_followers():
    """The files and their maps: name -> text."""
    rng, lists, comments = random.Random("digidip departures"), [], []
    both = [f"both{number:02}" for number in range(18)]
    for account in IGNORED:
        listed, written = account_rows(rng, account, both)
        lists += listed
        comments += written
    posts = [
        {"post_id": f"{account}-{day:02}", "account_id": account, "posted_at": stamp(START + timedelta(days=day)), "text": f"[synthetic] News of day {day}"}
        for account in IGNORED for day in range(DAYS)
    ]  # fmt: skip
    comments.sort(key=lambda row: (row["commented_at"], row["comment_id"]))
    rows = dict(zip(MAPS, (posts, comments, lists, count_rows(rng, lists)), strict=True))
    made = {}
    for name, (kind, columns, time) in MAPS.items():
        form = '"%Y-%m-%d"' if kind == "follows" else "iso"
        made[name] = table([*columns.split(), time], rows[name])
        lines = [
            f"table: {kind}",
            "platform: mastodon",
            'delimiter: ","',
            "columns:",
            *(f"  {each}: {each}" for each in columns.split()),
        ]
        made[f"{name}.map.yml"] = "\n".join([*lines, f"  {time}: {{from: {time}, format: {form}, zone: UTC}}"]) + "\n"
    return made
