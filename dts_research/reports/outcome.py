"""What a batch of reports did."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from dts_research.errors import DtsError, ProtectionError
from dts_research.reports.freshness import FAILED
from dts_research.reports.manifest import Entry

_UNTOLD = ("refused", "overtaken")


@dataclass(frozen=True)
class Outcome:
    """What a batch did, as ids of reports and paths of files.

    Parameters
    ----------
    failed
        Id -> French reason.
    outputs
        Id -> files made, HTML first, relative to the output folder.
    refused
        True when every failure is a refusal, for protection.
    overtaken
        Id -> French reason, of what was made and is already out of date: something changed
        meanwhile. It is marked so, and made again by the next run.
    stale
        Id -> French reason, of the other reports that are out of date.
    """

    made: tuple[str, ...]
    skipped: tuple[str, ...]
    failed: dict[str, str]
    seconds: float
    outputs: dict[str, tuple[str, ...]]
    refused: bool = False
    overtaken: dict[str, str] = field(default_factory=dict)
    stale: dict[str, str] = field(default_factory=dict)

    @property
    def exit_code(self) -> int:
        """0 when all went well, 4 when all was refused for protection, 1 when a report failed."""
        if self.refused and not self.made:
            return ProtectionError.exit_code
        return DtsError.exit_code if self.failed else 0

    def as_json(self) -> dict[str, Any]:
        """Give the value that ``dts report --json`` prints."""
        return {name: value for name, value in asdict(self).items() if name not in _UNTOLD}


def outcome_of(entries: dict[str, Entry], skipped: tuple[str, ...], seconds: float) -> Outcome:
    """Say what came of the attempts of a batch."""
    failed = {
        e.id: e.failure.message if e.failure else "" for e in entries.values() if e.state == FAILED
    }
    made = tuple(name for name in entries if name not in failed)
    outputs = {name: tuple(entries[name].outputs) for name in made}
    failures = [entries[name].failure for name in failed]
    refused = bool(failures) and all(
        one is not None and one.error.startswith(ProtectionError.__name__) for one in failures
    )
    return Outcome(made, skipped, failed, round(seconds, 1), outputs, refused)
