"""How reminders reach people: what they chose, and how each mail travels."""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('preferences',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('rhythm', sa.String(length=40), nullable=False),
    sa.Column('weekday', sa.Integer(), nullable=False),
    sa.Column('channel', sa.String(length=40), nullable=False),
    sa.Column('address_sealed', sa.Text(), nullable=False),
    sa.Column('trouble', sa.Text(), nullable=False),
    sa.Column('changes', sa.Integer(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('weekday BETWEEN 0 AND 4', name=op.f('ck_preferences_working_day')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_preferences_person_id_people'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_preferences'))
    )
    # Plain statements: made anew, the tables would lose their triggers.
    op.add_column('mails', sa.Column('channel', sa.String(length=40), server_default='mail', nullable=False))
    op.add_column('mails', sa.Column('detour', sa.Text(), server_default='', nullable=False))
    op.add_column('organisations', sa.Column('uses_chat', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column('organisations', sa.Column('uses_notify', sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.drop_column('organisations', 'uses_notify')
    op.drop_column('organisations', 'uses_chat')
    op.drop_column('mails', 'detour')
    op.drop_column('mails', 'channel')
    op.drop_table('preferences')
