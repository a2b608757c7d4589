from newsbot.running.closed_output import end_quietly

# Scrapy's command line imports this package before it prints anything.
end_quietly()
