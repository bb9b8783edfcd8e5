"""Run by Alembic: the migrations go over the connection that `upgrade` has opened."""

from __future__ import annotations

from alembic import context

from labapp.storage.database import VERSION_TABLE
from labapp.storage.schema import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    version_table=VERSION_TABLE,
)
with context.begin_transaction():
    context.run_migrations()
