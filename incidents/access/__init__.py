"""Who may see and do what: a role reaches down the tree of organisations, and no further.

Every list, page, choice and action asks here. A row is *owned* by the organisations whose matter it is; some
rows are also *shared* with others, who may see and add to them: a crew on loan sees the outage it works on.
A model without a scope is an error, never "everything".
"""

import incidents.access.record  # noqa: F401 - says whose matter the record's rows are
from incidents.access.frozen import Frozen, entered, freeze
from incidents.access.known import Reach, reach_of, seen_by
from incidents.access.reach import (
    Post,
    Row,
    Sight,
    current,
    is_scoped,
    posts_of,
    rights_by,
    rights_of,
    scope,
    visible_to,
    within,
)
from incidents.access.rights import PERSONAL_FIELDS, RIGHTS, SECRET_FIELDS, Right

__all__ = [
    "PERSONAL_FIELDS",
    "RIGHTS",
    "SECRET_FIELDS",
    "Frozen",
    "Post",
    "Reach",
    "Right",
    "Row",
    "Sight",
    "current",
    "entered",
    "freeze",
    "is_scoped",
    "posts_of",
    "reach_of",
    "rights_by",
    "rights_of",
    "scope",
    "seen_by",
    "visible_to",
    "within",
]
