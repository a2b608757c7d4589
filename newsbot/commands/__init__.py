"""The command line: Scrapy's commands as this project has them, and its own."""

from newsbot.command_line.quiet_end import end_quietly

# Scrapy's command line imports this package before it prints anything.
end_quietly()
