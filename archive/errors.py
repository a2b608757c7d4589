"""What can go wrong with an archive."""


class ArchiveError(Exception):
    """The archive cannot be written, or cannot be trusted; the message is one line and names the file or setting."""
