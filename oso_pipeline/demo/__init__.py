"""A made-up country in the real file formats, and the registry server that serves it.

``country.write_country`` writes the files, ``server.RegistryServer`` serves them. Nothing in here is
about a real school: the cities are real, the schools, boards and records are nobody's.
"""
