"""The schema: each canonical table with its columns, their types, units and meaning; the words that cells may hold.

Ten tables carry every study (house rule: missing is not zero, ids are text, times are UTC-aware). A column is one
line below: name, type, meaning. Types: `text`, `id` (text that names something), `count` (nullable integer), `number`,
`at` (UTC instant), `on` (date), `is` (boolean, missing where it cannot be known), `label`. "At retrieval" marks values
that age.
"""

from typing import NamedTuple


class TableError(ValueError):
    """Data that break a rule of the canonical tables; the message says what, where, expected, and what to do."""


class ReaderError(ValueError):
    """An export that a reader cannot read; the message says what was found, where, expected, and what to do."""


class Column(NamedTuple):
    """One column of a canonical table."""

    kind: str
    meaning: str
    required: bool = False


LABEL_MEANINGS = {  # in the order of what they claim, most first
    "real": "as a platform, an archive or a register gave it",
    "derived-public": "computed from published numbers",
    "synthetic": "invented, simulated or altered",
}
LABELS = tuple(LABEL_MEANINGS)
PLATFORMS = (
    "facebook", "instagram", "threads", "x", "bluesky", "mastodon", "youtube", "tiktok", "telegram", "truthsocial",
    "vk", "weibo", "linkedin", "flickr",
)  # fmt: skip
MEDIA = ("photo", "video", "audio", "link", "text", "event", "poll", "other")
ENTITY_KINDS = ("hashtag", "mention", "link", "medium")
TIES = ("follow", "mention", "repost", "reply", "quote", "like", "unknown")
OFFICES = ("embassy", "consulate", "permanent mission", "other")
LEVELS = ("none", "chargé d'affaires", "minister", "ambassador", "other", "unknown")
SPANS = ("minute", "hour", "day", "week", "month", "year")

SCHEMA = {
    "accounts": {
        "platform": Column("text", "platform of the account, one of PLATFORMS", True),
        "account_id": Column(
            "id", "the platform's own id of the account; @handle where only a registry names it", True
        ),
        "handle": Column("text", "handle without @, as last seen"),
        "name": Column("text", "display name, as last seen; tells official answers where an export gives names only"),
        "ministry": Column("text", "sending state whose ministry runs the account, ISO 3166-1 alpha-3", True),
        "office": Column("text", "ministry, minister, embassy, consulate, permanent mission, ambassador, spokesperson"),
        "receiving": Column("text", "receiving state of a mission, ISO 3166-1 alpha-3"),
        "city": Column("text", "seat of a mission"),
        "from_on": Column("on", "first day the account was official, if known"),
        "to_on": Column("on", "last day the account was official, if known"),
        "source": Column("text", "where this row is known from"),
        "label": Column("label", "real, derived-public or synthetic", True),
    },
    "posts": {
        "platform": Column("text", "platform of the post", True),
        "post_id": Column("id", "the platform's own id of the post", True),
        "account_id": Column("id", "official account that published it", True),
        "ministry": Column("text", "ministry of that account, ISO 3166-1 alpha-3", True),
        "handle": Column("text", "handle printed beside the post"),
        "account_name": Column("text", "display name printed beside the post"),
        "posted_at": Column("at", "instant of publication, UTC", True),
        "medium": Column(
            "text", "photo, video, audio, link, text, event, poll, other; missing where the export has no type"
        ),
        "text": Column("text", "text of the post, scrubbed; missing where the post has none"),
        "lang": Column("text", "language as BCP 47, declared by the platform"),
        "url": Column("text", "public address of the post"),
        "link": Column("text", "address the post points to"),
        "reply_to_id": Column(
            "id", "post this post replies to, replied: and its own id if that id is lost; missing for a post of its own"
        ),
        "reply_to_account_id": Column("id", "author of the post replied to: account id if official, else a pseudonym"),
        "repost_of_id": Column(
            "id", "post this post repeats, reposted: and its own id if not named; missing for an original"
        ),
        "quote_of_id": Column("id", "post this post quotes"),
        "like_count": Column("count", "likes, at retrieval"),
        "reaction_count": Column("count", "likes and all other reactions together, at retrieval"),
        "comment_count": Column("count", "comments and replies as the platform counts them, at retrieval"),
        "repost_count": Column("count", "reposts (shares), at retrieval; for a repost the count is the original's"),
        "view_count": Column("count", "views, at retrieval"),
        "follower_count": Column("count", "followers of the account when the post was published"),
        "retrieved_at": Column("at", "instant of collection, UTC; missing where nobody recorded it"),
        "export": Column("text", "file under data/raw the row was read from", True),
        "export_row": Column(
            "count", "record number in that file, 1 = first; parts in file order leave it to the place of the row", True
        ),
        "export_tells_replies": Column("is", "whether such a file names what a post replies to"),
        "label": Column("label", "real, derived-public or synthetic", True),
    },
    "comments": {
        "platform": Column("text", "platform of the comment", True),
        "comment_id": Column("id", "the platform's own id of the comment", True),
        "post_id": Column("id", "post under which it stands; must be in posts", True),
        "parent_id": Column(
            "id", "comment it answers, replied: and its own id if that id is lost; missing for a top-level comment"
        ),
        "account_id": Column("id", "official account under whose post it stands", True),
        "ministry": Column("text", "ministry of that account, ISO 3166-1 alpha-3", True),
        "author": Column("id", "account id of an official author, else a pseudonym; missing where nobody is named"),
        "is_official": Column("is", "written by an official account; missing where that cannot be known"),
        "commented_at": Column("at", "instant of the comment, UTC", True),
        "is_approximate": Column(
            "is",
            "commented_at is a day alone or an age such as `2 days ago`, so no wait is made of it; missing where not",
        ),
        "text": Column("text", "text of the comment, scrubbed; missing where there is none"),
        "lang": Column("text", "language as BCP 47, declared by the platform"),
        "like_count": Column("count", "likes, at retrieval"),
        "reaction_count": Column("count", "likes and all other reactions together, at retrieval"),
        "retrieved_at": Column("at", "instant of collection, UTC; missing where nobody recorded it"),
        "export": Column("text", "file under data/raw the row was read from", True),
        "export_row": Column(
            "count", "record number in that file, 1 = first; parts in file order leave it to the place of the row", True
        ),
        "label": Column("label", "real, derived-public or synthetic", True),
    },
    "entities": {
        "platform": Column("text", "platform of the post", True),
        "post_id": Column("id", "post the entity stands in", True),
        "kind": Column("text", "hashtag, mention, link or medium", True),
        "value": Column("text", "tag without #, account id or pseudonym, address, kind of medium", True),
        "export": Column("text", "file under data/raw the row was read from", True),
        "label": Column("label", "real, derived-public or synthetic", True),
    },
    "follows": {
        "platform": Column("text", "platform of the tie", True),
        "source_id": Column("id", "account that follows: account id if official, else a pseudonym", True),
        "target_id": Column("id", "account that is followed: account id if official, else a pseudonym", True),
        "tie": Column(
            "text", "follow, mention, repost, reply, quote, like; unknown where the file does not tell", True
        ),
        "weight": Column(
            "number", "weight of the tie as the file gives it, 1 for an act of a file without any; else missing"
        ),
        "observed_at": Column("at", "instant of observation, UTC", True),
        "export": Column("text", "file under data/raw the row was read from", True),
        "export_row": Column("count", "record number in that file, 1 = first", True),
        "label": Column("label", "real, derived-public or synthetic", True),
    },
    "metrics": {
        "platform": Column("text", "platform of the account", True),
        "account_id": Column("id", "official account", True),
        "observed_at": Column("at", "instant of observation, UTC", True),
        "follower_count": Column("count", "followers"),
        "following_count": Column("count", "accounts followed"),
        "post_count": Column("count", "posts since the account exists"),
        "export": Column("text", "file under data/raw the row was read from", True),
        "export_row": Column("count", "record number in that file, 1 = first", True),
        "label": Column("label", "real, derived-public or synthetic", True),
    },
    "missions": {
        "mission_id": Column("id", "the registry's own id of the mission", True),
        "office": Column("text", "embassy, consulate, permanent mission, other", True),
        "category": Column("text", "kind of mission in the registry's own words"),
        "sender": Column("text", "who sends the mission, in the registry's own words", True),
        "ministry": Column("text", "sending state, ISO 3166-1 alpha-3; missing where the sender is no state we know"),
        "receiver": Column("text", "where the mission is, in the registry's own words"),
        "receiving": Column("text", "receiving state, ISO 3166-1 alpha-3; missing where it is no state we know"),
        "jurisdiction": Column("text", "states it is accredited to, in the registry's own words, separated by |"),
        "city": Column("text", "seat of the mission"),
        "latitude": Column("number", "degrees north"),
        "longitude": Column("number", "degrees east"),
        "website": Column("text", "address of its own site"),
        "from_on": Column("on", "first day of the mission, if known"),
        "observed_at": Column("at", "instant of observation, UTC", True),
        "export": Column("text", "file under data/raw the row was read from", True),
        "export_row": Column("count", "record number in that file, 1 = first", True),
        "label": Column("label", "real, derived-public or synthetic", True),
    },
    "exchanges": {
        "source": Column("text", "the data set that says so, such as Correlates of War", True),
        "sender": Column("text", "state that sends, in the code or words of the data set", True),
        "ministry": Column(
            "text", "sending state, ISO 3166-1 alpha-3; missing where the data set's state has no code today"
        ),
        "receiver": Column("text", "state that receives, in the code or words of the data set", True),
        "receiving": Column("text", "receiving state, ISO 3166-1 alpha-3; missing where it has no code today"),
        "year": Column("count", "calendar year", True),
        "level": Column(
            "text", "rank of the mission: none, chargé d'affaires, minister, ambassador, other, unknown", True
        ),
        "is_exchanged": Column("is", "the data set counts the pair as exchanging missions, in either direction"),
        "export": Column("text", "file under data/raw the row was read from", True),
        "export_row": Column("count", "record number in that file, 1 = first", True),
        "label": Column("label", "real, derived-public or synthetic", True),
    },
    "attention": {
        "source": Column("text", "the tool that counted, such as gdelt, mediacloud, google_trends", True),
        "series": Column("text", "what was counted: the query or term as the export prints it", True),
        "unit": Column(
            "text",
            "unit of value: articles, percent of articles, mentions, tone, index 0–100, percent of airtime, unknown",
            True,
        ),
        "begins_at": Column(
            "at", "first instant of the interval, UTC; for days whose zone nobody tells, UTC midnight", True
        ),
        "span": Column("text", "length of the interval: minute, hour, day, week, month, year", True),
        "value": Column("number", "attention in that interval; missing where is_below"),
        "total": Column("number", "what value is a part of, in the same unit; missing where the export does not tell"),
        "is_below": Column("is", "the export prints `<1`: above zero and below the least number that it prints"),
        "export": Column("text", "file under data/raw the row was read from", True),
        "export_row": Column("count", "record number in that file, 1 = first", True),
        "label": Column("label", "real, derived-public or synthetic", True),
    },
    "events": {
        "event": Column("text", "name of the event", True),
        "series": Column("text", "series of attention, hashtag or account that it concerns; missing for all"),
        "ministry": Column("text", "ministry it concerns, ISO 3166-1 alpha-3; missing for all"),
        "kind": Column(
            "text",
            "crisis, campaign, question session, policy change, negotiation, leak, conference, press conference, purge, "
            "movement, or another word",
            True,
        ),
        "begins_at": Column("at", "first instant, UTC; the instant itself where it is one", True),
        "ends_at": Column("at", "instant after the last, UTC; missing where the event is an instant or nobody tells"),
        "hashtag": Column("text", "hashtag announced with it, without #"),
        "source": Column("text", "where it is known from", True),
        "export": Column("text", "file under data/raw the row was read from", True),
        "export_row": Column("count", "record number in that file, 1 = first", True),
        "label": Column("label", "real, derived-public or synthetic", True),
    },
}

ROWS = {
    "accounts": "official account",
    "posts": "post by an official account",
    "comments": "comment or reply under such a post, by anyone, official answers included",
    "entities": "hashtag, mention, link or medium in a post",
    "follows": "directed follow, or another tie, seen at a time",
    "metrics": "account and observation: followers, accounts followed, posts",
    "missions": "embassy, consulate or other mission in a registry, as seen at a time",
    "exchanges": "state represented in another state in a year, by a data set on diplomacy",
    "attention": "series and interval: attention in media or searches",
    "events": "dated event, of a list that somebody delivered",
}

# The tables that a column map can fill, in the order in which they are named to people.
MAPPED = ("posts", "comments", "follows", "metrics", "accounts", "missions", "exchanges", "attention", "events")
KEYS = {
    "accounts": ("platform", "account_id"),
    "posts": ("platform", "post_id"),
    "comments": ("platform", "comment_id"),
    "entities": ("platform", "post_id", "kind", "value"),
    "follows": ("platform", "source_id", "target_id", "tie", "observed_at"),
    "metrics": ("platform", "account_id", "observed_at"),
    "missions": ("mission_id", "sender", "observed_at"),
    "exchanges": ("source", "sender", "receiver", "year"),
    "attention": ("source", "series", "unit", "span", "begins_at"),
    "events": ("source", "event", "series", "begins_at"),
}
# Of ids that were destroyed: what stands for them, before the row's own id, so that an answer does not become a post of its own.
LOST_IDS = {"reply_to_id": "replied:", "parent_id": "replied:", "repost_of_id": "reposted:"}
TIMES = {"posts": "posted_at", "comments": "commented_at"}  # when what somebody wrote was written

DTYPES = dict.fromkeys(("text", "id", "label"), "string")
DTYPES |= {"count": "int64", "number": "float64", "at": "timestamp('UTC')", "on": "date", "is": "boolean"}
CHOICES = {"label": LABELS, "platform": PLATFORMS, "medium": MEDIA, "kind": ENTITY_KINDS, "tie": TIES}
CHOICES |= {"level": LEVELS, "span": SPANS}
OPEN_WORDS = {"events": ("kind",)}  # columns of a table that have the name of such a column, and any words
