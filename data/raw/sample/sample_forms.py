"""The forms of the exports of Facebook that more than one invented ministry takes: minimaxir, Rfacebook, CrowdTangle.

Each takes posts whose `at` is already the clock that the form writes: five hours behind UTC, UTC, the dashboard's zone.
"""

from typing import NamedTuple

from sample_shared import PHRASES, csv_text

COLUMNS = PHRASES["headers"]["crowdtangle"].split(",")
WEIGHTED = COLUMNS[-2]


class Page(NamedTuple):
    """A Facebook page as CrowdTangle described it; `zone` is the abbreviation behind its stamps."""

    name: str
    handle: str
    country: str
    likes: int
    note: str
    zone: str


def statuses_csv(posts):
    """minimaxir's file of posts, the latest first."""
    rows = []
    for p in posts[::-1]:
        loves = p.likes % 5
        counts = [p.likes + loves, p.comments, p.shares, p.likes, loves, 0, 0, 0, 0]
        rows.append([p.id, p.text, p.title, p.medium, p.link, p.at, *counts])
    return csv_text("statuses", rows)


def getpage_csv(name, posts):
    """Rfacebook's getPage of the page `name`, in the order given, with R's quoting."""
    rows = [
        [
            p.id.split("_")[0],
            name,
            p.text or None,
            f"{p.at:%Y-%m-%dT%H:%M:%S}+0000",
            p.medium,
            p.link or None,
            p.id,
            p.likes,
            p.comments,
            p.shares,
        ]
        for p in posts
    ]
    return "".join(",".join(map(r_cell, row)) + "\n" for row in [PHRASES["headers"]["getpage"].split(","), *rows])


def r_cell(value):
    """A cell as R's write.csv writes it: text quoted, numbers and NA bare."""
    text = str(value).replace('"', '""')
    return "NA" if value is None else text if isinstance(value, int) else f'"{text}"'


def crowdtangle_csv(rows):
    """CrowdTangle's file of rows, the latest first."""
    ordered = sorted(rows, key=lambda row: row["Post Created"], reverse=True)
    return csv_text("crowdtangle", [[row.get(column) for column in COLUMNS] for row in ordered])


def crowdtangle_row(page, number, post, count):
    """A row of CrowdTangle's export, as column -> cell; `count` is empty where comments are unknown."""
    page_id, part = post.id.split("_")
    love, fans, video = post.likes // 12, page.likes + number * 11, post.medium == "Native Video"
    total, views = f"{post.likes + (count or 0) + post.shares + love:,}", post.likes * 14 * video
    return {
        **dict.fromkeys(["Wow", "Haha", "Sad", "Angry", "Care"], 0),
        WEIGHTED: total,
        "Overperforming Score": "1.4",
        "Page Name": page.name,
        "User Name": page.handle,
        "Facebook Id": page_id,
        "Page Category": "GOVERNMENT_ORGANIZATION",
        "Page Admin Top Country": page.country,
        "Page Description": f"{page.name}\n{page.note}",
        "Page Created": "2010-09-20 19:02:58",
        "Likes at Posting": fans,
        "Followers at Posting": fans + 900,
        "Post Created": f"{post.at} {page.zone}",
        "Post Created Date": post.at.date(),
        "Post Created Time": post.at.time(),
        "Type": post.medium,
        "Total Interactions": total,
        "Likes": post.likes,
        "Comments": count,
        "Shares": post.shares,
        "Love": love,
        "Video Share Status": "owned" if video else "",
        "Is Video Owner?": "Yes" if video else "-",
        "Post Views": views,
        "Total Views": views,
        "Total Views For All Crossposts": views,
        "Video Length": "00:01:30" if video else "N/A",
        "URL": f"https://www.facebook.com/{page_id}/posts/{part}",
        "Message": post.text,
        "Link": post.link or f"https://www.facebook.com/{page.handle}/photos/{part}/",
        "Final Link": post.link,
        "Link Text": post.title,
    }
