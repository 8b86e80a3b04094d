"""How often a mail was in the hands of a worker that died, apart from the tries that failed."""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('mails', sa.Column('lapses', sa.Integer(), server_default='0', nullable=False))


def downgrade() -> None:
    op.drop_column('mails', 'lapses')
