"""One invented ministry in four languages over twelve weeks of 2019: five pages on Facebook, one account on Mastodon.

Planted: a photo draws 1.35 and a video 1.28 times as many likes and reposts as a text or link of the same account, and no
more or fewer comments; 24 messages of which the versions come in Spanish first, in English after three hours, in Arabic after
26 (20 of them) and in Japanese after 50 (16). Also texts too short to be told, several media in a post, three posts with
audio, a page whose followers are not known, a post without a type, and one of which likes are not known.
"""

import csv
import io
import json
import random
import re
from datetime import datetime, timedelta

from sample_forms import Page, crowdtangle_csv, crowdtangle_row
from sample_shared import Post

START, WEEKS = datetime(2019, 3, 4, 12), 12  # UTC; the window begins at 03:00, midnight in Montevideo
WINDOW = datetime(2019, 3, 4, 3), datetime(2019, 5, 27, 3)
LIFT, MESSAGES = {"photo": 1.35, "video": 1.28}, 24
TYPES = {"photo": "Photo", "video": "Native Video", "text": "Status", "link": "Link"}
# Name, language, id of the page, its likes at first, likes a post, hours after the first version, versions that exist.
PAGES = (
    ("MfaUruguay", "es", 150000000000091, 40_000, 300, 0, 24),
    ("EmbUruguayLondon", "en", 150000000000092, 9_000, 120, 3, 24),
    ("EmbUruguayCairo", "ar", 150000000000093, 12_000, 180, 26, 20),
    ("EmbUruguayTokyo", "ja", 150000000000094, 6_000, 90, 50, 16),
    ("EmbUruguayMadrid", "es", 150000000000095, 15_000, 150, 5, 24),
)
UNKNOWN_FOLLOWERS = "EmbUruguayMadrid"
MASTODON = "https://social.example.org/@samplemfaury"
TOPICS = {
    "es": ("comercio", "visados", "ciencia", "agua"),
    "en": ("trade", "visas", "science", "water"),
    "ar": ("التجارة", "التأشيرات", "العلوم", "المياه"),
    "ja": ("貿易", "査証", "科学", "水資源"),
}
NEWS = {
    "es": "Los ministros firmaron hoy en la capital un acuerdo sobre {topic} con {n} países y {m} ciudades.",
    "en": "The ministers signed an agreement on {topic} in the capital today, with {n} countries and {m} cities.",
    "ar": "وقع الوزراء اليوم في العاصمة اتفاقا بشأن {topic} مع {n} دولة وعدد من المدن بلغ {m} مدينة.",
    "ja": "大臣らは本日、首都において{topic}に関する協定に{n}か国および{m}都市とともに署名し、今後の協力についても話し合いました。",
}
REST = {
    "es": (
        "La embajada abre sus puertas el sábado con una exposición de fotografías. Les esperamos a todos.",
        "Recordamos a quienes viven en el extranjero que la oficina consular atiende por la mañana.",
    ),
    "en": (
        "The embassy opens its doors on Saturday with an exhibition of photographs. Everybody is welcome.",
        "We remind those who live abroad that the consular office is open in the morning only.",
    ),
    "ar": (
        "تفتح السفارة أبوابها يوم السبت مع معرض للصور الفوتوغرافية ونرحب بالجميع في هذا اليوم.",
        "نذكر المقيمين في الخارج بأن القسم القنصلي يستقبل المراجعين في الصباح فقط من كل أسبوع.",
    ),
    "ja": (
        "大使館は土曜日に写真展を開催し、一般の皆様に公開いたします。どなたでもご自由にご来場いただけますので、お待ちしております。",
        "海外にお住まいの皆様にお知らせします。領事窓口の受付時間は毎週平日の午前中のみとなっておりますので、ご注意ください。",
    ),
}
SHORT = {"es": "¡Feliz día!", "en": "Happy day!", "ar": "يوم سعيد", "ja": "おめでとう"}
HOSTILE = "<img src=x onerror=alert(1)>"


def news(language, message):
    """The text of one version of a message: the same numbers, but that every other Arabic one lacks the second."""
    n, m = 3 + message, 40 + 7 * message
    text = NEWS[language].format(topic=TOPICS[language][message % 4], n=n, m=m)
    if language == "ar" and message % 2:
        text = text.replace(f" وعدد من المدن بلغ {m} مدينة", "")
    return f"[synthetic] {text} #Tema{message:02} https://example.org/news/{message:02}"


def acts(rng, kinds, mean):
    """Likes, comments and shares of a post that carries these kinds of media."""
    lift = max([LIFT.get(kind, 1) for kind in kinds])
    return [
        round(rng.gammavariate(8, usual * times / 8))
        for usual, times in ((mean, lift), (mean / 12, 1), (mean / 6, lift))
    ]


def plan(rng, language, hours, versions):
    """When one page says what with which medium: each message with a picture and again without, and the rest."""
    made = []
    for message in range(MESSAGES):
        first = START + timedelta(days=message * 3.5)
        if message < versions:
            made.append((first + timedelta(hours=hours), "photo", news(language, message)))
        again = f"[synthetic] {rng.choice(REST[language])} #Tema{message:02}"
        made.append((first + timedelta(hours=hours + 6, minutes=rng.randrange(60)), "text", again))
    for number in range(34):
        at = START + timedelta(hours=rng.randrange(24 * 7 * WEEKS - 24), minutes=rng.randrange(60))
        text = SHORT[language] if number < 4 else rng.choice(REST[language])
        kind = rng.choice(["photo", "video", "video", "link"])
        tag = f" #Tema{int((at - START) / timedelta(days=3.5)):02}" if kind == "video" else ""
        made.append((at, kind, f"[synthetic] {text}{tag}"))
    return sorted(made)


def pages_csv(rng):
    """The pages by CrowdTangle, stamped in UTC."""
    rows = []
    for name, language, page, fans, mean, hours, versions in PAGES:
        about = Page(f"Sample {name}", f"Sample{name}", "UY", fans, "Invented page", "UTC")
        posts = plan(rng, language, hours, versions)
        if name == "MfaUruguay":
            edges = (WINDOW[0] - timedelta(seconds=1), WINDOW[0], WINDOW[1] - timedelta(seconds=1), WINDOW[1])
            posts = sorted([*posts, *((at, "text", f"[synthetic] {REST['es'][0]}") for at in edges)])
        for number, (at, kind, text) in enumerate(posts):
            likes, comments, shares = acts(rng, [kind], mean)
            part = 1019000000000000 + page % 100 * 10**9 + number * 7919
            hostile = number == 40 and name == "EmbUruguayLondon"
            text = f"[synthetic] {HOSTILE}" if hostile else text
            link = f"https://example.org/{name.lower()}/{number}" if kind == "link" else ""
            row = crowdtangle_row(
                about,
                number,
                Post(f"{page}_{part}", at, TYPES[kind], text, "", link, comments, likes, shares),
                comments,
            )
            row |= {"Likes at Posting": "", "Followers at Posting": ""} if name == UNKNOWN_FOLLOWERS else {}
            row |= {"Type": ""} if number == 50 and name == "EmbUruguayLondon" else {}
            row |= {"Likes": ""} if number == 60 and name == "EmbUruguayLondon" else {}
            rows.append(row)
    return crowdtangle_csv(rows)


def statuses_lines(rng):
    """The account on Mastodon, its languages declared: several media in a post, and audio."""
    made, media = [], (["image"], ["video"], ["image", "video"], [], ["image"], [], [])
    names = {"image": "photo", "video": "video", "audio": "audio"}
    for number in range(70):
        at = START + timedelta(days=1.17 * number, minutes=rng.randrange(600))
        language = "en" if number % 3 == 0 else "es"
        kinds = ["audio"] if number in (11, 32, 53) else media[number % len(media)]
        likes, comments, shares = acts(rng, [names[kind] for kind in kinds] or ["text"], 60)
        key = 102000000000000000 + number * 104_729_000_000
        uri = f"https://social.example.org/users/samplemfaury/statuses/{key}"
        status = {"id": str(key), "created_at": f"{at:%Y-%m-%dT%H:%M:%S}.000Z", "in_reply_to_id": None}
        status |= {"in_reply_to_account_id": None, "visibility": "public", "language": language, "uri": uri}
        status |= {
            "url": f"{MASTODON}/{key}",
            "replies_count": comments,
            "reblogs_count": shares,
            "favourites_count": likes,
        }
        status |= {
            "content": f"<p>[synthetic] {rng.choice(REST[language])}</p>",
            "reblog": None,
            "tags": [],
            "mentions": [],
        }
        status["media_attachments"] = [{"id": str(place), "type": kind} for place, kind in enumerate(kinds)]
        status["account"] = {"id": "9", "acct": "samplemfaury", "url": MASTODON, "followers_count": 2100}
        status["account"] |= {"display_name": "Sample ministry of foreign affairs (URY) on Mastodon"}
        made.append(status)
    return "".join(json.dumps(status, ensure_ascii=False) + "\n" for status in made[::-1])


def position_rows(files):
    """What two coders saw in the messages of the page of London: every third states a position, and both see that."""
    posts = csv.DictReader(io.StringIO(files["mix_crowdtangle.csv"]))
    found = {
        re.search(r"news/(\d+)", row["Message"]): row["URL"]
        for row in posts
        if row["User Name"] == "SampleEmbUruguayLondon"
    }
    rng, rows = random.Random("digidip positions"), []
    for match, url in found.items():
        if match is None:
            continue
        page, part = url.rsplit("/", 3)[1], url.rsplit("/", 1)[1]
        for coder, errs in (("coder-a", 0), ("coder-b", 0.06)):
            code = "yes" if (int(match[1]) % 3 == 0) != (rng.random() < errs) else "no"
            rows.append(["position", f"{page}_{part}", "states a position", coder, code, "synthetic"])
    return rows


def make_mix():
    """The files: name -> text."""
    rng = random.Random("digidip content")
    return {"mix_crowdtangle.csv": pages_csv(rng), "mix_statuses.jsonl": statuses_lines(rng)}
