"""What Alembic runs for every migration: inside the transaction of whoever opens the gradebook."""

from __future__ import annotations

from alembic import context

config = context.config
context.configure(
    connection=config.attributes["connection"],
    target_metadata=config.attributes["metadata"],
    # SQLite cannot alter most of a table: it is made anew and its rows are copied.
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()
