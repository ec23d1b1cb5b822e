"""The State Department's invented January 2016, in two shapes that share the published margins."""

import itertools
import random
from collections import Counter
from datetime import datetime, timedelta

from sample_forms import getpage_csv, statuses_csv
from sample_shared import (
    BEHIND_UTC,
    END,
    PHRASES,
    START,
    Comment,
    Post,
    comment_delay,
    crowd,
    csv_text,
    plant,
    say,
    spread,
)
from scipy.stats import nbinom

MEDIA = {"photo": 0.42, "link": 0.3, "video": 0.18, "status": 0.1}

SEEDS = {"usa-steady": 0, "usa-storms": 11}  # with 11 every level of medium, weekday and hour has a storm
STATE = {  # the two shapes of the same published margins
    "usa-steady": {"page": 150000000000001, "alpha": 0.193, "total": 9490, "above": 17, "silent_day": 0, "lean": 1.0},
    "usa-storms": {"page": 150000000000002, "alpha": 13.9, "total": 9468, "above": 18, "silent_day": 24, "lean": 0.25},
}


def stratified_counts(alpha, total, above, posts=146):
    """Quantiles of a negative binomial of mean 65, moved at the margin to hit the total and the posts above 100."""
    size = 1 / alpha
    counts = [int(nbinom.ppf((i + 0.5) / posts, size, size / (size + 65))) for i in range(posts)]
    counts[-above - 1], counts[-above] = 100, 101
    counts[-1] += total - sum(counts)
    return counts


def state_posts(rng, page, alpha, total, above, silent_day, lean):
    """146 posts of January in New York and one just outside each end; counts lean on medium, weekday, hour and day."""
    last = [END - timedelta(minutes=minutes) for minutes in (840, 500, 210, 135)]
    moments = [START, *spread(rng, 141, 30, silent_day), *last]
    posts = [state_post(rng, page, number, at) for number, at in enumerate(moments, 1)]
    mood, lift = [rng.gauss(0, 0.6) for _ in range(31)], {"video": 0.9, "photo": 0, "link": -0.1, "status": -0.4}
    busy = {
        post: lean
        * (
            lift[post.medium]
            + mood[post.at.day - 1]
            + 0.3 * (post.at.weekday() in (1, 2, 3))
            + 0.3 * (12 <= post.at.hour < 18)
        )
        + rng.gauss(0, 1)
        for post in posts
    }
    counts = dict(zip(sorted(posts, key=busy.get), stratified_counts(alpha, total, above), strict=True))
    counts |= {state_post(rng, page, 0, START - timedelta(seconds=1)): 130, state_post(rng, page, 147, END): 120}
    return [counted(rng, post, counts[post]) for post in sorted(counts, key=lambda post: post.at)]


def state_post(rng, page, number, at):
    """One post without counts; number 40 has no text, number 60 is hostile."""
    medium, text = rng.choices(list(MEDIA), list(MEDIA.values()))[0], say(rng, "state_post")
    part = 10153900000000000 + page % 10 * 10**9 + number * 7919
    title = say(rng, "state_link") if medium == "link" else ""
    link = (
        f"https://www.example.org/{number}"
        if medium == "link"
        else f"https://www.facebook.com/{page}/{medium}s/{part}/"
    )
    text = {40: "", 60: "[synthetic] " + " ".join(PHRASES["hostile"][:2])}.get(number, text)
    link = {60: "javascript:alert(1)"}.get(number, "" if medium == "status" else link)
    return Post(f"{page}_{part}", at, medium, text, title, link, 0, 0, 0)


def counted(rng, post, comments):
    """The post with its counts: likes and shares follow comments loosely."""
    likes = int(comments * rng.uniform(3, 9)) + rng.randrange(15, 90)
    return post._replace(comments=comments, likes=likes, shares=int(likes * rng.uniform(0.05, 0.3)))


def thread(rng, post, names, ids):
    """The comments of one post in time order, about a quarter of them replies."""
    moments = sorted(post.at + comment_delay(rng) for _ in range(post.comments))
    made, tops, part = [], [], post.id.split("_")[1]
    for at, author in zip(moments, rng.choices(names[0], cum_weights=names[1], k=post.comments), strict=True):
        parent = rng.choice(tops[-25:]) if tops and rng.random() < 0.255 else ""
        text = say(rng, "state_reply" if parent else "state_comment")
        made.append(Comment(f"{part}_{next(ids)}", post.id, parent, text, author, at, rng.randrange(4) ** 2))
        tops += [] if parent else [made[-1].id]
    return made


def deleted(posts, comments):
    """Ids to leave out: on three posts a parent whose one reply stays, on three posts a comment nobody answered."""
    replies, tops = Counter(comment.parent for comment in comments), {}
    for comment in comments:
        if not comment.parent:
            tops.setdefault((comment.post, replies[comment.id]), []).append(comment.id)
    lively = [p.id for p in posts[1:-1] if 20 <= p.comments <= 90 and (p.id, 0) in tops and (p.id, 1) in tops]
    return {tops[post, 1][0] for post in lively[:3]} | {tops[post, 0][-1] for post in lively[2:5]}


def mark_edge(comments):
    """The last unanswered comment of January moves to its last second and gets a 19-digit number."""
    parents = {comment.parent for comment in comments}
    last = max((c for c in comments if c.at < END and c.id not in parents), key=lambda comment: comment.at)
    marked = last._replace(at=END - timedelta(seconds=1), id=last.id.split("_")[0] + "_1234567890123456789")
    comments[comments.index(last)] = marked


def make_state(stem):
    """The files of one shape: name -> text."""
    rng, ids = random.Random(f"digidip {stem} {SEEDS[stem]}"), itertools.count(10154000000000013, 17)
    posts, names = state_posts(rng, **STATE[stem]), crowd(rng)
    comments = [comment for post in posts for comment in thread(rng, post, names, ids)]
    gone = deleted(posts, comments)
    comments = [comment for comment in comments if comment.id not in gone]
    mark_edge(comments)
    plant(comments, range(len(comments)))
    files = {
        f"{stem}_facebook_statuses.csv": statuses_csv(posts),
        f"{stem}_facebook_comments.csv": csv_text("comments", [[*c[:6], c.likes] for c in comments]),
    }
    return files | ({f"{stem}_getpage.csv": getpage(posts, comments)} if stem == "usa-steady" else {})


def getpage(posts, comments):
    """Rfacebook's getPage as of 1 February, 06:00 UTC: fewer comments and likes, one post twice, R's quoting."""
    later = Counter(c.post for c in comments if c.at + BEHIND_UTC > datetime(2016, 2, 1, 6))
    seen = [
        p._replace(
            at=p.at + BEHIND_UTC,
            likes=p.likes * 24 // 25,
            comments=p.comments - later[p.id],
            shares=p.shares * 24 // 25,
        )
        for p in posts[::-1]
    ]
    seen.insert(100, seen[98])
    return getpage_csv("Sample State Department (steady crowd)", seen)
