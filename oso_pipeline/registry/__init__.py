"""What is open, and how it changes.

What belongs here: unified branches, schools and boards; intervals carried from release to release; events between two
states. What does not: an onboarding record. Transitions of the register get their room here when the register is read.

    branches.py     open branches out of the branch files
    schools.py      open schools, and the day they came under their board
    history.py      intervals in which nothing changed, carried from release to release
    events.py       what happened between two states
"""
