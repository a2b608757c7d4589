"""newsbot: archives Vietnam's provincial news and reads it into clean records."""

__version__ = "0.1.0"
