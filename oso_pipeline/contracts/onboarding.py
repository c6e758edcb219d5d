"""The six tables that Mijn OSO exports, as contract.md states them.

What is stored of a delivery is these columns and no others; any other column is dropped at the door.
"""

from __future__ import annotations

from dataclasses import dataclass

from oso_pipeline.contracts.model import Column, Table, Type


@dataclass(frozen=True)
class OnboardingTable(Table):
    """An onboarding table, and which of its columns carry the rules.

    Attributes:
        first_on: a record whose first date lies after D counts for no rule.
        begins_on: the record is active from this date; empty has not begun. None: the record has no duration.
        ends_on: and until this one.
    """

    first_on: str = ""
    begins_on: str | None = None
    ends_on: str | None = None

    @property
    def dates(self) -> list[str]:
        """The names of the date columns."""
        return [column.name for column in self.columns if column.type is Type.DATE]


def _code(name: str, dutch: str, meaning: str) -> Column:
    return Column(name, Type.CODE, dutch, meaning)


def _day(name: str, dutch: str, meaning: str) -> Column:
    return Column(name, Type.DATE, dutch, meaning)


def _private_day(name: str, dutch: str, meaning: str) -> Column:
    return Column(name, Type.DATE, dutch, meaning, private=True)


def _choice(name: str, dutch: str, meaning: str, *choices: str) -> Column:
    return Column(name, Type.TEXT, dutch, meaning, required=True, choices=choices)


_BRIN = _code("brin", "BRIN", "The school's code: two digits and two letters.")

ACCOUNTS = OnboardingTable(
    "accounts",
    "Accounts",
    "account requested in Mijn OSO",
    (
        _code("account_name", "Gebruikersnaam", "The school's BRIN, or the board's number."),
        _choice("kind", "Soort", "Whose account it is.", "school", "board"),
        _private_day(
            "requested_on", "Aangevraagd op", "The day on which the account was requested."
        ),
        _private_day(
            "letter_sent_on", "Brief verstuurd op", "The day on which the credentials were sent."
        ),
        _private_day("activated_on", "Geactiveerd op", "The day of the first login."),
        _private_day("closed_on", "Gesloten op", "The day on which the account was closed."),
    ),
    first_on="requested_on",
    begins_on="activated_on",
    ends_on="closed_on",
)

AGREEMENTS = OnboardingTable(
    "agreements",
    "Overeenkomsten",
    "agreement between a board and OSO",
    (
        _code("board_number", "Bestuursnummer", "The board's number: five digits."),
        _choice(
            "kind",
            "Soort",
            "The agreement itself, or the extension of its privacy annex for support requests.",
            "base",
            "swv_extension",
        ),
        _day("signed_on", "Getekend op", "The day on which the board signed."),
        _day("ended_on", "Beëindigd op", "The day on which it ended."),
    ),
    first_on="signed_on",
    begins_on="signed_on",
    ends_on="ended_on",
)

QUESTIONNAIRES = OnboardingTable(
    "questionnaires",
    "Vragenlijsten",
    "questionnaire of a school",
    (
        _BRIN,
        _choice("status", "Status", "How far it is.", "draft", "submitted", "approved", "rejected"),
        _day("submitted_on", "Ingediend op", "The day on which the school sent it in."),
    ),
    first_on="submitted_on",
)

BRANCHES = OnboardingTable(
    "branches",
    "Vestigingen in Mijn OSO",
    "branch that a school entered in Mijn OSO",
    (
        _BRIN,
        _code("branch_number", "Vestigingsnummer", "The branch's two digits."),
        Column("name", Type.TEXT, "Naam", "The branch's name as the school wrote it."),
        _day("added_on", "Toegevoegd op", "The day on which the school entered it."),
        _day("removed_on", "Verwijderd op", "The day on which the school took it out."),
    ),
    first_on="added_on",
    begins_on="added_on",
    ends_on="removed_on",
)

DELIVERY_POINTS = OnboardingTable(
    "delivery_points",
    "Aanleverpunten",
    "delivery point of a school",
    (
        _BRIN,
        Column(
            "number", Type.TEXT, "Nummer", "The delivery point's number; free text is possible."
        ),
        _choice(
            "kind", "Soort", "The system or exchange that it serves.", "las", "ot", "ldos", "swv"
        ),
        _code("branch_number", "Gekoppelde vestiging", "The branch it is linked to explicitly."),
        Column("las", Type.TEXT, "LAS", "The product in which it is registered."),
        _day("requested_on", "Aangevraagd op", "The day on which the school requested it."),
        _day("approved_on", "Goedgekeurd op", "The day on which the service desk approved it."),
        _day("key_issued_on", "Sleutel uitgegeven op", "The day on which its key was issued."),
        _day("registered_on", "Geregistreerd op", "The day on which it was registered in the LAS."),
        _day("ended_on", "Beëindigd op", "The day on which it ended."),
    ),
    first_on="requested_on",
    begins_on="registered_on",
    ends_on="ended_on",
)

PROFILES = ("POPO", "POVO", "VOVO", "POSWV", "VOSWV")

TEST_EXCHANGES = OnboardingTable(
    "test_exchanges",
    "Testuitwisselingen",
    "test exchange of a school",
    (
        _BRIN,
        Column("delivery_point_number", Type.TEXT, "Aanleverpunt", "The number of the point used."),
        _code("partner_brin", "BRIN van de partner", "The school it was exchanged with."),
        Column("profile", Type.TEXT, "Profiel", "The exchange profile; an unknown one is kept."),
        _day("performed_on", "Uitgevoerd op", "The day of the test."),
        _choice("result", "Uitslag", "How it went.", "passed", "failed"),
    ),
    first_on="performed_on",
)

ONBOARDING = (
    ACCOUNTS,
    AGREEMENTS,
    QUESTIONNAIRES,
    BRANCHES,
    DELIVERY_POINTS,
    TEST_EXCHANGES,
)

KNOWN_LAS = ("ParnasSys", "ESIS", "Magister", "SOMtoday", "EDUscope", "LeerlingInZicht")
"""The products that domain.md names. Its list is not complete: another one is kept and signalled."""
