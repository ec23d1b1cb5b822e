"""Videos or comments as YouTube Data Tools wrote them: video lists, and the comments of one video.

Tool: YouTube Data Tools (B. Rieder); last seen October 2024.
Format: https://ytdt.digitalmethods.net; the header tells the two kinds of file. See
    docs/formats.md#youtube_data_tools.
Encoding: UTF-8, commas or TAB, white space in texts collapsed. PHP leaves a quotation mark after a backslash
    undoubled, which is mended before reading.
Zone: stamps of videos are UTC (`Z`); those of comments are taken as UTC (the server's zone is not documented).
Ids: the video of the comments stands only in the file name, which must stay as it was:
    `videoinfo_<video>_<date>_comments.csv`. Authors are channel ids; pseudonymised files have none, so that nobody is
    named and official answers cannot be told.
Leaves out: duration, tags, dislikes (empty since December 2021), the number of replies; files of authors, basic
    information and networks.
Example: 1,UC…,MFA,xMFA…,2023-05-01T10:00:00Z,…
"""

import re
from functools import partial
from pathlib import Path

import ibis
from ibis import _

from digidip.readers.opening.cells import blank, fixed_stamp, identifier, number, offset_stamp
from digidip.readers.opening.delimited import delimited_rows
from digidip.readers.opening.head import read_head
from digidip.tables import ReaderError

PLATFORM = "youtube"
CAPPED_AT = ()
AUTHORS = "id"
POSTS_BY_ANYONE = False
REQUIRED = {
    "posts": {"channelId", "videoId", "publishedAt", "videoTitle", "videoDescription", "viewCount"},
    "comments": {"id", "likeCount", "publishedAt", "authorName", "text", "isReplyTo"},
}
VIDEO_LIST_COLUMNS = (
    "position channelTitle publishedAtSQL tags videoCategoryId videoCategoryLabel topicCategories duration durationSec"
)
VIDEO_LIST_COLUMNS += (
    " dimension definition caption defaultLanguage defaultLAudioLanguage thumbnail_maxres licensedContent"
)
VIDEO_LIST_COLUMNS += " locationDescription latitude longitude likeCount dislikeCount favoriteCount commentCount"
OPTIONAL = {
    "posts": set(VIDEO_LIST_COLUMNS.split()),
    "comments": {"replyCount", "authorChannelId", "authorChannelUrl", "isReply", "isReplyToName"},
}
VIDEO_IN_NAME = re.compile(r"videoinfo_([\w-]{11})_\d{4}_\d\d_\d\d-\d\d_\d\d_\d\d")

POSTS = {
    "post_id": identifier(_.videoId),
    "account_id": identifier(_.channelId),
    "account_name": blank(_.channelTitle),
    "posted_at": offset_stamp(_.publishedAt),
    "medium": ibis.literal("video"),
    "text": blank((_.videoTitle.fill_null("") + "\n\n" + _.videoDescription.fill_null("")).strip()),
    "lang": blank(_.defaultLanguage),
    "url": "https://www.youtube.com/watch?v=" + identifier(_.videoId),
    "like_count": number(_.likeCount),
    "comment_count": number(_.commentCount),
    "view_count": number(_.viewCount),
    "export_row": _.export_row,
}

COMMENTS = {
    "comment_id": identifier(_.id),
    "parent_id": identifier(_.isReplyTo),
    "author": blank(_.authorChannelId),
    "commented_at": ibis.coalesce(offset_stamp(_.publishedAt), fixed_stamp(_.publishedAt, "+00")),
    "text": blank(_.text),
    "like_count": number(_.likeCount),
    "export_row": _.export_row,
}


def read(path, *, zone=None):
    """Videos or comments in canonical columns; `zone` is not needed: UTC."""
    names, delimiter = read_head(path).header()
    mend = partial(_double_quotation_marks, delimiter.encode())
    if "isReplyTo" not in names:
        return {"posts": delimited_rows(path, REQUIRED["posts"], OPTIONAL["posts"], mend=mend).select(**POSTS)}
    video = VIDEO_IN_NAME.search(Path(path).name)
    if not video:
        raise ReaderError(
            f"{path} (file name): no id of a video. Expected: videoinfo_<video>_<date>_comments.csv, as the tool named it, "
            "since the video stands nowhere else. Give the file its name again."
        )
    table = delimited_rows(path, REQUIRED["comments"], OPTIONAL["comments"], mend=mend)
    return {"comments": table.select(**COMMENTS, post_id=ibis.literal(video[1]))}


def _double_quotation_marks(delimiter, data):
    """The bytes of a file with the quotation marks doubled that PHP leaves single behind a backslash."""
    end = rb"[%b\r\n]|$" % delimiter
    return re.sub(rb'\\"(?!"|%b)|\\""(?=%b)' % (end, end), rb'\g<0>"', data)
