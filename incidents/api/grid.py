"""``/api/v1/lines/``, ``/api/v1/sections/`` and ``/api/v1/divisions/``: what facts point at; read only."""

from incidents.api.filters import DivisionPrefix, Filters, Subtree, named, voltage
from incidents.api.filters import one_of as coded
from incidents.api.outputs import Out, Versioned
from incidents.api.resources import Resource
from incidents.choices import DivisionLevel
from incidents.models import Division, Line, LineSection


class LineOut(Versioned):
    """A line; nominal voltage in kV."""

    class Meta:
        model = Line
        fields = [
            "uuid",
            "version",
            "organization",
            "code",
            "name",
            "voltage_kv",
            "kind",
            "substation",
            "has_tie",
            "customers",
            "is_exercise",
            "retired_at",
        ]


class SectionOut(Versioned):
    """A stretch of a line with one design value; mm of standard ice, mm of conductor, m above the sea."""

    class Meta:
        model = LineSection
        fields = [
            "uuid",
            "version",
            "line",
            "code",
            "from_pole",
            "to_pole",
            "division",
            "conductor_type",
            "conductor_diameter_mm",
            "conductor_weight_n_per_m",
            "vertical_span_m",
            "design_ice_mm",
            "design_ice_source",
            "altitude_min_m",
            "altitude_max_m",
            "vegetation",
            "access",
        ]


class DivisionOut(Out):
    """An administrative division."""

    class Meta:
        model = Division
        fields = ["code", "name", "stem", "level", "parent", "aliases", "valid_from", "valid_to"]


class LineFilters(Filters):
    """Lines by whose and voltage."""

    organization = Subtree("organization")
    voltage_kv = voltage("voltage_kv")


class SectionFilters(Filters):
    """Sections by whose, where, line and voltage."""

    organization = Subtree("line__organization")
    division = DivisionPrefix("division__code")
    line = named("line")
    voltage_kv = voltage("line__voltage_kv")


class DivisionFilters(Filters):
    """Divisions by the beginning of their code, and level."""

    division = DivisionPrefix("code")
    level = coded("level", DivisionLevel.choices)


class Lines(Resource):
    """Lines of the grid."""

    home = "lines"
    model = Line
    serializer_class = LineOut
    filterset_class = LineFilters
    related = ("organization",)


class Sections(Resource):
    """Sections of lines: what ice is graded on."""

    home = "sections"
    model = LineSection
    serializer_class = SectionOut
    filterset_class = SectionFilters
    related = ("line", "division")


class Divisions(Resource):
    """Administrative divisions: common knowledge."""

    home = "divisions"
    model = Division
    serializer_class = DivisionOut
    filterset_class = DivisionFilters
    ordering = ("code",)
    versioned = False
    related = ("parent",)
    lookup_field = "code"
    lookup_value_converter = "slug"
