"""What can go wrong with an archive."""


class ArchiveError(Exception):
    """The archive cannot be written, or cannot be trusted; the message is one line and names the file or setting."""


class DamagedCacheError(ArchiveError):
    """What can be made again from the WARC files is not what was written; the message says how that is done."""
