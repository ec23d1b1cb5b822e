"""Media, lift, languages and versions: what the sample plants, and answers worked out by hand."""

import numpy as np
import pandas as pd
import pytest

from digidip import store
from digidip.measures.listening.codings import coded_share
from digidip.measures.posts import languages, lift, media, versions
from digidip.measures.posts._languages import identified, plain_text, spoken
from digidip.measures.posts._media import event_names
from digidip.tables import TableError

ZONE = {"zone": "America/Montevideo"}
PLANTED = {"photo": 1.35, "video": 1.28, "photo + video": 1.35, "link": 1.0, "audio": 1.0}


@pytest.fixture(scope="module")
def uruguay():
    """The sample's ministry in four languages, in pandas: posts, entities, accounts."""
    held = store.load("sample", "URY", "", "", "2019-03-04", "2019-05-27", "America/Montevideo")
    return held.posts.to_pandas(), held.entities.to_pandas(), held.accounts.to_pandas()


def post(**columns):
    """Posts of one account on one day, with these columns."""
    given = {"ministry": "PER", "platform": "x", "account_id": "a", "posted_at": "2016-03-07", "medium": "text"}
    given |= {"repost_of_id": None, "text": None, "lang": None, "link": None, "follower_count": None}
    frame = pd.DataFrame(columns)
    return frame.assign(
        **{name: value for name, value in given.items() if name not in frame}, post_id=frame.index.astype(str)
    )


def test_planted_ratios_are_inside_their_intervals(uruguay):
    """Likes and reposts of photo and video as planted, comments as of a text; and the same within events."""
    found = lift.engagement_rate_ratio(*uruguay[:2], **ZONE).dropna(subset="low")
    truth = np.where(found["count"] == "comment_count", 1.0, found.level.map(PLANTED))
    assert len(found) == 15 and ((found.low <= truth) & (truth <= found.high)).all()
    within = lift.within_event_ratio(*uruguay[:2], **ZONE)
    truth = np.where(within["count"] == "comment_count", 1.0, within.comparison.str.split().str[0].map(PLANTED))
    assert within.n.min() > 60 and ((within.low <= truth) & (truth <= within.high)).all()


def test_followers_are_an_exposure_where_all_are_known(uruguay):
    """One page without followers, and there is none, said in the table; a page that doubles has no ratio of its own growth."""
    assert lift.engagement_rate_ratio(*uruguay[:2], counts="like_count", **ZONE).exposure.str.startswith("none: ").all()
    posts = post(follower_count=[100, 100, 200, 200], like_count=[10, 20, 20, 40], medium=["text", "photo"] * 2)
    with_them = lift.engagement_rate_ratio(posts, counts="like_count")
    assert with_them.exposure.unique().tolist() == ["followers when posted"]
    assert with_them.set_index("level").engagement_rate_ratio["photo"] == pytest.approx(2.0)
    uneven = posts.assign(like_count=[10, 20, 20, 80])  # 100 of 300 followers' acts against 30 of 300
    assert lift.engagement_rate_ratio(uneven, counts="like_count").engagement_rate_ratio[0] == pytest.approx(100 / 30)
    plain = lift.engagement_rate_ratio(uneven, counts="like_count", per_follower=False)
    assert (plain.exposure[0], plain.engagement_rate_ratio[0]) == ("none, as asked", pytest.approx(100 / 30))


def test_media_and_audio(uruguay):
    """Several media count under each; audio of nobody is bounded; a post without a type is no text."""
    shares = media.medium_share(*uruguay[:2], **ZONE).set_index("medium_kind")
    assert (shares.n["audio"], round(469 * shares.medium_share["audio"])) == (469, 3)
    assert (shares.n["not given"], round(470 * shares.medium_share["not given"])) == (470, 1)
    pages = media.medium_share(uruguay[0][uruguay[0].platform == "facebook"], uruguay[1]).set_index("medium_kind")
    assert pages.medium_share["audio"] == 0 and pages.high["audio"] == pytest.approx(1 - 0.05 ** (1 / 399))
    both = media.medium_share(*uruguay[:2], by="platform", **ZONE).set_index(["platform", "medium_kind"]).medium_share
    assert both["mastodon"].sum() == pytest.approx(80 / 70)  # ten of 70 carry two


def test_languages_as_planted(uruguay):
    """Each page is in its language but for what is short or hostile; only Mastodon declares."""
    found = languages.language_share(uruguay[0], by="platform", **ZONE).set_index(["platform", "language"])
    counts = (found.language_share * found.n).round().astype(int)
    assert counts.to_dict() == {
        ("facebook", "ar"): 74,
        ("facebook", "en"): 77,
        ("facebook", "es"): 158,
        ("facebook", "ja"): 70,
        ("facebook", "und"): 21,
        ("mastodon", "en"): 24,
        ("mastodon", "es"): 46,
    }
    assert found.declared.sum() == 70
    distance = languages.language_distance(uruguay[0], uruguay[2], **ZONE).set_index("receiving")
    assert distance.nearest[["EGY", "ESP", "GBR", "JPN"]].tolist() == ["ar", "es", "en", "ja"]
    assert distance.language_distance.idxmin() == "JPN" and distance.method.iloc[-1].startswith("not available: ")
    reading = languages.readability(uruguay[0], **ZONE).set_index("language")
    assert reading.method["ja"] == "not defined: no blanks between words" and reading.readability["es"] > 0


def test_versions_as_planted(uruguay):
    """24 messages in Spanish and English, 20 in Arabic after 26 hours, 16 in Japanese after 50; a number is lost in ten."""
    delays = versions.version_delay(uruguay[0], **ZONE).set_index("language")
    assert delays.version_delay.to_dict() == {"ar": 26, "en": 3, "es": 0, "ja": 50}
    assert delays.n.to_dict() == {"ar": 20, "en": 24, "es": 24, "ja": 16}
    share = versions.version_share(uruguay[0], **ZONE).set_index("language")
    assert round(share.version_share["all"] * share.n["all"]) == 16
    match = versions.version_match(uruguay[0], against="es", **ZONE).set_index(["language", "statistic"])
    assert match.version_match[("ar", "shared numbers")] == 0.75 and match.version_match[("ja", "shared numbers")] == 1
    rows = versions.version_hours(uruguay[0], **ZONE)
    assert (len(rows), rows.message.max(), set(rows.version_hours)) == (84, 24, {0.0, 3.0, 26.0, 50.0})
    assert (versions.version_share(uruguay[0], on="hashtag", **ZONE).n >= 24).all()


def test_a_message_ends_after_some_days():
    """The same link eight days later is another message; a link of the platform joins nothing."""
    days = pd.to_datetime(["2016-03-07", "2016-03-08", "2016-03-16"], utc=True)
    posts = post(posted_at=days, lang=["es", "en", "en"], link="https://example.org/a", text="Hola")
    assert versions.version_share(posts).set_index("language").version_share.to_dict() == {
        "all": 0.5,
        "en": 1,
        "es": 0.5,
    }
    assert versions.version_share(posts, within_days=30).version_share.tolist() == [1, 1, 1]
    own = versions.version_share(posts.assign(link="https://www.facebook.com/mfa/photos/1"))
    assert (own.unaligned.item(), own.method.item().split(":")[0]) == (3, "not available")


def test_identification_says_nothing_of_short_texts():
    """Tokens, addresses and hashtags are no text; both identifiers must agree; a declared language is taken as it is."""
    assert plain_text("RT @a [handle] ¡Hola! #visas https://example.org/x") == "¡Hola!"
    assert identified("外務大臣は本日、首都で記者会見を行いました。", "pycld2") == "ja"
    texts = ["Reunión hoy", "Los ministros se reunieron hoy en la capital y firmaron un acuerdo", "x", None]
    posts = post(text=texts, lang=[None, "und", "pt-BR", None])
    found = languages.language_share(posts).set_index("language").language_share
    assert found.to_dict() == {"es": 0.25, "pt": 0.25, "und": 0.5}
    assert spoken("EGY")["ar"] == 0.94 and spoken("XXX") == {}


def test_hand_worked_lift_and_events():
    """The mean of an account holds the posts with the feature; ratios of events from their means, exact limits of 8."""
    posts = post(medium=["photo", "text", "text"], repost_count=[6, 2, 1], text=["¿5 visas?", "“No”", "a"])
    found = lift.feature_lift(posts, features=["photo", "digit", "quotation"]).set_index("feature").feature_lift
    assert found.round(4).to_dict() == {"photo": 2.0, "digit": 2.0, "quotation": 0.6667}
    tags = [f"#e{number}" for number in range(8) for _ in "ab"]
    eight = post(
        text=tags, medium=["photo", "text"] * 8, like_count=[10 * (n + 2) if n % 2 == 0 else 10 for n in range(16)]
    )
    row = lift.within_event_ratio(eight, counts="like_count", media="photo").iloc[0]
    logs = np.log((10 * np.arange(2, 18, 2) + 0.5) / 10.5)
    walsh = np.sort([(a + b) / 2 for i, a in enumerate(logs) for b in logs[i:]])
    assert (row.within_event_ratio, row.low, row.high) == pytest.approx(
        tuple(np.exp([np.median(walsh), walsh[3], walsh[-4]]))
    )
    assert row.p == pytest.approx(2 / 256)
    assert event_names(post(text=["t.co"], link=["https://t.co/x"]), "link").tolist() == [[]]


def test_wrong_words_are_refused(refused):
    """Unknown features, mixes and ways to align are errors that say what may be given."""
    posts = post(like_count=[1], repost_count=[1])
    refused(TableError, lambda: lift.feature_lift(posts, features="emoji"))
    refused(TableError, lambda: media.effective_mix(posts, of="colours"))
    refused(TableError, lambda: lift.within_event_ratio(posts, on="place"))


def test_coded_share_needs_agreement(uruguay):
    """Every third message states a position; where coders differ there is no result; none chosen has a bound."""
    codings = store.reference("codings", "sample")
    found = coded_share(uruguay[0], codings).set_index("code")
    assert found.n.tolist() == [24, 24] and found.low["yes"] < 1 / 3 < found.high["yes"]
    rng = np.random.default_rng(0)
    noise = codings[codings.codebook == "position"].assign(code=lambda frame: rng.choice(["yes", "no"], len(frame)))
    assert coded_share(uruguay[0], noise).coded_share.isna().all()
