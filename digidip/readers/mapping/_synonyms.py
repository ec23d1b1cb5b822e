"""Names under which exports have the canonical columns, and words for coded values: what `digidip map` proposes from.

Names are as `plain` makes them: small letters, single blanks. Those of KNOWN are taken for what they say, the first one
that a file has; those of NEAR are only proposed, with the reason for doubt. Sources: docs/formats.md#mapped.
"""

import re
import unicodedata

from digidip.readers.mapping import _other_languages
from digidip.readers.mapping._other_languages import spellings
from digidip.tables import PLATFORMS


def plain(name):
    """A column name or word in small letters, with one blank for everything that is no letter or digit.

    >>> plain("Date (GMT)"), plain("extra_author_attributes.short_name"), plain("postUrl"), plain("YouTube")
    ('date gmt', 'extra author attributes short name', 'post url', 'youtube')
    """
    if re.fullmatch("[a-z]+(?:[A-Z][a-z]+)+", name):  # as programs write, small letter first
        name = re.sub("(?=[A-Z])", " ", name)
    return re.sub(r"[\W_]+", " ", unicodedata.normalize("NFKC", name).casefold()).strip()


TIMES = ("publish time", "published", "published at", "post created", "created at", "created time", "timestamp utc")
TIMES += (
    "posted",
    "posted at",
    "post date",
    "date gmt",
    "timestamp",
    "created",
    "date",
    "time",
    "datetime",
    "timestamp share",
)
TEXTS = ("post message", "message", "full text", "tweet text", "caption", "text", "post", "body", "content")
TEXTS += ("tweet", "description", "comment", "message text", "opening text", "video description")
LANGUAGES = ("lang", "language", "languages")
LIKES = ("likes", "like count", "twitter likes", "favorites", "favorite count", "favourites", "digg count")
LIKES += (
    "likes count",
    "favourite count",
    "favorites count",
    "favourites count",
    "reaction like",
)
ACCOUNTS = (
    "account id",
    "page id",
    "profile id",
    "author id str",
    "user id str",
    "author id",
    "channel id",
    "user id",
    "from id",
)
HANDLES = (
    "user screen name",
    "user username",
    "author username",
    "author handle",
    "author screen name",
    "user name",
    "username",
    "screen name",
    "twitter screen name",
    "handle",
    "author name",
)
HANDLES += ("extra author attributes short name",)
NETWORKS = {platform: (platform,) for platform in PLATFORMS} | {"x": ("x", "twitter", "x twitter")}
# What a column of a list of accounts is called that holds those on one network → the network.
OF_NETWORKS = {
    f"{word}{end}": platform
    for platform, words in NETWORKS.items()
    for word in words
    for end in ("", " handle", " account", " username", " user name", " screen name", " page", " profile", " url")
}
KNOWN = {
    "posts": {
        "post_id": (
            "id str",
            "tweet id str",
            "id del tweet",
            "post id",
            "tweet id",
            "message id",
            "status id",
            "media id",
            "video id",
        )
        + ("content id", "id", "tweet"),
        "account_id": ACCOUNTS,
        "handle": HANDLES,
        "account_name": (
            "page name",
            "facebook page",
            "user name",
            "user display name",
            "display name",
            "author display name",
            "profile",
            "author",
            "account",
            "channel name",
            "name",
            "extra author attributes name",
        ),
        "posted_at": TIMES,
        "medium": ("content type", "media type", "post type", "type"),
        "text": TEXTS,
        "lang": LANGUAGES,
        "url": ("permalink", "post permalink", "tweet permalink", "url", "post url", "link"),
        "link": ("expanded urls", "link url", "final link"),
        "reply_to_id": ("in reply to status id str", "in reply to status id", "in reply to tweet id", "reply to id"),
        "reply_to_account_id": (
            "in reply to user id str",
            "in reply to user id",
            "reply to user id",
            "in reply to account id",
        ),
        "repost_of_id": ("retweeted status id str", "retweeted status id", "retweet of id", "retweeted tweet id"),
        "quote_of_id": ("quoted status id str", "quoted status id", "quoted tweet id"),
        "like_count": LIKES,
        "reaction_count": ("reactions", "reaction count", "reactions count"),
        "comment_count": ("comments", "comment count", "comments count", "replies", "reply count", "replies count")
        + ("twitter reply count",),
        "repost_count": (
            "shares",
            "share count",
            "shares count",
            "retweets",
            "retweet count",
            "retweets count",
            "reposts",
        )
        + ("twitter retweets",),
        "view_count": ("views", "view count", "viewcount"),
        "follower_count": ("followers at posting", "author followers", "twitter followers"),
        "retrieved_at": ("retrieved at", "collected at", "captured at", "scraped at"),
    },
    "comments": {
        "comment_id": ("comment id", "reply id", "id"),
        "post_id": ("post id", "status id", "video id", "tweet id", "conversation id"),
        "parent_id": ("parent id", "parent comment id", "in reply to id", "reply to id"),
        "author": ("comment author", "author", "author id", "user id", "user name", "username", "from", "author name"),
        "commented_at": ("comment published", "commented at", *TIMES),
        "text": ("comment message", "comment text", *TEXTS),
        "lang": LANGUAGES,
        "like_count": LIKES,
        "reaction_count": ("reactions", "num reactions"),
    },
    "follows": {
        "source_id": ("source id", "source", "follower id", "follower", "from"),
        "target_id": ("target id", "target", "followed id", "followed", "friend id", "to"),
        "tie": ("tie", "relation", "edge type", "interaction"),
        "weight": ("weight",),
        "observed_at": ("observed at", "retrieved at", "date", "timestamp"),
    },
    "metrics": {
        "platform": ("platform", "network", "social network"),
        "account_id": ACCOUNTS,
        "observed_at": ("observed at", "date", "day", "timestamp"),
        "follower_count": ("followers", "follower count", "followers count", "audience", "fans", "subscribers"),
        "following_count": ("following", "following count", "friends count", "friends"),
        "post_count": ("tweet count", "post count", "posts count", "statuses count", "total posts"),
    },
    "accounts": {
        "platform": ("platform", "network", "social network", "service"),
        "account_id": ("account id", "user id", "twitter id", "page id", "profile id", "channel id", "author id", "id"),
        "handle": (
            "handle",
            "screen name",
            "username",
            "user name",
            "account",
            *OF_NETWORKS,
        ),
        "name": ("name", "display name", "account name", "page name", "full name"),
        "ministry": (
            "ministry",
            "country",
            "state",
            "sender",
            "sending country",
            "sending state",
            "country code",
            "iso3",
        ),
        "office": ("office", "account type", "office type", "type", "category", "kind"),
        "receiving": ("receiving", "receiver", "host country", "receiving country", "receiving state"),
        "city": ("city", "seat", "place"),
        "from_on": ("from on", "valid from", "from", "since", "start date", "start"),
        "to_on": ("to on", "valid to", "to", "until", "end date", "end"),
        "source": ("source", "url"),
    },
    "missions": {
        "mission_id": ("mission id", "qid", "id"),
        "office": ("office", "mission type", "post type", "type"),
        "category": ("category", "kind"),
        "sender": ("sender", "sending country", "sending state", "operator", "origin country", "country of origin"),
        "ministry": ("sender iso3", "sending iso3"),
        "receiver": (
            "receiver",
            "host country",
            "receiving country",
            "receiving state",
            "destination country",
            "destination",
        ),
        "receiving": ("receiver iso3", "receiving iso3", "host iso3"),
        "jurisdiction": ("jurisdiction", "jurisdictions", "accredited to"),
        "city": ("city", "seat", "place", "location"),
        "latitude": ("latitude", "lat"),
        "longitude": ("longitude", "lon", "lng", "long"),
        "website": ("website", "web site", "homepage", "url"),
        "from_on": ("opened", "inception", "established", "since", "start date"),
        "observed_at": ("observed at", "retrieved at", "last updated"),
    },
    "exchanges": {
        "sender": ("sender", "sending country", "sending state", "origin", "origin country", "country of origin"),
        "receiver": (
            "receiver",
            "receiving country",
            "receiving state",
            "host country",
            "destination",
            "destination country",
        ),
        "year": ("year",),
        "level": ("level", "rank", "level of representation"),
    },
    "attention": {
        "source": ("source", "provider"),
        "series": ("series", "query", "term", "keyword", "stream", "topic", "hashtag"),
        "unit": ("unit",),
        "begins_at": ("begins at", "date", "day", "week", "month", "time", "timestamp", "hour", "hour utc", "datetime"),
        "span": ("span", "interval"),
        "value": ("value", "count", "articles", "volume", "posts", "mentions", "tweets", "n"),
        "total": ("total", "total count"),
    },
    "events": {
        "event": ("event", "name", "title", "label", "headline", "description"),
        "series": ("series", "stream", "topic", "query", "keyword"),
        "ministry": ("ministry", "country", "state", "country code", "iso3"),
        "kind": ("kind", "type", "category", "event type"),
        "begins_at": ("begins at", "begin", "begins", "start", "starts", "start date", "from", "date", "day", "time")
        + ("timestamp", "datetime", "moment"),
        "ends_at": ("ends at", "end", "ends", "end date", "until", "to"),
        "hashtag": ("hashtag", "tag"),
        "source": ("source", "url", "link", "reference"),
    },
}
NAMED_BY_A_HANDLE = "a handle, which may change; take it only where the file has no id of the account"
NAMED_BY_A_NAME = "a name, no id; take it only where the file has no id of the account"
SHOWN = "how often it was shown, which is no count of views on every platform"
ON_X = "on X alone; the other networks have columns of their own"
OWN_NUMBER = "an id of the tool or of the platform, depending on the source"
NEAR = {
    "posts": {
        "post_id": {"resource id": OWN_NUMBER, "url": "an address in the place of an id; `extract` can take the id out of it"},
        "account_id": {"twitter id": "the id of the account or of the tweet", "tweet permalink": "`extract` can take the handle out of it"}
        | {"twitter author id": "the id on X alone", "extra author attributes id": "an id with its network before it, which `extract` can take off"}
        | dict.fromkeys(HANDLES, NAMED_BY_A_HANDLE)
        | dict.fromkeys(("profile", "author", "page name", "facebook page", "influencer"), NAMED_BY_A_NAME),
        "handle": dict.fromkeys(("author", "influencer"), "a name or a handle"),
        "account_name": {"source": "the medium or the account", "influencer": "a name or a handle"},
        "text": dict.fromkeys(("title", "snippet", "hit sentence", "headline"), "maybe only a part of the text"),
        "medium": {"resource type": "a post or a comment, in some tools", "page type": "the network, in some tools"},
        "like_count": {"article extended attributes twitter likes": ON_X},
        "repost_count": {"article extended attributes twitter retweets": ON_X},
        "view_count": dict.fromkeys(("impressions", "video views", "reach"), SHOWN),
    },
    "comments": {"post_id": {"thread id": "the post or the thread", "parent id": "the post or a comment"}},
    "metrics": {
        "account_id": dict.fromkeys(HANDLES, NAMED_BY_A_HANDLE) | {"profile": NAMED_BY_A_NAME, "account": NAMED_BY_A_NAME},
        "post_count": {"published posts": "posts of that day, not all since the account exists"},
    },
    **dict.fromkeys(("missions", "exchanges"), dict.fromkeys(("sender", "receiver"), {"country": "sender or receiver"})),
}  # fmt: skip
MEDIA = {"photo": ("photo", "photos", "image", "images", "album", "carousel"), "event": ("event",), "poll": ("poll",)}
MEDIA |= {"video": ("video", "videos", "reel", "reels", "live", "live video"), "link": ("link", "links", "shared link")}
WORDS = {
    "medium": MEDIA | {"text": ("text", "status", "statuses")},
    "platform": NETWORKS,
    "office": {
        "ministry": ("ministry", "mfa", "ministry of foreign affairs", "foreign ministry", "foreign office"),
        "minister": ("minister", "foreign minister", "minister of foreign affairs"),
        "consulate": ("consulate", "consulate general", "honorary consulate"),
        "embassy": ("embassy",),
        "permanent mission": ("permanent mission", "permanent representation", "mission"),
        "spokesperson": ("spokesperson", "spokesman", "spokeswoman"),
    },
    "tie": {
        "follow": ("follow", "follows"),
        "repost": ("repost", "retweet", "retweets"),
        "reply": ("reply", "replies"),
        "like": ("like", "likes", "favourite", "favorite"),
    },
    "level": {"chargé d'affaires": ("charge", "chargé", "charge d affaires"), "none": ("no", "none")},
    "span": {"hour": ("hour", "hourly"), "day": ("day", "daily"), "week": ("week", "weekly")}
    | {"month": ("month", "monthly"), "year": ("year", "yearly")},
}
for _columns in KNOWN.values():  # names in English first
    _columns |= {
        column: (*names, *spellings(_other_languages.COLUMNS[column]))
        for column, names in _columns.items()
        if column in _other_languages.COLUMNS
    }
for _column, _meanings in _other_languages.WORDS.items():
    for _word, _others in _meanings.items():
        WORDS[_column][_word] = (*WORDS[_column].get(_word, ()), *spellings(_others))
