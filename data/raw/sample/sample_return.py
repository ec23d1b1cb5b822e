"""Four invented pages of Guatemala on Facebook, 2014 to 2015: what they cost and brought, who practises what, how texts speak.

Planted: $0.083 a follower gained on one page and $0.332 on another; a third that answers, at half an hour a question; a fourth
whose followers come and go, with no answer at all; thirty accounts of missions in ten cities, of which those with a
neighbour that answers begin to answer four times as fast; ten texts of which five speak of influence four times as often as
of dialogue and five the other way about; self-reports that say more than was observed in seven
of twelve practices of one ministry, and the same in those of two others.
"""

import math
import random
from datetime import date, timedelta

from sample_shared import table

MONTHS, FIRST = 24, 2014
PAGES = {  # account -> who runs it, US dollars a follower, dollars a month, hours a month, posts a month
    "930301": ("ministry", "", "", 0.083, 120, 40, 5),
    "930302": ("embassy", "ESP", "Madrid", 0.332, 120, 20, 5),
    "930303": ("embassy", "USA", "Washington", 0.5, 60, 5, 4),
    "930304": ("embassy", "MEX", "Mexico City", 0.0, 80, 30, 2),
}
QUESTIONS, ANSWERED, HOURS_EACH = 10, 10, 0.5  # a month on the third page
SILENT = range(8, 13)  # months in which the third page published nothing
DRIFT = 12  # month from which the second page is about other things
TAGS = ("#culture", "#trade", "#visas")
STAYED, DRIFTED = (0.5, 0.3, 0.2), (0.1, 0.7, 0.2)
CITIES = ("ARG Buenos Aires", "BEL Brussels", "BRA Brasilia", "CAN Ottawa", "CHE Geneva", "DEU Berlin", "ITA Rome")
CITIES += ("GBR London", "ITA Rome", "JPN Tokyo")
OFFICES = "embassy", "consulate", "permanent mission"
WORKSHOP = "2014-09-30"
BASE, NEIGHBOUR = 0.03, 4.0  # chance of a month to begin, and how many times as high beside one that has begun
ITEMS = (*(f"advantage {n}" for n in range(1, 8)), *(f"priority {n}" for n in range(1, 6)))
INFLUENCE = "influence", "persuade", "promote", "message"
DIALOGUE = "dialogue", "listen", "answer", "question"
PLAIN = "ministry embassy public foreign online work people policy post week team country year region plan page".split()
SPOKEN = {"USA": 18, "EST": 17, "GTM": 16, "JPN": 14, "IND": 12, "SWE": 10, "PER": 8, "FIN": 7, "COL": 4, "BRA": 3}
FAMILY_WORDS, WORDS = (
    60,
    600,
)  # of each text; of the former three times so many as above are of influence, the others of dialogue
OWN, OTHERS = 24, 6  # times that a text of Guatemala, and one of another ministry, has the word "tourism"
MAPS = {
    "return_accounts.csv": "table: accounts\nplatform: facebook\ncolumns: {account_id: account, ministry: state, office: office, "
    "receiving: receiving, city: city, name: name, from_on: {from: opened, format: '%Y-%m-%d'}, "
    "source: {constant: invented for the sample}}\n",
    "return_posts.csv": "table: posts\nplatform: facebook\ncolumns: {post_id: post, account_id: account, medium: medium, text: text, "
    "follower_count: followers, like_count: likes, posted_at: {from: posted, format: '%Y-%m-%d %H:%M', zone: UTC}}\n",
    "return_comments.csv": "table: comments\nplatform: facebook\ncolumns: {comment_id: comment, post_id: post, parent_id: parent, "
    "author: author, text: text, commented_at: {from: written, format: '%Y-%m-%d %H:%M', zone: UTC}}\n",
}


def month_start(month):
    """The first day of a month by its number."""
    return date(FIRST + month // 12, month % 12 + 1, 1)


def varied(rng, mean, spread, n):
    """n numbers that differ by a share and have exactly this mean."""
    drawn = [math.exp(rng.gauss(0, spread)) for _ in range(n)]
    return [mean * each * n / sum(drawn) for each in drawn]


def ledger(rng):
    """Dollars, hours and followers gained of each page and month."""
    rows = {}
    for account, (_office, _state, _city, price, dollars, hours, _posts) in PAGES.items():
        spent, worked = varied(rng, dollars, 0.2, MONTHS), varied(rng, hours, 0.2, MONTHS)
        if price:
            scale = [share * each for share, each in zip(varied(rng, 1, 0.2, MONTHS), spent, strict=True)]
            gained = [each * sum(spent) / sum(scale) / price for each in scale]
        else:
            gained = [(-1) ** month * rng.uniform(20, 120) for month in range(MONTHS)]
        rows[account] = list(zip(spent, worked, gained, strict=True))
    return rows


def accounts():
    """The four pages, and thirty accounts of missions in ten cities."""
    head = [
        {"account": account, "state": "GTM", "office": office, "receiving": state, "city": city, "opened": "2014-01-01"}
        for account, (office, state, city, *_) in PAGES.items()
    ]
    missions = [
        {"account": f"9303{10 + 3 * at + place}", "state": "GTM", "office": office}
        | {"receiving": city[:3], "city": city[4:], "opened": "2014-01-01"}
        for at, city in enumerate(CITIES)
        for place, office in enumerate(OFFICES)
    ]
    named = [row | {"name": f"Sample {row['office']} of Guatemala {row['account']}"} for row in head + missions]
    return table(["account", "state", "office", "receiving", "city", "name", "opened"], named)


def posts(rng, book):
    """Posts of the four pages; the first and the last of a month carry the counts of followers."""
    rows, size = [], dict.fromkeys(PAGES, 2000.0)
    for account, (*_, monthly) in PAGES.items():
        for month in range(MONTHS):
            start, after = size[account], size[account] + book[account][month][2]
            size[account] = after
            if account == "930303" and month in SILENT or account == "930304" and month % 3:
                continue
            shares = DRIFTED if account == "930302" and month >= DRIFT else STAYED
            last = (month_start(month + 1) - month_start(month)).days - 1
            for number in range(monthly):
                at = month_start(month) + timedelta(days=round(last * number / max(1, monthly - 1)))
                tag = rng.choices(TAGS, shares)[0]
                row = {"post": f"{account}{month:02}{number}", "account": account, "posted": f"{at} 15:00"}
                row |= {"medium": rng.choice(("photo", "link", "text")), "text": f"News of the week {tag}"}
                row |= {"followers": round(start + (after - start) * number / max(1, monthly - 1))}
                rows.append(row | {"likes": rng.randrange(5, 60)})
    return table(["post", "account", "posted", "medium", "text", "followers", "likes"], rows)


def comments(rng):
    """Questions under the first post of a month on the third and the fourth page; the third answers all, the fourth none."""
    rows = []
    for account in ("930303", "930304"):
        for month in range(MONTHS):
            if account == "930303" and month in SILENT or account == "930304" and month % 3:
                continue
            for number in range(QUESTIONS if account == "930303" else 3):
                at = f"{month_start(month) + timedelta(days=1 + number)} {rng.randrange(8, 20):02}:00"
                name, post = f"{account}{month:02}q{number}", f"{account}{month:02}0"
                asked = {"comment": name, "post": post, "author": f"person {rng.randrange(400)}", "written": at}
                rows.append(asked | {"text": "How much is a visa?"})
                if account == "930303" and number < ANSWERED:
                    answer = {"comment": f"{name}a", "post": post, "parent": name, "author": account}
                    rows.append(answer | {"text": "Please see our page.", "written": f"{at[:11]}21:00"})
    return table(["comment", "post", "parent", "author", "text", "written"], rows)


def cost_rows(book):
    """Rows of reference/costs.csv: dollars and hours of each page and month, and work that nobody gave to a page."""
    rows = []
    for account, months in book.items():
        goal = {"930301": "be followed", "930302": "be followed", "930303": "answer the public"}.get(account, "")
        for month, (dollars, hours, _gained) in enumerate(months):
            start = month_start(month)
            days = [str(start), str(month_start(month + 1) - timedelta(days=1))]
            head = [f"{account} {start:%Y-%m}", "GTM", "facebook", account, goal, *days]
            foot = ["invented for the sample", "synthetic"]
            rows.append([*head, "money", f"{dollars:.2f}", "USD", *foot])
            rows.append([*head, "hours", f"{hours:.1f}", "", *foot])
    foot = ["invented for the sample", "synthetic"]
    rows.append(
        [
            "video of the year",
            "GTM",
            "",
            "",
            "be followed",
            "2015-11-02",
            "2015-11-20",
            "money",
            "9000.00",
            "GTQ",
            *foot,
        ]
    )
    rows.append(["training of staff", "GTM", "", "", "", "2015-03-02", "2015-03-06", "hours", "", "", *foot])
    return rows


def goal_rows():
    """Rows of reference/goals.csv: two goals with an indicator that can be computed, one with none, one with no indicator."""
    foot = ["invented for the sample", "synthetic"]
    return [
        ["GTM", "answer the public", "questions answered", "inquiry_answer_share", "2", *foot],
        ["GTM", "be followed", "followers gained", "follower_flow", "1", *foot],
        ["GTM", "be liked", "likes", "", "1", *foot],
        ["GTM", "promote the country", "", "", "", *foot],
    ]


def practice_rows(rng):
    """Rows of reference/practices.csv: twelve practices of three ministries, ten tips, and when thirty accounts began to answer."""
    foot, rows = ["invented for the sample", "synthetic"], []
    observed = {
        "GTM": [1, 1, 0.5, 0, 1, 0.5, 0, 1, 0, 0.5, 1, 0],
        "HND": [0.5] * 6 + [0] * 6,
        "SLV": [1] * 9 + [0.5, 0, ""],
    }
    for state, values in observed.items():
        for number, (item, value) in enumerate(zip(ITEMS, values, strict=True)):
            rows.append([state, "", item, value, "", "observed", *foot])
            more = value if state != "GTM" or number in (4, 7) else min(1, (value or 0) + 0.25) if value != 1 else 1
            rows.append([state, "", item, more, "", "self-report", *foot])
    rows += [
        [state, "", f"tip {n}", value, "", "observed", *foot] for state in observed for n, value in ((1, 1), (2, 0.5))
    ]
    begun = {}
    for month in range(MONTHS):
        before = dict(begun)
        for number in range(30):
            city = range(number // 3 * 3, number // 3 * 3 + 3)
            beside = any(other in before for other in city if other != number)
            if number not in begun and rng.random() < BASE * (NEIGHBOUR if beside else 1):
                begun[number] = month
    for number in range(30):
        since = month_start(begun[number]) + timedelta(days=14) if number in begun else ""
        rows.append(["GTM", f"9303{10 + number}", "answers comments", int(number in begun), since, "observed", *foot])
        if number % 2:  # half of them were at a workshop, after which nothing changed
            rows.append(["GTM", f"9303{10 + number}", "was at a workshop", 1, WORKSHOP, "observed", *foot])
    return rows


def document_rows(rng):
    """Rows of reference/documents.csv: a text of strategy of each of ten ministries, and two further texts of Guatemala."""
    rows = []
    texts = [(state, "strategy") for state in SPOKEN] + [("GTM", "talking points"), ("GTM", "interview")]
    for number, (state, kind) in enumerate(texts, 1):
        words = rng.choices(PLAIN, k=WORDS)
        for place in range(OWN if state == "GTM" else OTHERS):
            words[10 * (2 * place + 1) - 1] = "tourism"
        for place in range(FAMILY_WORDS):
            family = INFLUENCE if place < 3 * SPOKEN[state] else DIALOGUE
            words[place * 10 + rng.randrange(9)] = rng.choice(family)
        sentences = [" ".join(words[at : at + 20]).capitalize() + "." for at in range(0, WORDS, 20)]
        rows.append([f"text {number:02}", state, kind, f"2015-{number:02}-01", "en", " ".join(sentences)])
        rows[-1] += ["invented for the sample", "synthetic"]
    return rows


def workshop_events():
    """Rows of reference/events.csv: three workshops."""
    days = ("2014-02-08", ""), (WORKSHOP, ""), ("2015-02-06", "")
    foot = "", "invented for the sample", "synthetic"
    return [
        [f"Sample workshop {n}", series, "GTM", "workshop", f"{day}T09:00:00Z", f"{day}T17:00:00Z", *foot]
        for n, (day, series) in enumerate(days, 1)
    ]


def make_return():
    """The files and their maps, and the rows of four reference tables and of the events."""
    rng = random.Random("digidip return")
    book = ledger(rng)
    files = {
        "return_accounts.csv": accounts(),
        "return_posts.csv": posts(rng, book),
        "return_comments.csv": comments(rng),
    }
    known = {
        "costs": cost_rows(book),
        "goals": goal_rows(),
        "practices": practice_rows(random.Random("digidip practices")),
        "documents": document_rows(random.Random("digidip documents")),
    }
    return files | {f"{name}.map.yml": text for name, text in MAPS.items()}, known
