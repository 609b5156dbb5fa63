"""Many operations for the price of one: what makes an empty database ready in seconds instead of a minute."""

from django.db.migrations import AddConstraint, AddIndex
from django.db.migrations.operations.base import Operation


class AtOnce(Operation):
    """Operations that change the database one by one, and the models in memory together.

    Django builds all related models anew after each operation, and ours are all related: a field cost 0.2 s.
    Each operation sees the models as they are before and after all of them. So none may build on another's
    result: a model is created with its fields, constraints and indexes, a field is altered once.
    """

    def __init__(self, operations):
        self.operations = operations

    @property
    def reversible(self):
        return all(operation.reversible for operation in self.operations)

    def state_forwards(self, app_label, state):
        vars(state).pop("apps", None)  # built when it is next asked for
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        for operation in reversed(self.operations):
            # What names a field is taken away while its model has that field.
            before = from_state if isinstance(operation, (AddConstraint, AddIndex)) else to_state
            operation.database_backwards(app_label, schema_editor, from_state, before)

    def describe(self):
        return "; ".join(operation.describe() for operation in self.operations)
