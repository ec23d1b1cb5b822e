"""Invented shares of attention of a ministry, the media and the public to ten topics, and the dates that two labels name.

Of four topics the media write two days after the ministry. One topic has a common shock, one three random walks that know
nothing of each other, one a label whose dates are not those of its peak, one is rare; the other two have nothing to tell. Of
twenty items of an agenda Kiribati's ministry posts on twelve while they last, and on one too late. 400 accounts repeat its posts, the
four most active half of the time. Of the ten words that statements and news use, the first three are the same.
"""

import math
import random
from datetime import date, timedelta

START, DAYS = date(2024, 1, 1), 200
GROUPS = ("ministry", "media", "public")
TOPICS = [f"#Topic{number:02}" for number in range(1, 11)]
LED, LATER, STRENGTH = (1, 2, 3, 4), 2, 0.6  # topics, days, log-odds for each of the ministry's two days before
SHOCKED, SHOCK_DAY, SHOCK = 5, 90, 3.5
WALKS, MISLABELLED, PEAK_DAY, RARE = 6, 7, 40, 8
LABELS = (("Sample summit", 7, 150, 153), ("Sample flood", 5, 90, 97))  # label, topic, first day and day after the last
MEMORY, NOISE = 0.4, 0.6
ITEMS, COVERED, LATE = 20, (1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 16, 17), 19  # one a week, from the second Monday
FIRST_ITEM, LASTS = 7, 3  # days
AMPLIFIERS, MOST_ACTIVE = 400, (300, 220, 150, 122)  # the others once to three times, as often together
ACCOUNT = "910301"
SHARED, TEXTS = "ocean climate islands", 6  # words that both kinds of text use most, in this order; texts of each kind
FRAMES = {
    "statement": "adaptation partnership finance commitment resilience delegation gratitude",
    "news": "protest opposition flooding resettlement costs delay criticism",
}


def log_odds(number, rng):
    """Log-odds of the shares of one topic: a row of three for each day."""
    level, memory = (-6.5 if number == RARE else -3.5), 1.0 if number == WALKS else MEMORY
    noise = 0.15 if number == WALKS else NOISE
    away, rows = [0.0, 0.0, 0.0], []
    for day in range(DAYS):
        away = [memory * each + noise * rng.gauss(0, 1) for each in away]
        if number in LED and day >= LATER:
            away[1] += STRENGTH * (rows[day - LATER][0] - level)
        if (number, day) in ((SHOCKED, SHOCK_DAY), (MISLABELLED, PEAK_DAY)):
            away = [each + SHOCK for each in away]
        rows.append([level + each for each in away])
    return rows


def make_agenda():
    """The files and their maps: name -> text."""
    rng, shares = random.Random("digidip agenda 4"), ["day,who,about,percent"]
    for number, topic in enumerate(TOPICS, start=1):
        for day, row in enumerate(log_odds(number, rng)):
            for group, each in zip(GROUPS, row, strict=True):
                shares.append(f"{START + timedelta(days=day):%y%m%d},{group},{topic},{100 / (1 + math.exp(-each)):.2f}")
    dates, posts = ["what,about,tag,kind,begin,end,state"], ["id,account,day,text"]
    for name, number, first, after in LABELS:
        about = TOPICS[number - 1]
        dates.append(f"{name},{about},,topic,{START + timedelta(days=first)},{START + timedelta(days=after)},")
    for item in range(1, ITEMS + 1):
        begin, tag = START + timedelta(days=FIRST_ITEM * item), f"SampleItem{item:02}"
        dates.append(f"Sample item {item},,{tag},agenda item,{begin},{begin + timedelta(days=LASTS)},KIR")
        late = 10 if item == LATE else 1
        text = f"[synthetic] We spoke on #{tag}" if item in (*COVERED, LATE) else "[synthetic] Good morning"
        posts.append(f"fj{item:02},{ACCOUNT},{begin + timedelta(days=late)},{text}")
    reposts = ["who,whom,how,times,seen"]
    for number in range(AMPLIFIERS):
        times = MOST_ACTIVE[number] if number < len(MOST_ACTIVE) else 1 + number % 3
        reposts.append(f"amplifier{number:03},{ACCOUNT},repost,{times},{START + timedelta(days=DAYS)}")
    maps = {
        "agenda_shares.csv": "table: attention\ncolumns: {source: who, series: about, value: percent, "
        "begins_at: {from: day, format: '%y%m%d', zone: UTC}, unit: {constant: percent of posts}, span: {constant: day}}\n",
        "agenda_dates.csv": "table: events\ncolumns: {event: what, series: about, hashtag: tag, kind: kind, ministry: state, "
        "begins_at: {from: begin, format: '%Y-%m-%d', zone: UTC}, ends_at: {from: end, format: '%Y-%m-%d', zone: UTC}, "
        "source: {constant: invented for the sample}}\n",
        "agenda_posts.csv": "table: posts\nplatform: mastodon\ncolumns: {post_id: id, account_id: account, text: text, "
        "posted_at: {from: day, format: '%Y-%m-%d', zone: UTC}}\n",
        "agenda_reposts.csv": "table: follows\nplatform: mastodon\ncolumns: {source_id: who, target_id: whom, tie: how, "
        "weight: times, observed_at: {from: seen, format: '%Y-%m-%d', zone: UTC}}\n",
    }
    files = {"agenda_shares.csv": shares, "agenda_dates.csv": dates}
    files |= {"agenda_posts.csv": posts, "agenda_reposts.csv": reposts}
    return {name: "\n".join(lines) + "\n" for name, lines in files.items()} | {
        f"{name}.map.yml": text for name, text in maps.items()
    }


def frame_documents():
    """Rows of reference/documents.csv: statements and news on one subject, the first word ten times in each text, the last once."""
    rows = []
    for kind, others in FRAMES.items():
        words = f"{SHARED} {others}".split()
        text = " ".join(" ".join(words[:last]) for last in range(len(words), 0, -1))
        for number in range(1, TEXTS + 1):
            name = f"{kind} {number}", "KIR", kind, f"2024-0{number}-01", "en"
            rows.append([*name, text, "invented for the sample", "synthetic"])
    return rows
