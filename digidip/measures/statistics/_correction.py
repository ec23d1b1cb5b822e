"""Shares corrected for the errors of the rules that counted (Rogan and Gladen), with the uncertainty of both."""

import numpy as np

from digidip.measures.statistics._intervals import percentiles, resamples

CORRECTED = ("inquiries among comments", "answered among inquiries")


def counted(known):
    """Per post: answered comments, those the rules call inquiries among them, and the same of the unanswered."""
    found, answered = known.ruled.ne("none"), known.is_answered.astype(bool)
    columns = {"all": answered, "found": answered & found, "all open": ~answered, "found open": ~answered & found}
    per = known[["platform", "post_id"]].assign(**columns)
    return per.groupby(["platform", "post_id"])[[*columns]].sum().to_numpy(float)


def errors(coded):
    """Of the coded inquiries how many the rules find, and of the coded others how many they take for one: pairs."""
    there, found = coded.coded.ne("none"), coded.ruled.ne("none")
    return (int((there & found).sum()), int(there.sum())), (int((~there & found).sum()), int((~there).sum()))


def corrected(sums, recall, alarm):
    """Shares of inquiries among comments and of answered ones among them, from counts and the rates of the rules.

    >>> corrected(np.array([[4, 2, 4, 1]]), 0.5, 0.0).tolist()  # 4 of 4 and 2 of 4 are inquiries
    [[0.75, 0.6666666666666666]]
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        true = (sums[:, [1, 3]] - alarm * sums[:, [0, 2]]) / (recall - alarm)
        inquiries = np.clip(np.nan_to_num(true), 0, sums[:, [0, 2]])
        total = inquiries.sum(axis=1)
        return np.column_stack([total / sums[:, [0, 2]].sum(axis=1), inquiries[:, 0] / total])


def with_limits(known, coded, draws, seed):
    """The corrected shares with percentiles over posts drawn again and rates of the rules drawn from Jeffreys' posteriors."""
    per, ((hit, there), (false, others)) = counted(known), errors(coded)
    value = corrected(per.sum(axis=0)[None], hit / there, false / others)[0]
    if hit / there <= false / others or len(per) < 2:
        return None
    sums = np.concatenate([weights @ per for weights in resamples(len(per), draws, seed, 4)])
    rng = np.random.default_rng(seed + 1)
    recall = rng.beta(hit + 0.5, there - hit + 0.5, (draws, 1))
    alarm = rng.beta(false + 0.5, others - false + 0.5, (draws, 1))
    drawn = np.where(recall > alarm, corrected(sums, recall, alarm), np.nan)
    return value, *percentiles(value, drawn)
