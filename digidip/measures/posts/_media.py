"""Which media a post carries, and what else can be told of its form: one row per post, in pandas."""

import re

import pandas as pd

from digidip.measures.statistics._columns import POST, canonical, local_posts, to_pandas

UNKNOWN = "not given"
SILENT = ("text", "link")  # what stands for the absence of a medium, where a medium is there too
LINK = r"https?://[^\s<>\"]+"
QUOTATION = r"[“”„«»「」『』]|(?<!\w)\"[^\"\n]+\"(?!\w)"
PLATFORM = re.compile(  # hosts on which an address names one post, one picture or one account
    r"https?://(?:[\w-]+\.)*(?:facebook|fb|instagram|threads|twitter|x|tiktok|vk|linkedin|flickr|weibo|bsky|t)\."
    r"(?:com|net|app|me|co|cn|watch)\b"
)
FEATURES = ("digit", "hashtag", "link", "photo", "quotation", "video")


def media_posts(posts, entities, by, zone, *columns):
    """Posts that are no reposts, with `local`, `day`, `account` and `media`: the kinds they carry, a frozenset.

    The kinds are those of the entities of kind medium, else posts.medium; empty where neither tells.
    """
    wanted = [*by, *POST, "account_id", "medium", "repost_of_id", *columns]
    frame = local_posts(posts, [], zone, *dict.fromkeys(wanted))
    frame = frame[frame.repost_of_id.isna()].reset_index(drop=True)
    carried = _carried(entities)
    keys = pd.MultiIndex.from_frame(frame[POST])
    own = [frozenset() if pd.isna(medium) else frozenset([medium]) for medium in frame.medium]
    media = [carried.get(key, kinds) for key, kinds in zip(keys, own, strict=True)]
    return frame.assign(media=media, account=frame.platform + "/" + frame.account_id)


def _carried(entities):
    """The kinds of media of each post that has entities of this kind: (platform, post_id) → frozenset."""
    if entities is None:
        return {}
    table = canonical(entities, "entities", [*POST, "kind", "value"])
    kinds = to_pandas(table.filter(table.kind == "medium")).dropna()
    return {key: frozenset(part) for key, part in kinds.groupby(POST).value}


def main_medium(media):
    """The kinds of each post in one word: joined by " + " where there are several, "not given" where none is known.

    >>> main_medium([frozenset(["video", "photo"]), frozenset(["photo", "link"]), frozenset()])
    ['photo + video', 'photo', 'not given']
    """
    own = [sorted(kinds - set(SILENT) or kinds) for kinds in media]
    return [" + ".join(kinds) or UNKNOWN for kinds in own]


def with_features(frame):
    """The posts with a column for each of FEATURES: whether the post has it; missing where nothing can tell."""
    text = frame.text.astype("string")
    plain = text.str.replace(LINK, " ", regex=True)
    found = {
        "digit": plain.str.contains(r"\d", regex=True),
        "hashtag": plain.str.contains(r"[#＃]\w", regex=True),
        "link": event_names(frame, "link").map(bool),
        "quotation": plain.str.contains(QUOTATION, regex=True),
    }
    found |= {
        kind: pd.array([kind in media if media else None for media in frame.media], "boolean")
        for kind in ("photo", "video")
    }
    return frame.assign(**{name: pd.array(cells, "boolean") for name, cells in found.items()})


def event_names(frame, on):
    """The events that each post is on: its hashtags in small letters, or its links; a list each, empty where it has none.

    Addresses on platforms themselves are left out: they are those of one post, one picture or one account.

    >>> import pandas as pd
    >>> event_names(pd.DataFrame({"text": ["On #Visas and #visas", None]}), "hashtag").tolist()
    [['visas'], []]
    >>> posts = pd.DataFrame({"text": ["See https://example.org/a."], "link": "https://www.facebook.com/mfa/photos/1"})
    >>> event_names(posts, "link").tolist()
    [['https://example.org/a']]
    """
    text = frame.text.astype("string").fillna("")
    if on == "hashtag":
        return text.str.lower().str.findall(r"[#＃](\w+)").map(lambda found: sorted(set(found)))
    found = (text + " " + frame.link.astype("string").fillna("")).str.findall(LINK)
    return found.map(lambda links: sorted({link.rstrip(".,;:!?)]/") for link in links if not PLATFORM.match(link)}))
