"""Take an import back, unless that would undo a withdrawal."""

from __future__ import annotations

from dts_research.errors import ProtectionError
from dts_research.store import Store, clock
from dts_research.store.undoing import Undone
from dts_research.workbook.agreed import withdrawn_records
from dts_research.workbook.book import Workbook
from dts_research.workbook.filing import file_all


def undo(book: Workbook, import_id: int) -> Undone:
    """Take an import back: records, versions and filing stand as they stood without it.

    Raises
    ------
    RequestError
        When there is no such import, or a later one told the same records.
    ProtectionError
        When it would bring back a record that was withdrawn, or forget the withdrawal.
    """
    with book.store(readonly=False) as store, store.transaction():
        before, gone = _withdrawals(store), withdrawn_records(store)
        undone = store.undo(import_id)
        lost = sorted(before - _withdrawals(store))
        if lost:
            raise ProtectionError(
                f"L'import n° {import_id} ({undone.file}) porte un retrait de consentement "
                f"({', '.join(lost)}) : un retrait ne s'annule pas. Rien n'a changé.",
                "Si le retrait est une erreur, recevoir un consentement redonné, avec sa date.",
            )
        back = sorted(k for t, k in undone.restored if k in gone.get(t, frozenset()))
        if back:
            raise ProtectionError(
                f"Annuler l'import n° {import_id} ({undone.file}) ramènerait ce qui a été retiré "
                f"({', '.join(back)}). Rien n'a changé.",
                "Un retrait l'emporte : cet import ne peut plus être annulé.",
            )
        file_all(store, book.geography)
    return undone


def _withdrawals(store: Store) -> set[str]:
    return {key for key, _ in store.withdrawals(clock.today().isoformat())}
