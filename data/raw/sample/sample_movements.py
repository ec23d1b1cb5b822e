"""Invented counts of twenty hashtags, hour by hour, five of which rise, and the list of what happened.

Every stream has its days and weeks; one is flooded by robots for five hours, five have moments of no consequence, and nine have
nothing to tell.
"""

import math
import random
from datetime import datetime, timedelta

START, DAYS = datetime(2019, 5, 6), 35  # a Monday
STREAMS = [f"#SampleTag{number:02}" for number in range(1, 21)]
RISES = {3: (15, 7), 7: (19, 14), 10: (23, 9), 14: (26, 20), 18: (30, 12)}  # stream: day and hour at which it begins
PEAKS = {3: 6.0, 7: 4.0, 10: 5.0, 14: 2.4, 18: 3.2}  # times the usual
CLIMB, FADE = 12, 24  # hours to the top; hours in which it falls to 1/e
LASTS = 48  # hours, as the list has it
FLOOD, FLOODED = 16, (21, 3)  # stream, and day and hour
FLOOD_HOURS, FLOOD_TIMES = 5, 10
OFFSETS = (4, 17, 23, 27, 33, 35, 37, 76, 77, 82, 84, 88, 90, 92)  # of Kleinberg's states 0000110111111
RESTLESS, MOMENTS, MOMENT_HOURS = (
    (1, 5, 9, 13, 17),
    3,
    2,
)  # streams with moments of twice to four times the usual, no events
DAILY = (3, 7, 10, 1)
TODAY = 5200  # posts of all hashtags on a weekday, about


def hour_of(moment):
    """Hours from the first."""
    day, hour = moment
    return 24 * day + hour


def usual(number, hour):
    """What a stream has in an hour when nothing happens: more by day, less at weekends."""
    level = 4 + 3.1 * number
    daily = 1 + 0.6 * math.sin((hour % 24 - 9) * math.pi / 12)
    return level * daily * (0.6 if hour // 24 % 7 > 4 else 1)


def lift(number, hour):
    """How many times the usual a stream has."""
    if number in RISES:
        since = hour - hour_of(RISES[number])
        if 0 <= since < 120:
            top = PEAKS[number] - 1
            return 1 + top * ((since + 1) / CLIMB if since < CLIMB else math.exp(-(since - CLIMB + 1) / FADE))
    if number == FLOOD and 0 <= hour - hour_of(FLOODED) < FLOOD_HOURS:
        return FLOOD_TIMES
    return 1


def hourly_counts():
    """A row of counts for each hour; they vary half as much again as Poisson counts."""
    rng = random.Random("digidip movements")
    moments = {}
    for number in RESTLESS:
        for _ in range(MOMENTS):
            first, times = rng.randrange(24 * 14, 24 * DAYS - MOMENT_HOURS), rng.uniform(2, 4)
            moments |= {(number, first + more): times for more in range(MOMENT_HOURS)}
    rows = []
    for hour in range(24 * DAYS):
        lifts = [max(lift(number, hour), moments.get((number, hour), 1)) for number in range(1, 21)]
        means = [usual(number, hour) * lifted for number, lifted in enumerate(lifts, 1)]
        rows.append([max(0, round(mean + math.sqrt(1.5 * mean) * rng.gauss(0, 1))) for mean in means])
    return rows


def make_movements():
    """The files and their maps: name -> text."""
    counts = hourly_counts()
    wide = [",".join(["timestamp", *STREAMS])]
    wide += [
        f"{START + timedelta(hours=at):%Y-%m-%d %H:%M}," + ",".join(map(str, row)) for at, row in enumerate(counts)
    ]
    rng, long = random.Random("digidip totals"), ["begin,length,stream,posts,all posts"]
    for day in range(DAYS):
        own = [sum(row[number - 1] for row in counts[24 * day : 24 * day + 24]) for number in range(1, 21)]
        total = sum(own) + round(TODAY * (0.6 if day % 7 > 4 else 1) * (1 + 0.03 * rng.gauss(0, 1)))
        begin = f"{START + timedelta(days=day):%d/%m/%Y %H:%M},day"
        long += [f"{begin},{STREAMS[n - 1]},{own[n - 1]},{total}" for n in DAILY]
    for minute in OFFSETS:
        long.append(f"{START + timedelta(minutes=minute):%d/%m/%Y %H:%M},minute,Kleinberg offsets,1,")
    events = ["What,Hashtag,Begin,End,Kind"]
    spans = [("Movement", number, RISES[number], LASTS, "movement") for number in RISES]
    for word, number, moment, hours, kind in [*spans, ("Robots", FLOOD, FLOODED, FLOOD_HOURS, "bot flood")]:
        begin = START + timedelta(hours=hour_of(moment))
        end = begin + timedelta(hours=hours)
        events.append(f"{word} {number},{STREAMS[number - 1]},{begin:%d.%m.%Y %H:%M},{end:%d.%m.%Y %H:%M},{kind}")
    maps = {
        "movements_daily.csv": "table: attention\ncolumns: {series: stream, value: posts, total: all posts, span: length, "
        "begins_at: {from: begin, format: '%d/%m/%Y %H:%M', zone: UTC}, "
        "source: {constant: invented}, unit: {constant: posts}}\n",
        "movements_events.csv": "table: events\ncolumns: {event: What, series: Hashtag, kind: Kind, "
        "begins_at: {from: Begin, format: '%d.%m.%Y %H:%M', zone: UTC}, ends_at: {from: End, format: '%d.%m.%Y %H:%M', zone: UTC}, "
        "source: {constant: invented for the sample}, ministry: {constant: EST}}\n",
    }
    files = {"movements_hourly.csv": wide, "movements_daily.csv": long, "movements_events.csv": events}
    return {name: "\n".join(lines) + "\n" for name, lines in files.items()} | {
        f"{name}.map.yml": text for name, text in maps.items()
    }
