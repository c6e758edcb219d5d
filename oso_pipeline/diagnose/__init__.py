"""How the pipeline stands, out of what it left behind: nothing is computed again, written, or kept from a run that is on.

What belongs here: reading the log, the snapshots, the latest release and the machine, and saying what to do next. What does
not: how it looks on the screen (screen/diagnosis.py).

    diagnosis.py  everything together
    nights.py     how the last nights ended, and why
    served.py     what people are given, and its issues
    sources.py    how old every source is
    machine.py    who holds the data folder, and room on the disk
    next_step.py  what to do
"""
