"""An index of the mails that are in a worker's hands, by when the claim is over."""

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    is_claimed = sa.text('claimed_until IS NOT NULL')
    op.create_index(
        'ix_mails_claimed',
        'mails',
        ['claimed_until'],
        sqlite_where=is_claimed,
        postgresql_where=is_claimed,
    )


def downgrade() -> None:
    op.drop_index('ix_mails_claimed', table_name='mails')
