"""Classes of rows that look alike on the axes: no order between them, the caller's order within.

Ward's tree on the axes kept, a cut, then rows moved as long as a move brings classes closer
together (Hartigan and Wong's rule). A class is named after nothing: its letter only says in
which order the caller's rows meet it.

References
----------
J. H. Ward, « Hierarchical grouping to optimize an objective function », Journal of the American
Statistical Association 58, 1963, 236-244.
J. A. Hartigan and M. A. Wong, « A k-means clustering algorithm », Applied Statistics 28, 1979,
100-108.
"""

from __future__ import annotations

from dataclasses import dataclass
from string import ascii_uppercase

import numpy as np
import pandas as pd
from scipy.cluster.hierarchy import linkage

from dts_research.errors import RequestError

# A move that gains less than this share of the whole is a rounding error.
STILL = 1e-12


@dataclass(frozen=True)
class Tree:
    """Ward's tree.

    Parameters
    ----------
    merges
        One row per merge, as scipy writes them: two nodes, inertia lost, rows below.
    """

    merges: np.ndarray

    @property
    def gains(self) -> pd.Series:
        """Inertia between classes gained by going from one class fewer to k classes, by k."""
        found = self.merges[::-1, 2]
        return pd.Series(found, pd.RangeIndex(2, len(found) + 2, name="k"))


@dataclass(frozen=True)
class Classes:
    """Rows shared out between classes without order.

    Parameters
    ----------
    labels
        Letter of each row, in the order of the caller.
    centres
        One row per class, on the axes.
    sizes
        Rows in each class.
    explained
        Share of the inertia that lies between classes, from 0 to 1.
    moved
        How many rows changed class after the tree was cut.
    suggested
        Number of classes that the tree suggests, whatever was asked.
    """

    labels: pd.Series
    centres: pd.DataFrame
    sizes: pd.Series
    explained: float
    moved: int
    suggested: int
    tree: Tree

    @property
    def members(self) -> dict[str, tuple[object, ...]]:
        """Rows of each class, in the order of the caller."""
        groups = self.labels.groupby(self.labels, sort=True)
        return {str(letter): tuple(rows.index) for letter, rows in groups}


def ward(points: np.ndarray, weights: np.ndarray) -> Tree:
    """Merge the two classes whose union loses the least inertia, again and again."""
    if len(points) < 2:
        raise ValueError("a tree takes two rows or more")
    if np.ptp(weights) <= STILL * weights[0]:
        merges = linkage(points, "ward")
        merges[:, 2] = merges[:, 2] ** 2 / 2 * weights[0]
        return Tree(merges)
    return Tree(_ordered(_weighted_merges(points, weights), len(points)))


def suggested(tree: Tree, *, least: int = 3, most: int = 10) -> int:
    """Number of classes after which one more would gain the least, relatively.

    The inertia within k classes is set over that within k - 1 classes: the smallest ratio wins.
    Never more classes than half the rows, so that a class holds two rows on average.
    """
    lost = np.cumsum(tree.merges[:, 2])[::-1]
    most = min(most, (len(lost) + 1) // 2)
    if most < least:
        return most
    with np.errstate(invalid="ignore", divide="ignore"):
        ratios = lost[least - 1 : most] / lost[least - 2 : most - 1]
    return int(np.nan_to_num(ratios, nan=1.0).argmin()) + least


def cluster(
    points: pd.DataFrame, *, weights: pd.Series | None = None, k: int = 0, consolidated: bool = True
) -> Classes:
    """Share rows out between classes.

    Parameters
    ----------
    points
        Coordinates of the rows on the axes kept.
    weights
        Weights of the rows, those of the map; by default they weigh the same.
    k
        Number of classes; 0 takes the one that the tree suggests.
    consolidated
        Move rows to a closer class once the tree is cut.

    Raises
    ------
    RequestError
        When so many classes cannot be made.
    """
    place, n = points.to_numpy(dtype=float), len(points)
    heavy = np.full(n, 1 / n) if weights is None else weights.to_numpy(dtype=float)
    tree = ward(place, heavy)
    advised = suggested(tree)
    most = min(n, len(ascii_uppercase))
    if not 0 <= k <= most:
        raise RequestError(
            f"Nombre de classes attendu entre 1 et {most} (il y a {n} lignes) ; reçu {k}.",
            "Donner un nombre plus petit, ou 0 pour celui que l'arbre suggère.",
        )
    cut = _cut(tree, k or advised)
    found = consolidate(place, cut, heavy) if consolidated else cut
    letters = pd.Series(_letters(found), points.index)
    named = pd.Index(list(dict.fromkeys(letters)))
    centres = _centres(place, found, heavy)[list(dict.fromkeys(found))]
    return Classes(
        letters,
        pd.DataFrame(centres, named, points.columns),
        letters.value_counts().reindex(named),
        _explained(place, centres[named.get_indexer(letters)], heavy),
        int((found != cut).sum()),
        advised,
        tree,
    )


def consolidate(points: np.ndarray, classes: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Move one row at a time, the move that gains most first, until none gains anything.

    Taking the best move rather than the next one makes the result the same whatever the order
    of the rows. The last row of a class never leaves it.
    """
    rows = np.arange(len(points))
    found, kept, before = classes.copy(), classes.copy(), np.inf
    while True:
        masses = np.bincount(found, weights)
        far = _distances(points, _centres(points, found, weights))
        within = (weights * far[rows, found]).sum()
        # Strictly less each time: no partition comes back, whatever the rounding.
        if not within < before:
            return kept
        kept, before = found.copy(), within
        alone = np.bincount(found)[found] == 1
        left = np.where(alone, np.inf, masses[found] - weights)
        leaving = masses[found] * weights / left * far[rows, found]
        joining = masses * weights[:, None] / (masses + weights[:, None]) * far
        joining[rows, found] = np.inf
        gains = leaving - joining.min(axis=1)
        best = int(gains.argmax())
        if gains[best] <= STILL * within:
            return found
        found[best] = joining[best].argmin()


def paragons(points: pd.DataFrame, classes: Classes, *, most: int = 3) -> pd.DataFrame:
    """Rows nearest to the centre of their class: those that show best what it is.

    Returns
    -------
    pandas.DataFrame
        Columns class, row, distance; rows of a class stand in the order of the caller, not in
        that of the distance.
    """
    place = points.to_numpy(dtype=float)
    letters = classes.labels.to_numpy()
    own = classes.centres.loc[letters].to_numpy()
    distances = np.sqrt(((place - own) ** 2).sum(axis=1))
    rows = []
    for letter in classes.centres.index:
        inside = np.flatnonzero(letters == letter)
        near = sorted(inside[np.argsort(distances[inside], kind="stable")[:most]])
        rows += [(letter, points.index[i], float(distances[i])) for i in near]
    return pd.DataFrame(rows, columns=["class", "row", "distance"])


def _centres(points: np.ndarray, classes: np.ndarray, weights: np.ndarray) -> np.ndarray:
    member = (classes == np.arange(classes.max() + 1)[:, None]) * weights
    return member @ points / member.sum(axis=1, keepdims=True)


def _distances(points: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Squared distances of rows to centres, without the loss of digits of the expanded square."""
    return np.stack([((points - centre) ** 2).sum(axis=1) for centre in centres], axis=1)


def _explained(points: np.ndarray, centres: np.ndarray, weights: np.ndarray) -> float:
    """Share of the inertia that lies between classes, from the centre of the class of each row."""
    middle = weights @ points / weights.sum()
    total = (weights * ((points - middle) ** 2).sum(axis=1)).sum()
    within = (weights * ((points - centres) ** 2).sum(axis=1)).sum()
    return float(1 - within / total) if total > 0 else 0.0


def _cut(tree: Tree, k: int) -> np.ndarray:
    """Class of each row, numbered as they are met."""
    n = len(tree.merges) + 1
    below: dict[int, list[int]] = {i: [i] for i in range(n)}
    for step, (one, other) in enumerate(tree.merges[: n - k, :2].astype(int)):
        below[n + step] = below.pop(one) + below.pop(other)
    found = np.empty(n, dtype=int)
    for number, rows in enumerate(sorted(below.values(), key=min)):
        found[rows] = number
    return found


def _letters(classes: np.ndarray) -> list[str]:
    """Letters in the order in which the rows meet the classes."""
    order = {number: letter for number, letter in zip(dict.fromkeys(classes), ascii_uppercase)}
    return [order[number] for number in classes]


def _weighted_merges(points: np.ndarray, weights: np.ndarray) -> list[tuple[int, int, float]]:
    """Merge rows that weigh differently: pairs that are each other's nearest, found by a chain.

    Classes are told by one of their rows.
    """
    centres, masses, heights = points.copy(), weights.copy(), np.zeros(len(points))
    alive = np.ones(len(points), dtype=bool)
    merges: list[tuple[int, int, float]] = []
    chain = [0]
    while len(merges) < len(points) - 1:
        last = chain[-1]
        far = ((centres - centres[last]) ** 2).sum(axis=1)
        lost = np.where(alive, masses * masses[last] / (masses + masses[last]) * far, np.inf)
        lost[last] = np.inf
        near = int(lost.argmin())
        if len(chain) > 1 and lost[chain[-2]] <= lost[near]:
            near = chain[-2]
            mass = masses[last] + masses[near]
            centres[near] = (masses[last] * centres[last] + masses[near] * centres[near]) / mass
            masses[near], alive[last] = mass, False
            # Rounding must not put a merge before the ones it is made of.
            heights[near] = max(lost[near], heights[near], heights[last])
            merges.append((near, last, float(heights[near])))
            chain = chain[:-2] or [int(alive.argmax())]
        else:
            chain.append(near)
    return merges


def _ordered(merges: list[tuple[int, int, float]], n: int) -> np.ndarray:
    """Merges by inertia lost, as scipy numbers the nodes."""
    node, size = list(range(n)), [1] * n
    rows = []
    for step, (kept, gone, lost) in enumerate(sorted(merges, key=lambda merge: merge[2])):
        one, other = sorted((node[kept], node[gone]))
        size[kept] += size[gone]
        rows.append((one, other, lost, size[kept]))
        node[kept] = n + step
    return np.array(rows, dtype=float)
