"""What classes are made of: where a class differs from the whole by more than chance does.

A v-test is a distance to what chance gives, in standard deviations: positive when the class has
more of something than the whole, negative when it has less. It grows with the number of rows,
and tells neither cause nor merit. Tables keep the order of classes and of columns.

References
----------
A. Morineau, « Note sur la caractérisation statistique d'une classe et les valeurs-tests »,
Bulletin technique du CESIA 2, 1984, 20-27.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from dts_research.analysis.complete import listed, numbers, texts
from dts_research.analysis.factorial import indicators
from dts_research.errors import MaterialError

# Under this probability v-tests are not told apart: about 37 standard deviations.
LEAST = np.finfo(float).tiny


def by_categories(answers: pd.DataFrame, labels: pd.Series) -> pd.DataFrame:
    """Describe classes by answers.

    Parameters
    ----------
    answers
        One row per row of ``labels``, one column per variable.
    labels
        Class of each row.

    Returns
    -------
    pandas.DataFrame
        One row per class, variable and category: columns class, variable, category, count (in
        the class), size (of the class), everywhere (in all classes), share (of the class),
        whole (share of all rows), p, v_test. The probability is twice that of the rarer side,
        the observed count taken by half.
    """
    table = indicators(texts(answers.loc[labels.index]))
    member = _membership(labels)
    counts = member.to_numpy().T @ table.to_numpy()
    names = pd.MultiIndex.from_tuples(
        [(letter, *pair) for letter in member.columns for pair in table.columns],
        names=["class", "variable", "category"],
    )
    sizes = member.sum().to_numpy()
    return _counted(counts, sizes, table.sum().to_numpy(), names, half=True)


def by_counts(table: pd.DataFrame, labels: pd.Series | None = None) -> pd.DataFrame:
    """Describe rows of counts, or classes of such rows, by their columns.

    Returns
    -------
    pandas.DataFrame
        One row per class (or row) and column: columns class, column, then those of
        ``by_categories``. The probability is twice that of the rarer side.

    Raises
    ------
    MaterialError
        When a count is missing, negative or not a whole number.
    """
    counts = numbers(table, columns=1)
    wrong = ((counts < 0) | (counts != np.round(counts))).any(axis=1)
    if wrong.any():
        raise MaterialError(
            f"Des effectifs entiers sont attendus à : {listed(list(table.index[wrong]))}.",
            "Donner des nombres de cas, ni pourcentages ni moyennes.",
        )
    letters = table.index
    if labels is not None:
        member = _membership(labels.loc[table.index])
        counts, letters = member.to_numpy().T @ counts, member.columns
    names = pd.MultiIndex.from_product([letters, table.columns], names=["class", "column"])
    return _counted(counts, counts.sum(axis=1), counts.sum(axis=0), names, half=False)


def by_quantities(values: pd.DataFrame, labels: pd.Series) -> pd.DataFrame:
    """Describe classes by quantities.

    Returns
    -------
    pandas.DataFrame
        One row per class and quantity: columns class, variable, size, mean (in the class),
        whole (mean of all rows), deviation (in the class), v_test, p.
    """
    table = numbers(values.loc[labels.index], columns=1)
    member = _membership(labels)
    n, sizes = len(labels), member.sum().to_numpy()[:, None]
    ones = member.to_numpy()
    means = ones.T @ table / sizes
    spread = np.sqrt(ones.T @ table**2 / sizes - means**2, where=sizes > 1, out=means * 0)
    chance = np.sqrt(table.var(axis=0) / sizes * (n - sizes) / (n - 1))
    gaps = means - table.mean(axis=0)
    v_tests = np.divide(gaps, chance, where=chance > 0, out=np.zeros_like(gaps))
    names = pd.MultiIndex.from_product([member.columns, values.columns])
    found = pd.DataFrame(
        {
            "size": np.broadcast_to(sizes, means.shape).ravel().astype(int),
            "mean": means.ravel(),
            "whole": np.broadcast_to(table.mean(axis=0), means.shape).ravel(),
            "deviation": spread.ravel(),
            "v_test": v_tests.ravel(),
            "p": 2 * stats.norm.sf(np.abs(v_tests)).ravel(),
        },
        index=names.set_names(["class", "variable"]),
    )
    return found.reset_index()


def linked(answers: pd.DataFrame, labels: pd.Series) -> pd.DataFrame:
    """Tell whether classes and each variable go together: columns variable, p, degrees.

    Pearson's chi-squared without correction; with counts expected under 5 it is a rough guide.
    """
    given = texts(answers.loc[labels.index])
    rows = []
    for name in given.columns:
        tested = stats.chi2_contingency(pd.crosstab(labels, given[name]), correction=False)
        rows.append((name, float(tested.pvalue), int(tested.dof)))
    return pd.DataFrame(rows, columns=["variable", "p", "degrees"])


def _membership(labels: pd.Series) -> pd.DataFrame:
    """One column of zeros and ones per class, in alphabetical order."""
    letters = sorted(set(labels))
    ones = {letter: (labels == letter).to_numpy(dtype=float) for letter in letters}
    return pd.DataFrame(ones, labels.index)


def _counted(
    counts: np.ndarray, sizes: np.ndarray, totals: np.ndarray, names: pd.MultiIndex, *, half: bool
) -> pd.DataFrame:
    """Set counts beside those of draws at random, class by class."""
    n = sizes.sum()
    drawn = stats.hypergeom(n, totals, sizes[:, None])
    here = drawn.pmf(counts) if half else 0.0
    rarer = np.minimum(drawn.sf(counts - 1), drawn.cdf(counts))
    p = np.clip(2 * rarer - here, LEAST, 1.0)
    share, whole = counts / sizes[:, None], np.broadcast_to(totals / n, counts.shape)
    columns = {
        "count": counts.astype(int),
        "size": np.broadcast_to(sizes[:, None], counts.shape).astype(int),
        "everywhere": np.broadcast_to(totals, counts.shape).astype(int),
        "share": share,
        "whole": whole,
        "p": p,
        "v_test": np.sign(share - whole) * stats.norm.isf(p / 2),
    }
    flat = {name: values.ravel() for name, values in columns.items()}
    return pd.DataFrame(flat, index=names).reset_index()
