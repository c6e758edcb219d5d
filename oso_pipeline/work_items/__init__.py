"""What a person must do next, and who (contract.md, work_items).

One item per thing to do, about what is known on the day D; nothing here decides how a school or branch stands.

    listing.py    all items of a night, ranked, and the earlier ones with the day on which they closed
    facts.py      what items are found in, and the shape of an item
    words.py      the places in Mijn OSO and the step plans, as people are told of them
    accounts.py   accounts to request, to send the letter of, to log in with
    steps.py      steps of qualifying that a board or school misses
    points.py     delivery points and branches: to approve, register, request, link, move, end
    repairs.py    records that could not be read, for the service desk
    coming.py     what the register announces, before it bites
    ranking.py    the order that helps most schools
"""

from oso_pipeline.work_items.facts import Facts
from oso_pipeline.work_items.listing import work_items

__all__ = ["Facts", "work_items"]
