"""Findings: what does not fit in a record, each as a sentence that names the first place to look at."""

from dataclasses import dataclass

from console.models.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that does not fit.

    `kind` groups findings ("line", "seal", "signature", "form", "row", "file", "database"). `seq` is the journal line
    it is about, 0 for none; `file` the file, relative to the data folder.
    """

    kind: str
    text: Text
    seq: int = 0
    file: str = ""


@dataclass(frozen=True, slots=True)
class Anchor:
    """The head of the journal as it was noted outside the database: on paper, in another building."""

    seq: int
    head: str
