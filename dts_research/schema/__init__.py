"""What we talk about: tables, fields and closed lists, each written once."""

from dts_research.schema.catalogue import Catalogue, Codelist, Field, Schema, catalogue

__all__ = ["Catalogue", "Codelist", "Field", "Schema", "catalogue"]
