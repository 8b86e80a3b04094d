"""Who is participation lead has what is chased looked at at once, as everybody else around it does."""

from collections.abc import Iterator

from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

# The triggers as they were at this revision (today's are in tracker/reminders/watching.py).
_MARK = (
    "UPDATE next_looks SET at = '2000-01-01 00:00:00.000000', changes = changes + 1"
    " WHERE consultation_id IN ({whose})"
)
_IN_ORDER = (
    "SELECT consultation_id FROM next_looks WHERE consultation_id IN ({whose})"
    " ORDER BY consultation_id FOR UPDATE"
)
_OF_PERSON = (
    "SELECT id FROM consultations WHERE owner_id = {row}.id OR service_id IN ("
    "SELECT id FROM services WHERE owner_id = {row}.id OR escalation_contact_id = {row}.id"
    " UNION SELECT service_id FROM service_deputies WHERE person_id = {row}.id)"
)
_CHASED_IF = "SELECT consultation_id FROM cases WHERE closed_at IS NULL AND EXISTS (SELECT 1 FROM "
_OF_LEAD = (
    _CHASED_IF + "person_roles JOIN roles ON roles.id = person_roles.role_id"
    " WHERE person_roles.person_id = {row}.id AND roles.name = 'participation_lead')"
)
_OF_ROLE = _CHASED_IF + "roles WHERE id = {row}.role_id AND name = 'participation_lead')"
_PEOPLE = ("people", "UPDATE", " OF active, is_bounced")
_ROLES = (("person_roles", "INSERT", ""), ("person_roles", "DELETE", ""))


def _make(watched: tuple[str, str, str], whose: str) -> Iterator[str]:
    table, end, columns = watched
    name = f"look_again_{table}_{end.lower()}"
    of = whose.format(row="OLD" if end == "DELETE" else "NEW")
    start = f"CREATE TRIGGER {name} AFTER {end}{columns} ON {table}"
    if op.get_bind().dialect.name == "sqlite":
        yield f"{start} BEGIN {_MARK.format(whose=of)}; END"
        return
    does = _MARK.format(whose=_IN_ORDER.format(whose=of))
    yield (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN {does}; RETURN NULL; END $$"
    )
    yield f"{start} FOR EACH ROW EXECUTE FUNCTION {name}()"


def _drop(watched: tuple[str, str, str]) -> str:
    table, end, _ = watched
    name = f"look_again_{table}_{end.lower()}"
    if op.get_bind().dialect.name == "sqlite":
        return f"DROP TRIGGER {name}"
    return f"DROP FUNCTION {name}() CASCADE"


def upgrade() -> None:
    op.execute(_drop(_PEOPLE))
    for statement in _make(_PEOPLE, f"{_OF_PERSON} UNION {_OF_LEAD}"):
        op.execute(statement)
    for watched in _ROLES:
        for statement in _make(watched, _OF_ROLE):
            op.execute(statement)


def downgrade() -> None:
    for watched in _ROLES:
        op.execute(_drop(watched))
    op.execute(_drop(_PEOPLE))
    for statement in _make(_PEOPLE, _OF_PERSON):
        op.execute(statement)
