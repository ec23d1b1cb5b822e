"""Scrub: what a private person may have left in a text or an address is replaced by a token.

The engine's patterns (RE2) cannot say "unless". What is not private but looks like it (a date, an amount, a page of search
results) is therefore marked first, private details are replaced where no mark stands, and the marks are taken out.
How much is found, and how much is taken for private and is not: docs/privacy.md#texts, tests/clean/test_scrub.py.
"""

import ibis

# Unicode sets these aside for use inside programs: no text has them.
OPEN, CLOSE = "\ufdd0", "\ufdd1"

# Electronic mail, also as it is written to be read by people alone: "name (at) host dot org".
LOCAL, WORD = r"[^\s@＠<>()\[\]{}\"',;:/=?!¡¿|，。：；！？、（）「」]+", r"[\w-]+"
AT_SIGN = r"[\[({<] ?(?:at|arroba|chez|ät|[@＠]) ?[\])}>]"
DOT_SIGN = r"[\[({<] ?(?:dot|punto|ponto|point|punkt|\.) ?[\])}>]"
SPELT = rf"(?:at|arroba) {WORD}(?: (?:dot|punto|ponto) {WORD})+"
EMAIL = (
    rf"(?i){LOCAL}[@＠][\p{{L}}\p{{N}}-]+(?:\.[\p{{L}}\p{{N}}-]+)+"
    rf"|{LOCAL} ?{AT_SIGN} ?{WORD}(?:(?:\.| ?{DOT_SIGN} ?| (?:dot|punto|ponto) ){WORD})+"
    rf"|{LOCAL} (?:{SPELT}|[@＠] ?{WORD}(?:\.{WORD})+)"
)
HANDLE = r"[@＠][\p{L}\p{N}_](?:[\p{L}\p{N}_.]*[\p{L}\p{N}_])?"

# Links to people: the one list of what names a person in an address. First the sites on which a name follows the host …
NAME_AFTER_HOST = (
    r"(?:(?:facebook|fb|instagram|twitter|x|vk|vkontakte|weibo|patreon|gab|soundcloud|github|tumblr|onlyfans|messenger)\.com"
    r"|(?:t|telegram|m|ask|about)\.me|instagr\.am|telegram\.dog|ok\.ru|weibo\.cn|twitch\.tv|ask\.fm|linktr\.ee"
    r"|pinterest(?:\.[a-z]{2,3}){1,2})/(?:#!/)?"
)
# … and of their pages those that name nobody …
PAGES = (
    r"search|explore|hashtags?|home|i|intent|share|sharer|sharer\.php|login|signup|settings|messages|notifications|privacy|tos"
    r"|terms|help|about|events?|watch|groups|marketplace|gaming|games|photo|photo\.php|photos|video\.php|videos?|media|story\.php"
    r"|permalink\.php|reels?|p|tv|stories|ads|business|policies|plugins|dialog|l\.php|notes|joinchat|addstickers|proxy|iv|c|s"
    r"|feed|profile|profile\.php|people|pg|pin|ideas|topics|directory|wall-?\d[\d_]*|clip-?\d[\d_]*|logout|download|jobs|legal"
)
# … then what a name or number of a person comes after, on whatever site.
FACEBOOK, X = rf"(?:facebook|fb)\.com/{OPEN}?", rf"(?:x|twitter)\.com/{OPEN}?"
NAME_AFTER_PATH = (
    r"(?:linkedin\.com/(?:in|pub)/|bsky\.app/profile/|youtube\.com/(?:user|channel|c)/|snapchat\.com/(?:add|u)/"
    rf"|{FACEBOOK}(?:people/[^/\s]*/|pg/|groups/[^/\s]+/user/|stories/|(?:profile|permalink|story)\.php\?(?:[^\s#]*&)?id=)"
    rf"|{X}(?:i/user/|(?:intent/[a-z]+|share)\?(?:[^\s#]*&)?(?:screen_name|user_id|via)=)"
    rf"|instagram\.com/{OPEN}?stories/|(?:t|telegram)\.me/{OPEN}?s/|ok\.ru/{OPEN}?profile/|reddit\.com/(?:u|user)/"
    r"|wa\.me/(?:message/)?|whatsapp\.com/send/?\?(?:[^\s#]*&)?phone=|line\.me/(?:R/)?ti/p/|discord(?:app)?\.com/users/"
    r"|weibo\.(?:com|cn)/(?:u|n)/|flickr\.com/(?:people|photos)/|quora\.com/profile/|gettr\.com/user/|vimeo\.com/user"
    r"|[\p{L}\p{N}-]+\.[\p{L}\p{N}.:-]+/(?:(?:web/)?@|(?:ap/)?users/|u/@))"
)
NOT_PEOPLE = (
    rf"(?i)({NAME_AFTER_HOST})((?:{PAGES})(?:$|[^\p{{L}}\p{{N}}_.-]|\.(?:$|\s)))",
    rf"(?i)((?:pic|about|help|support|business|developers?|blog|ads|api|graph|status|apps|scontent[\w-]*)\.{NAME_AFTER_HOST})(.)",
)
LINK_TO_PERSON = (
    r"(?i)(^|[^\p{L}\p{N}.@_-])((?:https?://)?(?:[\p{L}\p{N}-]+\.)*"
    rf"(?:{NAME_AFTER_PATH}|{NAME_AFTER_HOST}))([^\s/?#&<>\"{OPEN}]+)"
)

# Telephone numbers. Digits of other scripts are first written 0 to 9.
OTHER_DIGITS = "".join(chr(zero + digit) for zero in (0x660, 0x6F0, 0x966, 0xFF10) for digit in range(10)) + "＋（）－"
DIGITS = "0123456789" * 4 + "+()-"
S = r"\p{Nd}(?:[^\p{L}\p{Nd}\n]{0,3}\p{Nd}){6}"
S = r"[ \x{A0}\x{2009}\x{202F}.–/-]"
MANY_DIGITS = rf"[\d{OTHER_DIGITS}](?:(?:{S}|[()]){{0,3}}[\d{OTHER_DIGITS}]){{6}}"
UNITS = (
    r"(?:%|‰|°|per ?cent|percent|pct|thousand|mill?ion|billion|bn\b|mil\b|mio\b|mrd|us\$|usd|eur|gbp|chf|cad|aud|mxn|clp|dollars?|d[oó]lares"
    r"|euros?|pounds?|francs?|yen|yuan|rupees?|rupiah|rou?bles?|руб|pesos?|soles|reais|reales|лет|people|persons?|personas|personnes"
    r"|inhabitants|habitantes|citizens|refugees|votes?|votos|visas|tonnes|tons|km|kg|followers|signatures|members|children|women"
    r"|[€£¥₹₽₩₺])"
)
TIME = r"(?:[01]?\d|2[0-4])[.:h][0-5]\d"
YEAR, MONTH, DAY = r"(?:1[5-9]|20)\d\d", r"(?:0?[1-9]|1[0-2])", r"(?:0?[1-9]|[12]\d|3[01])"
NOT_PHONES = "|".join(
    (
        rf"\b{YEAR}[-/.]{MONTH}[-/.]{DAY}\b(?:[ T]+{TIME})?",  # 2016-01-31
        rf"\b{DAY}[./-]{DAY}[./-]{YEAR}\b(?:[ ,]+{TIME})?",  # 31.01.2016 18.30
        rf"\b{DAY}[./-]{DAY}[./-]\d\d[ ,]+{TIME}",  # 31.01.16 18.30
        rf"\b{DAY}[./-]{MONTH}\.? ?[-–] ?{DAY}[./-]{MONTH}[./-]{YEAR}\b",  # 30.01.-02.02.2016
        r"\b(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\b",  # 20160131
        rf"\b{TIME} ?(?:[-–/]|to|a|à|bis|y|and) ?{TIME}\b",  # 09.00-12.30
        rf"\b{YEAR}(?: ?[-–/] ?{YEAR}\b| {YEAR}\b|\))",  # 1914-1918, (2006)
        r"\b[1-9]\d{0,3}00 ?[-–] ?[1-9]\d{0,3}00\b",  # 1000-1500
        rf"(?i:\b\d+(?:[ .,'’]\d+)* ?{UNITS})",  # 912 345 678 soles
        r"\b\d{1,3}(?:[ .,'’]\d{3})*[ .,'’]000\b",  # 12 000 000
        r"\b(?:0|[1-9]\d?)[.,]\d{5,}\b",  # 3.14159265
        r"\b[1-9]\d{0,3}0{4,}\b",  # 10000000
        r"\b97[89][ -]?(?:\d[ -]?){9}[\dXx]\b",  # a book
    )
)
AFTER_CURRENCY = r"(?i)((?:[$€£¥₹₽₩₺#№]|\b(?:us\$|usd|eur|gbp|chf|rs\.?|s/\.?|r\$|isbn|issn|doi|art\.?|no\.|nr\.)) ?:? ?)(\d+(?:[ .,'’-]\d+)*)"
# What may stand before a number: not a digit, a path, a mark or a letter of an alphabet that parts its words.
BEFORE = (
    r"(^\s*|[\r\n]\s*|\p{L}[.:]?[ \x{A0}\t]+[–-]?|[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}]"
    rf"|,\s+|\] ?/ ?|[:;!?(\[\]{{}}\"'«»<>*|~•·…，。：；！？、（）“”„‘’\p{{So}}\x{{FE0F}}{CLOSE}][\s.–-]*)"
)
SHAPES = (  # numbers without the 0 of a trunk line: lengths of their groups
    "1 3 3 4", "3 3 4", "3 4 4", "3 3 2 2", "3 2 2 2", "3 3 3", "2 3 2 2", "2 5 4", "2 4 4", "1 4 4", "2 3 4", "3 4 3", "4 3 3",
    "3 2 3", "5 5", "5 6", "3 7", "4 6", "3 8", "2 7", "2 8",
)  # fmt: skip
PHONE = "|".join(
    (
        rf"(?:\+|00 ?)\(?[1-9](?:(?:{S}|[()]){{0,3}}\d){{6,14}}",  # +51 1 204 2400, +44 (0)20 7946 0958
        rf"\(?0(?:(?:{S}|[()]){{0,2}}\d){{7,12}}\b",  # 020 7946 0958, (06 1) 234 5678
        rf"(?:\b[1-9]{S}?)?\([1-9]\d{{0,4}}\){S}{{0,2}}\d{{2,5}}(?:{S}?\d{{2,5}}){{1,3}}\b",  # (202) 555-0143
        *(rf"[1-9]\d{{{int(first) - 1}}}" + "".join(rf"{S}\d{{{n}}}" for n in rest) + r"\b" for first, *rest in map(str.split, SHAPES)),
        r"[2-9]\d(?: \d\d \d\d \d\d|-\d\d-\d\d-\d\d|\.\d\d\.\d\d\.\d\d)\b",  # 32 12 34 56
        r"[235-9]\d{3}[ .-]\d{4}\b",  # 6123 4567
        r"[2-9]\d\d-\d{4}\b",  # 555-0143
        r"[1-9]\d{7,11}\b",
    )
)  # fmt: skip
TOKENS = ("[e-mail]", "[profile]", "[handle]", "[phone]", "[name]")


def scrub(frame):
    """The frame with what is private in `text` replaced by tokens: TOKENS.

    >>> import ibis
    >>> text = ["write to a.b@example.org or @someone, +51 1 204 2400; see https://www.facebook.com/x.y"]
    >>> scrub(ibis.memtable({"text": text})).text.to_list()
    ['write to [e-mail] or [handle], [phone]; see [profile]']
    """
    return frame.mutate(text=scrubbed(frame.text))


def scrubbed(text):
    """The Ibis column of text with what is private replaced by tokens.

    Most texts have no sign of it, and are not looked at twice. In a text with a long number, digits are written 0 to 9.
    """
    is_long_number = text.re_search(MANY_DIGITS)
    digits = ibis.ifelse(
        is_long_number & text.re_search(f"[{OTHER_DIGITS}]"), text.translate(OTHER_DIGITS, DIGITS), text
    )
    marked = _pages_marked(digits.re_replace(EMAIL, "[e-mail]"))
    marked = marked.re_replace(LINK_TO_PERSON + r"(?:[/?#&][^\s<>\"]*)?", r"\1[profile]").re_replace(HANDLE, "[handle]")
    marked = marked.re_replace(NOT_PHONES, rf"{OPEN}\0{CLOSE}").re_replace(AFTER_CURRENCY, rf"\1{OPEN}\2{CLOSE}")
    for _turn in range(2):  # of two numbers with a blank between them, the first takes what the second begins after
        marked = marked.re_replace(f"{BEFORE}(?:{PHONE})", r"\1[phone]")
    has_sign = ibis.or_(
        *(text.contains(sign) for sign in "@＠/"), is_long_number, text.re_search(rf"(?i){AT_SIGN}| {SPELT}")
    )
    return ibis.ifelse(has_sign, _unmarked(marked), text)


def _pages_marked(text):
    """The text with a mark in front of what follows the host of a site of people, and names nobody."""
    for pattern in NOT_PEOPLE:
        text = text.re_replace(pattern, rf"\1{OPEN}\2")
    return text


def _unmarked(text):
    return text.replace(OPEN, "").replace(CLOSE, "")


def scrub_handles(frame):
    """The frame with every handle in `text` replaced: what a ministry writes is public, whom it addresses is not."""
    text = frame.text.re_replace(rf"(^|[^\p{{L}}\p{{N}}._%+-]){HANDLE}", r"\1[handle]")
    return frame.mutate(text=ibis.ifelse(frame.text.contains("@") | frame.text.contains("＠"), text, frame.text))


# Posts on X are reached without the handle.
X_POST = r"(?i)^https?://(?:[a-z]+\.)?(?:x|twitter)\.com/\[handle\]/status(?:es)?/(\d+).*$"
CALL = r"(?i)^(tel|sms|callto|skype|whatsapp|viber):.*$"


def unnamed_link(link, *own):
    """The Ibis column of addresses with what names a person in them replaced; names that equal a column of `own` stay.

    >>> import ibis
    >>> links = ["https://twitter.com/someone/status/7?s=20", "https://bsky.app/profile/a.example/post/3k", "https://example.org/a"]
    >>> unnamed_link(ibis.memtable({"link": links}).link).to_list()
    ['https://x.com/i/status/7', 'https://bsky.app/profile/[handle]/post/3k', 'https://example.org/a']
    """
    name = link.re_extract(LINK_TO_PERSON, 3).lower()
    is_own = ibis.or_(ibis.literal(False), *(name == column.lower() for column in own))
    bare = _unmarked(_pages_marked(link).re_replace(LINK_TO_PERSON, r"\1\2[handle]"))
    bare = (
        bare.re_replace(X_POST, r"https://x.com/i/status/\1")
        .re_replace(EMAIL, "[e-mail]")
        .re_replace(CALL, r"\1:[phone]")
    )
    # Few values of a list of entities are addresses: a cheap test spares the others a costly one.
    return ibis.ifelse(ibis.or_(*(link.contains(sign) for sign in "/@:")) & ~is_own.fill_null(False), bare, link)
