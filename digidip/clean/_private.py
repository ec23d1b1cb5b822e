"""Scrub: what a private person may have left in a text or an address is replaced by a token."""

import ibis

# What a private person may have left in a text, in the order in which it is replaced.
EMAIL = r"[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+"
PROFILE = (
    r"(?i)\b(?:https?://)?(?:[\p{L}\p{N}-]+\.)*"
    r"(?:(?:facebook|fb|instagram|twitter|x|threads|tiktok|vk|t|wa)\.(?:com|net|me)/|linkedin\.com/in/"
    r"|bsky\.app/profile/|youtube\.com/(?:@|c/|user/|channel/)|[\p{L}\p{N}-]+\.[a-z]+/@)\S+"
)
HANDLE = r"[@＠][\p{L}\p{N}_](?:[\p{L}\p{N}_.]*[\p{L}\p{N}_])?"
PHONE = (
    r"(?:\+\p{Nd}|\b00\s?[1-9])(?:[\s().-]{0,2}\p{Nd}){7,}|\(\d{2,4}\)\s?\d{3,4}[\s.-]?\d{3,4}\b"
    r"|\b(?:[1-9]\d|0[1-9])\d{1,2}[\s.-]\d{3}[\s.-]?\d{3,4}\b|\b0\d(?:[\s.-]\d\d){4}\b|\b\d{9,12}\b"
)
PRIVATE = ((EMAIL, "[e-mail]"), (PROFILE, "[profile]"), (HANDLE, "[handle]"), (PHONE, "[phone]"))
TOKENS = tuple(token for _pattern, token in PRIVATE)


def scrub(frame):
    """The frame with what is private in `text` replaced by tokens; see PRIVATE for what is found.

    >>> import ibis
    >>> text = ["write to a.b@example.org or @someone, +51 1 204 2400; see https://www.facebook.com/x.y"]
    >>> scrub(ibis.memtable({"text": text})).text.to_list()
    ['write to [e-mail] or [handle], [phone]; see [profile]']
    """
    return frame.mutate(text=scrubbed(frame.text))


def scrubbed(text):
    """The Ibis column of text with what is private replaced by tokens."""
    clean = text
    for pattern, token in PRIVATE:
        clean = clean.re_replace(pattern, token)
    return ibis.ifelse(text.re_search(r"[@＠/\p{Nd}]"), clean, text)


def scrub_handles(frame):
    """The frame with every handle in `text` replaced: what a ministry writes is public, whom it addresses is not."""
    text = frame.text.re_replace(rf"(^|[^\p{{L}}\p{{N}}._%+-]){HANDLE}", r"\1[handle]")
    return frame.mutate(text=ibis.ifelse(frame.text.contains("@") | frame.text.contains("＠"), text, frame.text))


# Addresses of posts that lead there without the handle (X), and those of open platforms, which do not.
NAMED_LINKS = (
    (r"(?i)^https?://(?:[a-z]+\.)?(?:x|twitter)\.com/[^/]+/status(?:es)?/(\d+).*$", r"https://x.com/i/status/\1"),
    (r"(?i)^(https?://bsky\.app/profile/)[^/]+", r"\1[handle]"),
    (r"(?i)^(https?://[^/]+/(?:@|users/))[^/]+(/|$)", r"\1[handle]\2"),
)


def unnamed_link(link):
    """The Ibis column of addresses with the handle taken out of those of posts and profiles of private people.

    >>> import ibis
    >>> links = ["https://twitter.com/someone/status/7?s=20", "https://bsky.app/profile/a.example/post/3k", "https://example.org/a"]
    >>> unnamed_link(ibis.memtable({"link": links}).link).to_list()
    ['https://x.com/i/status/7', 'https://bsky.app/profile/[handle]/post/3k', 'https://example.org/a']
    """
    bare = link
    for pattern, shown in NAMED_LINKS:
        bare = bare.re_replace(pattern, shown)
    is_named = link.re_search("|".join(pattern for pattern, _shown in NAMED_LINKS))
    # Few values of a list of entities are addresses: a cheap test spares the others a costly one.
    return ibis.ifelse(ibis.ifelse(link.contains("://"), is_named, False), bare, link)
