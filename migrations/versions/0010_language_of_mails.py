"""In which language each person reads our mails, and so no sentence of ours in the database."""

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('preferences', sa.Column('language', sa.String(length=12), server_default='en', nullable=False))
    # What came of a form follows from what it made.
    op.drop_column('sent_forms', 'result')


def downgrade() -> None:
    op.add_column('sent_forms', sa.Column('result', sa.Text(), server_default='', nullable=False))
    op.drop_column('preferences', 'language')
