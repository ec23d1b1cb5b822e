"""An invented Peruvian ministry that answers: January 2016 on a Facebook page, an embassy's page and X."""

import html
import json
import random
import re
from collections import Counter
from datetime import datetime, timedelta

from sample_forms import Page, crowdtangle_csv, crowdtangle_row
from sample_shared import (
    BEHIND_UTC,
    END,
    PHRASES,
    START,
    Inquiry,
    Post,
    comment,
    crowd,
    csv_text,
    exchange,
    log_normal,
    plant,
    say,
    spread,
)
from sample_texts import generator, hard
from scipy.stats import poisson

PERU, EMBASSY = 150000000000003, 150000000000005
NOTE = 'Página inventada, "de muestra"'
PAGES = {
    PERU: Page("Cancillería de muestra", "SampleCancilleria", "PE", 182000, NOTE, "PET"),
    EMBASSY: Page("Embajada de muestra en Namibia", "SamplePeruEnNamibia", "NA", 2400, NOTE, "PET"),
}
OFFICIAL = (150000004, "SampleCancilleria", "Cancillería de muestra")
PARTNER = (900000000001, "muestra_museo", "Museo de muestra")
PLANTED = (900000000002, "zqx_planted_handle", "Zebulon Quixworthy")


def inquiries(rng):
    """About twenty questions a day; complex ones wait longer and are answered less often."""
    asked, texts = [], generator("per questions")
    for day in range(31):
        for _ in range(int(poisson.ppf(rng.random(), 20))):
            kind, median, chance = ("procedural", 50, 0.93) if rng.random() < 0.7 else ("complex", 240, 0.82)
            lang, platform = "es" if rng.random() < 0.85 else "en", "facebook" if rng.random() < 0.65 else "x"
            at = START + timedelta(day, rng.randrange(7 * 3600, 24 * 3600))
            wait = log_normal(rng, median, 1.1) if rng.random() < chance else None
            text, spoken = hard(texts, kind, say(rng, f"{kind}_{lang}"), lang)
            asked.append(Inquiry(at, platform, text, lang, wait, spoken))
    return sorted(asked, key=lambda inquiry: inquiry.at)


def page_posts(rng, page, moments, kind):
    """Posts of one Peruvian page."""
    posts = []
    for number, at in enumerate(moments, 1):
        medium, title = rng.choices(["Photo", "Link", "Native Video", "Status"], [5, 2, 2, 1])[0], say(rng, "peru_link")
        text, likes = say(rng, kind), rng.randrange(20, 900) * (8 if page == PERU else 1)
        link = f"https://www.example.org/nota/{number}" if medium == "Link" else ""
        part = 1015000000000000 + page % 10 * 10**9 + number * 6841
        posts.append(Post(f"{page}_{part}", at, medium, text, title if link else "", link, 0, likes, likes // 9))
    return posts


def page_comments(rng, posts, asked):
    """Inquiries, official answers, thanks and chatter under the posts, by post and time."""
    texts, made = generator("per remarks"), []
    names, pages = crowd(rng), [post for post in posts if post.id.startswith(f"{PERU}_")]
    for inquiry in (inquiry for inquiry in asked if inquiry.platform == "facebook"):
        post = rng.choice([post for post in pages if post.at < inquiry.at][-6:])
        made += exchange(
            rng, post, inquiry, rng.choices(names[0], cum_weights=names[1])[0], len(made), PAGES[PERU].name
        )
    talk = len(made)
    for number, post in enumerate(rng.choices(posts, k=200), talk):
        author = rng.choices(names[0], cum_weights=names[1])[0]
        at, text = post.at + log_normal(rng, 150, 1.2), hard(texts, "none", say(rng, "chatter"), "es")[0]
        made.append(comment(rng, post, number, at, text, author))
    plant(made, range(talk, len(made)))
    return sorted(made, key=lambda written: (written.post, written.at))


def account(who, at):
    """A compact user object of API v1.1."""
    number, handle, name = who
    official = who == OFFICIAL
    return PHRASES["user"] | {
        "id": number,
        "id_str": str(number),
        "name": name,
        "screen_name": handle,
        "verified": official,
        "followers_count": 61000 + 40 * at.day if official else number % 700,
        "statuses_count": 9000 + 13 * at.day,
    }


def entities(text, people):
    """Hashtags, mentions and addresses of a text with their places in it."""
    tags = [{"text": m[1], "indices": list(m.span())} for m in re.finditer(r"#(\w+)", text)]
    mentions = [
        {
            "screen_name": m[1],
            "name": people[m[1]][2],
            "id": people[m[1]][0],
            "id_str": str(people[m[1]][0]),
            "indices": list(m.span()),
        }
        for m in re.finditer(r"@(\w+)", text)
        if m[1] in people
    ]
    urls = [
        {
            "url": m[0],
            "expanded_url": m[0].replace("//t.", "//www."),
            "display_url": m[0].replace("https://t.", ""),
            "indices": list(m.span()),
        }
        for m in re.finditer(r"https://(t|citas)\.example\.org[/\w]*", text)
    ]
    return {"hashtags": tags, "symbols": [], "user_mentions": mentions, "urls": urls}


def tweet(rng, people, at, who, text, lang="es", to=None):
    """A post of API v1.1 in extended form; its id carries the millisecond of publication."""
    at += BEHIND_UTC
    clock = int((at - datetime(1970, 1, 1)).total_seconds()) * 1000 + rng.randrange(1000)
    number, text = (clock - 1288834974657 << 22) + rng.randrange(1 << 22), html.escape(text, quote=False)
    made = PHRASES["tweet"] | {
        "created_at": f"{at:%a %b %d %H:%M:%S} +0000 {at:%Y}",
        "id": number,
        "id_str": str(number),
        "full_text": text,
        "display_text_range": [0, len(text)],
        "entities": entities(text, people),
        "lang": lang,
        "retweet_count": rng.randrange(9) ** 2 * (who == OFFICIAL),
        "favorite_count": rng.randrange(12) ** 2 // 2,
        "user": account(who, at),
    }
    return made | answers(to) if to else made


def answers(to):
    """The keys by which a post says what it replies to."""
    return {
        "in_reply_to_status_id": to["id"],
        "in_reply_to_status_id_str": to["id_str"],
        "in_reply_to_user_id": to["user"]["id"],
        "in_reply_to_user_id_str": to["user"]["id_str"],
        "in_reply_to_screen_name": to["user"]["screen_name"],
    }


def with_photo(made, number):
    """The same post with a photo."""
    at, url, key = len(made["full_text"]) + 1, f"https://pic.example.org/{number}", 700000000000000000 + number
    media = [
        {
            "id": key,
            "id_str": str(key),
            "indices": [at, at + len(url)],
            "media_url_https": f"{url}.jpg",
            "url": url,
            "expanded_url": f"{url}/photo/1",
            "type": "photo",
        }
    ]
    return made | {
        "full_text": f"{made['full_text']} {url}",
        "entities": made["entities"] | {"media": media},
        "extended_entities": {"media": media},
    }


def timeline(rng, people, moments, shared):
    """The ministry's own posts, one of them also on Facebook, one repost and one quote."""
    own = []
    for number, at in enumerate(moments, 1):
        text = say(rng, "peru_post") + (f" https://t.example.org/n{number}" if number % 4 == 0 else "")
        made = tweet(rng, people, at, OFFICIAL, text)
        own.append(with_photo(made, number) if number % 5 < 2 and len(text) < 110 else made)
    museum = tweet(rng, people, moments[60] - timedelta(hours=1), PARTNER, PHRASES["museum"])
    cut = f"RT @{PARTNER[1]}: {museum['full_text']}"[:139] + "…"
    repost = tweet(rng, people, moments[60], OFFICIAL, cut) | {"retweeted_status": museum}
    quote = tweet(rng, people, moments[61], OFFICIAL, "[synthetic] Una visita que vale la pena. #cultura")
    quote |= {
        "is_quote_status": True,
        "quoted_status_id": museum["id"],
        "quoted_status_id_str": museum["id_str"],
        "quoted_status": museum,
    }
    return own, [tweet(rng, people, shared.at + timedelta(minutes=10), OFFICIAL, shared.text), repost, quote]


def dialogue(rng, people, own, moments, asked):
    """Questions to the ministry under its posts, its answers, and thanks."""
    said, crowd_x = [], [who for who in people.values() if who not in (OFFICIAL, PARTNER)]
    for inquiry in (inquiry for inquiry in asked if inquiry.platform == "x"):
        before = sum(moment < inquiry.at for moment in moments)
        under, who = own[rng.randrange(max(before - 5, 0), before)], rng.choice(crowd_x)
        said.append(tweet(rng, people, inquiry.at, who, f"@{OFFICIAL[1]} {inquiry.text}", inquiry.spoken, under))
        if inquiry.wait:
            text, at = f"@{who[1]} [synthetic] {say(rng, 'answer_' + inquiry.lang)}", inquiry.at + inquiry.wait
            said.append(tweet(rng, people, at, OFFICIAL, text, inquiry.lang, said[-1]))
            if rng.random() < 0.15:
                at, text = at + log_normal(rng, 20, 1), f"@{OFFICIAL[1]} {say(rng, 'thanks')}"
                said.append(tweet(rng, people, at, who, text, "es", said[-1]))
    return said


def chatter(rng, people, own, moments):
    """Remarks that ask nothing; every third one is hostile or holds private data, the first by the planted account."""
    said, planted, texts = [], PHRASES["hostile"] + PHRASES["private"], generator("per chatter")
    for number in range(62):
        place, who = rng.randrange(len(own)), PLANTED if number == 0 else rng.choice(list(people.values())[2:])
        is_planted = number % 3 == 0 and number // 3 < len(planted)
        text, lang = (planted[number // 3], "es") if is_planted else hard(texts, "none", say(rng, "chatter"), "es")
        at = moments[place] + log_normal(rng, 90, 1)
        said.append(tweet(rng, people, at, who, f"@{OFFICIAL[1]} {text}", lang, own[place]))
    return said


def tweets_jsonl(rng, shared, asked):
    """The posts on X in order of time, with a deletion notice, an empty line and a line cut in two."""
    crowd_x = [(900000000100 + i, f"muestra_{i:04d}", name) for i, name in enumerate(crowd(rng)[0][:400])]
    people = {who[1]: who for who in [OFFICIAL, PARTNER, *crowd_x, PLANTED]}
    moments = sorted([START + timedelta(hours=6), *spread(rng, 151, 31)])
    own, others = timeline(rng, people, moments, shared)
    made = own + others + dialogue(rng, people, own, moments, asked) + chatter(rng, people, own, moments)
    lines = [json.dumps(each) for each in sorted(made, key=lambda each: each["id"])]
    lines[100:100] = [json.dumps(PHRASES["deletion"]), ""]
    broken = tweet(rng, people, moments[80], crowd_x[0], f"@{OFFICIAL[1]} {say(rng, 'chatter')}", "es", own[79])
    lines.insert(300, json.dumps(broken)[:600])
    return "\n".join(lines) + "\n"


def make_peru():
    """The files of the ministry that answers: name -> text."""
    rng = random.Random("digidip per")
    asked = inquiries(rng)
    moments = [START + timedelta(hours=6), *spread(rng, 122, 31), END - timedelta(hours=3)]
    posts = page_posts(rng, PERU, sorted(moments), "peru_post")
    posts[49] = posts[49]._replace(text=PHRASES["shared"])
    visits = [START + timedelta(days=2 + 5 * n, hours=10) for n in range(6)]
    every = posts + page_posts(rng, EMBASSY, visits, "peru_embassy")
    comments = page_comments(rng, every, asked)
    counts = Counter(comment.post for comment in comments)
    counts[posts[29].id] = ""
    page_of = {post: PAGES[int(post.id.split("_")[0])] for post in every}
    rows = [crowdtangle_row(page_of[post], number, post, counts[post.id]) for number, post in enumerate(every)]
    held = [[*c[:6], c.likes, c.likes, 0, 0, 0, 0, 0, 0] for c in comments]
    return {
        "per_crowdtangle.csv": crowdtangle_csv(rows),
        "per_facebook_comments.csv": csv_text("comments_reactions", held),
        "per_tweets.jsonl": tweets_jsonl(rng, posts[49], asked),
    }
