"""The situations that boards, schools and branches are in, and the records that make them so.

A situation is chosen first, and its records are written after it; so what a school's status ought to be
is known without applying the rules of contract.md ("Rules, as of a day D") a second time.
"""

from __future__ import annotations

from oso_pipeline.demo.records import (
    LINK_NOWHERE,
    LINK_OWN,
    MAIN,
    OTHER,
    TEXT,
    BoardSituation,
    CoverSituation,
    Record,
    SchoolSituation,
    account,
    answered,
    exchanged,
    point,
    signed,
)

REGISTERED = (-380, -370, -368, -350)
_BOARD_ACCOUNT = account("board", -760, -753, -740)
_OWN_ACCOUNT = account("school", -420, -413, -400)
_APPROVED = answered("approved", -390)
_PASSED = exchanged("passed", -300)
_READY = (_OWN_ACCOUNT, _APPROVED, _PASSED)
_UP_TO_POINT = (_OWN_ACCOUNT, _APPROVED)

BOARDS = {
    "signed": BoardSituation(0.6, True, (_BOARD_ACCOUNT, signed(-700))),
    "signed_with_extension": BoardSituation(
        0.25,
        True,
        (_BOARD_ACCOUNT, signed(-700), signed(-300, kind="swv_extension")),
    ),
    "signed_again": BoardSituation(
        0.03,
        True,
        (_BOARD_ACCOUNT, signed(-700, -200), signed(-200)),
    ),
    "ends_later": BoardSituation(0.01, True, (_BOARD_ACCOUNT, signed(-700, 3650, fresh=True))),
    "signed_on_the_day": BoardSituation(0.01, True, (_BOARD_ACCOUNT, signed(0, fresh=True))),
    "signed_twice": BoardSituation(0.01, True, (_BOARD_ACCOUNT, signed(-700), signed(-100))),
    "ended": BoardSituation(0.015, False, (_BOARD_ACCOUNT, signed(-900, -60, fresh=True))),
    "ended_on_the_day": BoardSituation(0.005, False, (_BOARD_ACCOUNT, signed(-900, 0, fresh=True))),
    "extension_only": BoardSituation(0.01, False, (signed(-300, kind="swv_extension"),)),
    "signs_later": BoardSituation(0.01, False, (_BOARD_ACCOUNT, signed(3650, fresh=True))),
    "undated": BoardSituation(0.005, False, (_BOARD_ACCOUNT, signed(None))),
    "unreadable_date": BoardSituation(0.005, False, (signed("31-12-2019", outcome="quarantined"),)),
    "ended_before_signed": BoardSituation(
        0.005, False, (signed(-100, -200, outcome="quarantined"),)
    ),
    "nothing": BoardSituation(0.04, False),
}

SCHOOLS = {
    "ready": SchoolSituation(0.6, _READY, steps_met=True),
    "ready_by_board": SchoolSituation(0.12, (_APPROVED, _PASSED), steps_met=True),
    "ready_submitted": SchoolSituation(
        0.04,
        (_OWN_ACCOUNT, answered("submitted", -390), _PASSED),
        steps_met=True,
    ),
    "ready_after_retries": SchoolSituation(
        0.05,
        (
            _OWN_ACCOUNT,
            answered("rejected", -398),
            _APPROVED,
            exchanged("failed", -310),
            exchanged("failed", -305),
            _PASSED,
        ),
        steps_met=True,
    ),
    "ready_on_the_day": SchoolSituation(
        0.004,
        (_OWN_ACCOUNT, _APPROVED, exchanged("passed", 0, fresh=True)),
        steps_met=True,
    ),
    "ready_tested_on_ended_point": SchoolSituation(
        0.01,
        (
            *_UP_TO_POINT,
            point(-399, -395, -394, -390, -351, number="777"),
            exchanged("passed", -360, number="777"),
        ),
        steps_met=True,
    ),
    "ready_account_closed": SchoolSituation(
        0.01,
        (
            Record(
                "accounts",
                {
                    "kind": "school",
                    "requested_on": -420,
                    "letter_sent_on": -413,
                    "activated_on": -400,
                    "closed_on": -100,
                },
            ),
            _APPROVED,
            _PASSED,
        ),
        steps_met=True,
    ),
    "nothing": SchoolSituation(0.05, covers=False, present=False),
    "account_requested": SchoolSituation(
        0.015,
        (account("school", -20, -13, None, fresh=True),),
        covers=False,
    ),
    "account_activated": SchoolSituation(0.015, (_OWN_ACCOUNT,), covers=False),
    "account_asked_for_later": SchoolSituation(
        0.002,
        (account("school", 3650, None, None, fresh=True),),
        covers=False,
        present=False,
    ),
    "questionnaire_missing": SchoolSituation(0.01, (_OWN_ACCOUNT, _PASSED)),
    "questionnaire_draft": SchoolSituation(0.015, (_OWN_ACCOUNT, answered("draft", None), _PASSED)),
    "questionnaire_rejected": SchoolSituation(
        0.008,
        (_OWN_ACCOUNT, answered("rejected", -390), _PASSED),
    ),
    "questionnaire_unreadable": SchoolSituation(
        0.002,
        (_OWN_ACCOUNT, answered("goedgekeurd", -390, outcome="quarantined"), _PASSED),
    ),
    "point_just_requested": SchoolSituation(
        0.008,
        (*_UP_TO_POINT, point(-5, fresh=True, number=MAIN)),
        covers=False,
    ),
    "point_pending": SchoolSituation(
        0.012,
        (*_UP_TO_POINT, point(-40, fresh=True, number=MAIN)),
        covers=False,
    ),
    "point_approved": SchoolSituation(
        0.006,
        (*_UP_TO_POINT, point(-30, -10, -9, fresh=True, number=MAIN)),
        covers=False,
    ),
    "point_not_registered": SchoolSituation(
        0.012,
        (*_UP_TO_POINT, point(-80, -60, -59, fresh=True, number=MAIN)),
        covers=False,
    ),
    "point_ended": SchoolSituation(
        0.006,
        (*_READY, point(*REGISTERED, -90, number=MAIN)),
        steps_met=True,
        covers=False,
    ),
    "point_registered_later": SchoolSituation(
        0.002,
        (*_READY, point(-30, -20, -19, 3650, fresh=True, number=MAIN)),
        steps_met=True,
        covers=False,
    ),
    "test_missing": SchoolSituation(0.02, _UP_TO_POINT),
    "test_failed": SchoolSituation(0.015, (*_UP_TO_POINT, exchanged("failed", -300))),
    "test_planned": SchoolSituation(0.003, (*_UP_TO_POINT, exchanged("passed", 3650, fresh=True))),
    "test_on_unknown_point": SchoolSituation(
        0.003, (*_UP_TO_POINT, exchanged("passed", -300, number="666"))
    ),
    "test_on_partner_point": SchoolSituation(
        0.003,
        (
            *_UP_TO_POINT,
            point(*REGISTERED, number="667", kind="ot"),
            exchanged("passed", -300, number="667"),
        ),
    ),
}

_CONVENTION = point(*REGISTERED)
_EXPLICIT = point(*REGISTERED, link=LINK_OWN)
_EXPLICIT_OTHER = point(*REGISTERED, number=OTHER, link=LINK_OWN)
_SECOND = point(-150, -140, -139, -130)
_SECOND_OTHER = point(-150, -140, -139, -130, number=OTHER, link=LINK_OWN)

COVERS = {
    "convention": CoverSituation(0.8, 0.4, "convention", (_CONVENTION,)),
    "explicit": CoverSituation(0.08, 0.06, "explicit", (_EXPLICIT,)),
    "explicit_other_number": CoverSituation(0.03, 0.03, "explicit", (_EXPLICIT_OTHER,), OTHER),
    "explicit_text_number": CoverSituation(
        0.01,
        0.01,
        "explicit",
        (point(*REGISTERED, number=TEXT, link=LINK_OWN),),
        TEXT,
    ),
    "shared_point": CoverSituation(
        0,
        0.03,
        "explicit",
        (point(*REGISTERED, number=MAIN, link=LINK_OWN),),
        MAIN,
    ),
    "renewed": CoverSituation(
        0.04,
        0.02,
        "convention",
        (point(-720, -700, -699, -690, -340), _CONVENTION),
    ),
    "ends_later": CoverSituation(
        0.01,
        0.01,
        "convention",
        (point(*REGISTERED, 3650, fresh=True),),
    ),
    "two_points": CoverSituation(0.01, 0.01, "convention", (_CONVENTION, _SECOND)),
    "two_points_one_linked": CoverSituation(0.01, 0.01, "explicit", (_CONVENTION, _SECOND_OTHER)),
    "two_linked_points": CoverSituation(0.005, 0.005, "explicit", (_EXPLICIT, _SECOND_OTHER)),
    "no_point": CoverSituation(0, 0.2, "none"),
    "pending": CoverSituation(0, 0.06, "none", (point(-40, fresh=True),)),
    "not_registered": CoverSituation(0, 0.04, "none", (point(-80, -60, fresh=True),)),
    "ended": CoverSituation(0, 0.03, "none", (point(*REGISTERED, -90),)),
    "partner_point_only": CoverSituation(
        0, 0.03, "none", (point(*REGISTERED, kind="ot", link=LINK_OWN),)
    ),
    "linked_elsewhere": CoverSituation(0, 0.02, "none", (point(*REGISTERED, link=LINK_NOWHERE),)),
    "text_without_link": CoverSituation(0, 0.02, "none", (point(*REGISTERED, number=TEXT),)),
    "registered_later": CoverSituation(0, 0.01, "none", (point(-30, -20, -19, 3650, fresh=True),)),
}

# Delivery points of other exchanges, for schools with all steps behind them.
PARTNERS = {
    "none": (0.5, ()),
    "ot": (0.15, (point(*REGISTERED, number="771", kind="ot"),)),
    "ldos": (0.1, (point(*REGISTERED, number="772", kind="ldos"),)),
    "swv": (0.15, (point(*REGISTERED, number="773", kind="swv"),)),
    "all": (
        0.08,
        tuple(
            point(*REGISTERED, number=number, kind=kind)
            for number, kind in (("771", "ot"), ("772", "ldos"), ("773", "swv"))
        ),
    ),
    "ot_ended": (0.02, (point(*REGISTERED, -50, number="771", kind="ot"),)),
}

# What Mijn OSO says of a side branch of a school that is present.
LISTINGS = {
    "listed": (0.82, (Record("branches", {"added_on": -395}),)),
    "missing": (0.1, ()),
    "removed": (0.05, (Record("branches", {"added_on": -395, "removed_on": -30}),)),
    "listed_later": (0.03, (Record("branches", {"added_on": 3650}, fresh=True),)),
}

# What a school that was under way is in after it finished; "@-1" is the day before that.
_TESTED_AT_LAST = exchanged("passed", "@0")
GROWN = {
    "questionnaire_missing": (_OWN_ACCOUNT, answered("approved", "@0"), _PASSED),
    "questionnaire_draft": (_OWN_ACCOUNT, answered("approved", "@0"), _PASSED),
    "questionnaire_rejected": (
        _OWN_ACCOUNT,
        answered("rejected", -390),
        answered("approved", "@0"),
        _PASSED,
    ),
    "point_just_requested": (
        *_UP_TO_POINT,
        point(-5, "@-1", "@-1", "@-1", fresh=True, number=MAIN),
        _TESTED_AT_LAST,
    ),
    "point_pending": (
        *_UP_TO_POINT,
        point(-40, "@-1", "@-1", "@-1", fresh=True, number=MAIN),
        _TESTED_AT_LAST,
    ),
    "point_approved": (
        *_UP_TO_POINT,
        point(-30, -10, -9, "@-1", fresh=True, number=MAIN),
        _TESTED_AT_LAST,
    ),
    "point_not_registered": (
        *_UP_TO_POINT,
        point(-80, -60, -59, "@-1", fresh=True, number=MAIN),
        _TESTED_AT_LAST,
    ),
    "test_missing": (*_UP_TO_POINT, _TESTED_AT_LAST),
    "test_failed": (*_UP_TO_POINT, exchanged("failed", -300), _TESTED_AT_LAST),
}
# A branch whose one delivery point ended on a later night.
STOPPED = (point(*REGISTERED, "@0"),)
