"""What the invented months share: phrases, names, delays, moments, exchanges, the CSV dialect and what is planted.

Moments are naive local time of the ministry. New York, Lima and minimaxir's fixed "EST" are all five hours behind UTC
in January and February, so there one local time serves throughout; `sample_further` moves its moments as it writes.
"""

import csv
import io
import itertools
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

PHRASES = json.loads((Path(__file__).resolve().parent / "phrases.json").read_text(encoding="utf-8"))
START, END = datetime(2016, 1, 1), datetime(2016, 2, 1)
BEHIND_UTC = timedelta(hours=5)
DAY_WEIGHTS = [1.0, 1.1, 1.1, 1.1, 0.9, 0.45, 0.35]
HOUR_WEIGHTS = [1.2, 0.8, 0.6, 0.4, 0.6, 1, 2, 3, 5, 7, 8, 8, 7, 7, 8, 8, 7, 6, 5, 4, 3, 3, 2.4, 1.6]


class Post(NamedTuple):
    """A post before it takes the shape of an export; `comments` is the count the platform reports."""

    id: str
    at: datetime
    medium: str
    text: str
    title: str
    link: str
    comments: int = 0
    likes: int = 0
    shares: int = 0


class Comment(NamedTuple):
    """A comment or reply before it takes the shape of an export."""

    id: str
    post: str
    parent: str
    text: str
    author: str
    at: datetime
    likes: int


class Inquiry(NamedTuple):
    """A question put to a ministry; `wait` is missing where it never answered; `spoken` if it is not asked in `lang`."""

    at: datetime
    platform: str
    text: str
    lang: str
    wait: timedelta | None
    spoken: str = ""


def say(rng, kind):
    """A phrase of a kind with its slots filled."""
    return fill(rng, rng.choice(PHRASES[kind]))


def fill(rng, phrase):
    """The phrase with its slots filled."""
    return phrase.format(**{slot: rng.choice(words) for slot, words in PHRASES["slots"].items()})


def crowd(rng):
    """Invented names and their cumulative Zipf weights: a few write often, most seldom."""
    names = [f"{given} {family}" for given in PHRASES["given"] for family in PHRASES["family"]]
    rng.shuffle(names)
    return names, list(itertools.accumulate(1 / (rank + 4) for rank in range(len(names))))


def log_normal(rng, median_minutes, sigma, days=1):
    """A skewed delay of at most `days`: longer ones are drawn again."""
    minutes = median_minutes * rng.lognormvariate(0, sigma)
    if minutes > days * 1440 - 1:
        return log_normal(rng, median_minutes, sigma, days)
    return timedelta(seconds=int(minutes * 60) + 20)


def comment_delay(rng):
    """Most comments come within the day, one in thirty only after 8 to 25 days."""
    if rng.random() < 1 / 30:
        return timedelta(seconds=rng.randrange(8 * 86400, 25 * 86400))
    return log_normal(rng, 150, 1.6, days=7)


def spread(rng, number, days, silent_day=None):
    """Moments by weekday and hour on the first `days` days of January: every day has one, the silent day none."""
    each = [START + timedelta(n) for n in range(days) if n + 1 != silent_day]
    each += rng.choices(each, [DAY_WEIGHTS[day.weekday()] for day in each], k=number - len(each))
    return at_hours(rng, each)


def at_hours(rng, days):
    """A moment on each of the days, at an hour by its weight, in order of time."""
    hours = rng.choices(range(24), HOUR_WEIGHTS, k=len(days))
    return sorted(day + timedelta(0, hour * 3600 + rng.randrange(3600)) for day, hour in zip(days, hours, strict=True))


def exchange(rng, post, inquiry, author, number, official, thanks="thanks"):
    """An inquiry, the official answer if there is one, and now and then thanks."""
    asked = comment(rng, post, number, inquiry.at, inquiry.text, author)
    if not inquiry.wait:
        return [asked]
    at, text = inquiry.at + inquiry.wait, say(rng, f"answer_{inquiry.lang}")
    said = [asked, comment(rng, post, number + 1, at, text, official, asked.id)]
    if rng.random() < 0.15:
        said.append(comment(rng, post, number + 2, at + log_normal(rng, 20, 1), say(rng, thanks), author, asked.id))
    return said


def comment(rng, post, number, at, text, author, parent=""):
    """One comment on a Facebook page."""
    part = post.id.split("_")[1]
    return Comment(f"{part}_{1015400000000013 + 17 * number}", post.id, parent, text, author, at, rng.randrange(4) ** 2)


def csv_text(header, rows):
    """CSV as Python's csv module writes it, with plain newlines."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([PHRASES["headers"][header].split(","), *rows])
    return out.getvalue()


def plant(comments, where):
    """Hostile and private texts, and planted names, on evenly spaced comments among `where`."""
    planted = [{"text": text} for text in PHRASES["hostile"] + PHRASES["private"]]
    planted += [{"author": author} for author in PHRASES["planted_authors"] * 2]
    step = len(where) // len(planted)
    for place, change in zip(where[step // 2 :: step], planted, strict=False):
        comments[place] = comments[place]._replace(**change)


def table(columns, rows):
    """CSV with a header and plain newlines."""
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
