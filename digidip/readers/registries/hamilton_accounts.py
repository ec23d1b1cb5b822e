"""Accounts of diplomats, missions and state media of China, Iran and Russia, from the Hamilton lists.

Tool: lists of the Alliance for Securing Democracy (MIT licence), to 2024.
Format: https://github.com/ASD-at-GMF/social_profile_utils; three shapes: `Hamilton_Account_List2024.csv`,
    `HamiltonAccts.csv` (one row per actor, one column per platform) and `embassies.csv` (one row per mission). See
    docs/formats.md#hamilton_accounts.
Encoding: UTF-8, with or without a byte order mark, commas; names of columns begin with blanks, columns without a name
    are empty.
Zone: none; no times are read.
Ids: "ID" means handle. A mission is the end of its address. Ids that a spreadsheet wrote as 1.00065E+14 are lost:
    the account counts, as `lost:` and its record, and the record is a reject.
Rejects: rows without an account on a platform that is read; missions without a state and an address.
Caution: state media are accounts too, with the office `media`: leave them out by it. `State` of `embassies.csv` is the
    receiving state, written without blanks as on embassypages.com.
Leaves out: notes, and Rumble, Bitchute, GETTR, Gab, OK, Parler, podcasts, Substack.
Example: China,Diplomatic/Government,Ana Example,Ministry of Foreign Affairs,ana_example,,,,,…
"""

import ibis
from ibis import _

from digidip.readers.opening.head import read_head
from digidip.readers.registries._offices import office_of
from digidip.readers.registries._registries import (
    account_rows,
    delimited_records,
    names_account,
    text_table,
    trimmed_text,
)

PLATFORM = ""
CAPPED_AT = ()
AUTHORS = "id"
POSTS_BY_ANYONE = False
REQUIRED = {
    "accounts": {"Category", "Account Type", "Name", "Twitter ID"},
    "missions": {"Country", "Type", "City", "State", "URL", "Name", "Twitter", "Facebook"},
}
PLATFORMS = {
    "accounts": {"Twitter ID": "x", "Facebook ID": "facebook", "YouTube ID": "youtube", "Youtube": "youtube"}
    | {"Instagram ID": "instagram", "TikTok": "tiktok", "TikTok ID": "tiktok", "Telegram ID": "telegram"}
    | {"Telegram": "telegram", "Threads": "threads", "VK": "vk", "TruthSocial": "truthsocial"}
    | dict.fromkeys(["Rumble", "Bitchute", "GETTR", "Gab", "OK", "Parler", "Podcast", "Substack"]),
    "missions": {"Twitter": "x", "Facebook": "facebook", "Youtube": "youtube", "Instagram": "instagram"}
    | {"Tiktok": "tiktok", "Telegram": "telegram", "VK": "vk"},
}
OPTIONAL = {
    "accounts": {"Ballotpedia Person ID", "ASD Override", "Product", "Validated", "Column1", "Verified", ""}
    | {"Position, Notes, or Reason for Inclusion", *PLATFORMS["accounts"]},
    "missions": {"Website", "Link", "Google", "ir link 1", *PLATFORMS["missions"]},
}
END_OF_ADDRESS = _.URL.re_extract(r"([^/\s]+)/*\s*$", 1).nullif("")

ACCOUNTS = {
    "platform": _.platform,
    "account_id": _.account_id,
    "handle": _.handle,
    "name": trimmed_text(_.Name),
    "office": ibis.ifelse(trimmed_text(_["Account Type"]).lower() == "media", "media", None),
    "sender": trimmed_text(_.Category),
    "source": ibis.literal("Hamilton accounts"),
    "export_row": _.export_row,
    "reject": _.reject,
}

MISSIONS = {
    "mission_id": END_OF_ADDRESS,
    "office": office_of(_.Type),
    "category": trimmed_text(_.Type),
    "sender": trimmed_text(_.Country),
    "receiver": trimmed_text(_.State),
    "city": trimmed_text(_.City),
    "website": trimmed_text(_.Website).nullif("nan"),  # the scripts beside the lists write so what they did not find
    "export_row": _.export_row,
    "reject": ibis.ifelse(
        END_OF_ADDRESS.notnull() & trimmed_text(_.Country).notnull(), None, "no mission with a state and an address"
    ),
}

MISSION_ACCOUNTS = {
    "platform": _.platform,
    "account_id": _.account_id,
    "handle": _.handle,
    "name": trimmed_text(_.Name),
    "office": office_of(_.Type).nullif("other"),
    "sender": trimmed_text(_.Country),
    "receiver": trimmed_text(_.State),
    "city": trimmed_text(_.City),
    "source": ibis.literal("Hamilton embassies"),
    "export_row": _.export_row,
    "reject": _.reject,
}


def read(path, *, zone=None):
    """Accounts, of `embassies.csv` missions and accounts; `zone` is not needed: no times."""
    shape = "missions" if set(read_head(path).columns) >= REQUIRED["missions"] else "accounts"
    names = sorted(REQUIRED[shape] | OPTIONAL[shape] - {""})
    records = delimited_records(path, REQUIRED[shape], names)
    cells = PLATFORMS[shape].items()
    rows = [
        account
        for record in records
        for account in account_rows(record, [(platform, record[name]) for name, platform in cells])
    ]
    if shape == "accounts":
        return {"accounts": text_table(rows, names).select(**ACCOUNTS)}
    on_missions = text_table([row for row in rows if names_account(row)], names).filter(MISSIONS["reject"].isnull())
    return {
        "missions": text_table(records, names).select(**MISSIONS),
        "accounts": on_missions.select(**MISSION_ACCOUNTS),
    }
