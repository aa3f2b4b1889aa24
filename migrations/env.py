"""How Alembic runs our migrations: on the connection and in the transaction of whoever asked."""

from alembic import context
from sqlalchemy import Connection

from casework.records.tables import metadata

connection = context.config.attributes["connection"]
if not isinstance(connection, Connection):
    raise TypeError("Migrations run through casework.records.migrate, which passes the connection.")

context.configure(connection=connection, target_metadata=metadata, compare_type=True, compare_server_default=True)
context.run_migrations()
