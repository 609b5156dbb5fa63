"""What each role allows."""

from enum import StrEnum

from incidents.choices import Role


class Right(StrEnum):
    """What a role allows inside its organisation and below."""

    ENTER = "enter"  # sign in to the back office
    SEE = "see"
    SEE_PHONES = "see_phones"
    RECORD = "record"  # readings, check-ins, what a crew did
    ACKNOWLEDGE = "acknowledge"  # alerts
    OPERATE = "operate"  # everything in the life of outages, storms, crews and support
    GUARD = "guard"  # shut a lost phone out
    MANAGE = "manage"  # people, their roles and phones; organisations, lines and sections


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.VIEWER: frozenset({Right.ENTER, Right.SEE}),
    Role.CREW_MEMBER: frozenset({Right.SEE, Right.RECORD}),
    Role.CREW_LEADER: frozenset({Right.ENTER, Right.SEE, Right.SEE_PHONES, Right.RECORD}),
    Role.MANAGER: frozenset({Right.ENTER, Right.SEE, Right.SEE_PHONES, Right.ACKNOWLEDGE}),
    Role.DISPATCHER: frozenset(set(Right) - {Right.MANAGE}),
    Role.ADMIN: frozenset({Right.ENTER, Right.SEE, Right.SEE_PHONES, Right.GUARD, Right.MANAGE}),
}

# Rights that also hold for rows which are only shared with the person's organisations.
ON_SHARED_ROWS = frozenset({Right.SEE, Right.RECORD})

# Fields about a natural person that only SEE_PHONES shows (PIPL article 6: no more than the purpose needs).
PERSONAL_FIELDS = frozenset({"address", "email", "leader_phone", "phone"})
# Fields that no page shows to anybody.
SECRET_FIELDS = frozenset(
    {
        "password",
        "token_digest",
        "token_prefix",
        "next_digest",
        "next_prefix",
        "code_digest",
        "client_digest",
        "key_digest",
        "session_data",
        "name_digest",
        "place_digest",
        "sealed_key",
        "key_salt",
        "recovery_digests",
        "secret_digest",
    }
)
