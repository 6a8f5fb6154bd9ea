"""``dts session``: before and after a collective moment."""

from __future__ import annotations

import click


@click.group(subcommand_metavar="COMMANDE [ARGUMENTS]...")
def session() -> None:
    """Préparer un temps collectif, puis en rapporter ce qui s'est dit.

    Exemple : dts session prepare 71 --date 2026-12-10
    """
