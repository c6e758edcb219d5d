"""What is open, what the register explains of it, and how it changes.

What belongs here: unified branches, schools and boards; who went on as whom; where branches stand; intervals carried from
release to release; events between two states. What does not: an onboarding record.

    branches.py     open branches out of the branch files
    schools.py      open schools, and the day they came under their board
    locations.py    coordinates and partnership of open branches
    succession.py   who went on as whom: transitions, followed
    register.py     all that the register explains on a day, and what it announces
    history.py      intervals in which nothing changed, carried from release to release
    life/           what happens in the life of a branch, one small object per event
    events.py       what happened between two states, connections too
"""
