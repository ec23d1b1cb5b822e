"""A project's own list of ministries' accounts comes in by a map, and makes their posts, ties and profiles official."""

from pathlib import Path

from conftest import current_build

from digidip.store._holding import table_of

SAMPLES = Path(__file__).parents[1] / "samples" / "mapped"


def test_map_proposes_accounts(digidip, export):
    """`digidip map --table accounts` places every column of the list surely; only the platform is left to say."""
    path = export("ministries.csv", (SAMPLES / "registry_of_a_project.csv").read_bytes())
    code, out, _err = digidip("map", path, "--table", "accounts")
    assert code == 0 and "6 placed, 0 unsure, 0 without a place" in out
    text = path.with_name("ministries.csv.map.yml").read_text()
    assert '"mfa": ministry' in text and "ministry: country" in text and "to_on: {from: valid_to}" in text


def test_accounts_of_a_project(digidip, home, register):
    """States by name become codes, days and offices stay; a file of several accounts finds its official ones by it."""
    register()
    assert digidip("add", SAMPLES / "registry_of_a_project.csv", "--label", "synthetic")[0] == 0
    code, out, err = digidip("add", SAMPLES / "metrics_by_handle.csv", "--label", "synthetic")
    assert (code, err) == (0, "") and "2 metrics" in out
    assert digidip("build")[0] == 0
    columns = ["platform", "account_id", "handle", "ministry", "office", "from_on", "to_on"]
    frame = table_of(current_build(home), "accounts").select(columns).to_pandas().astype("string").fillna("")
    assert sorted(frame.values.tolist()) == [
        ["x", "1500001", "MFAexamplestan", "KAZ", "ministry", "", ""],
        ["x", "1500002", "MFAotherstan", "PER", "ministry", "2019-05-01", "2021-12-31"],
        ["x", "1500003", "MinisterExample", "PER", "minister", "2019-05-01", ""],
    ]
    metrics = table_of(current_build(home), "metrics").account_id.to_pandas()
    assert set(metrics) == {"1500001"} and len(metrics) == 2


def test_handles_alone_and_nobody(digidip, home, register, export):
    """Where a list has handles only, `@handle` stands for the id; a row that names nobody, or no state, is a reject."""
    register()
    path = export("list.csv", "who,state\n@MFA_A,Peru\n,Peru\nMFA_C,Atlantis\n")
    export("list.csv.map.yml", "table: accounts\nplatform: x\ncolumns:\n  handle: who\n  ministry: state\n")
    assert digidip("add", path, "--label", "synthetic")[0] == 0 and digidip("build")[0] == 0
    frame = table_of(current_build(home), "accounts").select("account_id", "handle", "ministry").to_pandas()
    assert frame.values.tolist() == [["@mfa_a", "MFA_A", "PER"]]
    rejects = (current_build(home) / "rejects.csv").read_text()
    assert (
        "2,no id and no handle of an account" in rejects
        and "account of 'Atlantis', which is no state we know" in rejects
    )


def test_a_column_called_only_after_its_network(digidip, home, register, export):
    """It holds the accounts there, by handle or by the address of the profile; another network asks for a map of its own."""
    register()
    lists = {
        "x": "Country,Twitter\nPeru,@MFA_A\nKazakhstan,https://twitter.com/MFA_B?lang=en\n",
        "both": "Country,Facebook,Twitter\nKazakhstan,https://www.facebook.com/B-264350293627329,MFA_B\n",
    }
    for name, rows in lists.items():
        path = export(f"{name}.csv", rows)
        code, out, _err = digidip("map", path, "--table", "accounts")
        assert code == 0 and "2 placed, 0 unsure" in out
        assert ("Twitter: accounts on other networks" in out) == (name == "both")
        assert digidip("add", path, "--map", f"{path}.map.yml", "--label", "synthetic")[0] == 0
    assert digidip("build")[0] == 0
    frame = table_of(current_build(home), "accounts").select("platform", "account_id", "handle", "ministry").to_pandas()
    assert sorted(frame.astype("string").fillna("").values.tolist()) == [
        ["facebook", "264350293627329", "", "KAZ"],
        ["x", "@mfa_a", "MFA_A", "PER"],
        ["x", "@mfa_b", "MFA_B", "KAZ"],
    ]
