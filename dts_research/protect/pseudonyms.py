"""Stable pseudonyms: the same name always gives the same code, and the key stays apart.

The key is read from the file named by ``DTS_PSEUDONYM_KEY`` or made in the user's own
configuration folder: never in the workbook's data, so that a copied workbook holds no key.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from dts_research.schema.catalogue import plain


def key_path() -> Path:
    """Where the key lives, outside every workbook."""
    named = os.environ.get("DTS_PSEUDONYM_KEY")
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return Path(named) if named else home / "dts-research" / "pseudonyms.key"


def read_key(path: Path | None = None) -> bytes:
    """Read the key, or make it once, readable by its owner only."""
    path = path or key_path()
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(secrets.token_bytes(32))
    return path.read_bytes()


def pseudonym(name: str, *, key: bytes, prefix: str = "PERS") -> str:
    """Return the stable pseudonym of a name, whatever its case, accents or blanks.

    Parameters
    ----------
    name
        A person's name.
    key
        Secret bytes; the same key gives the same pseudonyms.
    prefix
        What kind of thing is named.
    """
    digest = hmac.new(key, plain(name).encode(), hashlib.sha256).hexdigest()
    return f"{prefix}-{digest[:8]}"
