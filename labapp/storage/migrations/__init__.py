"""The way from every older database, or an empty one, to the tables of this version; run by Alembic, without a file of settings."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection


def upgrade(connection: Connection) -> None:
    """Bring the tables up to date, within the transaction of the connection."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def known_versions() -> frozenset[str]:
    """Every revision that a database may be of."""
    return frozenset(script.revision for script in _scripts().walk_revisions())


def head() -> str | None:
    """The revision that the migrations lead to."""
    return _scripts().get_current_head()


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _config() -> Config:
    config = Config()
    # Alembic reads a per cent sign as its own.
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config
