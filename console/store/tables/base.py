"""What all tables share: one metadata, and short words for the kinds of column."""

from sqlalchemy import Boolean, Column, Integer, MetaData, Text

from console.store.types import PlainJson, UtcTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# No lengths: SQLite ignores them, and on PostgreSQL one long word from a device would cost the whole signal.
ID = Text()
WORD = Text()
HASH = Text()


def own_id() -> Column[str]:
    """The primary key "id"."""
    return Column("id", ID, primary_key=True)


def text_(name: str) -> Column[str]:
    """A text of any length, never null."""
    return Column(name, Text, nullable=False)


def word(name: str, *, null: bool = False, index: bool = False) -> Column[str]:
    """A short word: an id, a kind, a state."""
    return Column(name, WORD, nullable=null, index=index)


def json_(name: str, *, null: bool = False) -> Column[object]:
    """A nested value as canonical JSON."""
    return Column(name, PlainJson, nullable=null)


def at_(name: str, *, null: bool = False, index: bool = False) -> Column[object]:
    """An aware UTC time."""
    return Column(name, UtcTime, nullable=null, index=index)


def int_(name: str) -> Column[int]:
    """A whole number."""
    return Column(name, Integer, nullable=False)


def flag(name: str) -> Column[bool]:
    """Yes or no."""
    return Column(name, Boolean(create_constraint=False), nullable=False)
