"""Betweenness and communities: digidip's measures beside plain networkx, on random and scale-free networks.

Directed, weighted, ten ties per account, the same invented network for all. Each contender is a process of its own and times
its own task, from the networkx graph to its answer: importing and drawing the network are left out, compiling it for igraph is
not. Betweenness: where `PIVOTS` says so, networkx sums the paths from a sample of the accounts only and is scaled to all, since
its time grows with their number. Communities: as many seeds for both, `SEEDS`, and one row of digidip with a single seed;
Q tells who found the better partition. Weights are powers of two, so that equal paths are equal to the last digit: the exact
betweenness of both must agree, or the script stops.
Usage: `python benchmarks/graphs.py [ties] [rounds]`; without arguments 1,000, 10,000 and 100,000 ties.
"""

import json
import statistics
import subprocess
import sys

from timing import environment

PIVOTS = {100_000: 50}  # ties → accounts from which networkx sums paths; all where absent
SEEDS = {1_000: 20, 10_000: 20, 100_000: 3}
KINDS = ("random", "scale-free")
MADE = """
import json, random, resource, sys, time
import networkx as nx
ties, kind = int(sys.argv[1]), sys.argv[2]
draw, accounts = random.Random(20), range(ties // 10)
shares = [1.0 if kind == "random" else (rank + 1) ** -0.7 for rank in accounts]
pairs = set()
while len(pairs) < ties:
    ends = draw.choices(accounts, shares, k=2 * ties)
    pairs.update((a, b) for a, b in zip(ends[::2], ends[1::2]) if a != b and len(pairs) < ties)
graph = nx.DiGraph()
graph.add_nodes_from(accounts)
graph.add_weighted_edges_from((a, b, 2 ** draw.randrange(4)) for a, b in sorted(pairs))
def told(answer, scale=1.0):
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([scale * (time.perf_counter() - before), scale * (time.process_time() - used), peak, answer]))
"""
START = "before, used = time.perf_counter(), time.process_time()\n"
BETWEENNESS = {
    "digidip": f"""{MADE}
from digidip.measures.network.positions import centrality
{START}table = centrality(graph)
told(float(table[table["statistic"] == "betweenness"].centrality.sum()))
""",
    "digidip, betweenness alone": f"""{MADE}
from digidip.measures.network._graphs import betweenness, compiled
from digidip.networks import canonical_network
{START}found, n = betweenness(compiled(canonical_network(graph)), weighted=True), len(graph)
told(sum(found) / ((n - 1) * (n - 2)))
""",
    "networkx": f"""{MADE}
pivots = int(sys.argv[3]) or None
{START}for _one, _other, given in graph.edges(data=True):
    given["distance"] = 1 / given["weight"]
found = nx.betweenness_centrality(graph, k=pivots, weight="distance", seed=1)
told(sum(found.values()), len(graph) / pivots if pivots else 1.0)
""",
}
DIGIDIP = f"""{MADE}
from digidip.measures.network.communities import modularity
{START}told(modularity(graph, draws=int(sys.argv[3])).modularity.item())
"""
COMMUNITIES = {
    "digidip": DIGIDIP,
    "networkx": f"""{MADE}
{START}runs = [nx.community.louvain_communities(graph, seed=seed) for seed in range(int(sys.argv[3]))]
told(max(nx.community.modularity(graph, run) for run in runs))
""",
}


def main(ties=0, rounds=1):
    """Every task on every network: the contenders in turn, then the table."""
    for size in [ties] if ties else SEEDS:
        for kind in KINDS:
            pivots, seeds = PIVOTS.get(size, 0), SEEDS.get(size, 3)
            paths = {name: (code, size, kind, pivots) for name, code in BETWEENNESS.items()}
            parts = {f"{name}, {seeds} seeds": (code, size, kind, seeds) for name, code in COMMUNITIES.items()}
            parts["digidip, 1 seed"] = (DIGIDIP, size, kind, 1)
            sample = f", networkx from {pivots} accounts, scaled" if pivots else ""
            found = show(f"betweenness, {kind}, {size:,} ties{sample}", paths, rounds)
            if not pivots and max(found) - min(found) > 1e-9 * max(found):
                sys.exit(f"betweenness differs: {found}")
            show(f"communities, {kind}, {size:,} ties", parts, rounds)


def show(title, contenders, rounds):
    """Run the contenders in turn, print medians as ratios to the first; returns their answers."""
    runs = {name: [] for name in contenders}
    for _round in range(rounds):
        for name, command in contenders.items():
            runs[name].append(called(*command))
    print(f"{title}; median of {rounds}\n| contender | ratio | processor, ratio | seconds | peak memory | answer |")
    medians = {name: [statistics.median(run[at] for run in found) for at in (0, 1)] for name, found in runs.items()}
    floor = next(iter(medians.values()))
    for name, (seconds, used) in medians.items():
        peak, answer = runs[name][0][2:]
        ratios = f"{seconds / floor[0]:.2f} | {used / floor[1]:.2f}"
        print(f"| {name} | {ratios} | {seconds:.3f} | {peak:,.0f} MiB | {answer:.6g} |", flush=True)
    return [found[0][3] for found in runs.values()]


def called(code, *given):
    """What one process found: seconds, processor seconds, peak memory (MiB), its answer."""
    command = [sys.executable, "-c", code, *map(str, given)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment())
    if done.returncode:
        sys.exit(f"failed: {done.stderr}")
    return json.loads(done.stdout)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
