"""Scrubbing: how much of a corpus of formats is found, and how much that is not private is left; stated in docs/privacy.md."""

import ibis
import pandas as pd
import pytest

from digidip import clean
from digidip.engine import engine

# A fixed line and a mobile of 57 states as each state writes them: the examples that libphonenumber publishes.
NATIONAL = """
AE: 02 234 5678 | 050 123 4567
AR: 011 2345-6789 | 011 15-2345-6789
AT: 01 234567890 | 0664 123456
AU: (02) 1234 5678 | 0412 345 678
BE: 012 34 56 78 | 0450 00 12 34
BR: (11) 2345-6789 | (11) 96123-4567
CA: (506) 234-5678
CH: 021 234 56 78 | 078 123 45 67
CL: 600 123 456 | (2) 2123 4567
CN: 010 1234 5678 | 131 2345 6789
CO: (601) 2345678 | 321 1234567
CZ: 212 345 678 | 601 123 456
DE: 030 123456 | 01512 3456789
DK: 32 12 34 56 | 34 41 23 45
EG: 02 34567890 | 010 01234567
ES: 810 12 34 56 | 612 34 56 78
FI: 013 1234567 | 041 2345678
FR: 01 23 45 67 89 | 06 12 34 56 78
GB: 0121 234 5678 | 07400 123456
GH: 030 234 5678 | 023 123 4567
GR: 21 2345 6789 | 691 234 5678
HU: (06 1) 234 5678 | 06 20 123 4567
ID: (021) 8350123 | 0812-345-678
IE: (022) 12345 | 085 012 3456
IL: 02-123-4567 | 050-234-5678
IN: 074104 10123 | 081234 56789
IR: 021 2345 6789 | 0912 345 6789
IT: 02 1234 5678 | 312 345 6789
JO: (06) 200 1234 | 07 9012 3456
JP: 03-1234-5678 | 090-1234-5678
KE: 020 2012345 | 0712 123456
KR: 02-212-3456 | 010-2000-0000
MA: 05 20 12 34 56 | 06 50 12 34 56
MX: 200 123 4567 | 222 123 4567
MY: 03-2385 6789 | 012-345 6789
NG: 02033 12 3456 | 0802 123 4567
NL: 010 123 4567 | 06 12345678
NO: 21 23 45 67 | 40 61 23 45
NZ: 03 234 5678 | 021 123 4567
PE: (01) 1234567 | 912 345 678
PH: (02) 3234 5678 | 0905 123 4567
PK: (021) 23456789 | 0301 2345678
PL: 12 345 67 89 | 512 345 678
PT: 21 234 5678 | 912 345 678
RO: 021 123 4567 | 0712 034 567
RU: 8 (301) 123-45-67 | 8 (912) 345-67-89
SA: 011 234 5678 | 051 234 5678
SE: 08-12 34 56 | 070-123 45 67
SG: 6123 4567 | 8123 4567
TH: 02 123 4567 | 081 234 5678
TR: (0212) 345 67 89 | 0501 234 56 78
TW: 02 2123 4567 | 0912 345 678
UA: 03112 34567 | 050 123 4567
US: (201) 555-0123
VE: 0212-1234567 | 0412-1234567
VN: 0210 1234 567 | 0912 345 678
ZA: 010 123 4567 | 071 123 4567
"""
NUMBERS = [number for line in NATIONAL.strip().splitlines() for number in line.partition(": ")[2].split(" | ")]
WAYS = {
    "as the state writes them": lambda number: number,
    "with hyphens": lambda number: number.replace(" ", "-"),
    "with full stops": lambda number: number.replace("-", ".").replace(" ", "."),
    "without signs": lambda number: "".join(filter(str.isdigit, number)),
    "in Arabic digits": lambda number: number.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")),
    "in Persian digits": lambda number: number.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")),
    "in full-width digits": lambda number: number.translate(
        str.maketrans("0123456789()-", "０１２３４５６７８９（）－")
    ),
}
SENTENCES = ("{}", "Tel: {}, thanks", "please call {} about my visa", "(or: {})", "电话{}")
# Numbers that are none of a person: all must stay.
HARMLESS = """
12 000 000 soles | 2 000 000 000 000 soles | USD 1,250,000 in aid | US$ 912 345 678 of aid | 912 345 678 people | € 250.000.000
1.250.000 habitantes | 345.678.901 votos | S/. 120 500 000 | 3.5 million of 12 345 678 | Rs. 74104 10123 | 250 000 000
10000000 visas | 60 000 000 refugees | 1,234,567,890 | 3.14159265 | 0.123456789 | 51.5073509, -0.1277583 | 100 % of 2,500 visas
31.01.2016, 18.30 h | 31.01.2016 18.30 | 01.02.2016-05.02.2016 | 01/02/2016 09:00-12:30 | 2016-01-31 10:30:00 | 20160131
2016-01-31T10:30:00Z | from 2016-01-31 to 2016-02-29 | 30.01.-02.02.2016 | 1/2/2016 at 7pm | 01.02.16 18.30 | 09.00-12.30 14.00-18.00
08.30 - 12.30 | between 1914-1918 and 1939-1945 | 2015/2016 and 2016/2017 | 1914 1918 | in (2006) 1701 | resolution 1701 (2006)
resolutions 2231 (2015) and 2334 (2016) | A/RES/70/1 | S/2016/1010 | Article 24(2), paragraph 3 | art. 123-456-7890 | chapters 1, 2, 3, 4, 5, 6, 7, 8
ISBN 978-3-16-148410-0 | 9783161484100 | No. 2016-123-4567 | #202555014 | status/687123456789012345 | id=10153912345678
https://www.example.org/2016/01/31/visa-123 | https://example.org/news/987654321 | https://www.youtube.com/watch?v=12345678901
room 12-34 | 2-1, 3-0, 1-1, 4-2 | 10 20 30 | 100-200-300 | 1000-1500 euros | 007 and 000-001 | 24/7, 365 days | 60-70 % | +20 % | +1,500
"""
HARMLESS = [number.strip() for line in HARMLESS.strip().splitlines() for number in line.split(" | ")]

PEOPLE = """
https://x.com/NAME | x.com/NAME | https://twitter.com/NAME?lang=es | https://mobile.twitter.com/NAME/with_replies | twitter.com/#!/NAME
https://x.com/intent/user?screen_name=NAME | https://twitter.com/intent/follow?lang=en&screen_name=NAME | https://x.com/i/user/NAME
https://www.instagram.com/NAME/ | instagram.com/NAME?igshid=1 | https://instagram.com/stories/NAME/123 | instagr.am/NAME
https://www.facebook.com/NAME | https://m.facebook.com/NAME/posts/1 | fb.com/NAME | https://es-la.facebook.com/NAME | m.me/NAME
https://www.facebook.com/profile.php?id=NAME | https://www.facebook.com/people/Ana-P/NAME | facebook.com/groups/12/user/NAME/
https://www.facebook.com/permalink.php?story_fbid=12&id=NAME | https://facebook.com/story.php?story_fbid=1&id=NAME&m=1
https://t.me/NAME | t.me/s/NAME | telegram.me/NAME/12 | https://www.tiktok.com/@NAME | https://www.tiktok.com/@NAME/video/71
https://www.youtube.com/@NAME | https://youtube.com/channel/NAME | https://www.youtube.com/user/NAME/videos | youtube.com/c/NAME
https://www.linkedin.com/in/NAME | https://pe.linkedin.com/in/NAME/ | https://www.threads.net/@NAME | https://www.threads.com/@NAME/post/D
https://bsky.app/profile/NAME | https://bsky.app/profile/NAME/post/3k | https://mastodon.social/@NAME | https://mastodon.example/users/NAME
https://mstdn.example/web/@NAME | https://mastodon.example/@NAME/1 | https://truthsocial.com/@NAME | https://medium.com/@NAME/text-1
wa.me/NAME | https://api.whatsapp.com/send?phone=NAME&text=a | https://vk.com/NAME | https://ok.ru/profile/NAME | https://ok.ru/NAME
https://www.snapchat.com/add/NAME | https://www.snapchat.com/@NAME | https://www.reddit.com/user/NAME/ | reddit.com/u/NAME
https://weibo.com/u/NAME | https://weibo.com/NAME | https://www.pinterest.co.uk/NAME/ | https://www.twitch.tv/NAME | https://ask.fm/NAME
https://www.patreon.com/NAME | https://www.flickr.com/photos/NAME/12 | https://line.me/ti/p/NAME | https://discord.com/users/NAME
https://linktr.ee/NAME | https://www.quora.com/profile/NAME | HTTPS://WWW.FACEBOOK.COM/NAME | https://web.archive.org/web/2016/https://x.com/NAME
"""
NOBODY = """
https://x.com/search?q=visa | https://twitter.com/hashtag/visa?src=hash | https://x.com/i/status/7 | https://twitter.com/i/events/1
https://twitter.com/intent/tweet?text=a | https://www.facebook.com/events/123/ | https://www.facebook.com/watch/?v=1 | https://pic.twitter.com/a1B
https://www.facebook.com/sharer/sharer.php?u=a | https://www.facebook.com/groups/12/ | https://www.facebook.com/photo.php?fbid=1
https://www.instagram.com/p/Ab1/ | https://www.instagram.com/reel/Ab1/ | https://www.instagram.com/explore/tags/visa/ | https://fb.watch/a1/
https://www.youtube.com/watch?v=dQw4w9WgXcQ | https://www.youtube.com/playlist?list=PL1 | https://youtu.be/dQw4w9WgXcQ | https://t.me/joinchat/A1
https://www.linkedin.com/company/mfa | https://www.reddit.com/r/peru/ | https://netflix.com/title | https://www.example.org/a/b?c=d
https://help.x.com/en | https://about.instagram.com/blog | https://vk.com/wall-1_2 | https://business.facebook.com/latest | x.com | x.com/
"""
PEOPLE, NOBODY = (
    [one.strip() for line in links.strip().splitlines() for one in line.split(" | ")] for links in (PEOPLE, NOBODY)
)
SPELT = """
ana.perez (at) example.org | ana.perez[at]example.org | ana [at] example dot org | ana (at) mail (dot) example (dot) org | ana{at}example.org
ana at example dot org | ana arroba example punto com | ana (arroba) example.com | ana @ example.org | ana＠example.org | ana <at> example.org
"""
SPELT = [one.strip() for line in SPELT.strip().splitlines() for one in line.split(" | ")]


def results(function, values):
    """What a cleaning function makes of values, as one column."""
    engine()
    return function(ibis.memtable(pd.DataFrame({"text": values}, dtype="string")).text).to_list()


@pytest.mark.parametrize("way", WAYS)
def test_recall_of_telephone_numbers(way):
    """Of 112 numbers of 57 states in five sentences each is found and replaced whole."""
    texts = [sentence.format(WAYS[way](number)) for number in NUMBERS for sentence in SENTENCES]
    expected = [sentence.format("[phone]") for _number in NUMBERS for sentence in SENTENCES]
    missed = [
        (text, made)
        for text, made, due in zip(texts, results(clean.scrubbed, texts), expected, strict=True)
        if made != due
    ]
    assert len(NUMBERS) == 112 and missed == []


def test_precision_of_telephone_numbers():
    """Dates, times, amounts, years, ids and addresses are not taken for telephone numbers."""
    texts = [sentence.format(number) for number in HARMLESS for sentence in SENTENCES[:4]]
    assert [pair for pair in zip(texts, results(clean.scrubbed, texts), strict=True) if len(set(pair)) > 1] == []


def test_numbers_beside_each_other():
    """Two numbers with a blank, a sign or a date between them are two."""
    texts = [
        "202-555-0143 202-555-0144",
        "06 12 34 56 78 / 01 23 45 67 89",
        "on 31.01.2016 202-555-0143",
        "(+51) 1 204-2400\n0711 123456",
    ]
    assert results(clean.scrubbed, texts) == [
        "[phone] [phone]",
        "[phone] / [phone]",
        "on 31.01.2016 [phone]",
        "([phone]\n[phone]",
    ]


@pytest.mark.parametrize("name", ["ana.perez9", "josé_íñiguez", "100001234567"])
def test_a_link_to_a_person_is_one_everywhere(name):
    """In texts it becomes a token; in addresses what names the person does, and the rest stays."""
    links = [link.replace("NAME", name) for link in PEOPLE]
    texts = results(clean.scrubbed, [f"see {link} now" for link in links])
    assert [pair for pair in zip(links, texts, strict=True) if name in pair[1] or not pair[1].endswith(" now")] == []
    assert [pair for pair in zip(links, results(clean.unnamed_link, links), strict=True) if name in pair[1]] == []
    assert results(clean.unnamed_link, ["https://m.facebook.com/ana/posts/1"]) == [
        "https://m.facebook.com/[handle]/posts/1"
    ]


def test_no_entry_of_the_lists_is_idle():
    """Each site, word for a sign of mail, and prefix that no other text here needs, in one text each."""
    sites = "vkontakte.com gab.com soundcloud.com github.com tumblr.com onlyfans.com messenger.com m.me telegram.dog weibo.cn"
    links = [f"{site}/zqx_ana" for site in sites.split()]
    links += ["facebook.com/pg/zqx_ana", "discord.com/users/zqx_ana", "flickr.com/people/zqx_ana"]
    assert results(clean.scrubbed, links) == ["[profile]"] * len(links)
    mails = "(chez) example (point)", "[ät] example [punkt]", "(at) example [punto]", "(at) example (ponto)"
    assert results(clean.scrubbed, [f"ana {mail} org" for mail in mails]) == ["[e-mail]"] * len(mails)
    others = ["＠zqx_ana why?", "call 00 49 1512 34567890 1"]
    assert results(clean.scrubbed, others) == ["[handle] why?", "call [phone]"]


def test_a_link_to_nobody_stays():
    """Search pages, hashtags, events, videos and posts without a name are no persons, in texts and as addresses."""
    assert results(clean.scrubbed, [f"see {link}" for link in NOBODY]) == [f"see {link}" for link in NOBODY]
    assert results(clean.unnamed_link, NOBODY) == NOBODY


def test_mail_that_people_spell():
    """Addresses written to be read by people alone are replaced whole; words that only look so stay."""
    assert results(clean.scrubbed, [f"write to {one}, please" for one in SPELT]) == ["write to [e-mail], please"] * len(
        SPELT
    )
    plain = [
        "he arrived at this point yesterday",
        "we met (at) work",
        "look at that. Org",
        "ciudadano(a) de Lima.Peru",
        "open at 9.30",
    ]
    assert results(clean.scrubbed, plain) == plain


def test_addresses_without_a_site():
    """An address may be of mail or a telephone."""
    assert results(clean.unnamed_link, ["mailto:ana@example.org", "tel:+5112042400"]) == [
        "mailto:[e-mail]",
        "tel:[phone]",
    ]


def test_the_link_of_the_author_itself_stays():
    """An official account that links to itself, by handle or id, in either case, is no private person; another is."""
    engine()
    links = [
        "https://x.com/MFA_Peru/status/7",
        "https://www.facebook.com/77/photos",
        "https://x.com/ana/status/7",
        "https://x.com/i/status/7",
    ]
    rows = ibis.memtable({"link": links, "id": ["77"] * 4, "handle": ["mfa_peru", None, "mfa_peru", None]})
    assert clean.unnamed_link(rows.link, rows.id, rows.handle).to_list() == [*links[:2], links[3], links[3]]


def test_names_of_commenters_are_replaced():
    """Whole names of two words, in any case, blanks and form of accents, also side by side; parts of words and short names stay."""
    engine()
    names = [
        "Ana Perez",
        "José Íñiguez",
        "Bob",
        "Li Wu",
        "O. (Q) Smith-Jones",
        "ana_perez_9",
        "Zoe\u0308 Perez",
        "Ana Perez Lopez",
    ]
    texts = {
        "thanks ANA  Perez José In\u0303iguez": "thanks [name] José Iñiguez",
        "JOSE\u0301 I\u0301N\u0303IGUEZ, o. (q) smith-jones: @Ana Perez": "[name], [name]: @[name]",
        "Ana Perezoso and Mariana Perez, Bob, Li Wu, ana_perez_9 | Ana, Perez": None,
        "Ana Perez Ana Perez": "[name] [name]",
        "Zoë Perez and Ana Perez Lopez": "[name] and [name]",
    }
    rows = ibis.memtable({"export": ["a"] * 5, "export_row": range(5), "text": list(texts)})
    made = clean.hide_names(rows, ibis.memtable({"name": names})).order_by("export_row").text.to_list()
    assert made == [due or text for text, due in texts.items()]
