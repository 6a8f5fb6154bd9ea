"""The workbook as a person handles it: take files in, check them, open a territory's material."""

from dts_research.workbook.book import NETWORK, Workbook, counts_of, open_workbook
from dts_research.workbook.material import READERS, Material

__all__ = ["NETWORK", "READERS", "Material", "Workbook", "counts_of", "open_workbook"]
