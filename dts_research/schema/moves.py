"""What is said of a status that may not move as somebody writes it."""

from __future__ import annotations

from dataclasses import dataclass

from dts_research.schema.catalogue import Schema, catalogue
from dts_research.schema.sentences import Said


@dataclass(frozen=True)
class Words:
    """The words for one move of one record.

    Parameters
    ----------
    schema
        Its table.
    key
        Its id.
    before, after
        Codes that its status leaves and takes.
    """

    schema: Schema
    key: str
    before: str
    after: str

    def _label(self, code: str) -> str:
        rules = self.schema.transitions
        assert rules is not None
        return catalogue().label(self.schema.field(rules.field).codelist or "", code)

    @property
    def _move(self) -> str:
        before, after = self._label(self.before), self._label(self.after)
        return f"« {self.key} » passe de « {before} » à « {after} »"

    def _title(self, name: str) -> str:
        return f"« {self.schema.field(name).title} »"

    def not_allowed(self) -> Said:
        """The status may not go there from where it is."""
        rules = self.schema.transitions
        assert rules is not None
        labels = catalogue().codelists[self.schema.field(rules.field).codelist or ""].labels
        may = rules.allowed(self.before)
        named = [f"« {label} »" for code, label in labels.items() if code in may]
        now, wanted = self._label(self.before), self._label(self.after)
        what = f"« {self.key} » est « {now} » et ne peut pas devenir « {wanted} »"
        if not named:
            return what, "son statut ne bouge plus : prendre une nouvelle décision"
        return what, f"choisir {' ou '.join(named)}, ou laisser la cellule vide"

    def by_nobody(self) -> Said:
        """No session nor analysis is named."""
        rules = self.schema.transitions
        assert rules is not None
        said = f"{self._move}, mais rien ne dit quelle séance ou quelle analyse l'a fait bouger"
        return said, f"remplir {self._title(rules.by)}"

    def by_the_same(self, by: str) -> Said:
        """The session named is that of the last move."""
        rules = self.schema.transitions
        assert rules is not None
        said = f"{self._move}, mais « {by} » est ce qui l'avait fait bouger la fois d'avant"
        return said, f"écrire dans {self._title(rules.by)} ce qui la fait bouger cette fois"

    def needs(self, name: str) -> Said:
        """A cell is asked for and is blank."""
        return f"{self._move}, mais {self._title(name)} est vide", f"remplir {self._title(name)}"

    def renews(self, name: str) -> Said:
        """A cell must say something new."""
        said = f"{self._move}, mais {self._title(name)} ne dit rien de nouveau"
        return said, f"écrire dans {self._title(name)} ce qui a changé"

    def no_heir(self) -> Said:
        """No decision comes from the one that is said to be transformed."""
        said = f"{self._move}, mais aucune décision n'en est issue"
        return said, "écrire la décision qu'elle devient"


def updated_since(key: str, now: str, day: str) -> Said:
    """A record was told by other means after the session that an older sheet comes from."""
    date = f"{day[8:10]}/{day[5:7]}/{day[:4]}"
    said = f"« {key} » a été mis à jour depuis, le {date} : « {now} »"
    return said, "vider la cellule, ou noter le nouveau statut par dts decide ou dts hypothesis"


def followed_since(key: str, session: str, day: str) -> Said:
    """A later session has already spoken of a record."""
    date = f"{day[8:10]}/{day[5:7]}/{day[:4]}"
    said = f"« {key} » a été suivi depuis, à la séance « {session} » du {date}"
    return said, "corriger dans la fiche de cette séance-là"
