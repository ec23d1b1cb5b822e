"""The finding: sentences by code, worked by hand, with value, interval, n, what is not known, singular and plural."""

import pandas as pd
import pytest

from digidip import claims
from digidip.tables import TableError, counted, singular


def table(measure, value, low=None, high=None, n=146, **columns):
    """A measure table of one row."""
    before = {name: [columns.pop(name)] for name in ("ministry", "statistic") if name in columns}
    numbers = {measure: [value], "n": [n], "low": [low], "high": [high]}
    return pd.DataFrame(before | numbers | {name: [cell] for name, cell in columns.items()})


def said(*parts, label="real"):
    """The sentences of a finding."""
    return list(claims.finding(label, *parts).sentences)


MEAN = table("comments_per_post", 64.95, 59.97, 70.21, statistic="mean")
NONE = table("official_answer_share", 0.0, 0.0, 0.0203, method="exact, one-sided")


def test_a_value_comes_with_unit_interval_and_n():
    """The unit of a count is said, that of a share is what it is a share of, and words may stand in its place."""
    assert said("A post drew {:comments} on average.", MEAN) == [
        "A post drew 65 comments (95 % interval 60 to 70; n = 146) on average."
    ]
    assert said("{} had more than {:comments}", table("share_above", 0.116, 0.074, 0.179), 100) == [
        "12 % of posts (95 % interval 7 % to 18 %; n = 146) had more than 100 comments."
    ]
    assert said("The Gini index is {}", table("comment_gini", 0.252, 0.223, 0.278)) == [
        "The Gini index is 0.252 (95 % interval 0.223 to 0.278; n = 146)."
    ]
    assert said("The shares differ by {}", table("reply_share_difference", 0.743, 0.705, 0.774))[0].endswith(
        "0.74 (90 % interval 0.71 to 0.77; n = 146)."
    )


def test_a_place_may_name_the_key_of_a_row():
    """As in the fact's name, keys joined by dots; the places with keys share one table, the others take one each."""
    both = pd.concat([MEAN, MEAN.assign(statistic="median", comments_per_post=60.5, low=55.5, high=67)])
    assert said("{:posts} drew {mean:comments}, the median one {median}", 12, both) == [
        "12 posts drew 65 comments (95 % interval 60 to 70; n = 146), the median one 61 comments per post (95 % interval "
        "56 to 67; n = 146)."
    ]
    rate = table("inquiry_rate", 12.32, 10.9, 13.7).assign(ministry="PER")
    rate.insert(0, "kind", "any"), rate.insert(1, "interval", "clustered")
    assert said("There came {any.clustered}", rate)[0].startswith("There came 12.3 inquiries per day (95 %")
    assert said("Of them {p90} are many", both, label="synthetic") == [
        "In synthetic data, the mean, median, spread and maximum of comments per post (p90) cannot be told: nothing that it counts is in this selection."
    ]


def test_none_has_a_bound_and_all_too():
    """Zero of so many is at most so much; all of them at least."""
    assert said("{:of its posts} have an official answer", NONE) == [
        "0 % of its posts (at most 2.0 %, 95 % confidence; n = 146) have an official answer."
    ]
    all_of_8 = table("mission_coverage", 1.0, 0.688, 1.0, n=8, method="exact, one-sided")
    assert said("{} have an account", all_of_8) == [
        "100 % of missions (at least 69 %, 95 % confidence; n = 8) have an account."
    ]


def test_synthetic_numbers_are_never_told_as_findings_about_the_world():
    """Each sentence names the sample; one of printed numbers names the arithmetic; names and numbers keep their letters."""
    parts = ("A post drew {:comments}", MEAN, "{} of them", "Half", "USA leads", "Nobody answered")
    assert said(*parts, label="synthetic") == [
        "In synthetic data, a post drew 65 comments (95 % interval 60 to 70; n = 146).",
        "In synthetic data, half of them.",
        "In synthetic data, USA leads.",
        "In synthetic data, nobody answered.",
    ]
    assert said("Checks are {}", "many", label="derived-public") == ["From published numbers, checks are many."]


def test_what_is_missing_is_told_with_its_reason():
    """No value: what cannot be told, and why; what else the sentence would have said stands alone."""
    lost = table("official_answer_share", None, n=0, method="not available: this export holds no comments")
    why = "The share of posts under which the ministry answers, or of comments that it answers, cannot be told: this export holds no comments."
    assert said("{} are answered", lost) == [why]
    assert said("Of {:comments} {} are answered", MEAN, lost) == [
        "Comments per post (mean) is 65 comments per post (95 % interval 60 to 70; n = 146).",
        why,
    ]
    assert said("{} posts", table("post_count", None, n=0)) == [
        "The number of posts held cannot be told: nothing that it counts is held (n = 0)."
    ]
    assert said("{} posts", MEAN.head(0), label="synthetic") == [
        "In synthetic data, the mean, median, spread and maximum of comments per post cannot be told: nothing that it counts is in this selection."
    ]
    assert said("{after.trend} times", table("excess_ratio", None, n=0, method="not available: no event is named")) == [
        "How many times as much attention there was after an event as the time before foretells cannot be told: no event is named."
    ]
    few = lost.assign(method="not testable: 6 of 11 comments held")
    assert said("{} are answered", few)[0].endswith("cannot be told: 6 of 11 comments held.")
    assert said("{:accounts}", None) == ["A number of this run cannot be told."]
    assert said("{} are answered", lost, "Joined, {} are", lost) == [why]  # one sentence, once
    other = table("post_count", None, n=0, method="not available: this export holds no comments")
    both = said("{} are answered", lost, "Half.", "{} posts", other)  # one reason, once
    assert both == [why.replace("answers, cannot", "answers; the number of posts held cannot"), "Half."]


def test_why_there_is_no_interval():
    """A value without limits is told with the reason, where its method has one."""
    few = table("reply_share", 0.75, n=28, method="no interval: fewer than 8 days; left out: 2 of 9 comments held")
    assert said("{:of its posts} are replies", few) == [
        "75.0 % of its posts (no interval: fewer than 8 days; n = 28) are replies."
    ]
    assert said("{:of its posts} are replies", few.assign(method="census")) == [
        "75.0 % of its posts (n = 28) are replies."
    ]


def test_one_is_singular():
    """One account, one comment, one person on duty, n = 1."""
    assert said("{:posts} by {:accounts}", 1, 1) == ["1 post by 1 account."]
    assert said("{}", table("staff_needed", 1, 1, 1, n=1)) == ["1 person on duty (n = 1)."]
    assert said("{:missions} of {:missions}", 1, 12) == ["1 mission of 12 missions."]
    assert said("{}", table("waiting_time", 1.0, n=1, statistic="median")) == ["1 hour (n = 1)."]
    assert (counted(1, "accounts"), counted(0, "comments"), counted(1, "ties")) == ("1 account", "0 comments", "1 tie")
    assert [singular(word) for word in ("entities", "people", "access")] == ["entity", "person", "access"]


def test_limits_may_be_open_or_absent():
    """An interval open to one side says at least or at most; none says nothing."""
    assert said("{}", table("waiting_time", 8.66, 5.68, statistic="p90")) == ["8.7 hours (at least 5.7; n = 146)."]
    assert said("{}", table("waiting_time", 8.66, None, 9.9, statistic="p90")) == ["8.7 hours (at most 9.9; n = 146)."]
    assert said("{}", table("density", 0.395, n=5852)) == ["39.5 % of possible ties (n = 5,852)."]


def test_several_groups_are_told_from_lowest_to_highest():
    """A table of several rows: the two ends with their groups, how many there are, and how many cannot be told."""
    same = pd.concat([table("session_duration", 15.0, n=5)] * 3)
    assert said("Sessions lasted {}", same) == ["Sessions lasted 15 minutes in each of 3 groups."]
    nobody = pd.concat([table("exchange_share", 0.0, 0.0, high, n, ministry=name, method="exact, one-sided")
                        for name, high, n in (("PER", 0.005, 623), ("USA", 0.0004, 7045), ("EST", 0.5, 4))])  # fmt: skip
    assert said("They answer in {}", nobody) == ["They answer in 0 % of threads in each of 3 groups."]
    two = pd.concat([table("exchange_share", 0.0, 0.0, high, n, ministry=name, method="exact, one-sided")
                     for name, high, n in (("PER", 0.0048, 623), ("USA", 0.00043, 7045))])  # fmt: skip
    assert said("It is {}", two) == [
        "It is 0 % of threads (PER; at most 0.5 %, 95 % confidence; n = 623) and 0 % of threads (USA; at most 0.04 %, 95 % "
        "confidence; n = 7,045)."
    ]
    rows = [table("share_above", value, value - 0.1, value + 0.1, 50, ministry=name) for name, value in
            {"USA": 0.4, "PER": 0.2, "EST": None, "IND": 0.3}.items() if value]  # fmt: skip
    both = pd.concat([*rows, table("share_above", None, n=0, ministry="EST")])
    assert said("{} drew much", both) == [
        "From 20 % of posts (PER; 95 % interval 10 % to 30 %; n = 50) to 40 % of posts (USA; 95 % interval 30 % to 50 %; "
        "n = 50) over 3 groups (1 more cannot be told) drew much."
    ]


def test_verdicts_are_counted_or_told():
    """One verdict with its reason, several by kind."""
    one = claims.ReportedTable(pd.DataFrame(), "real", ({"verdict": "not testable here", "reason": "another month"},))
    more = claims.ReportedTable(
        pd.DataFrame(), "real", ({"verdict": "reproduced"}, {"verdict": "reproduced"}, *one.facts)
    )
    assert said("Beside the printed figure: {}", one) == [
        "Beside the printed figure: not testable here (another month)."
    ]
    long = ({"verdict": "not testable here", "reason": "another month; another zone; another office"},)
    long = claims.ReportedTable(pd.DataFrame(), "real", long)
    assert said("It is {}", long) == ["It is not testable here (another month; and 2 more reasons)."]
    assert said("Beside the printed figures: {}", more) == [
        "Beside the printed figures: 2 reproduced and 1 not testable here."
    ]
    others = ({"verdict": "not testable here", "reason": "another ministry (USA in the figure, PER in this run)"},)
    assert said("Beside it: {}", claims.ReportedTable(pd.DataFrame(), "real", others)) == []


def test_sentences_travel_in_the_metadata_and_are_escaped():
    """The page, the index and facts.json take them from there; markup in a name stays text."""
    bundle, metadata = claims.finding("real", "{} has 1 post", "<b>A</b>")._repr_mimebundle_()
    assert metadata == {"digidip": {"finding": ["<b>A</b> has 1 post."]}}
    assert bundle["text/plain"] == "<b>A</b> has 1 post."
    assert bundle["text/html"] == '<div class="finding"><p>&lt;b&gt;A&lt;/b&gt; has 1 post.</p></div>'


def test_a_place_without_a_value_is_refused():
    """Too few values, or a value where a sentence should begin, say what was expected."""
    with pytest.raises(TableError, match="as many values as it has places"):
        claims.finding("real", "{} and {}", 1)
    with pytest.raises(TableError, match="Expected: a sentence"):
        claims.finding("real", MEAN)
    with pytest.raises(TableError, match="label: found 'made up'"):
        claims.finding("made up", "Nothing")
