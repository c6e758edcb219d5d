"""The report's figures: frames of a release in, one small tidy frame out, a module per section.

adoption.py   the headline, what it was earlier, and how it went over time
steps.py      where schools stand in the steps, and for how long
places.py     per province, per partnership, per product
boards.py     boards with the most open work
points.py     delivery points that are missing or wrong
changes.py    what happened since the last release, and why
quality.py    what the onboarding records were found to be, what could not be used, how old the sources are

They count what the rules decided; no rule of the business is here.
"""
