"""Audiences: what the sample was planted with comes back, arms without an effect give none, and nobody's origin is read."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.contingency_tables import StratifiedTable

from digidip import deliveries, readers, store
from digidip.measures._small_cells import withheld_reason
from digidip.measures.dialogue.agreement import coder_agreement
from digidip.measures.listening import answering, audience_messages, audiences, correction, engagement_hours
from digidip.tables import ReaderError, TableError

MINISTRY, EMBASSY = "SampleMfaMauritius", "SampleEmbMauritiusMonaco"
POSTS = dict(zip(("media", "foreign publics", "diaspora", "nationals", "diplomatic community", "unknown"),
                 (0.15, 0.15, 0.15, 0.15, 0.10, 0.30), strict=True))  # fmt: skip
PEOPLE = dict(zip(POSTS, (0.105, 0.14, 0.21, 0.189, 0.056, 0.30), strict=True))
LIFT = {
    "media": 2.1,
    "foreign publics": 0.5,
    "diaspora": 2,
    "nationals": 1,
    "diplomatic community": 1,
}  # media: journalists too


@pytest.fixture(scope="module")
def told():
    """The codings of the sample's posts and commenters, with the rule's, and those of the followers."""
    held, codings = store.load("sample", "MUS", "facebook"), store.reference("codings")
    found = audiences.audience_codings(codings, held.posts, held.comments, held.accounts)
    return found, audiences.follower_codings(codings, held.accounts)


@pytest.fixture(scope="module")
def main(told):
    """The audience seen first."""
    return told[0][told[0].variable == "main"]


def made(rows, **further):
    """Codings of these rows: item, coder, code; of a ministry, synthetic."""
    frame = pd.DataFrame(rows, columns=["item_id", "coder", "code"])
    shared = {"codebook": "audience", "variable": "main", "ministry": "MUS", "platform": "x", "label": "synthetic"}
    return frame.assign(**shared | further)


def labels_of(texts, office="ministry", receiving=None, langs="en", comments=()):
    """What the rule says of posts with these texts, and of comments (text, author, is_official) under the first."""
    ids = {"platform": "x", "account_id": "a", "ministry": "MUS", "label": "synthetic"}
    posts = pd.DataFrame({"post_id": [f"p{n}" for n in range(len(texts))], "text": texts, "lang": langs})
    posts = posts.assign(repost_of_id=None, **ids)
    said = pd.DataFrame(comments, columns=["text", "author", "is_official"])
    said = said.assign(comment_id=[f"c{n}" for n in range(len(said))], post_id="p0", **ids)
    accounts = pd.DataFrame(
        {"platform": "x", "account_id": ["a", "b", "c"], "handle": ["A", "B", "C"], "ministry": ["MUS", "MUS", "PER"]}
    )
    accounts = accounts.assign(office=office, receiving=receiving)
    none = pd.DataFrame(columns=["codebook", "item_id", "variable", "coder", "code"])
    found = audiences.audience_codings(none, posts, said, accounts)
    return (
        found.pivot(index="item_id", columns="variable", values="code")
        .reindex(columns=["main", "also"])
        .astype(object)
        .fillna("")
        .to_numpy()
        .tolist()
    )


def test_rule_reads_words_then_role_and_language():
    """The first word of address counts, the next is the second audience; then office and languages of both states."""
    texts = ["To our diaspora and journalists", "Chers concitoyens : visas", "News of today", "Our embassy"]
    assert labels_of(texts) == [["diaspora", "media"], ["nationals", ""], ["unknown", ""], ["unknown", ""]]
    assert labels_of(["Neues", "News", "Nouvelles"], langs=["de", "en", "fr"]) == [
        ["foreign publics", ""],
        ["unknown", ""],
        ["unknown", ""],
    ]
    abroad = labels_of(["Neues", "News", "Nouvelles"], "embassy", "DEU", ["de", "en", "fr"])
    assert abroad == [["foreign publics", ""], ["diaspora", ""], ["diaspora", ""]]
    assert labels_of(["News"], "permanent mission", "CHE") == [["diplomatic community", ""]]


def test_of_a_person_only_what_they_say_counts():
    """No name, no language: unknown; official accounts of others are diplomats, and those of the ministry answer themselves."""
    comments = [
        ("Merci beaucoup", "Jean Dupont", False),
        ("As a citizen I ask", "p1", False),
        ("Noted", "c", True),
        ("Noted", "b", True),
    ]
    assert labels_of(["Dear journalists"], comments=comments) == [
        ["media", ""], ["unknown", ""], ["nationals", ""], ["diplomatic community", ""],
    ]  # fmt: skip


def test_coders_agree_and_the_rule_errs_as_planted(main):
    """Alpha above .8; sensitivities of .80 and .85, unknown known as such in .90, within their intervals."""
    agreed = coder_agreement(main[main.coder != "rule"], codebook="audience", by="side", draws=9)
    assert agreed.is_reliable.all() and (agreed.coder_agreement > 0.8).all()
    found = correction.confusion_share(main, codebook="audience", model="rule", by="side")
    for side, planted in (("addressed", 0.80), ("answering", 0.85)):
        right = found[(found.side == side) & (found.code == found.predicted)].set_index("code")
        for code in POSTS:
            assert right.low[code] <= (0.9 if code == "unknown" else planted) <= right.high[code], (side, code)


def test_shares_come_back_and_are_of_the_known_where_few_are(told):
    """Planted shares of posts and commenters lie in their intervals; under the embassy's posts nothing is told but bounds."""
    by = ["handle", "side"]
    found = audiences.audience_share(told[0], by=by, draws=299).set_index([*by, "audience"])
    for handle, side, planted in (
        (MINISTRY, "addressed", POSTS),
        (EMBASSY, "addressed", POSTS),
        (MINISTRY, "answering", PEOPLE),
    ):
        own = found.loc[handle, side]
        assert (own.counted == "all").all() and own.audience_share.sum() == pytest.approx(1)
        assert all(own.low[name] <= share <= own.high[name] for name, share in planted.items())
    few = found.loc[EMBASSY, "answering"]
    assert (few.counted == "known only").all() and few.audience_share.isna().all() and (few.coverage < 0.5).all()
    assert few.method.str.startswith("not identifiable: fewer than 8 items coded").all() and "unknown" not in few.index
    bounds = audiences.audience_bound(told[0][told[0].handle == EMBASSY], by=by, draws=9).set_index(
        [*by, "audience", "bound"]
    )
    for name in few.index:
        row = bounds.audience_bound[EMBASSY, "answering", name]
        assert row["least"] <= PEOPLE[name] / 0.7 <= row["most"]
    assert bounds.audience_bound[EMBASSY, "answering", "nationals", "most"] < 0.5
    same = bounds.audience_bound.loc[EMBASSY, "addressed"].unstack()
    assert np.allclose(same.least, same.most, atol=1e-4)
    assert np.allclose(same.least, found.audience_share[EMBASSY, "addressed"][same.index], atol=1e-4)


def test_policy_of_unknown_is_a_choice(told):
    """Left out everywhere, shares are of the known; a wrong word is named."""
    found = audiences.audience_share(told[0], by="side", unknown="left out", draws=9)
    assert (found.counted == "known only").all() and "unknown" not in set(found.audience)
    with pytest.raises(TableError, match="unknown: found 'none'. Expected: class or left out"):
        audiences.audience_share(told[0], unknown="none")


def test_a_singular_matrix_gives_bounds_alone():
    """A rule that labels two audiences alike: no share; each may be nothing or all that is so labelled."""
    codes = {
        "a": ["media"] * 10 + ["diaspora"] * 10 + ["nationals"] * 10,
        "rule": ["media", "diaspora"] * 10 + ["nationals"] * 10,
    }
    codings = made([(f"i{n:02}", who, code) for who, own in codes.items() for n, code in enumerate(own)])
    found = audiences.audience_share(codings, by="ministry", draws=19)
    assert found.audience_share.isna().all() and found.method.str.startswith("not identifiable").all()
    bounds = audiences.audience_bound(codings, by="ministry", draws=0).set_index(["audience", "bound"]).audience_bound
    assert bounds.round(4).to_dict() == {
        ("diaspora", "least"): 0, ("diaspora", "most"): 0.6667, ("media", "least"): 0, ("media", "most"): 0.6667,
        ("nationals", "least"): 0.3333, ("nationals", "most"): 0.3333,
    }  # fmt: skip


def test_answers_match_where_planted_alone(told):
    """Half of the ministry's commenters choose a post for them; the embassy's do not, and are as by chance."""
    found = answering.match_rate(told[0], by="handle").set_index("handle")
    assert found.low[MINISTRY] > 0.5 > 0.35 > found.expected[MINISTRY] and found.p_adjusted[MINISTRY] < 0.01
    assert found.low[EMBASSY] < found.expected[EMBASSY] < found.high[EMBASSY] and found.p_adjusted[EMBASSY] > 0.05
    table = answering.answering_share(told[0], by="handle").set_index(["handle", "addressed", "answering"])
    same = table.loc[MINISTRY].query("addressed == answering and addressed != 'unknown'")
    assert (same.answering_share > same.expected).all() and (same.n > same.commenters).all()


def test_odds_of_answering_where_addressed(told):
    """Large where matches were planted, holding one where none was; over strata as statsmodels has it."""
    found = answering.answering_odds_ratio(told[0], by="handle").set_index(["handle", "audience"])
    assert found.low[MINISTRY, "all audiences"] > 5
    assert found.low[EMBASSY, "all audiences"] < 1 < found.high[EMBASSY, "all audiences"]
    assert (
        np.isnan(found.answering_odds_ratio[EMBASSY, "diplomatic community"])
        and "not defined" in found.method[EMBASSY, "diplomatic community"]
    )
    cells = np.random.default_rng(1).integers(1, 6, (9, 3, 4)).astype(float)
    tables = [np.array(each).reshape(2, 2) for each in cells.sum(axis=0)]
    assert answering._odds_ratio(cells, "")["answering_odds_ratio"] == pytest.approx(
        StratifiedTable(tables).oddsratio_pooled
    )


def test_lift_comes_back_and_is_one_where_it_is(told):
    """Lifts lie in their intervals; media lift counts journalists of the diaspora, who are both."""
    found = answering.engagement_lift(*told).set_index("audience")
    assert all(found.low[name] <= lift <= found.high[name] for name, lift in LIFT.items())
    stand_out = found.p_adjusted.lt(0.05)
    assert stand_out.to_dict() == {name: lift != 1 for name, lift in LIFT.items()}
    first = answering.engagement_lift(told[0][told[0].variable == "main"], told[1]).set_index("audience")
    assert (
        first.commenters["media"] < found.commenters["media"]
        and first.commenters["diaspora"] == found.commenters["diaspora"]
    )


def test_messages_are_aimed_in_one_arm_alone(told):
    """Information above all permutations for the ministry, as by chance for the embassy, within languages too; equal to a slow twin."""
    for within in ((), "language"):
        found = audience_messages.audience_message_information(
            told[0], by="handle", within=within, draws=199
        ).set_index("handle")
        assert (
            found.audience_message_information[MINISTRY] > 2 * found.largest[MINISTRY]
            and found.p_adjusted[MINISTRY] < 0.02
        )
        assert found.audience_message_information[EMBASSY] < found.largest[EMBASSY] and found.p[EMBASSY] > 0.05
    cells = audience_messages.message_share(told[0], by="handle")
    aimed = cells[cells.p_adjusted < 0.05]
    assert set(aimed.handle) == {MINISTRY} and dict(zip(aimed.audience, aimed.message, strict=True)) == {
        "media": "security", "foreign publics": "culture", "diaspora": "services", "nationals": "climate",
        "diplomatic community": "trade",
    }  # fmt: skip
    codings = made([("1", "a", "x"), ("2", "a", "x"), ("3", "a", "y")], message=["m", "n", "n"])
    slow = sum(
        p * np.log(p / (a * m)) for p, a, m in ((1 / 3, 2 / 3, 1 / 3), (1 / 3, 2 / 3, 2 / 3), (1 / 3, 1 / 3, 2 / 3))
    )
    assert audience_messages.audience_message_information(codings, draws=9).audience_message_information[
        0
    ] == pytest.approx(slow)


def test_hours_of_comments_by_region():
    """Comments come about 16.30 UTC under posts from Africa and 19.30 from Europe: with Mauritius' clock, evening and night."""
    held = store.load("sample", "MUS", "facebook")
    found = engagement_hours.engagement_hour_share(
        held.comments, held.accounts, store.reference("ministries"), zone="UTC"
    )
    share = found.set_index(["region", "hours"]).engagement_hour_share
    assert share["Africa", "12-17"] > 0.8 and share["Europe", "18-23"] > 0.8
    assert found.groupby("region").n.first().to_dict() == {"Africa": 340, "Europe": 340}
    assert share.groupby(level="region").sum().tolist() == pytest.approx([1, 1])


def test_without_codes_any_label_may_mean_anything():
    """Sixty labels and no coder: each audience, seen or not, may have none or all."""
    codings = made([(f"i{n:02}", "rule", "media") for n in range(60)])
    bounds = audiences.audience_bound(codings, by="ministry", draws=0).set_index(["audience", "bound"]).audience_bound
    assert bounds["media"].tolist() == bounds["diaspora"].tolist() == [0, 1]


def test_entropy_of_two_audiences():
    """Three for one and one for two: 3.5 to .5 of five; unknown is left out and counted."""
    rows = [("1", "a", "media"), ("2", "a", "media"), ("3", "a", "media"), ("4", "a", "media"), ("5", "a", "unknown")]
    codings = pd.concat([made(rows), made([("4", "a", "diaspora")], variable="also")])
    found = audiences.audience_entropy(codings, by="ministry").iloc[0]
    shares = np.array([3.5, 0.5]) / 4
    assert found.audience_entropy == pytest.approx(-(shares * np.log(shares)).sum() / np.log(5))
    assert (found.n, found.unknown, found.rarest) == (4, 1, 1)
    # Of real people the entropy of two audiences would give back how many the rarer has.
    real = audiences.audience_entropy(codings.assign(label="real"), by="ministry").iloc[0]
    assert np.isnan(real.audience_entropy) and real.method == withheld_reason(5)


def test_small_cells_of_real_people_are_withheld_with_others(told):
    """Of real commenters no cell of one to four is told, and in no row of the table is one withheld alone."""
    shown = answering.answering_share(told[0], by="ministry")
    found = answering.answering_share(told[0].assign(label="real"), by="ministry")
    hidden = found.method.eq(withheld_reason(5))
    small = shown.commenters.between(1, 4)
    assert hidden[small].all() and small.sum() < hidden.sum() < len(found)
    assert not found.commenters.between(1, 4).any() and found[["answering_share", "expected"]][hidden].isna().all(
        axis=None
    )
    for line in ("addressed", "answering"):
        assert (hidden.groupby(found[line]).sum() != 1).all()
    few = answering.match_rate(told[0][told[0].handle == EMBASSY].assign(label="real"), by="handle")
    assert few.match_rate.notna().all()
    bounds = audiences.audience_bound(told[0].assign(label="real"), by=["handle", "side"], draws=0)
    assert not bounds.labelled.between(1, 4).any()


@pytest.mark.parametrize(
    "name",
    [
        "nationality",
        "Ethnicity",
        "Origin of name",
        "citizenship",
        "pais_de_origen",
        "Staatsangehörigkeit",
        "InferredCountry",
    ],
)
def test_origin_is_refused_wherever_it_comes_in(name, tmp_path, export):
    """As a column of codings or accounts, as what was coded, as a source column of a map: found, where, expected, what to do."""
    folder = tmp_path / "data" / "reference"
    folder.mkdir(parents=True)
    head, row = "codebook,item_id,variable,coder,code,label", "audience,1,main,a,media,real"
    for text in (f"{head},{name}\n{row},x\n", f"{head}\n{row.replace('main', name)}\n"):
        (folder / "codings.csv").write_text(text, encoding="utf-8")
        with pytest.raises(
            TableError,
            match=rf"codings\.csv.*found the (?:column|variable) '{name}'. Expected: no nationality.*Take it out",
        ):
            store.reference("codings", "processed", tmp_path)
    shipped = (deliveries.REFERENCE / "accounts.csv").read_text(encoding="utf-8").splitlines()
    (folder / "accounts.csv").write_text(f"{shipped[0]},{name}\n", encoding="utf-8")
    with pytest.raises(TableError, match=f"accounts.csv.*found the column '{name}'"):
        deliveries.read_csv_texts(folder / "accounts.csv", ())
    path = export("list.csv", f"id,day,{name}\n1,2016-01-01,x\n")
    columns = f"columns: {{post_id: id, posted_at: {{from: day, format: iso, zone: UTC}}, account_id: {{constant: '7'}}, text: {name}}}"
    (path.parent / "list.csv.map.yml").write_text(f"table: posts\nplatform: x\n{columns}\n", encoding="utf-8")
    with pytest.raises(ReaderError, match=f"columns.text: found '{name}'. Expected: no nationality.*Mend the map"):
        readers.reader("mapped").read(path)


def test_a_map_with_a_nationality_exits_with_three(digidip, export):
    """The command prints the message alone, and says bad data."""
    path = export("list.csv", "id,day,who,nationality\n1,2016-01-01,a,x\n")
    text = "table: posts\nplatform: x\ncolumns: {post_id: id, posted_at: {from: day, format: iso, zone: UTC}, account_id: who, lang: nationality}\n"
    (path.parent / "list.csv.map.yml").write_text(text, encoding="utf-8")
    code, out, err = digidip("add", path, "--ministry", "PER", "--label", "real")
    assert (code, out) == (3, "") and "columns.lang: found 'nationality'" in err and "Traceback" not in err


def test_codings_without_what_is_needed_are_named(told):
    """A table that did not go through `audience_codings` says so; one with a nationality is refused."""
    with pytest.raises(TableError, match="no column 'message'.*audience_codings"):
        audience_messages.message_share(told[0].drop(columns="message"))
    with pytest.raises(TableError, match="no column 'side'.*audience_codings"):
        answering.match_rate(told[0].drop(columns="side"))
    with pytest.raises(
        TableError, match="codebook of audiences: found 'age'. Expected: one of the codings, audience, "
    ):
        audiences.audience_codings(told[1], None, None, None, codebook="age")
    with pytest.raises(TableError, match="found the column 'nationality'"):
        audiences.audience_codings(told[1].assign(nationality="x"), None, None, None)
