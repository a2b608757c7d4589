from newsbot.command_line.quiet_end import end_quietly

# Scrapy's command line imports this package before it prints anything.
end_quietly()
