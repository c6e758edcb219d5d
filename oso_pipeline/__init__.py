"""OSO registry synchronisation: which Dutch schools and branches are connected, every night."""

__version__ = "0.1.0"
