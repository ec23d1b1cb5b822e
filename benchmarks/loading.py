"""Loading CrowdTangle CSV into processed Parquet: the whole path beside plain pandas and beside the floor.

Floor: DuckDB reads the CSV and writes the same columns, nothing else. Each contender runs as a process of its own, import
included, in turn, several times; the table gives the median as a ratio to the floor of the same run, since machines are
noisy. Usage: `python benchmarks/loading.py [rows] [rounds]`; files go to benchmarks/work/.
"""

import csv
import random
import sys
import tempfile
from pathlib import Path

from timing import BUILD, WORDS, WORK, compare, received

HEADER = Path(__file__).resolve().parents[1] / "data" / "raw" / "sample" / "per_crowdtangle.csv"
COLUMNS = """Facebook Id,User Name,Page Name,Post Created,Type,URL,Message,Link,Final Link,Likes,Comments,Shares,Love,Wow,
Haha,Sad,Angry,Care,Total Views,Followers at Posting""".replace("\n", "").split(",")

FLOOR = """
import duckdb, sys
names, columns = open(sys.argv[1], encoding="utf-8").readline().rstrip("\\n"), sys.argv[3].split(",")
header = next(__import__("csv").reader([names]))
text = ", ".join("'" + name.replace("'", "''") + "': 'VARCHAR'" for name in header)
read = f"read_csv('{sys.argv[1]}', header=true, auto_detect=false, delim=',', quote='\\"', escape='\\"', columns={{{text}}})"
chosen = ", ".join('"' + name + '"' for name in columns)
duckdb.connect().execute(f"COPY (SELECT {chosen} FROM {read}) TO '{sys.argv[2]}' (FORMAT parquet, COMPRESSION zstd)")
"""
PANDAS = """
import pandas, sys
frame = pandas.read_csv(sys.argv[1], usecols=sys.argv[3].split(","), dtype=str, keep_default_na=False)
frame.to_parquet(sys.argv[2], compression="zstd")
"""


def main(rows=1_000_000, rounds=3):
    """Make the export once, run the contenders in turn, print the table."""
    WORK.mkdir(exist_ok=True)
    export = made(rows)
    home = received(export)
    columns = ",".join(COLUMNS)
    contenders = {
        "floor: DuckDB, same columns": [sys.executable, FLOOR, str(export), str(WORK / "floor.parquet"), columns],
        "plain pandas, same columns": [sys.executable, PANDAS, str(export), str(WORK / "pandas.parquet"), columns],
        "digidip build, whole path": [sys.executable, BUILD, str(home)],
    }
    compare(contenders, rounds, f"{rows:,} rows, {export.stat().st_size / 1e6:,.0f} MB")


def made(rows):
    """An invented CrowdTangle export of so many rows, the same bytes every time; made once."""
    path = WORK / f"crowdtangle-{rows}.csv"
    if not path.exists():
        with open(HEADER, newline="", encoding="utf-8") as file:
            header = next(csv.reader(file))
        with tempfile.NamedTemporaryFile("w", dir=WORK, newline="", encoding="utf-8", delete=False) as file:
            writer = csv.DictWriter(file, header, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(row(number, header) for number in range(rows))
        Path(file.name).replace(path)
    return path


def row(number, header):
    """One invented post."""
    draw = random.Random(number)
    account, count = 100064000000000 + number % 200, draw.randrange(300)
    day = f"2020-{1 + number % 12:02d}-{1 + number % 28:02d}"
    text = " ".join(draw.choices(WORDS, k=draw.randrange(3, 60)))
    return {
        "Page Name": f"MFA {account}", "User Name": f"mfa{account}", "Facebook Id": account,
        "Page Category": "GOVERNMENT_ORGANIZATION", "Page Admin Top Country": "SE", "Page Created": "2010-09-20 19:02:58",
        "Page Description": "Official page of the Ministry\nof Foreign Affairs", "Likes at Posting": 120000,
        "Followers at Posting": 123456, "Post Created Date": day, "Post Created Time": f"{number % 24:02d}:00:00",
        "Post Created": f"{day} {number % 24:02d}:{number % 60:02d}:00 {'EDT' if 3 <= number % 12 <= 9 else 'EST'}",
        "Type": ("Photo", "Link", "Native Video", "Status")[number % 4], "Total Interactions": f"{4 * count + 1000:,}",
        "Likes": 1000, "Comments": count, "Shares": count, "Love": count, "Wow": count, "Haha": 0, "Sad": 0, "Angry": 0,
        "Care": 0, "Is Video Owner?": "-", "Post Views": 0, "Total Views": 0, "Total Views For All Crossposts": 0,
        "Video Length": "N/A", "URL": f"https://www.facebook.com/{account}/posts/{1234567890000000 + number}",
        "Message": f'{text}\n\nRead "more", @someone at https://example.org' if number % 7 == 0 else text,
        "Link": f"https://www.facebook.com/x/photos/a.1/{number}/?type=3", header[-2]: f"{4 * count + 1000:,}",
        header[-1]: "1.4",
    }  # fmt: skip


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
