"""How material comes in: read, mapped, checked, received; what is refused goes back."""

from dts_research.intake.mapping import Mapping, find
from dts_research.intake.reception import Counts, Reception, receive, write_issues
from dts_research.intake.sheets import Sheet
from dts_research.intake.suggest import suggest

__all__ = ["Counts", "Mapping", "Reception", "Sheet", "find", "receive", "suggest", "write_issues"]
