"""What still waits to be sent is found from an index of its own, however much has been sent."""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

_WAITS = sa.text("state = 'waiting'")


def upgrade() -> None:
    op.drop_index('ix_reminders_state_mail_id', table_name='reminders')
    op.create_index('ix_reminders_waiting', 'reminders', ['mail_id'], unique=False, sqlite_where=_WAITS, postgresql_where=_WAITS)


def downgrade() -> None:
    op.drop_index('ix_reminders_waiting', table_name='reminders', sqlite_where=_WAITS, postgresql_where=_WAITS)
    op.create_index('ix_reminders_state_mail_id', 'reminders', ['state', 'mail_id'], unique=False)
