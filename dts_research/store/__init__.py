"""Keep and find: one SQLite file, its history, its provenance, snapshots of it."""

from dts_research.store.sqlite import Store

__all__ = ["Store"]
