"""``/api/v1/important-users/``: users who have to have power; read only."""

from incidents.api.filters import Filters, Subtree
from incidents.api.filters import one_of as coded
from incidents.api.outputs import Versioned
from incidents.api.resources import Resource
from incidents.choices import UserGrade
from incidents.models import ImportantUser


class ImportantUserOut(Versioned):
    """An important user with its feeders; without its phone."""

    class Meta:
        model = ImportantUser
        fields = [
            "uuid",
            "version",
            "organization",
            "name",
            "grade",
            "feeders",
            "own_generator_kw",
            "endurance_h",
            "contact",
            "confirmed_at",
            "supplied_by",
            "supplied_since_at",
            "supplied_until_at",
            "retired_at",
        ]


class ImportantUserFilters(Filters):
    """Important users by whose and how important."""

    organization = Subtree("organization")
    grade = coded("grade", UserGrade.choices)


class ImportantUsers(Resource):
    """Important users."""

    home = "important-users"
    model = ImportantUser
    serializer_class = ImportantUserOut
    filterset_class = ImportantUserFilters
    ordering = ("name", "id")
    related = ("organization",)
    lists = ("feeders",)
