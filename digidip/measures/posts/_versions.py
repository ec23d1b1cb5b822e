"""Language versions of one message: posts of a group that share a link, or a hashtag, within some days."""

import pandas as pd

from digidip.measures.posts._languages import UNDETERMINED, plain_text, with_language
from digidip.measures.posts._media import event_names, media_posts


def version_posts(posts, entities, by, zone, on, least):
    """All posts with `language`, `plain` text, `message` (a list: their links or hashtags), and whether they are aligned."""
    frame = with_language(media_posts(posts, entities, by, zone, "text", "lang", "link"), least)
    messages = event_names(frame, on)
    aligned = messages.map(bool).astype(bool) & (frame.language != UNDETERMINED)
    return frame.assign(message=messages, is_aligned=aligned, plain=frame.text.map(plain_text))


def versions(part, within_days):
    """Of the posts of one group, the first of each message in each language, with `begins` and `hours` after that.

    A message begins with the first post that has its link (hashtag); one later than `within_days` begins another.
    """
    frame = part[part.is_aligned].explode("message").sort_values(["message", "posted_at", "post_id"])
    begins, previous, begun = [], None, None
    for message, time in zip(frame.message, frame.posted_at, strict=True):
        if message != previous or time - begun >= pd.Timedelta(days=within_days):
            previous, begun = message, time
        begins.append(begun)
    frame = frame.assign(begins=pd.Series(begins, frame.index, dtype="datetime64[us, UTC]"))
    first = frame.drop_duplicates(["message", "begins", "language"])
    return first.assign(hours=(first.posted_at - first.begins).dt.total_seconds() / 3600).reset_index(drop=True)


def translated(frame):
    """The versions of messages that have more than one."""
    return frame[frame.groupby(["message", "begins"]).language.transform("nunique") > 1]
