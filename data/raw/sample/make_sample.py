"""Make the synthetic sample: invented exports of January 2016, and of one year, some of them with published margins.

    python make_sample.py [OUTDIR]

Nothing here was ever posted: no person, text, account or count is real. Seeds are fixed and no clock is read, so the
files come out byte for byte the same on every system. Phrases, names and headers are in phrases.json.
"""

import csv
import hashlib
import io
import sys
from pathlib import Path

from sample_agenda import frame_documents, make_agenda
from sample_asked import asked_events, make_asked
from sample_audiences import audience_rows, make_audiences
from sample_autonomy import autonomy_events, autonomy_rows, make_autonomy
from sample_campaign import campaign_events, make_campaign
from sample_codings import inquiry_rows
from sample_dialogue import make_dialogue, principle_rows
from sample_embassies import make_embassies
from sample_followers import make_followers, purge_events
from sample_further import make_further
from sample_growth import make_growth, policy_events
from sample_listening import make_listening, reach_events, stance_rows
from sample_ministries import make_ministries
from sample_mission_ties import make_mission_ties
from sample_missions import make_missions
from sample_mix import make_mix, position_rows
from sample_movements import make_movements
from sample_peru import make_peru
from sample_practice import BASELINE, baseline_rows, make_practice
from sample_presence import make_presence
from sample_replies import make_replies, tone_rows
from sample_return import make_return, workshop_events
from sample_risks import make_risks, message_documents, risk_codings, risk_events
from sample_sessions import make_sessions, session_events, topic_rows
from sample_state import make_state

MANIFEST = """
usa-steady_getpage.csv,rfacebook_page,facebook,USA,America/New_York,2016-02-01T06:00:00Z
usa-steady_facebook_statuses.csv,minimaxir_facebook,facebook,USA,America/New_York,2016-03-01T00:00:00Z
usa-steady_facebook_comments.csv,minimaxir_facebook,facebook,USA,America/New_York,2016-03-01T00:00:00Z
usa-storms_facebook_statuses.csv,minimaxir_facebook,facebook,USA,America/New_York,2016-03-01T00:00:00Z
usa-storms_facebook_comments.csv,minimaxir_facebook,facebook,USA,America/New_York,2016-03-01T00:00:00Z
per_crowdtangle.csv,crowdtangle_facebook,facebook,PER,America/Lima,2021-07-05T00:00:00Z
per_facebook_comments.csv,minimaxir_facebook,facebook,PER,America/Lima,2017-07-01T00:00:00Z
per_tweets.jsonl,twitter_v1,x,PER,America/Lima,2017-01-15T00:00:00Z
ken_crowdtangle.csv,crowdtangle_facebook,facebook,KEN,Africa/Nairobi,2021-07-05T00:00:00Z
est_getpage.csv,rfacebook_page,facebook,EST,Europe/Tallinn,2016-03-01T00:00:00Z
ind_facebook_statuses.csv,minimaxir_facebook,facebook,IND,Asia/Kolkata,2016-03-01T00:00:00Z
ind_facebook_comments.csv,minimaxir_facebook,facebook,IND,Asia/Kolkata,2016-03-01T00:00:00Z
mfa_follows_2014.csv,edge_list,x,,,2014-05-12T00:00:00Z
mfa_follows_2015.csv,edge_list,x,,,2015-05-11T00:00:00Z
mfa_follows_2016.csv,edge_list,x,,,2016-01-04T00:00:00Z
embassies.csv,database_of_embassies,,,,2016-07-01T00:00:00Z
per_missions.csv,database_of_embassies,,PER,America/Lima,2016-07-01T00:00:00Z
per_follows_2016-01-15.csv,edge_list,x,PER,America/Lima,2016-01-15T00:00:00Z
per_follows_2016-07-01.csv,edge_list,x,PER,America/Lima,2016-07-01T00:00:00Z
per_mission_posts.csv,minet_twitter,x,PER,America/Lima,2016-07-15T00:00:00Z
dialogue_tweets.jsonl,twitter_v1,x,NOR,UTC,2016-01-01T00:00:00Z
mfa_goals.csv,dmi_tcat,x,CHE,UTC,2015-12-31T00:00:00Z
paris_crowdtangle.csv,crowdtangle_facebook,facebook,USA,UTC,2016-07-01T00:00:00Z
paris_tweets.csv,minet_twitter,x,USA,Europe/Paris,2016-07-01T00:00:00Z
paris_videos.csv,youtube_data_tools,youtube,USA,Europe/Paris,2016-07-01T00:00:00Z
missions_on_x.csv,minet_users,x,PER,America/Lima,2016-07-01T00:00:00Z
swe_facebook_statuses.csv,minimaxir_facebook,facebook,SWE,Europe/Stockholm,2016-06-01T00:00:00Z
swe_facebook_comments.csv,minimaxir_facebook,facebook,SWE,Europe/Stockholm,2016-06-01T00:00:00Z
bra_facebook_statuses.csv,minimaxir_facebook,facebook,BRA,America/Sao_Paulo,2016-06-01T00:00:00Z
bra_facebook_comments.csv,minimaxir_facebook,facebook,BRA,America/Sao_Paulo,2016-06-01T00:00:00Z
jpn_facebook_statuses.csv,minimaxir_facebook,facebook,JPN,Asia/Tokyo,2016-06-01T00:00:00Z
jpn_facebook_comments.csv,minimaxir_facebook,facebook,JPN,Asia/Tokyo,2016-06-01T00:00:00Z
fin_tweets.jsonl,twitter_v1,x,FIN,Europe/Helsinki,2016-06-01T00:00:00Z
bluesky_posts.csv,minet_bluesky,bluesky,AUT,UTC,2025-03-03T09:00:00Z
bluesky_profiles_2025-01.csv,minet_bluesky_profiles,bluesky,,UTC,2025-01-06T09:00:00Z
bluesky_profiles_2025-03.csv,minet_bluesky_profiles,bluesky,,UTC,2025-03-03T09:00:00Z
col_facebook_statuses.csv,minimaxir_facebook,facebook,COL,America/Bogota,2016-03-01T00:00:00Z
col_facebook_comments.csv,minimaxir_facebook,facebook,COL,America/Bogota,2016-03-01T00:00:00Z
mix_crowdtangle.csv,crowdtangle_facebook,facebook,URY,America/Montevideo,2021-07-05T00:00:00Z
mix_statuses.jsonl,mastodon_statuses,mastodon,URY,America/Montevideo,2019-07-01T00:00:00Z
followers_posts.csv,mapped,mastodon,SGP,Asia/Singapore,2019-10-02T00:00:00Z
followers_comments.csv,mapped,mastodon,SGP,Asia/Singapore,2019-10-02T00:00:00Z
followers_lists.csv,mapped,mastodon,SGP,Asia/Singapore,2019-10-02T00:00:00Z
followers_counts.csv,mapped,mastodon,SGP,Asia/Singapore,2019-10-02T00:00:00Z
mediacloud_campaign.csv,attention_wide,,,UTC,2018-11-01T00:00:00Z
campaign_posts.csv,mapped,facebook,TTO,America/Port_of_Spain,2018-11-01T00:00:00Z
movements_hourly.csv,attention_wide,,,UTC,2019-06-10T00:00:00Z
movements_daily.csv,mapped,,,UTC,2019-06-10T00:00:00Z
movements_events.csv,mapped,,,UTC,2019-06-10T00:00:00Z
listening_facebook.csv,mapped,facebook,PRY,America/Asuncion,2018-07-02T00:00:00Z
listening_instagram.csv,mapped,instagram,PRY,America/Asuncion,2018-07-02T00:00:00Z
listening_comments.csv,mapped,facebook,PRY,America/Asuncion,2018-07-02T00:00:00Z
agenda_shares.csv,mapped,,,UTC,2024-07-19T00:00:00Z
agenda_dates.csv,mapped,,,UTC,2024-07-19T00:00:00Z
agenda_posts.csv,mapped,mastodon,KIR,UTC,2024-07-19T00:00:00Z
agenda_reposts.csv,mapped,mastodon,KIR,UTC,2024-07-19T00:00:00Z
growth_accounts.csv,mapped,flickr,,UTC,2017-01-01T00:00:00Z
growth_posts.csv,mapped,flickr,FJI,UTC,2017-01-01T00:00:00Z
growth_followers.csv,mapped,flickr,FJI,UTC,2017-01-01T00:00:00Z
risks_posts.csv,mapped,facebook,BRB,UTC,2022-08-10T00:00:00Z
risks_comments.csv,mapped,facebook,BRB,UTC,2022-08-10T00:00:00Z
audience_posts.csv,mapped,facebook,MUS,Indian/Mauritius,2019-07-01T00:00:00Z
audience_comments.csv,mapped,facebook,MUS,Indian/Mauritius,2019-07-01T00:00:00Z
autonomy_posts.csv,mapped,linkedin,ZAF,UTC,2022-07-11T00:00:00Z
autonomy_mentions.csv,mapped,linkedin,ZAF,UTC,2022-07-11T00:00:00Z
return_accounts.csv,mapped,facebook,,UTC,2016-01-01T00:00:00Z
return_posts.csv,mapped,facebook,GTM,UTC,2016-01-01T00:00:00Z
return_comments.csv,mapped,facebook,GTM,UTC,2016-01-01T00:00:00Z
"""
EVENTS = "event", "series", "ministry", "kind", "begins_at", "ends_at", "hashtag", "source", "label"
REFERENCED = {
    "costs": (
        "item",
        "ministry",
        "platform",
        "account_id",
        "goal",
        "begins_on",
        "ends_on",
        "kind",
        "amount",
        "currency",
    ),
    "goals": ("ministry", "goal", "indicator", "measure", "weight"),
    "practices": ("ministry", "account_id", "item", "value", "since_on", "said_by"),
    "documents": ("document_id", "ministry", "kind", "published_on", "lang", "text"),
}
CODINGS = "codebook", "item_id", "variable", "coder", "code", "label"


def make_all():
    """All exports, their manifest, the events and what coders saw in them: name -> text."""
    files = {**make_state("usa-steady"), **make_state("usa-storms"), **make_peru(), **make_further()}
    files |= make_ministries() | make_embassies() | make_missions() | make_mission_ties()
    files |= make_presence() | make_dialogue() | make_sessions() | make_asked()
    files |= make_practice() | make_replies() | make_mix() | make_followers() | make_campaign()
    files |= make_movements() | make_listening() | make_agenda() | make_growth() | make_autonomy()
    returned, referenced = make_return()
    referenced["documents"] += message_documents() + frame_documents()
    files |= make_risks() | make_audiences() | returned
    lines = ["path,sha256,reader,platform,ministry,zone,label,retrieved_at,terms,map"]
    for path, reader, platform, ministry, zone, retrieved_at in (row.split(",") for row in MANIFEST.split()):
        digest = hashlib.sha256(files[path].encode()).hexdigest()
        column_map = files.get(f"{path}.map.yml", "")
        column_map = hashlib.sha256(column_map.encode()).hexdigest() if column_map else ""
        row = f"{path},{digest},{reader},{platform},{ministry},{zone},synthetic,{retrieved_at}"
        lines.append(f'{row},"synthetic, CC0",{column_map}')
    codings = [
        *inquiry_rows(files),
        *principle_rows(files),
        *topic_rows(),
        *tone_rows(),
        *position_rows(files),
        *stance_rows(),
        *risk_codings(),
        *audience_rows(),
        *autonomy_rows(),
        *kept("codings.csv"),
    ]
    known = {
        "reference/events.csv": table(
            EVENTS,
            [
                [name, "", *cells]
                for name, *cells in (
                    *session_events(),
                    *asked_events(),
                    *purge_events(),
                    *reach_events(),
                    *kept("events.csv"),
                )
            ]
            + campaign_events()
            + policy_events()
            + autonomy_events()
            + risk_events()
            + workshop_events(),
        ),
        "reference/codings.csv": table(CODINGS, codings),
        "reference/baseline.csv": table(BASELINE, baseline_rows()),
    }
    known |= {
        f"reference/{name}.csv": table((*REFERENCED[name], "source", "label"), rows)
        for name, rows in referenced.items()
    }
    return {**files, "MANIFEST.csv": "\n".join(lines) + "\n", **known}


def kept(name):
    """Rows that are kept as they are: what coders said of accounts that have a pseudonym under the sample's key."""
    with open(Path(__file__).with_name("kept") / name, encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


def table(header, rows):
    """A reference table as CSV."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([header, *rows])
    return out.getvalue()


def write_all(folder):
    """Write every file into `folder`."""
    (folder / "reference").mkdir(parents=True, exist_ok=True)
    for name, text in make_all().items():
        (folder / name).write_bytes(text.encode())


if __name__ == "__main__":
    write_all(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent)
