"""What the command line shows: text for people, on one screen. It is told everything and decides nothing.

console.py        the two consoles, and progress while a night runs
nights.py         how a night ended
releases.py       all nights, and what is done to a release
diagnosis.py      how the pipeline stands
explanations.py   why a code has its status
answers.py        differences, and what answers share
"""
