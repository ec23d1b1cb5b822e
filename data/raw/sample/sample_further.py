"""Three further invented ministries: Kenya over twelve months, Estonia and India in January 2016.

Every moment is local time of the ministry until it is written: CrowdTangle stamps it so, with the zone's abbreviation;
Rfacebook writes UTC, two hours less in Tallinn's winter; minimaxir writes UTC-5, ten and a half hours behind India.
"""

import random
from collections import Counter
from datetime import datetime, timedelta

from sample_forms import Page, crowdtangle_csv, crowdtangle_row, getpage_csv, statuses_csv
from sample_shared import (
    DAY_WEIGHTS,
    END,
    START,
    Inquiry,
    Post,
    at_hours,
    comment,
    crowd,
    csv_text,
    exchange,
    log_normal,
    plant,
    say,
    spread,
)
from scipy.stats import nbinom

KENYA, ESTONIA, INDIA = 150000000000006, 150000000000007, 150000000000008
KENYA_PAGE = Page("Sample Ministry of Foreign Affairs (Kenya)", "SampleMfaKenya", "KE", 96000, "Invented page", "EAT")
ESTONIA_NAME = "Sample Ministry of Foreign Affairs (Estonia)"
INDIA_NAME = "Sample Ministry of External Affairs (India)"
AHEAD_OF_UTC = timedelta(hours=2)
AHEAD_OF_MINIMAXIR = timedelta(hours=10, minutes=30)
SECOND = timedelta(seconds=1)
LAST_EVENING = END - timedelta(minutes=95)
YEAR_END = datetime(2017, 1, 1)
SILENT = (datetime(2016, 4, 10), datetime(2016, 4, 25))
VIRAL_DAY = datetime(2016, 7, 12)
VIRAL_COUNT = 2310
OUTAGE_POSTS = 20


def further_posts(rng, page, moments, kind, words):
    """Posts of one page without comments yet; `words` are the form's own for a photo, a link, a video and a text."""
    posts = []
    for number, at in enumerate(moments, 1):
        medium, part = rng.choices(words, [5, 3, 1, 1])[0], 1015000000000000 + page % 10 * 10**9 + number * 6841
        link = f"https://www.example.org/{kind[:3]}/{number}" if medium == words[1] else ""
        likes = rng.randrange(20, 400)
        posts.append(Post(f"{page}_{part}", at, medium, say(rng, kind), "", link, 0, likes, likes // 9))
    return posts


def with_counts(posts, counts):
    """The posts with comments, and with likes and shares that follow them."""
    return [
        post._replace(comments=count, likes=post.likes + 2 * count, shares=post.shares + count // 5)
        for post, count in zip(posts, counts, strict=True)
    ]


def shuffled_counts(rng, number, mean, size):
    """Evenly spaced quantiles of a negative binomial, in random order."""
    places = rng.sample(range(number), number)
    return [int(nbinom.ppf((place + 0.5) / number, size, size / (size + mean))) for place in places]


def kenyan_month(rng, month):
    """Moments of one month, 25 to 45 of them, none in the silent stretch of April."""
    first, after = datetime(2016, month, 1), datetime(2016 + month // 12, month % 12 + 1, 1)
    days = [first + timedelta(n) for n in range((after - first).days)]
    days = [day for day in days if not SILENT[0] <= day < SILENT[1]]
    fixed = {1: [START, LAST_EVENING], 2: [END], 7: [VIRAL_DAY + timedelta(hours=11)]}.get(month, [])
    number = 24 + len(days) // 3 + rng.randrange(-3, 9) if month != 4 else 26
    chosen = rng.choices(days, [DAY_WEIGHTS[day.weekday()] for day in days], k=number - len(fixed))
    return sorted(fixed + at_hours(rng, chosen))


def kenyan_counts(rng, month, moments):
    """Comments whose median grows from about 6 to about 15; a viral post and four loud days after it in July."""
    median = 6 + 9 * (month - 1) / 11
    counts = shuffled_counts(rng, len(moments), median / 0.84, 2)
    if month != 7:
        return counts
    viral, quiet = VIRAL_DAY + timedelta(hours=11), VIRAL_DAY + timedelta(days=4)
    loud = [count * 12 if viral < at < quiet else count for at, count in zip(moments, counts, strict=True)]
    return [VIRAL_COUNT if at == viral else count for at, count in zip(moments, loud, strict=True)]


def make_kenya():
    """Twelve months by CrowdTangle, one post just outside each end of the year; twenty counts of August are unknown."""
    rng = random.Random("digidip ken")
    months = {month: kenyan_month(rng, month) for month in range(1, 13)}
    counts = [count for month, moments in months.items() for count in kenyan_counts(rng, month, moments)]
    moments = [START - SECOND, *(at for month in months.values() for at in month), YEAR_END]
    posts = further_posts(rng, KENYA, moments, "kenya_post", ["Photo", "Link", "Native Video", "Status"])
    posts = with_counts(posts, [41, *counts, 33])
    outage = [post.id for post in posts if (post.at.year, post.at.month) == (2016, 8)][:OUTAGE_POSTS]
    rows = [
        crowdtangle_row(KENYA_PAGE, number, post, "" if post.id in outage else post.comments)
        for number, post in enumerate(posts)
    ]
    return {"ken_crowdtangle.csv": crowdtangle_csv(rows)}


def make_estonia():
    """January by Rfacebook: few comments, a quarter of the posts without any; one post without text."""
    rng = random.Random("digidip est")
    moments = [START - SECOND, START, *spread(rng, 58, 31), LAST_EVENING, END]
    posts = further_posts(rng, ESTONIA, sorted(moments), "estonia_post", ["photo", "link", "video", "status"])
    posts = with_counts(posts, [12, *shuffled_counts(rng, 60, 5.5, 0.6), 9])
    posts[30] = posts[30]._replace(text="")
    return {"est_getpage.csv": getpage_csv(ESTONIA_NAME, [p._replace(at=p.at - AHEAD_OF_UTC) for p in posts[::-1]])}


def indian_inquiries(rng):
    """Four hundred questions over the month, one in five with an answer."""
    asked, answered = [], set(rng.sample(range(400), 80))
    for number in range(400):
        at = START + timedelta(rng.randrange(31), rng.randrange(7 * 3600, 24 * 3600))
        lang, hard = "en" if rng.random() < 0.8 else "hi", rng.random() < 0.3
        kind = "question_hi" if lang == "hi" else "complex_en" if hard else "procedural_en"
        wait = log_normal(rng, 300, 1, days=3) if number in answered else None
        asked.append(Inquiry(at, "facebook", say(rng, kind), lang, wait))
    return sorted(asked, key=lambda inquiry: inquiry.at)


def indian_comments(rng, posts):
    """Questions, official answers, thanks and chatter under the posts, by post and time; what is planted goes last."""
    (names, weights), made, inside = crowd(rng), [], posts[1:-1]
    for inquiry in indian_inquiries(rng):
        post = rng.choice([post for post in inside if post.at < inquiry.at][-6:])
        author = rng.choices(names, cum_weights=weights)[0]
        made += exchange(rng, post, inquiry, author, len(made), INDIA_NAME, "thanks_en")
    talk, fame = len(made), [rng.lognormvariate(0, 2.4) for _ in inside]
    under = rng.choices(inside, fame, k=400) + [posts[0]] * 4 + [posts[-1]] * 5
    for number, post in enumerate(under, talk):
        author, text = rng.choices(names, cum_weights=weights)[0], say(rng, "chatter_india")
        made.append(comment(rng, post, number, post.at + log_normal(rng, 150, 1.2), text, author))
    made = [written._replace(text=f"[synthetic] {written.text}") for written in made]
    plant(made, [place for place in range(talk, len(made)) if START <= made[place].at < END])
    return sorted(made, key=lambda written: (written.post, written.at))


def make_india():
    """January by minimaxir, posts and comments: many questions, few answers."""
    rng = random.Random("digidip ind")
    moments = [START - SECOND, START, *spread(rng, 88, 31), LAST_EVENING, END]
    posts = further_posts(rng, INDIA, sorted(moments), "india_post", ["photo", "link", "video", "status"])
    comments = indian_comments(rng, posts)
    counts = Counter(written.post for written in comments)
    posts = with_counts(posts, [counts[post.id] for post in posts])
    held = [[*c[:5], c.at - AHEAD_OF_MINIMAXIR, c.likes] for c in comments]
    return {
        "ind_facebook_statuses.csv": statuses_csv([p._replace(at=p.at - AHEAD_OF_MINIMAXIR) for p in posts]),
        "ind_facebook_comments.csv": csv_text("comments", held),
    }


def make_further():
    """The files of the three ministries: name -> text."""
    return {**make_kenya(), **make_estonia(), **make_india()}
